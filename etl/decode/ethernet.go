package decode

import "github.com/pcaplake/pcaplake/schema"

const (
	etherIPv4 = 0x0800
	etherARP  = 0x0806
	etherIPv6 = 0x86dd
	etherMin  = 0x0600 // below stands a length (IEEE 802.3); 0 is none
	maxTags   = 8
)

// ethernet decodes an Ethernet II or IEEE 802.3 header.
func (d *Decoder) ethernet(l layer) {
	if !d.has(l, 14, schema.MalformedLinkShort) {
		return
	}
	p := d.row
	copy(p.DstMAC[:], l.b)
	copy(p.SrcMAC[:], l.b[6:])
	p.Has |= schema.HasSrcMAC | schema.HasDstMAC
	d.etherType(u16(l.b[12:]), l.skip(14))
}

// etherType goes on by an EtherType or, from 1 to 0x5ff, an IEEE 802.3 length, through VLAN tags.
func (d *Decoder) etherType(typ uint16, l layer) {
	p := d.row
	for tags := 0; isTag(typ) && tags < maxTags; tags++ {
		d.push(tagProto(typ))
		if !d.has(l, 4, schema.MalformedVLANShort) {
			return
		}
		switch id := int32(u16(l.b) & 0xfff); tags {
		case 0:
			p.VLANID, p.Has = id, p.Has|schema.HasVLAN
		case 1:
			p.InnerVLANID, p.Has = id, p.Has|schema.HasInnerVLAN
		}
		typ = u16(l.b[2:])
		l = l.skip(4)
	}
	if typ > 0 && typ < etherMin {
		d.length(int64(typ), l)
		return
	}
	p.EtherType, p.Has = int32(typ), p.Has|schema.HasEtherType
	switch typ {
	case etherIPv4:
		d.ipv4(l)
	case etherIPv6:
		d.ipv6(l)
	case etherARP:
		d.arp(l)
	case 0x8847, 0x8848:
		d.mpls(l)
	default:
		d.push(etherProto(typ))
	}
}

// length goes on behind an IEEE 802.3 length. Novell's oldest frames have IPX there, which begins with a checksum of ffff, and no LLC.
func (d *Decoder) length(n int64, l layer) {
	if n > l.n {
		d.malformed(schema.MalformedLinkLength)
	}
	if len(l.b) >= 2 && u16(l.b) == 0xffff {
		d.push(protoIPX)
	} else {
		d.push(protoLLC)
	}
}

// isTag reports whether a VLAN tag follows: 802.1Q, 802.1ad, and what older QinQ switches use.
func isTag(typ uint16) bool { return typ == 0x8100 || typ == 0x88a8 || typ == 0x9100 }

func tagProto(typ uint16) proto {
	if typ == 0x88a8 {
		return protoQinQ
	}
	return protoVLAN
}

// etherProto names what is recognised and not decoded further.
func etherProto(typ uint16) proto {
	switch typ {
	case 0x8809:
		return protoSlow
	case 0x8863:
		return protoPPPoEDiscovery
	case 0x8864:
		return protoPPPoESession
	case 0x888e:
		return protoEAPOL
	case 0x88cc:
		return protoLLDP
	case 0x88f7:
		return protoPTP
	}
	return protoNone
}
