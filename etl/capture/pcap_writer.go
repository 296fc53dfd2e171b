package capture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// PcapWriter writes pcap (draft-ietf-opsawg-pcap) with times in nanoseconds, little-endian. Buffered: Flush ends it.
type PcapWriter struct {
	out    *bufio.Writer
	link   int32
	fcs    int32
	begun  bool
	record [16]byte
}

// What pcap cannot hold.
var (
	// ErrLinkTypes is the error of a frame whose link type or frame check sequence is not that of the frames before: pcap has one for all.
	ErrLinkTypes = errors.New("a pcap file has one link type and length of frame check sequences for all frames: write pcapng")
	// ErrTime is the error of a frame without a time, or with one before 1970 or after 2106.
	ErrTime = errors.New("a pcap file holds times from 1970 to 2106 only: write pcapng")
)

// NewPcapWriter returns a writer to w. The first frame tells the link type.
func NewPcapWriter(w io.Writer) *PcapWriter { return &PcapWriter{out: bufio.NewWriterSize(w, 1<<20)} }

// WriteFrame writes a frame. The errors are ErrLinkTypes, ErrTime and those of writing.
func (p *PcapWriter) WriteFrame(f *Frame) error {
	if !p.begun {
		p.link, p.fcs, p.begun = f.LinkType, f.FCSLen, true
		if err := p.header(); err != nil {
			return err
		}
	}
	if f.LinkType != p.link || f.FCSLen != p.fcs {
		return ErrLinkTypes
	}
	sec, micros := f.TS/1e6, f.TS%1e6
	if !f.HasTS || f.TS < 0 || sec > math.MaxUint32 {
		return ErrTime
	}
	le := binary.LittleEndian
	le.PutUint32(p.record[:], uint32(sec))
	le.PutUint32(p.record[4:], uint32(micros*1000+int64(f.TSExtraNS)))
	le.PutUint32(p.record[8:], uint32(len(f.Data)))
	le.PutUint32(p.record[12:], uint32(f.WireLen))
	return p.write(p.record[:], f.Data)
}

func (p *PcapWriter) header() error {
	const magicNanoseconds, snapLen = 0xa1b23c4d, 256 << 10
	network := uint32(uint16(p.link))
	if p.fcs >= 0 { // in units of 16 bits, if bit 26 says so
		network |= 1<<26 | uint32(p.fcs/2)<<28
	}
	b := binary.LittleEndian.AppendUint32(nil, magicNanoseconds)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 4)
	b = binary.LittleEndian.AppendUint64(b, 0)
	b = binary.LittleEndian.AppendUint32(b, snapLen)
	return p.write(binary.LittleEndian.AppendUint32(b, network))
}

func (p *PcapWriter) write(parts ...[]byte) error {
	for _, b := range parts {
		if _, err := p.out.Write(b); err != nil {
			return fmt.Errorf("write capture: %w", err)
		}
	}
	return nil
}

// Flush writes what is buffered. Without a frame it writes the header of an empty Ethernet capture.
func (p *PcapWriter) Flush() error {
	if !p.begun {
		p.link, p.fcs, p.begun = 1, -1, true
		if err := p.header(); err != nil {
			return err
		}
	}
	if err := p.out.Flush(); err != nil {
		return fmt.Errorf("write capture: %w", err)
	}
	return nil
}
