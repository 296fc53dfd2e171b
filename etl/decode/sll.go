package decode

import "github.com/pcaplake/pcaplake/schema"

// Kinds of network devices of Linux (ARPHRD_) whose frames the protocol field does not name.
const (
	deviceFRAD     = 770
	deviceRadiotap = 803
	deviceNetlink  = 824 // no network device at all
)

// Protocols of Linux (ETH_P_) below the EtherTypes that are decoded.
const (
	linuxAll = 3 // in cases that nobody explains; the frames are Ethernet
	linuxLLC = 4
	linuxPPP = 7
)

// linuxProtos name the other protocols below the EtherTypes.
var linuxProtos = [256]proto{1: protoIPX, 12: protoCAN, 13: protoCANFD, 23: protoIrLAP, 245: protoISI, 246: protoWPAN}

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
	d.way(packetType <= 2, packetType == 4) // to us, broadcast, multicast; 3 is between others
	if addrLen == 6 {
		copy(p.SrcMAC[:], addr)
		p.Has |= schema.HasSrcMAC
	}
	switch {
	case device == deviceNetlink:
		d.push(protoNetlink)
	case device == deviceFRAD:
		d.push(protoFrameRelay)
		d.frameRelay(l)
	case device == deviceRadiotap:
		d.push(protoRadiotap)
		d.radiotap(l)
	case protocol >= etherMin:
		d.etherType(protocol, l)
	default:
		d.linuxProtocol(protocol, l)
	}
}

// linuxProtocol goes on by a protocol that is no EtherType.
func (d *Decoder) linuxProtocol(protocol uint16, l layer) {
	switch protocol {
	case linuxAll:
		d.push(protoEth)
		d.ethernet(l)
	case linuxLLC:
		d.llc(l)
	case linuxPPP:
		d.ppp(l)
	default:
		if int(protocol) < len(linuxProtos) {
			d.push(linuxProtos[protocol])
		}
	}
}
