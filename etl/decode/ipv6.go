package decode

import (
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

// Numbers of IPv6 extension headers and of no header at all (IANA, Protocol Numbers).
const (
	nextHopByHop = 0
	nextRouting  = 43
	nextFragment = 44
	nextESP      = 50
	nextAH       = 51
	nextNone     = 59
	nextDstOpts  = 60
	nextMobility = 135
	nextHIP      = 139
	nextShim6    = 140
)

const (
	ipv6Header    = 40
	maxExtensions = 16
)

// ipv6 decodes an IPv6 header (RFC 8200), its extension headers and what they carry.
func (d *Decoder) ipv6(l layer) {
	d.push(protoIPv6)
	if len(l.b) > 0 && l.b[0]>>4 != 6 {
		d.malformed(schema.MalformedIPVersion)
		return
	}
	if !d.has(l, ipv6Header, schema.MalformedIPv6Short) {
		return
	}
	d.arrive()
	p, b := d.row, l.b
	first := u32(b)
	total := ipv6Header + int64(u16(b[4:]))
	if total == ipv6Header && b[6] != nextNone && l.n-d.fcs > ipv6Header { // a jumbogram, or segmentation offload
		total = l.n - d.fcs
		d.superframe = true
		d.note(schema.ChksumSuperframe)
	}
	d.superframe = d.superframe || total > largestFrame
	p.Has |= schema.HasIP | schema.HasIPFlowLabel
	p.IPVersion, p.IPHdrLen, p.IPTOS, p.IPFlowLabel = 6, ipv6Header, int32(first>>20&0xff), int32(first&0xfffff)
	p.IPLen, p.IPTTL = total, int32(b[7])
	p.SrcIP, p.DstIP = netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
	d.finalDst = p.DstIP
	l = d.ipEnd(l, total, schema.MalformedIPv6Payload)
	d.hashIP(l.b)
	d.extensions(b[6], l.skip(ipv6Header))
}

// extensions walks the chain of extension headers.
func (d *Decoder) extensions(next byte, l layer) {
	p := d.row
	for count := int32(0); ; count++ {
		ext := extensionProto(next)
		if ext == protoNone {
			p.IPProto, p.IPOptionsCount, p.Has = int32(next), count, p.Has|schema.HasIPProto|schema.HasIPOptions
			d.transport(next, l)
			return
		}
		d.push(ext)
		if count == maxExtensions {
			d.malformed(schema.MalformedIPv6Extension)
			return
		}
		if !d.has(l, 8, d.short(schema.MalformedIPv6Extension)) {
			return
		}
		size := extensionSize(next, l.b)
		if !d.has(l, size, d.short(schema.MalformedIPv6Extension)) {
			return
		}
		p.IPHdrLen += int32(size)
		kind, header := next, l.b[:size]
		next = header[0]
		l = l.skip(size)
		switch kind {
		case nextRouting:
			d.routing(header)
		case nextFragment:
			d.part = part{l, p.IPHdrLen}
			if d.fragmentHeader(header) > 0 {
				p.IPProto, p.IPOptionsCount, p.Has = int32(next), count+1, p.Has|schema.HasIPProto|schema.HasIPOptions
				d.laterFragment(next, l)
				return
			}
		}
	}
}

func extensionProto(next byte) proto {
	switch next {
	case nextHopByHop:
		return protoHopByHop
	case nextRouting:
		return protoRouting
	case nextFragment:
		return protoFragment
	case nextDstOpts:
		return protoDstOpts
	case nextAH:
		return protoAH
	case nextMobility:
		return protoMobility
	case nextHIP:
		return protoHIP
	case nextShim6:
		return protoShim6
	}
	return protoNone
}

// extensionSize is the length of an extension header in bytes.
func extensionSize(kind byte, b []byte) int {
	switch kind {
	case nextFragment:
		return 8
	case nextAH: // RFC 4302: in 4-byte words, minus 2
		return (int(b[1]) + 2) * 4
	}
	return (int(b[1]) + 1) * 8
}

// routing finds the final destination of a packet that is still on its way through the addresses of a routing header: checksums are made
// with that one (RFC 8200 8.1).
func (d *Decoder) routing(h []byte) {
	if h[3] == 0 { // no segments left
		return
	}
	final := d.finalDst.As16()
	switch h[2] {
	case 0, 2: // source route (deprecated by RFC 5095), mobility (RFC 6275): the last address
		if len(h) >= 24 {
			copy(final[:], h[len(h)-16:])
		}
	case 3: // RPL (RFC 6554): the last, without the bytes that it shares with the destination, before the padding
		shared, end := int(h[4]&15), len(h)-int(h[5]>>4)
		if begin := end - (16 - shared); begin >= 8 {
			copy(final[shared:], h[begin:end])
		}
	case 4: // segment routing (RFC 8754): the first, since the list runs backwards
		if len(h) >= 24 {
			copy(final[:], h[8:24])
		}
	}
	d.finalDst = netip.AddrFrom16(final)
}

// fragmentHeader takes a fragment header and returns the offset in bytes.
func (d *Decoder) fragmentHeader(h []byte) int32 {
	p := d.row
	word := u16(h[2:])
	p.IPID, p.IPFlags, p.IPFragOffset = int64(u32(h[4:])), int32(word&1), int32(word&0xfff8)
	p.Has |= schema.HasIPID | schema.HasIPFrag
	d.fragment = d.fragment || word&1 != 0
	return p.IPFragOffset
}
