package decode

import "github.com/pcaplake/pcaplake/schema"

// Addresses of Cisco's HDLC (RFC 1547 4.3.1).
const (
	hdlcUnicast   = 0x0f
	hdlcMulticast = 0x8f
)

// ciscoHDLC decodes a frame of Cisco's HDLC: address, control, and a protocol that mostly is an EtherType.
func (d *Decoder) ciscoHDLC(l layer) {
	if d.has(l, 4, schema.MalformedLinkShort) {
		d.ciscoType(u16(l.b[2:]), l.skip(4))
	}
}

// ciscoHDLCDirected decodes LINKTYPE_C_HDLC_WITH_DIR.
func (d *Decoder) ciscoHDLCDirected(l layer) {
	if d.direction(l) {
		d.ciscoHDLC(l.skip(1))
	}
}

// ciscoType goes on by the protocol of a serial line of Cisco's.
func (d *Decoder) ciscoType(typ uint16, l layer) {
	switch p := ciscoTypes[typ]; {
	case p == protoOSI:
		d.ciscoOSI(l)
	case p != protoNone:
		d.push(p)
	case isEtherType(typ):
		d.etherType(typ, l)
	}
}

// ciscoOSI decodes what ISO's network layer has there, before which a byte of padding may stand.
func (d *Decoder) ciscoOSI(l layer) {
	if len(l.b) < 2 {
		return
	}
	d.push(protoOSI)
	if osiProto(l.b[0]) == protoNone {
		l = l.skip(1)
	}
	d.osi(l)
}

// ciscoTypes are the protocols that are no EtherTypes, or mean something else there.
var ciscoTypes = map[uint16]proto{
	0x0111: protoUDLD, 0x2000: protoCDP, 0x4242: protoSTP, 0x8035: protoSLARP, 0xfefe: protoOSI,
}
