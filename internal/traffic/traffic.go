// Package traffic makes captures of an uplink, the same on every machine, to measure with.
package traffic

import (
	"bufio"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
)

// flow is one conversation of the made traffic.
type flow struct {
	v6        bool
	protocol  byte // of IP: 6, 17
	ends      [2]endpoint
	seq       [2]uint32
	ipID      [2]uint16
	isDNS     bool
	dnsLength int
}

type endpoint struct {
	mac  [6]byte
	addr [16]byte // IPv4 in the first four
	port uint16
}

const (
	flows      = 40_000
	linkHeader = 14
	maxFrame   = 1514
)

// uplink makes the frames of one: Zipf flows, 15 % IPv6, segments full, empty and between, some UDP and DNS, about 530 bytes on average.
type uplink struct {
	rand    *rand.Rand
	zipf    *rand.Zipf
	flows   []flow
	payload [4096]byte
	frame   [maxFrame]byte
}

func newUplink(seed uint64) *uplink {
	t := &uplink{rand: rand.New(rand.NewPCG(seed, 2))}
	t.zipf = rand.NewZipf(t.rand, 1.1, 8, flows-1)
	for i := range t.payload {
		t.payload[i] = byte(t.rand.Uint32N(96) + 32)
	}
	t.flows = make([]flow, flows)
	for i := range t.flows {
		t.flows[i] = t.newFlow(i)
	}
	return t
}

func (t *uplink) newFlow(i int) flow {
	f := flow{v6: t.rand.IntN(100) < 15, protocol: 6}
	port := []uint16{443, 443, 443, 80, 22, 8080, 25}[t.rand.IntN(7)]
	switch n := t.rand.IntN(100); {
	case n < 12:
		f.protocol, f.isDNS, port, f.dnsLength = 17, true, 53, 20+t.rand.IntN(30)
	case n < 25:
		f.protocol, port = 17, 443
	}
	for side := range f.ends {
		e := &f.ends[side]
		e.mac = [6]byte{2, 0, 0, 0, byte(side), byte(t.rand.IntN(64))}
		host := t.rand.IntN(4000)
		if f.v6 {
			copy(e.addr[:], []byte{0x20, 0x01, 0x0d, 0xb8, byte(side), 0, 0, 0, 0, 0, 0, 0, 0, 0, byte(host >> 8), byte(host)})
		} else {
			copy(e.addr[:], []byte{10, byte(side), byte(host >> 8), byte(host)})
		}
		f.seq[side], f.ipID[side] = t.rand.Uint32(), uint16(t.rand.Uint32())
	}
	f.ends[0].port, f.ends[1].port = uint16(1024+(i*7)%60000), port
	return f
}

// next makes the next frame, which holds until the call after.
func (t *uplink) next() []byte {
	f := &t.flows[t.zipf.Uint64()]
	side := t.rand.IntN(2)
	data := 0
	switch n := t.rand.IntN(100); {
	case f.isDNS:
		data = 12 + f.dnsLength + 5
	case n < 36:
		data = 0
	case n < 66:
		data = 1420
	default:
		data = t.rand.IntN(500)
	}
	return t.build(f, side, data)
}

func (t *uplink) build(f *flow, side, data int) []byte {
	b := t.frame[:]
	from, to := &f.ends[side], &f.ends[1-side]
	copy(b, to.mac[:])
	copy(b[6:], from.mac[:])
	transport := 8
	if f.protocol == 6 {
		transport = 32
	}
	header := 20
	if f.v6 {
		header = 40
		binary.BigEndian.PutUint16(b[12:], 0x86dd)
		ip := b[linkHeader:]
		binary.BigEndian.PutUint32(ip, 6<<28)
		binary.BigEndian.PutUint16(ip[4:], uint16(transport+data))
		ip[6], ip[7] = f.protocol, 60
		copy(ip[8:24], from.addr[:])
		copy(ip[24:40], to.addr[:])
	} else {
		binary.BigEndian.PutUint16(b[12:], 0x0800)
		ip := b[linkHeader:]
		f.ipID[side]++
		ip[0], ip[1] = 0x45, 0
		binary.BigEndian.PutUint16(ip[2:], uint16(header+transport+data))
		binary.BigEndian.PutUint16(ip[4:], f.ipID[side])
		binary.BigEndian.PutUint16(ip[6:], 0x4000)
		ip[8], ip[9], ip[10], ip[11] = 60, f.protocol, 0, 0
		copy(ip[12:16], from.addr[:4])
		copy(ip[16:20], to.addr[:4])
		binary.BigEndian.PutUint16(ip[10:], ^checksum(ip[:20], 0))
	}
	l4 := b[linkHeader+header : linkHeader+header+transport+data]
	t.fill(f, side, l4, transport)
	t.seal(f, from, to, l4)
	return b[:linkHeader+header+transport+data]
}

