package decode

import "github.com/pcaplake/pcaplake/schema"

// tokenRing decodes an IEEE 802.5 frame: access control, frame control, addresses, and the route of a frame that says it has one.
func (d *Decoder) tokenRing(l layer) {
	const header, routed, routeLength = 14, 0x80, 0x1f
	if !d.has(l, header, schema.MalformedLinkShort) {
		return
	}
	src := [6]byte(l.b[8:])
	src[0] &^= routed
	d.macHeader()
	d.macs(l.b[2:], src[:])
	kind, route := l.b[1]>>6, 0
	if l.b[8]&routed != 0 {
		if !d.has(l, header+2, schema.MalformedLinkShort) {
			return
		}
		route = int(l.b[header] & routeLength)
	}
	if !d.has(l, header+route, schema.MalformedLinkShort) {
		return
	}
	switch l = l.skip(header + route); kind {
	case 0:
		d.push(protoTokenRingMAC)
	case 1:
		d.llc(l)
	}
}
