package decode

import (
	"encoding/binary"
	"math/bits"
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

// sum adds bytes to a ones' complement sum (RFC 1071), 32 at a time; fold brings the result to 16 bits.
func sum(b []byte, total uint64) uint64 {
	var carry uint64
	for len(b) >= 32 {
		total, carry = bits.Add64(total, binary.BigEndian.Uint64(b), 0)
		total, carry = bits.Add64(total, binary.BigEndian.Uint64(b[8:]), carry)
		total, carry = bits.Add64(total, binary.BigEndian.Uint64(b[16:]), carry)
		total, carry = bits.Add64(total, binary.BigEndian.Uint64(b[24:]), carry)
		total, carry = bits.Add64(total, 0, carry)
		total += carry
		b = b[32:]
	}
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

// right is the folded sum over all bytes of a message with a right checksum, the checksum included. Any other is how far the checksum is
// off: stored minus computed in ones' complement.
const right = 0xffff

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
	switch total := fold(sum(header, 0)); {
	case total == right:
		p.IPChksumOK = schema.True
	case p.IPChksum == 0:
		d.note(schema.ChksumOffloadZero)
	case d.superframe:
		d.note(schema.ChksumSuperframe)
	default:
		p.IPChksumOK, p.IPChksumOff = schema.False, total
	}
}

// judgeL4 judges a transport checksum over a message whose end is that of the IP packet, with the sum of its pseudo-header; 0 for ICMP,
// which has none.
func (d *Decoder) judgeL4(l layer, pseudoSum uint64) {
	if d.overrun && !d.fragment {
		d.note(schema.ChksumSnapped)
		return
	}
	d.judgeMessage(l, pseudoSum)
}

// judgeMessage is judgeL4 for a message that tells its own length.
func (d *Decoder) judgeMessage(l layer, pseudoSum uint64) {
	p := d.row
	switch {
	case d.fragment:
		d.note(schema.ChksumFragment)
		return
	case !l.whole():
		d.note(schema.ChksumSnapped)
		return
	}
	switch total := fold(sum(l.b, pseudoSum)); {
	case total == right:
		p.L4ChksumOK = schema.True
	case pseudoSum != 0 && p.L4Chksum == int32(fold(pseudoSum)):
		d.note(schema.ChksumOffloadPartial)
	case p.L4Chksum == 0:
		d.note(schema.ChksumOffloadZero)
	case d.superframe:
		d.note(schema.ChksumSuperframe)
	default:
		p.L4ChksumOK, p.L4ChksumOff = schema.False, total
	}
}
