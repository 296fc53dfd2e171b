package decode

import "github.com/pcaplake/pcaplake/schema"

// Kinds of traffic in the header of LINKTYPE_SUNATM.
const (
	sunLANE = 1
	sunLLC  = 2
	sunOut  = 0x80 // sent by this machine
)

// sunATM decodes LINKTYPE_SUNATM.
func (d *Decoder) sunATM(l layer) {
	if !d.has(l, 4, schema.MalformedLinkShort) {
		return
	}
	d.way(l.b[0]&sunOut == 0, l.b[0]&sunOut != 0)
	switch kind := l.b[0] & 15; kind {
	case sunLLC:
		d.llc(l.skip(4))
	case sunLANE:
		d.lane(l.skip(4))
	}
}

// lane decodes a frame of LAN emulation (AF-LANE-0021 4.1.1): the identifier of its sender, then Ethernet, unless it is a control frame.
func (d *Decoder) lane(l layer) {
	const control = 0xff00
	if !d.has(l, 2, schema.MalformedLinkShort) {
		return
	}
	d.push(protoLANE)
	if u16(l.b) != control {
		d.push(protoEth)
		d.ethernet(l.skip(2))
	}
}

// classicalIP decodes LINKTYPE_ATM_CLIP: a datagram, with the SNAP header of RFC 2225 or without.
func (d *Decoder) classicalIP(l layer) {
	if len(l.b) >= 3 && l.b[0] == sapSNAP && l.b[1] == sapSNAP && l.b[2] == unnumbered {
		d.llc(l)
	} else {
		d.raw(l)
	}
}
