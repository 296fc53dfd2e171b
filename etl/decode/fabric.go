package decode

import "github.com/pcaplake/pcaplake/schema"

// infiniBand decodes LINKTYPE_IPOIB: a global routing header, then an EtherType and two reserved bytes (RFC 4391 6).
func (d *Decoder) infiniBand(l layer) {
	const routing = 40
	if d.has(l, routing+4, schema.MalformedLinkShort) {
		d.etherType(u16(l.b[routing:]), l.skip(routing+4))
	}
}

// fibreChannel decodes LINKTYPE_IP_OVER_FC: a network header, whose addresses are those of Ethernet behind two bytes (RFC 2625), then LLC.
func (d *Decoder) fibreChannel(l layer) {
	const header = 16
	if d.has(l, header, schema.MalformedLinkShort) {
		d.macHeader()
		d.macs(l.b[2:8], l.b[10:16])
		d.llc(l.skip(header))
	}
}

// fireWire decodes LINKTYPE_APPLE_IP_OVER_IEEE1394: two addresses of eight bytes, then an EtherType.
func (d *Decoder) fireWire(l layer) {
	const header = 18
	if d.has(l, header, schema.MalformedLinkShort) {
		d.etherType(u16(l.b[16:]), l.skip(header))
	}
}
