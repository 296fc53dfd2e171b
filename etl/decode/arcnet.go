package decode

import "github.com/pcaplake/pcaplake/schema"

// System codes of ARCNET (RFC 1051, RFC 1201).
const (
	arcnetDiag    = 128
	arcnetIPv6    = 196
	arcnetBACnet  = 205
	arcnetIP      = 212
	arcnetARP     = 213
	arcnetRARP    = 214
	arcnetATalk   = 221
	arcnetIPX     = 236
	arcnetOldIP   = 240 // of RFC 1051
	arcnetOldARP  = 241
	arcnetVINES   = 247
	arcnetNovell  = 250
	arcnetExcept  = 0xff // split flag of an exception frame: three bytes of filling, then the header again
	arcnetSplit   = 3    // bytes of split flag and sequence number
	arcnetHeadBSD = 2    // source and destination
	arcnetHeadLin = 4    // and an offset
)

// arcnetBSD decodes LINKTYPE_ARCNET_BSD.
func (d *Decoder) arcnetBSD(l layer) { d.arcnet(l, arcnetHeadBSD) }

// arcnetLinux decodes LINKTYPE_ARCNET_LINUX.
func (d *Decoder) arcnetLinux(l layer) { d.arcnet(l, arcnetHeadLin) }

// arcnet decodes what is behind the addresses: the system code and, where the protocol has it, the header of fragments. A datagram in pieces is
// not put together.
func (d *Decoder) arcnet(l layer, addresses int) {
	if !d.has(l, addresses+1, schema.MalformedLinkShort) {
		return
	}
	code := l.b[addresses]
	l = l.skip(addresses + 1)
	switch code {
	case arcnetOldIP, arcnetOldARP, arcnetBACnet, arcnetDiag:
	default:
		if len(l.b) >= 4 && l.b[0] == arcnetExcept {
			l = l.skip(4)
		}
		if !d.has(l, arcnetSplit, schema.MalformedLinkShort) || l.b[0] != 0 {
			return
		}
		l = l.skip(arcnetSplit)
	}
	switch code {
	case arcnetIP, arcnetOldIP:
		d.ipv4(l)
	case arcnetIPv6:
		d.ipv6(l)
	case arcnetARP, arcnetOldARP, arcnetRARP:
		d.arp(l)
	case arcnetBACnet:
		d.llc(l)
	case arcnetATalk:
		d.push(protoDDP)
	case arcnetIPX, arcnetNovell:
		d.push(protoIPX)
	case arcnetVINES:
		d.push(protoVINES)
	}
}
