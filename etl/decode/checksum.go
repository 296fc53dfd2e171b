package decode

import (
	"encoding/binary"
	"math/bits"
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

// sum adds bytes to a ones' complement sum (RFC 1071), eight at a time; the result is folded to 16 bits by fold.
func sum(b []byte, total uint64) uint64 {
	var carry uint64
	for len(b) >= 8 {
		total, carry = bits.Add64(total, binary.BigEndian.Uint64(b), 0)
		total += carry
		b = b[8:]
	}
	var tail [8]byte
	copy(tail[:], b)
	total, carry = bits.Add64(total, binary.BigEndian.Uint64(tail[:]), 0)
	return total + carry
}

// fold brings a sum to 16 bits.
func fold(total uint64) uint16 {
	total = total>>32 + total&0xffffffff
	total = total>>32 + total&0xffffffff
	total = total>>16 + total&0xffff
	total = total>>16 + total&0xffff
	return uint16(total)
}

// off is how far a stored checksum is from the one that the sum over all its bytes, the stored value included, would make right: stored
// minus computed in ones' complement; 0 when it is right.
func off(sumWithStored uint64) uint16 {
	if f := fold(sumWithStored); f != 0xffff {
		return f
	}
	return 0
}

// pseudo is the sum of the pseudo-header of TCP, UDP and ICMPv6 (RFC 9293 3.1, RFC 8200 8.1).
func pseudo(src, dst netip.Addr, protocol uint8, length int64) uint64 {
	total := uint64(protocol) + uint64(length>>16) + uint64(length&0xffff)
	s, d := src.As16(), dst.As16()
	if src.Is4() { // As16 maps it behind ffff, which would count
		return sum(s[12:], sum(d[12:], total))
	}
	return sum(s[:], sum(d[:], total))
}

// judgeIP judges the checksum of an IPv4 header.
func (d *Decoder) judgeIP(header []byte) {
	p := d.row
	wrong := off(sum(header, 0))
	switch {
	case wrong == 0:
		p.IPChksumOK = schema.True
	case p.IPChksum == 0:
		d.note(schema.ChksumOffloadZero)
	default:
		p.IPChksumOK, p.IPChksumOff = schema.False, wrong
	}
}

// judgeL4 judges a transport checksum over a whole segment of n bytes with its pseudo-header sum (0 for ICMP, which has none).
func (d *Decoder) judgeL4(l layer, pseudoSum uint64) {
	p := d.row
	switch {
	case d.fragment:
		d.note(schema.ChksumFragment)
		return
	case !l.whole():
		d.note(schema.ChksumSnapped)
		return
	}
	wrong := off(sum(l.b, pseudoSum))
	switch {
	case wrong == 0:
		p.L4ChksumOK = schema.True
	case pseudoSum != 0 && p.L4Chksum == int32(fold(pseudoSum)):
		d.note(schema.ChksumOffloadPartial)
	case p.L4Chksum == 0:
		d.note(schema.ChksumOffloadZero)
	case d.superframe:
		d.note(schema.ChksumSuperframe)
	default:
		p.L4ChksumOK, p.L4ChksumOff = schema.False, wrong
	}
}
