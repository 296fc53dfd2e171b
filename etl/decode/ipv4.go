package decode

import (
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

// largestFrame is more than any wire carries, jumbo frames included: a larger IP packet was put together or not yet cut up by a network
// card (GRO, TSO).
const largestFrame = 9600

// ipv4 decodes an IPv4 header (RFC 791) and what it carries.
func (d *Decoder) ipv4(l layer) {
	d.push(protoIP)
	if len(l.b) > 0 && l.b[0]>>4 != 4 {
		d.malformed(schema.MalformedIPVersion)
		return
	}
	if !d.has(l, 20, schema.MalformedIPShort) {
		return
	}
	d.arrive()
	p, b := d.row, l.b
	header, total := int64(b[0]&15)*4, int64(u16(b[2:]))
	if total == 0 { // segmentation offload: the card was to fill it in
		total = max(header, l.n-d.fcs)
		d.superframe = true
		d.note(schema.ChksumSuperframe)
	}
	d.superframe = d.superframe || total > largestFrame
	fragment := u16(b[6:])
	p.Has |= schema.HasIP | schema.HasIPID | schema.HasIPFrag | schema.HasIPProto | schema.HasIPChksum
	p.IPVersion, p.IPHdrLen, p.IPTOS, p.IPLen, p.IPID = 4, int32(header), int32(b[1]), total, int64(u16(b[4:]))
	p.IPFlags, p.IPFragOffset, p.IPTTL, p.IPProto, p.IPChksum = int32(fragment>>13), int32(fragment&0x1fff)*8, int32(b[8]), int32(b[9]), int32(u16(b[10:]))
	p.SrcIP, p.DstIP = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	d.finalDst = p.DstIP
	if header < 20 || header > total {
		d.malformed(schema.MalformedIPHeaderLength)
		return
	}
	l = d.ipEnd(l, total, schema.MalformedIPTotalLength)
	d.hashIP(l.b)
	if int64(len(l.b)) < header {
		d.note(schema.ChksumSnapped)
		return
	}
	d.judgeIP(l.b[:header])
	d.ipv4Options(l.b[20:header])
	l = l.skip(int(header))
	d.fragment = d.fragment || fragment&0x2000 != 0
	d.part = part{l, int32(header)}
	if p.IPFragOffset > 0 {
		d.laterFragment(b[9], l)
		return
	}
	d.transport(b[9], l)
}

// ipEnd cuts what follows the IP packet, whose length its header declares, and counts it if the packet is the outermost. A packet in the
// tunnel of a first fragment goes on in the next one.
func (d *Decoder) ipEnd(l layer, total int64, reason string) layer {
	if total > l.n {
		if !d.fragment {
			d.overrun = true
			d.malformed(reason)
		}
		return l
	}
	if d.row.TunnelDepth == 0 {
		d.row.PaddingLen, d.row.Has = l.n-total, d.row.Has|schema.HasPadding
	}
	return l.limit(total)
}

// ipv4Options counts the options, EOL and NOP included.
func (d *Decoder) ipv4Options(b []byte) {
	n, ok := countOptions(b, d.ipv4Option)
	if !ok {
		d.malformed(schema.MalformedIPOptions)
	}
	d.row.IPOptionsCount, d.row.Has = n, d.row.Has|schema.HasIPOptions
}

// Kinds of IPv4 options (IANA): source routes.
const (
	ipv4LooseRoute  = 131
	ipv4StrictRoute = 137
)

// ipv4Option finds the final destination of a packet that is still on its way through the addresses of a source route: checksums are made
// with that one (RFC 1122 4.1.3.2, RFC 9293 3.1).
func (d *Decoder) ipv4Option(kind byte, value []byte) {
	if (kind != ipv4LooseRoute && kind != ipv4StrictRoute) || len(value) < 5 || int(value[0]) > len(value) {
		return // no route, or its pointer (from 4, of the first address not yet visited) is past its end
	}
	d.finalDst = netip.AddrFrom4([4]byte(value[len(value)-4:]))
}

// countOptions walks options of kind and length, as IPv4 and TCP have them, up to the end of the list. It reports false where a length is
// impossible.
func countOptions(b []byte, visit func(kind byte, value []byte)) (n int32, ok bool) {
	for len(b) > 0 {
		n++
		switch b[0] {
		case 0:
			return n, true
		case 1:
			b = b[1:]
			continue
		}
		if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
			return n, false
		}
		visit(b[0], b[2:b[1]])
		b = b[b[1]:]
	}
	return n, true
}
