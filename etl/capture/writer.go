package capture

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// Writer writes pcapng (draft-ietf-opsawg-pcapng): one section, little-endian, times in nanoseconds. Buffered: Flush ends it.
type Writer struct {
	out        *bufio.Writer
	interfaces int
	block      []byte // the block being made; reused
	started    bool
}

// NewWriter returns a writer to w. Application is what the section header names as the writing program.
func NewWriter(w io.Writer, application string) *Writer {
	p := &Writer{out: bufio.NewWriterSize(w, 1<<20)}
	p.begin(blockSection)
	p.u32(byteOrderMagic)
	p.u16(1) // version 1.0
	p.u16(0)
	p.u64(1<<64 - 1) // length of the section: not told
	const optApplication = 4
	p.option(optApplication, []byte(application))
	return p
}

// AddInterface describes an interface whose frames end with so many octets of frame check sequence, -1 where nobody knows, and returns the
// number by which frames name it.
func (p *Writer) AddInterface(i Interface, fcs int32) (int, error) {
	if err := p.start(); err != nil {
		return 0, err
	}
	p.begin(blockInterface)
	p.u16(uint16(i.LinkType))
	p.u16(0)
	p.u32(uint32(i.SnapLen))
	p.text(optIfName, i.Name)
	p.text(optIfDescription, i.Description)
	if i.Filter != "" {
		p.option(optIfFilter, append([]byte{0}, i.Filter...))
	}
	p.text(optIfOS, i.OS)
	p.option(optIfResolution, []byte{9})
	if fcs >= 0 {
		p.option(optIfFCSLen, []byte{byte(fcs)})
	}
	p.interfaces++
	return p.interfaces - 1, p.end()
}

// start writes the section header before the first other block.
func (p *Writer) start() error {
	if p.started {
		return nil
	}
	p.started = true
	return p.end()
}

// WriteFrame writes a frame of a described interface with the comments on it, as an enhanced packet block. One without a time becomes a simple packet block if it is
// whole and its interface the first, and has the time 0 otherwise, since that block can say no more.
func (p *Writer) WriteFrame(f *Frame, comments ...Comment) error {
	if f.InterfaceID < 0 || int(f.InterfaceID) >= p.interfaces {
		return fmt.Errorf("write frame: interface %d of %d", f.InterfaceID, p.interfaces)
	}
	if err := p.start(); err != nil {
		return err
	}
	if !f.HasTS && f.InterfaceID == 0 && len(comments) == 0 && f.WireLen == int64(len(f.Data)) {
		p.begin(blockSimple)
		p.u32(uint32(f.WireLen))
		p.padded(f.Data)
		return p.end()
	}
	p.begin(blockEnhanced)
	p.u32(uint32(f.InterfaceID))
	p.time(f.TS*1000 + int64(f.TSExtraNS))
	p.u32(uint32(len(f.Data)))
	p.u32(uint32(f.WireLen))
	p.padded(f.Data)
	for _, c := range comments {
		p.option(optComment, []byte(c.Text[:min(len(c.Text), maxOption)]))
	}
	if f.Dir != DirUnknown {
		p.option(optPacketFlags, binary.LittleEndian.AppendUint32(nil, uint32(f.Dir)))
	}
	return p.end()
}

// maxOption is the longest value of an option.
const maxOption = 1<<16 - 1

// WriteStatistics writes what an interface received and lost up to now.
func (p *Writer) WriteStatistics(id int, at time.Time, received, dropped int64) error {
	if err := p.start(); err != nil {
		return err
	}
	p.begin(blockStats)
	p.u32(uint32(id))
	p.time(at.UnixNano())
	p.option(optReceived, binary.LittleEndian.AppendUint64(nil, uint64(received)))
	p.option(optDropped, binary.LittleEndian.AppendUint64(nil, uint64(dropped)))
	return p.end()
}

// Flush writes what is buffered.
func (p *Writer) Flush() error {
	if err := p.start(); err != nil {
		return err
	}
	if err := p.out.Flush(); err != nil {
		return fmt.Errorf("write capture: %w", err)
	}
	return nil
}

func (p *Writer) begin(typ uint32) {
	p.block = p.block[:0]
	p.u32(typ)
	p.u32(0) // the length, known at the end
}

// end closes the block and hands it on.
func (p *Writer) end() error {
	if len(p.block) > 0 {
		length := uint32(len(p.block) + 4)
		binary.LittleEndian.PutUint32(p.block[4:], length)
		p.u32(length)
	}
	_, err := p.out.Write(p.block)
	p.block = p.block[:0]
	if err != nil {
		return fmt.Errorf("write capture: %w", err)
	}
	return nil
}

func (p *Writer) u16(v uint16) { p.block = binary.LittleEndian.AppendUint16(p.block, v) }
func (p *Writer) u32(v uint32) { p.block = binary.LittleEndian.AppendUint32(p.block, v) }
func (p *Writer) u64(v uint64) { p.block = binary.LittleEndian.AppendUint64(p.block, v) }

// time writes a stamp's halves, the upper one first.
func (p *Writer) time(ns int64) {
	p.u32(uint32(uint64(ns) >> 32))
	p.u32(uint32(uint64(ns)))
}

func (p *Writer) text(code uint16, s string) {
	if s != "" {
		p.option(code, []byte(s))
	}
}

// option writes an option. No list is ended by opt_endofopt: the end of the block does as well.
func (p *Writer) option(code uint16, v []byte) {
	p.u16(code)
	p.u16(uint16(len(v)))
	p.padded(v)
}

func (p *Writer) padded(b []byte) {
	p.block = append(p.block, b...)
	for len(p.block)%4 != 0 {
		p.block = append(p.block, 0)
	}
}
