package decode

import (
	"github.com/zeebo/xxh3"

	"github.com/pcaplake/pcaplake/schema"
)

// part is what the fragment at hand carries of its datagram, the transport header of the first or what precedes it included.
type part struct {
	layer
	header int32 // ip_hdr_len up to there
}

// laterFragment notes a fragment that is not the first of its datagram. One at offset 8 can overwrite the flags of a TCP header that were
// in the first (RFC 3128).
func (d *Decoder) laterFragment(protocol byte, l layer) {
	if d.row.IPFragOffset == 8 && protocol == ipTCP {
		d.malformed(schema.MalformedFragmentTiny)
	}
	d.note(schema.ChksumFragment)
	d.payload(l)
}

// short is why a header that the packet ends inside of is malformed: a first fragment without all headers is tiny (RFC 7112).
func (d *Decoder) short(reason string) string {
	if d.fragment {
		return schema.MalformedFragmentTiny
	}
	return reason
}

// handOver keeps what the resolving of fragments needs when the innermost IP header is that of one. A fragment header of a whole
// datagram makes none (RFC 6946).
func (d *Decoder) handOver() {
	p := d.row
	if p.Has&schema.HasIPFrag == 0 || p.IPFlags&1 == 0 && p.IPFragOffset == 0 || d.part.b == nil {
		return
	}
	f := schema.Fragment{
		Row: len(d.rows.Packets) - 1, Len: d.part.n, Transport: int64(p.IPHdrLen - d.part.header), Hash: xxh3.Hash(d.part.b),
	}
	if p.IPProto == ipUDP || p.IPVersion == 6 { // of IPv6, a later one may name an extension header that stands in the first
		f.Data = d.rows.keep(d.part.b)
	}
	d.rows.Fragments = append(d.rows.Fragments, f)
}

// Datagram decodes what a UDP datagram carries that was put together from fragments, and appends the rows of applications that it gives
// as ones of p, which has its ports. It marks p as malformed where the message is. It is independent of the frames decoded before, and it
// keeps nothing of the datagram's buffer.
func (d *Decoder) Datagram(p *schema.Packet, datagram []byte, rows *Rows) {
	d.row, d.rows, d.chain, d.fragment = p, rows, chain{}, false
	defer func() { d.row, d.rows = nil, nil }()
	l := layer{datagram, int64(len(datagram))}
	if l.n < udpHeader {
		d.malformed(schema.MalformedUDPShort)
		return
	}
	length := int64(u16(l.b[4:]))
	if length < udpHeader || length > l.n {
		d.malformed(schema.MalformedUDPLength)
	}
	if length >= udpHeader {
		d.dnsByPort(layer{l.limit(length).skip(udpHeader).b, length - udpHeader})
	}
}
