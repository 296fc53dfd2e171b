package decode

import "github.com/pcaplake/pcaplake/schema"

// Protocol numbers of PPP (IANA, PPP DLL Protocol Numbers) that are decoded. Those that are only named stand in pppProtos.
const (
	pppIPv4          = 0x0021
	pppOSI           = 0x0023
	pppBridged       = 0x0031
	pppMultilink     = 0x003d
	pppLLC           = 0x004b
	pppIPv6          = 0x0057
	pppMPLSUnicast   = 0x0281
	pppMPLSMulticast = 0x0283
)

// ppp decodes a PPP frame (RFC 1661, RFC 1662) from its address field on, if that was not left out, or else from its protocol field on. An
// address of Cisco's HDLC there begins a frame of that.
func (d *Decoder) ppp(l layer) {
	d.push(protoPPP)
	switch {
	case len(l.b) >= 2 && l.b[0] == 0xff && l.b[1] == 3: // all stations, unnumbered information
		l = l.skip(2)
	case len(l.b) >= 2 && (l.b[0] == hdlcUnicast || l.b[0] == hdlcMulticast) && l.b[1] == 0:
		d.push(protoCHDLC)
		d.ciscoHDLC(l)
		return
	}
	d.pppProtocol(l)
}

// pppDirected decodes LINKTYPE_PPP_WITH_DIR: a byte that says which way, then PPP.
func (d *Decoder) pppDirected(l layer) {
	if d.direction(l) {
		d.ppp(l.skip(1))
	}
}

// pppd decodes LINKTYPE_PPP_PPPD, which says which way in the place of the address field.
func (d *Decoder) pppd(l layer) {
	d.push(protoPPP)
	if d.direction(l) && d.has(l, 2, schema.MalformedLinkShort) {
		d.pppProtocol(l.skip(2))
	}
}

// direction reads a first byte that is 0 in frames that were received, and not in those that were sent.
func (d *Decoder) direction(l layer) bool {
	if !d.has(l, 1, schema.MalformedLinkShort) {
		return false
	}
	d.way(l.b[0] == 0, l.b[0] != 0)
	return true
}

// way notes what the link header says of the frame's direction, if it says it.
func (d *Decoder) way(in, out bool) {
	switch {
	case in:
		d.row.PktDir = "in"
	case out:
		d.row.PktDir = "out"
	}
}

// pppProtocol decodes the protocol field and what it announces. A compressed field has one byte; only the last byte of one is odd.
func (d *Decoder) pppProtocol(l layer) {
	if !d.has(l, 1, schema.MalformedLinkShort) {
		return
	}
	protocol, size := uint16(l.b[0]), 1
	if protocol&1 == 0 {
		if size = 2; !d.has(l, size, schema.MalformedLinkShort) {
			return
		}
		protocol = u16(l.b)
	}
	l = l.skip(size)
	switch protocol {
	case pppIPv4:
		d.ipv4(l)
	case pppIPv6:
		d.ipv6(l)
	case pppMPLSUnicast, pppMPLSMulticast:
		d.mpls(l)
	case pppOSI:
		d.push(protoOSI)
		d.osi(l)
	case pppLLC:
		d.llc(l)
	case pppBridged:
		d.push(protoBCP)
		d.pppLAN(l)
	case pppMultilink:
		d.push(protoMP)
		d.multilink(l)
	default:
		d.push(pppProtos[protocol])
	}
}

// pppLAN decodes a bridged frame (RFC 3518 4.2) of Ethernet.
func (d *Decoder) pppLAN(l layer) {
	const hasFCS, hasLAN, ethernet = 0x80, 0x40, 1
	if !d.has(l, 2, schema.MalformedLinkShort) {
		return
	}
	size := 2
	if l.b[0]&hasLAN != 0 {
		size += 4
	}
	if l.b[1] != ethernet || !d.has(l, size, schema.MalformedLinkShort) {
		return
	}
	if l.b[0]&hasFCS != 0 {
		d.fcs = 4
	}
	d.push(protoEth)
	d.ethernet(l.skip(size))
}

// multilink decodes a frame that was not cut into several (RFC 1990 3, with long sequence numbers).
func (d *Decoder) multilink(l layer) {
	const beginAndEnd = 0xc0
	if d.has(l, 4, schema.MalformedLinkShort) && l.b[0]&beginAndEnd == beginAndEnd {
		d.pppProtocol(l.skip(4))
	}
}

// pppoe decodes a session's frame (RFC 2516 4).
func (d *Decoder) pppoe(l layer) {
	if d.has(l, 6, schema.MalformedLinkShort) && l.b[1] == 0 {
		d.within(int64(u16(l.b[4:])), l.skip(6), (*Decoder).ppp)
	}
}

// pppProtos name what is recognised and not decoded further.
var pppProtos = map[uint16]proto{
	0x0027: protoDECnet, 0x0029: protoDDP, 0x002b: protoIPX, 0x002d: protoVJC, 0x002f: protoVJC, 0x0035: protoVINES, 0x00fd: protoCompressed,
	0x0207: protoCDP, 0x8021: protoIPCP, 0x8023: protoOSINLCP, 0x8031: protoBCPNCP, 0x8057: protoIPv6CP, 0x80fd: protoCCP, 0x8207: protoCDPCP,
	0x8281: protoMPLSCP, 0xc021: protoLCP, 0xc023: protoPAP, 0xc029: protoCBCP, 0xc02b: protoBACP, 0xc02d: protoBAP, 0xc223: protoCHAP, 0xc227: protoEAP,
}
