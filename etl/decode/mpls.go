package decode

import "github.com/pcaplake/pcaplake/schema"

const maxLabels = 16

// mpls decodes a stack of MPLS labels (RFC 3032) and what is behind it, which the stack does not name: by convention its first four bits
// are an IP version, or 0 of a pseudowire's control word before Ethernet (RFC 4385, RFC 4448).
func (d *Decoder) mpls(l layer) {
	d.push(protoMPLS)
	for labels := 0; ; labels++ {
		if labels == maxLabels {
			d.malformed(schema.MalformedMPLS)
			return
		}
		if !d.has(l, 4, schema.MalformedMPLS) {
			return
		}
		word := u32(l.b)
		l = l.skip(4)
		if p := d.row; p.Has&schema.HasMPLS == 0 {
			p.MPLSLabel, p.Has = int32(word>>12), p.Has|schema.HasMPLS
		}
		if word&0x100 != 0 { // bottom of stack
			break
		}
	}
	if len(l.b) == 0 {
		return
	}
	switch l.b[0] >> 4 {
	case 4:
		d.ipv4(l)
	case 6:
		d.ipv6(l)
	}
}
