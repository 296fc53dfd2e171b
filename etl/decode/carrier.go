package decode

import "github.com/pcaplake/pcaplake/schema"

// The carriers are frames that hold whole Ethernet frames on one LAN.

// pbb decodes a backbone frame (IEEE 802.1Q 9.7, PBB) from its I-TAG on: tag control information, then the customer's frame, whose
// addresses are not those of this link.
func (d *Decoder) pbb(l layer) {
	if d.has(l, 18, schema.MalformedVLANShort) {
		d.inner = true
		d.etherType(u16(l.b[16:]), l.skip(18))
	}
}

// Bits of the tag control information of a MACsec tag (IEEE 802.1AE 9.5).
const (
	macsecSCI       = 0x20 // a secure channel identifier is there
	macsecEncrypted = 0x0c // encrypted or changed
)

// macsec decodes a MACsec tag, and what is behind it where that is only authenticated; its last sixteen bytes are a checksum.
func (d *Decoder) macsec(l layer) {
	if !d.has(l, 6, schema.MalformedVLANShort) {
		return
	}
	d.push(protoMACsec)
	if l.b[0]&macsecEncrypted != 0 {
		return
	}
	size := 8
	if l.b[0]&macsecSCI != 0 {
		size += 8
	}
	if d.has(l, size, schema.MalformedVLANShort) {
		d.etherType(u16(l.b[size-2:]), l.skip(size))
	}
}

const (
	islHeader   = 26
	islEthernet = 0 // type of the frame that is carried
)

// isISL reports whether a frame is one of Cisco's Inter-Switch Link: its multicast address, and SNAP where Ethernet has none.
func isISL(b []byte) bool {
	return len(b) >= islHeader && (b[0] == 1 || b[0] == 3) && b[1] == 0 && u16(b[2:]) == 0x0c00 && b[4] == 0 && b[14] == 0xaa && b[15] == 0xaa && b[16] == 3
}

// isl decodes an Inter-Switch Link header. The frame behind it is the link layer; ISL only tags it.
func (d *Decoder) isl(l layer) {
	d.vlan(0, int32(u16(l.b[20:])>>1))
	if l.b[5]>>4 == islEthernet {
		d.push(protoEth)
		d.ethernet(l.skip(islHeader))
	}
}

// mpacket decodes a frame of IEEE 802.3br from its preamble on. Only an express frame, whose delimiter is that of Ethernet, is whole for sure.
func (d *Decoder) mpacket(l layer) {
	if d.has(l, 8, schema.MalformedLinkShort) && l.b[7] == 0xd5 {
		d.push(protoEth)
		d.fcs = 4
		d.ethernet(l.skip(8))
	}
}

// Bits of the header of LINKTYPE_NETANALYZER, in its second byte.
const (
	netanalyzerGPIO        = 1
	netanalyzerTransparent = 2
)

// netanalyzer decodes LINKTYPE_NETANALYZER: Ethernet with its check sequence, or an event that is no frame.
func (d *Decoder) netanalyzer(l layer) {
	if d.has(l, 4, schema.MalformedLinkShort) && l.b[1]&(netanalyzerGPIO|netanalyzerTransparent) == 0 {
		d.push(protoEth)
		d.fcs = 4
		d.ethernet(l.skip(4))
	}
}

// netanalyzerTransparently decodes LINKTYPE_NETANALYZER_TRANSPARENT, where a frame begins with its preamble.
func (d *Decoder) netanalyzerTransparently(l layer) {
	if d.has(l, 12, schema.MalformedLinkShort) && l.b[1]&netanalyzerGPIO == 0 && l.b[11] == 0xd5 {
		d.push(protoEth)
		d.fcs = 4
		d.ethernet(l.skip(12))
	}
}

// docsis decodes a DOCSIS MAC frame (CM-SP-MULPIv3.1 6.2) that is a packet PDU without an extended header, which would say that it is encrypted.
func (d *Decoder) docsis(l layer) {
	if d.has(l, 6, schema.MalformedLinkShort) && l.b[0] == 0 {
		d.push(protoEth)
		d.fcs = 4
		d.within(int64(u16(l.b[2:])), l.skip(6), (*Decoder).ethernet)
	}
}
