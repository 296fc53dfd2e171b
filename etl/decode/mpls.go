package decode

import "github.com/pcaplake/pcaplake/schema"

const maxLabels = 16

// mpls decodes a stack of MPLS labels (RFC 3032) and what is behind it, which the stack does not name: by convention its first four bits
// are an IP version, 1 of an associated channel (RFC 5586), or 0 of the control word before a pseudowire's frame (RFC 4385).
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
		if p := d.row; p.Has&schema.HasMPLS == 0 && d.ownLink() {
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
	case 1:
		d.push(protoPWACH)
		d.channel(l)
	default:
		d.pseudowire(l)
	}
}

// channel decodes an associated channel header; its types for IP are the numbers of PPP (RFC 4385 6).
func (d *Decoder) channel(l layer) {
	if !d.has(l, 4, schema.MalformedMPLS) {
		return
	}
	switch u16(l.b[2:]) {
	case pppIPv4:
		d.ipv4(l.skip(4))
	case pppIPv6:
		d.ipv6(l.skip(4))
	}
}

// pseudowire decodes an Ethernet frame on a pseudowire (RFC 4448) with a control word, whose first half is 0, or without one, if the bytes
// at one of the two places can be nothing else.
func (d *Decoder) pseudowire(l layer) {
	word := protoNone
	switch {
	case len(l.b) > 4 && u16(l.b) == 0 && looksLikeEthernet(l.b[4:]):
		word = protoPWControlWord
		l = l.skip(4)
	case looksLikeEthernet(l.b):
		word = protoPWNoControlWord
	default:
		return
	}
	d.inner = true
	d.push(protoPWHeuristic)
	d.push(word)
	d.push(protoEth)
	d.ethernet(l)
}

// looksLikeEthernet reports whether an Ethernet header stands there: a sender that is no group, and a type whose header begins as it must.
func looksLikeEthernet(b []byte) bool {
	if len(b) < 18 || b[6]&1 != 0 {
		return false
	}
	switch typ, next := u16(b[12:]), b[14:]; typ {
	case etherIPv4:
		return next[0]>>4 == 4 && next[0]&15 >= 5
	case etherIPv6:
		return next[0]>>4 == 6
	case etherARP:
		return u16(next) == arpEthernet && u16(next[2:]) == etherIPv4
	case 0x8100, 0x88a8, etherMPLSUnicast, etherPPPoE:
		return true
	case 0x9000, 0x88cc:
		return true
	default:
		return typ >= 3 && int(typ) <= len(b)-14 && typ < etherMin && (u16(next) == 0x4242 || u16(next) == 0xaaaa) && next[2] == unnumbered
	}
}
