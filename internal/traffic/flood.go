package traffic

import (
	"encoding/binary"
	"math/rand/v2"
)

// synFlood makes SYNs of which each is a flow of its own: every other one from a forged address to port 80 of one host, the rest from one host to port 443 of
// ever another address, as who sweeps a large network sends them. Its frames have 60 bytes.
type synFlood struct {
	rand  *rand.Rand
	n     uint32
	frame [60]byte
}

// next makes the next frame, which holds until the call after.
func (t *synFlood) next() []byte {
	t.n++
	from, to, port := [4]byte{}, [4]byte{10, 0, 0, 80}, uint16(80)
	binary.BigEndian.PutUint32(from[:], 0x0b000000+t.rand.Uint32N(0x60000000)) // 11.0.0.0 to 106.255.255.255
	if t.n%2 == 0 {
		from, port = [4]byte{192, 0, 2, 7}, 443
		binary.BigEndian.PutUint32(to[:], 0x0a000000+(t.n/2*0x9e3779b1)&0xffffff) // every address of 10.0.0.0/8 once, in no order that shows
	}
	b := t.frame[:]
	clear(b)
	copy(b, []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0})
	ip := b[linkHeader : linkHeader+40]
	copy(ip, []byte{0x45, 0, 0, 40, 0, 0, 0, 0, 60, 6})
	binary.BigEndian.PutUint16(ip[4:], uint16(t.n))
	copy(ip[12:], from[:])
	copy(ip[16:], to[:])
	binary.BigEndian.PutUint16(ip[10:], ^checksum(ip[:20], 0))
	l4 := ip[20:]
	binary.BigEndian.PutUint16(l4, uint16(1024+t.rand.IntN(60000)))
	binary.BigEndian.PutUint16(l4[2:], port)
	binary.BigEndian.PutUint32(l4[4:], t.rand.Uint32())
	copy(l4[12:], []byte{0x50, 2, 4, 0})
	sum := checksum(to[:], uint32(checksum(from[:], 6+20)))
	binary.BigEndian.PutUint16(l4[16:], ^checksum(l4, uint32(sum)))
	return b
}

// WriteFlood makes a pcap file of n SYNs, each a flow of its own, half of them of a flood with forged sources and half of a sweep; else as WriteCapture.
func WriteFlood(path string, n int, seed uint64, begin uint32) error {
	r := rand.New(rand.NewPCG(seed, 3))
	return write(path, n, begin, r, (&synFlood{rand: r}).next)
}
