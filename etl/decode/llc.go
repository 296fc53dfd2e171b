package decode

import "github.com/pcaplake/pcaplake/schema"

// Service access points of IEEE 802.2 that are decoded.
const (
	sapIP   = 0x06
	sapSNAP = 0xaa
)

// sapProtos name what a destination service access point announces.
var sapProtos = [256]proto{
	0x04: protoSNA, 0x08: protoSNA, 0x0c: protoSNA, 0x10: protoIPX, 0x14: protoOSI, 0x20: protoOSI, 0x34: protoOSI, 0x40: protoSNA, 0x42: protoSTP,
	0x54: protoOSI, 0x7e: protoX25, 0x80: protoXNS, 0x82: protoBACnet, 0xbc: protoVINESLLC, 0xc8: protoSNA, 0xe0: protoIPX, 0xf0: protoNetBIOS,
	0xf8: protoHPExt, 0xfc: protoRPL, 0xfe: protoOSI,
}

// llc decodes an IEEE 802.2 header (ISO/IEC 8802-2) and goes on where it carries information.
func (d *Decoder) llc(l layer) {
	d.push(protoLLC)
	if !d.has(l, 3, schema.MalformedLinkShort) {
		return
	}
	dsap, ssap, size := l.b[0], l.b[1], 3
	switch control := l.b[2]; {
	case control&1 == 0: // information, numbered: the control field has a second byte
		if size = 4; !d.has(l, size, schema.MalformedLinkShort) {
			return
		}
	case control&^0x10 != 3: // neither unnumbered information
		return
	}
	l = l.skip(size)
	switch {
	case dsap == sapSNAP && ssap == sapSNAP:
		d.snap(l, 2)
	case dsap == sapIP:
		d.ipv4(l)
	case l.n > 0:
		d.push(sapProtos[dsap])
		if sapProtos[dsap] == protoOSI {
			d.osi(l)
		}
	}
}

// osi names a network layer protocol of ISO by its first byte (ISO/IEC TR 9577).
func (d *Decoder) osi(l layer) {
	if len(l.b) > 0 {
		d.push(osiProto(l.b[0]))
	}
}

func osiProto(nlpid byte) proto {
	switch nlpid {
	case 0x81:
		return protoCLNP
	case 0x82:
		return protoESIS
	case 0x83:
		return protoISIS
	}
	return protoNone
}

// Organisations of SNAP headers.
const (
	ouiEther    = 0x000000 // an EtherType follows (RFC 1042)
	ouiCisco    = 0x00000c
	ouiTunnel   = 0x0000f8 // the same for what a bridge must not translate back (IEEE 802.1H)
	ouiIEEE8021 = 0x0080c2
	ouiApple    = 0x080007
)

// snap decodes a SNAP header. Before a bridged frame stand so many more bytes of padding (2 in RFC 2684 5.2, none in RFC 2427 4.2).
func (d *Decoder) snap(l layer, pad int) {
	if !d.has(l, 5, schema.MalformedLinkShort) {
		return
	}
	oui, pid := u32(l.b)>>8, u16(l.b[3:])
	l = l.skip(5)
	switch oui {
	case ouiEther, ouiTunnel:
		if pid >= etherMin {
			d.etherType(pid, l)
		}
	case ouiCisco:
		d.push(ciscoProtos[pid])
	case ouiIEEE8021:
		d.bridged(pid, pad, l)
	case ouiApple:
		if pid == 0x809b {
			d.push(protoDDP)
		}
	}
}

// bridged decodes a frame of another LAN (RFC 2427 4.2, RFC 2684 5.2).
func (d *Decoder) bridged(pid uint16, pad int, l layer) {
	switch pid {
	case 1, 7: // 802.3 with its check sequence, and without
		if d.has(l, pad, schema.MalformedLinkShort) {
			if pid == 1 {
				d.fcs = 4
			}
			d.push(protoEth)
			d.ethernet(l.skip(pad))
		}
	case 3, 9: // 802.5, whose access control is the last byte of padding or the first of the frame
		if d.has(l, pad, schema.MalformedLinkShort) {
			d.push(protoTokenRing)
			d.tokenRing(l.skip(pad))
		}
	case 4, 10: // FDDI
		if d.has(l, pad+1, schema.MalformedLinkShort) {
			d.push(protoFDDI)
			d.fddi(l.skip(pad + 1))
		}
	case 14:
		d.push(protoSTP)
	}
}

// ciscoProtos name what is recognised by a protocol identifier of Cisco's.
var ciscoProtos = map[uint16]proto{
	0x0104: protoPAgP, 0x0108: protoSTP, 0x0109: protoSTP, 0x010b: protoSTP, 0x010c: protoSTP, 0x0111: protoUDLD, 0x2000: protoCDP,
	0x2001: protoCGMP, 0x2003: protoVTP, 0x2004: protoDTP,
}