// fill writes the transport header and the payload.
func (t *uplink) fill(f *flow, side int, l4 []byte, header int) {
	binary.BigEndian.PutUint16(l4, f.ends[side].port)
	binary.BigEndian.PutUint16(l4[2:], f.ends[1-side].port)
	data := l4[header:]
	copy(data, t.payload[t.rand.IntN(len(t.payload)-1500):])
	if f.protocol == 17 {
		binary.BigEndian.PutUint16(l4[4:], uint16(len(l4)))
		l4[6], l4[7] = 0, 0
		if f.isDNS {
			t.question(data, f.dnsLength, side == 1)
		}
		return
	}
	f.seq[side] += uint32(len(data))
	binary.BigEndian.PutUint32(l4[4:], f.seq[side])
	binary.BigEndian.PutUint32(l4[8:], f.seq[1-side])
	copy(l4[12:], []byte{0x80, 0x10, 1, 245, 0, 0, 0, 0, 1, 1, 8, 10})
	binary.BigEndian.PutUint32(l4[24:], f.seq[side]>>12)
	binary.BigEndian.PutUint32(l4[28:], f.seq[1-side]>>12)
}

// question writes a DNS message with one question, whose name has n bytes beside the root.
func (t *uplink) question(b []byte, n int, response bool) {
	clear(b[:12])
	binary.BigEndian.PutUint16(b, uint16(t.rand.Uint32()))
	b[2], b[5] = 1, 1
	if response {
		b[2] = 0x81
	}
	name := b[12 : 12+n]
	name[0] = byte(n - 1)
	copy(b[12+n:], []byte{0, 0, 1, 0, 1})
}

// seal writes the transport checksum.
func (t *uplink) seal(f *flow, from, to *endpoint, l4 []byte) {
	n := 4
	if f.v6 {
		n = 16
	}
	at := 16
	if f.protocol == 17 {
		at = 6
	}
	l4[at], l4[at+1] = 0, 0
	sum := uint32(f.protocol) + uint32(len(l4))
	sum = uint32(checksum(from.addr[:n], sum)) + uint32(checksum(to.addr[:n], 0))
	binary.BigEndian.PutUint16(l4[at:], ^checksum(l4, sum))
}

// checksum is the ones' complement sum (RFC 1071).
func checksum(b []byte, sum uint32) uint16 {
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return uint16(sum)
}

// WriteCapture makes a pcap file of n frames, the first sent at begin, in seconds since 1970-01-01 UTC, unless the file is there already. The
// same seed makes the same frames. The errors are those of the file system.
func WriteCapture(path string, n int, seed uint64, begin uint32) error {
	t := newUplink(seed)
	return write(path, n, begin, t.rand, t.next)
}

// write makes a file of n frames, up to 100 us apart.
func write(path string, n int, begin uint32, r *rand.Rand, next func() []byte) (err error) {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	f, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	defer func() {
		if err = errors.Join(err, w.Flush(), f.Close()); err == nil {
			err = os.Rename(path+".part", path)
		}
	}()
	header := [24]byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 16: 0xff, 17: 0xff, 20: 1}
	if _, err := w.Write(header[:]); err != nil {
		return err
	}
	micros := uint64(begin) * 1e6
	var record [16]byte
	for range n {
		frame := next()
		micros += uint64(r.IntN(100))
		binary.LittleEndian.PutUint32(record[:], uint32(micros/1e6))
		binary.LittleEndian.PutUint32(record[4:], uint32(micros%1e6))
		binary.LittleEndian.PutUint32(record[8:], uint32(len(frame)))
		binary.LittleEndian.PutUint32(record[12:], uint32(len(frame)))
		if _, err := w.Write(record[:]); err != nil {
			return err
		}
		if _, err := w.Write(frame); err != nil {
			return err
		}
	}
	return nil
}
