package decode

import "github.com/pcaplake/pcaplake/schema"

const deviceNetlink = 824 // ARPHRD_NETLINK of Linux: no network device at all

// sll decodes LINKTYPE_LINUX_SLL, the header of Linux "cooked" captures.
func (d *Decoder) sll(l layer) {
	if d.has(l, 16, schema.MalformedLinkShort) {
		d.cooked(u16(l.b), u16(l.b[2:]), u16(l.b[4:]), l.b[6:12], u16(l.b[14:]), l.skip(16))
	}
}

// sll2 decodes LINKTYPE_LINUX_SLL2.
func (d *Decoder) sll2(l layer) {
	if d.has(l, 20, schema.MalformedLinkShort) {
		d.cooked(uint16(l.b[10]), u16(l.b[8:]), uint16(l.b[11]), l.b[12:18], u16(l.b), l.skip(20))
	}
}

// cooked takes what both versions have: the packet type, the sender's hardware address if it has six bytes, and the protocol.
func (d *Decoder) cooked(packetType, device, addrLen uint16, addr []byte, protocol uint16, l layer) {
	p := d.row
	switch packetType {
	case 0, 1, 2: // to us, broadcast, multicast
		p.PktDir = "in"
	case 4:
		p.PktDir = "out"
	}
	if addrLen == 6 {
		copy(p.SrcMAC[:], addr)
		p.Has |= schema.HasSrcMAC
	}
	if device == deviceNetlink {
		d.push(protoNetlink) // and protocol is a netlink family
		return
	}
	if protocol < etherMin { // not an EtherType: 1 is 802.3 without LLC, 4 is 802.2 LLC, 12 is CAN …
		if protocol == 4 {
			d.push(protoLLC)
		}
		return
	}
	d.etherType(protocol, l)
}
