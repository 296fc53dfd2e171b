package decode

import "github.com/pcaplake/pcaplake/schema"

// Switch chips tag the frames that they hand to a processor. The LINKTYPE_DSA_TAG_ types have such a tag before the EtherType.

// brcmTag decodes LINKTYPE_DSA_TAG_BRCM.
func (d *Decoder) brcmTag(l layer) { d.switchTag(protoBrcmTag, 4, l) }

// brcmPrepended decodes LINKTYPE_DSA_TAG_BRCM_PREPEND, whose tag stands before the addresses.
func (d *Decoder) brcmPrepended(l layer) {
	if d.has(l, 4, schema.MalformedLinkShort) {
		d.push(protoEth)
		d.ethernet(l.skip(4))
	}
}

// dsaTag decodes LINKTYPE_DSA_TAG_DSA: Marvell's tag.
func (d *Decoder) dsaTag(l layer) { d.switchTag(protoDSA, 4, l) }

// edsaTag decodes LINKTYPE_DSA_TAG_EDSA: Marvell's tag behind an EtherType of its own.
func (d *Decoder) edsaTag(l layer) { d.switchTag(protoEDSA, 8, l) }

// switchTag decodes Ethernet with a tag of so many bytes behind the addresses. Into that of Marvell, whose last four bytes are alike, the
// switch puts the VLAN of a frame that came with one.
func (d *Decoder) switchTag(kind proto, size int, l layer) {
	if !d.has(l, 12+size+2, schema.MalformedLinkShort) {
		return
	}
	d.macs(l.b, l.b[6:])
	d.push(kind)
	const tagged = 0x20
	if mark := l.b[12+size-4:]; (kind == protoDSA || kind == protoEDSA) && mark[0]&tagged != 0 {
		d.vlan(0, int32(u16(mark[2:])&0xfff))
	}
	d.etherType(u16(l.b[12+size:]), l.skip(12+size+2))
}
