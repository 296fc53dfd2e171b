package decode

import "github.com/pcaplake/pcaplake/schema"

// Protocol numbers of PPP (IANA, PPP DLL Protocol Numbers).
const (
	pppIPv4          = 0x0021
	pppIPv6          = 0x0057
	pppMPLSUnicast   = 0x0281
	pppMPLSMulticast = 0x0283
)

// ppp decodes a PPP frame (RFC 1661, RFC 1662) from its address field on, if that was not left out, or else from its protocol field on.
func (d *Decoder) ppp(l layer) {
	d.push(protoPPP)
	if len(l.b) >= 2 && l.b[0] == 0xff && l.b[1] == 3 { // all stations, unnumbered information
		l = l.skip(2)
	}
	if !d.has(l, 1, schema.MalformedLinkShort) {
		return
	}
	if l.b[0]&1 == 1 { // a compressed protocol field has one byte, and only the last byte of the field is odd
		d.pppProtocol(uint16(l.b[0]), l.skip(1))
	} else if d.has(l, 2, schema.MalformedLinkShort) {
		d.pppProtocol(u16(l.b), l.skip(2))
	}
}

func (d *Decoder) pppProtocol(protocol uint16, l layer) {
	switch protocol {
	case pppIPv4:
		d.ipv4(l)
	case pppIPv6:
		d.ipv6(l)
	case pppMPLSUnicast, pppMPLSMulticast:
		d.mpls(l)
	}
}
