package decode

import "github.com/pcaplake/pcaplake/schema"

// EtherTypes that are decoded (IEEE). Those of tags stand in tagOf, those that are only named in etherProtos.
const (
	etherIPv4          = 0x0800
	etherARP           = 0x0806
	etherBridged       = 0x6558 // transparent Ethernet bridging (RFC 1701)
	etherRARP          = 0x8035
	etherIPv6          = 0x86dd
	etherMPLSUnicast   = 0x8847
	etherMPLSMulticast = 0x8848
	etherPPPoE         = 0x8864
	etherJumboLLC      = 0x8870
	etherMACsec        = 0x88e5
	etherPBB           = 0x88e7

	etherMin = 0x0600 // below stands a length (IEEE 802.3); 0 is none
	maxTags  = 8
)

// ethernet decodes an Ethernet II or IEEE 802.3 header. The link columns are those of the frame itself, so the Ethernet of a frame that
// another carries leaves them alone.
func (d *Decoder) ethernet(l layer) {
	if !d.has(l, 14, schema.MalformedLinkShort) {
		return
	}
	if isISL(l.b) {
		d.isl(l)
		return
	}
	d.macHeader()
	d.macs(l.b, l.b[6:])
	d.etherType(u16(l.b[12:]), l.skip(14))
}

// macHeader notes that a header with hardware addresses begins. Behind another one, or behind IP, it is that of a frame that is carried.
func (d *Decoder) macHeader() {
	if d.row.Has&(schema.HasSrcMAC|schema.HasDstMAC|schema.HasIP) != 0 {
		d.inner = true
	}
}

// macs notes the hardware addresses of the frame's own link layer, destination first as most have them.
func (d *Decoder) macs(dst, src []byte) {
	if d.ownLink() {
		copy(d.row.DstMAC[:], dst)
		copy(d.row.SrcMAC[:], src)
		d.row.Has |= schema.HasSrcMAC | schema.HasDstMAC
	}
}

// ownLink reports whether what is at hand is the frame's own link layer, and not that of a frame which it carries.
func (d *Decoder) ownLink() bool { return !d.inner && d.row.Has&schema.HasIP == 0 }

// etherType goes on by an EtherType or, from 1 to 0x5ff, an IEEE 802.3 length, through tags.
func (d *Decoder) etherType(typ uint16, l layer) {
	vlans := 0
	for range maxTags {
		tag, ok := tagOf(typ)
		if !ok {
			break
		}
		d.push(tag.proto)
		if !d.has(l, tag.size, schema.MalformedVLANShort) {
			return
		}
		if tag.vlan {
			d.vlan(vlans, int32(u16(l.b)&0xfff))
			vlans++
		}
		typ = u16(l.b[tag.size-2:])
		l = l.skip(tag.size)
	}
	if typ > 0 && typ < etherMin {
		d.within(int64(typ), l, (*Decoder).length)
		return
	}
	if p := d.row; d.ownLink() {
		p.EtherType, p.Has = int32(typ), p.Has|schema.HasEtherType
	}
	d.etherPayload(typ, l)
}

// etherPayload goes on by an EtherType behind all tags.
func (d *Decoder) etherPayload(typ uint16, l layer) {
	switch typ {
	case etherIPv4:
		d.ipv4(l)
	case etherIPv6:
		d.ipv6(l)
	case etherARP, etherRARP:
		d.arp(l)
	case etherMPLSUnicast, etherMPLSMulticast:
		d.mpls(l)
	case etherPPPoE:
		d.push(protoPPPoESession)
		d.pppoe(l)
	case etherBridged:
		d.push(protoEth)
		d.ethernet(l)
	case etherJumboLLC:
		d.llc(l)
	case etherPBB:
		d.push(protoPBB)
		d.pbb(l)
	case etherMACsec:
		d.macsec(l)
	default:
		d.push(etherProtos[typ])
	}
}

// isEtherType reports whether an EtherType is known, where other numbers can stand too.
func isEtherType(typ uint16) bool {
	switch typ {
	case etherIPv4, etherIPv6, etherARP, etherRARP, etherMPLSUnicast, etherMPLSMulticast, etherPPPoE, etherBridged, etherPBB, etherMACsec:
		return true
	}
	_, isTag := tagOf(typ)
	return isTag || etherProtos[typ] != protoNone
}

