package decode

import (
	"encoding/binary"
	"math/bits"

	"github.com/zeebo/xxh3"
)

// hashIP takes the hash of the frame's outermost IP packet, without what differs between two copies of one packet: the TTL or hop limit,
// and with it the IPv4 header checksum, are others behind a router. The header of its version must be in b.
func (d *Decoder) hashIP(b []byte) {
	if d.row.IPHash != 0 {
		return
	}
	first := binary.BigEndian.Uint64(b)
	if b[0]>>4 == 4 {
		d.row.IPHash = mix(mix(xxh3.Hash(b[12:]), first), uint64(b[9])) // TTL, protocol and checksum are bytes 8 to 11
	} else {
		d.row.IPHash = mix(xxh3.Hash(b[8:]), first>>8) // the hop limit is byte 7
	}
}

// mix folds a word into a hash.
func mix(h, word uint64) uint64 {
	hi, lo := bits.Mul64(h^0x9e3779b97f4a7c15, word^0xd1b54a32d192ed03)
	return hi ^ lo
}
