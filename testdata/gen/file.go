package main

import (
	"bytes"
	"encoding/binary"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Link types (LINKTYPE_ of tcpdump.org's registry).
const (
	linkEthernet = 1
	linkSLL      = 113
)

// packet is one frame of a capture file.
type packet struct {
	at        time.Time
	data      []byte
	wire      int // 0: all of it was captured
	interfac  int
	outgoing  bool
	commented string
}

// trace collects the frames of a capture and the time that passes between them.
type trace struct {
	now     time.Time
	packets []packet
}

func newTrace(after time.Duration) *trace { return &trace{now: start.Add(after)} }

// add appends a frame after a pause.
func (t *trace) add(pause time.Duration, data []byte) {
	t.now = t.now.Add(pause)
	t.packets = append(t.packets, packet{at: t.now, data: data})
}

// pcap is the capture as a pcap file: microseconds, little-endian, Ethernet.
func (t *trace) pcap() []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0xa1b2c3d4)
	b = le.AppendUint16(le.AppendUint16(b, 2), 4)
	b = le.AppendUint32(le.AppendUint32(le.AppendUint32(le.AppendUint32(b, 0), 0), 262144), linkEthernet)
	for _, p := range t.packets {
		b = le.AppendUint32(le.AppendUint32(b, uint32(p.at.Unix())), uint32(p.at.Nanosecond()/1000))
		b = le.AppendUint32(le.AppendUint32(b, uint32(len(p.data))), uint32(max(p.wire, len(p.data))))
		b = append(b, p.data...)
	}
	return b
}

// nic is an interface of a pcapng file: its times are in units of 10^-resolution seconds.
type nic struct {
	name       string
	link       uint16
	resolution byte
}

// pcapng is the capture as a pcapng file of one section.
func (t *trace) pcapng(nics ...nic) []byte {
	le := binary.LittleEndian
	header := le.AppendUint64(le.AppendUint16(le.AppendUint16(le.AppendUint32(nil, 0x1a2b3c4d), 1), 0), 1<<64-1)
	out := block(nil, 0x0a0d0d0a, header)
	for _, n := range nics {
		body := le.AppendUint32(le.AppendUint16(le.AppendUint16(nil, n.link), 0), 262144)
		out = block(out, 1, option(option(body, 2, []byte(n.name)), 9, []byte{n.resolution}))
	}
	for _, p := range t.packets {
		ticks := uint64(p.at.UnixNano())
		for range 9 - int(nics[p.interfac].resolution) {
			ticks /= 10
		}
		body := le.AppendUint32(le.AppendUint32(le.AppendUint32(nil, uint32(p.interfac)), uint32(ticks>>32)), uint32(ticks))
		body = le.AppendUint32(le.AppendUint32(body, uint32(len(p.data))), uint32(max(p.wire, len(p.data))))
		body = pad(append(body, p.data...))
		direction := uint32(1)
		if p.outgoing {
			direction = 2
		}
		body = option(body, 2, le.AppendUint32(nil, direction))
		if p.commented != "" {
			body = option(body, 1, []byte(p.commented))
		}
		out = block(out, 6, body)
	}
	return out
}

func block(out []byte, typ uint32, body []byte) []byte {
	le := binary.LittleEndian
	length := uint32(len(body) + 12)
	out = le.AppendUint32(le.AppendUint32(out, typ), length)
	return le.AppendUint32(append(out, body...), length)
}

func option(b []byte, code uint16, value []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint16(le.AppendUint16(b, code), uint16(len(value)))
	return pad(append(b, value...))
}

func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	must(w.Write(data))
	must(0, w.Close())
	return b.Bytes()
}

func zstded(data []byte) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	must(0, err)
	return w.EncodeAll(data, nil)
}

// must ends the program: nothing here can fail but by a mistake in it.
func must(_ int, err error) {
	if err != nil {
		panic(err)
	}
}