// vlan notes the nth VLAN identifier of the frame.
func (d *Decoder) vlan(n int, id int32) {
	p := d.row
	switch {
	case !d.ownLink():
	case n == 0:
		p.VLANID, p.Has = id, p.Has|schema.HasVLAN
	case n == 1:
		p.InnerVLANID, p.Has = id, p.Has|schema.HasInnerVLAN
	}
}

// length decodes what stands behind an IEEE 802.3 length. Novell's oldest frames have IPX there, which begins with a checksum of ffff, and
// no LLC.
func (d *Decoder) length(l layer) {
	if len(l.b) >= 2 && u16(l.b) == 0xffff {
		d.push(protoIPX)
	} else {
		d.llc(l)
	}
}

// within decodes the first n bytes of a layer, as a length in the header before says; what stands behind them is padding.
func (d *Decoder) within(n int64, l layer, decode func(*Decoder, layer)) {
	if n > l.n {
		d.malformed(schema.MalformedLinkLength)
		decode(d, l)
		return
	}
	p := d.row
	before := p.Has & schema.HasPadding // of a packet around this one
	p.Has &^= schema.HasPadding
	decode(d, l.limit(n))
	if p.Has&schema.HasPadding != 0 {
		p.PaddingLen += l.n - n
	}
	p.Has |= before
}

// tag is a header that ends with the EtherType of what is behind it.
type tag struct {
	proto proto
	size  int  // bytes behind its own EtherType
	vlan  bool // begins with a tag control information (IEEE 802.1Q 9.6)
}

// tagOf returns the tag that an EtherType announces.
func tagOf(typ uint16) (tag, bool) {
	switch typ {
	case 0x8100, 0x9100, 0x9200, 0x9300: // 802.1Q, and what older QinQ switches use
		return tag{protoVLAN, 4, true}, true
	case 0x88a8: // 802.1ad
		return tag{protoQinQ, 4, true}, true
	case 0x8909: // Cisco MetaData with one option
		return tag{protoCMD, 8, false}, true
	case 0x8926: // VN-Tag of Cisco
		return tag{protoVNTag, 6, false}, true
	case 0x893f: // E-TAG (802.1BR)
		return tag{protoETag, 8, false}, true
	case 0x892f: // HSR (IEC 62439-3)
		return tag{protoHSR, 6, false}, true
	case 0xf1c1: // R-TAG (802.1CB)
		return tag{protoRTag, 6, false}, true
	}
	return tag{}, false
}

// etherProtos name what is recognised by its EtherType and not decoded further.
var etherProtos = map[uint16]proto{
	0x0600: protoIDP, 0x0842: protoWOL, 0x0bad: protoVINES, 0x22ea: protoMSRP, 0x22f0: proto1722, 0x22f3: protoTRILL, 0x4305: protoBATMAN,
	0x6003: protoDECnet, 0x6004: protoLAT, 0x809b: protoLLAP, 0x80f3: protoAARP, 0x8137: protoIPX, 0x8808: protoMACControl, 0x8809: protoSlow,
	0x8863: protoPPPoEDiscovery, 0x887b: protoHomePlug, 0x888e: protoEAPOL, 0x8892: protoPROFINET, 0x8899: protoRealtek, 0x88a2: protoAoE,
	0x88a4: protoEtherCAT, 0x88ab: protoEPL, 0x88b8: protoGOOSE, 0x88ba: protoSV, 0x88c7: protoEAPOL, 0x88ca: protoTIPC, 0x88cc: protoLLDP,
	0x88cd: protoSERCOS, 0x88d9: protoLLTD, 0x88e1: protoHomePlugAV, 0x88e3: protoMRP, 0x88ee: protoELMI, 0x88f5: protoMVRP, 0x88f6: protoMMRP,
	0x88f7: protoPTP, 0x88f8: protoNCSI, 0x88fb: protoPRP, 0x8902: protoCFM, 0x8906: protoFCoE, 0x8914: protoFIP, 0x8915: protoInfiniBand,
	0x893a: proto1905, 0x8947: protoGeoNetworking, 0x894f: protoNSH, 0x9000: protoLoopTest, 0xa0ed: proto6LoWPAN, 0xaefe: protoECPRI,
}
