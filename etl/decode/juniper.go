package decode

import "github.com/pcaplake/pcaplake/schema"

// Flags of the header that Juniper's routers put before a frame, behind three bytes of magic number.
const (
	juniperMagic  = 0x4d4743 // MGC
	juniperIn     = 0x01
	juniperNoLink = 0x02 // only a protocol family of four bytes stands before the packet
	juniperMore   = 0x80 // extensions follow, behind their length
)

// juniperEthernet decodes LINKTYPE_JUNIPER_ETHER.
func (d *Decoder) juniperEthernet(l layer) { d.juniper(l, protoEth, (*Decoder).ethernet) }

// juniperPPP decodes LINKTYPE_JUNIPER_PPP.
func (d *Decoder) juniperPPP(l layer) { d.juniper(l, protoNone, (*Decoder).ppp) }

// juniperFrameRelay decodes LINKTYPE_JUNIPER_FRELAY.
func (d *Decoder) juniperFrameRelay(l layer) { d.juniper(l, protoFrameRelay, (*Decoder).frameRelay) }

// juniperHDLC decodes LINKTYPE_JUNIPER_CHDLC.
func (d *Decoder) juniperHDLC(l layer) { d.juniper(l, protoCHDLC, (*Decoder).ciscoHDLC) }

// juniper skips the header and decodes a frame of the link type's kind.
func (d *Decoder) juniper(l layer, kind proto, decode func(*Decoder, layer)) {
	if !d.has(l, 4, schema.MalformedLinkShort) || u32(l.b)>>8 != juniperMagic {
		return
	}
	flags, size := l.b[3], 4
	d.way(flags&juniperIn != 0, flags&juniperIn == 0)
	if flags&juniperMore != 0 {
		if !d.has(l, 6, schema.MalformedLinkShort) {
			return
		}
		size += 2 + int(u16(l.b[4:]))
	}
	if int64(size) > l.n {
		d.malformed(schema.MalformedLinkLength)
		return
	}
	if flags&juniperNoLink != 0 {
		size += 4
	}
	switch {
	case !d.has(l, size, schema.MalformedLinkShort):
	case flags&juniperNoLink != 0:
		d.raw(l.skip(size))
	default:
		d.push(kind)
		decode(d, l.skip(size))
	}
}
