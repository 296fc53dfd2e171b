package decode

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/pcaplake/pcaplake/schema"
)

// LinkType is what is known of one LINKTYPE_ value.
type LinkType struct {
	Number  int32
	Name    string // in the registry of tcpdump.org, without LINKTYPE_
	Decoded bool   // as far as IP; frames of others are rows with time and lengths
}

// link is one entry of the table: how frames of a link type begin. Without decode they are rows with time, lengths and that one name.
type link struct {
	number int32
	name   string
	proto  proto
	decode func(*Decoder, layer)
}

// links are the known link types, by number. All others are rows with time and lengths.
var links = []link{
	{0, "NULL", protoNull, (*Decoder).null},
	{1, "ETHERNET", protoEth, (*Decoder).ethernet},
	{6, "IEEE802_5", protoTokenRing, nil},
	{7, "ARCNET_BSD", protoARCNET, nil},
	{9, "PPP", protoNone, (*Decoder).ppp},
	{10, "FDDI", protoFDDI, nil},
	{12, "RAW", protoRaw, (*Decoder).raw}, // DLT_RAW as some systems wrote it into files
	{14, "RAW", protoRaw, (*Decoder).raw}, // the same on OpenBSD
	{50, "PPP_HDLC", protoPPP, nil},
	{101, "RAW", protoRaw, (*Decoder).raw},
	{104, "C_HDLC", protoCHDLC, nil},
	{105, "IEEE802_11", protoWLAN, nil},
	{107, "FRELAY", protoFrameRelay, nil},
	{108, "LOOP", protoNull, (*Decoder).loop},
	{113, "LINUX_SLL", protoSLL, (*Decoder).sll},
	{123, "SUNATM", protoATM, nil},
	{127, "IEEE802_11_RADIOTAP", protoRadiotap, nil},
	{129, "ARCNET_LINUX", protoARCNET, nil},
	{140, "MTP2", protoMTP2, nil},
	{165, "BACNET_MS_TP", protoMSTP, nil},
	{192, "PPI", protoPPI, nil},
	{195, "IEEE802_15_4_WITHFCS", protoWPAN, nil},
	{226, "IPNET", protoIPNET, nil},
	{227, "CAN_SOCKETCAN", protoCAN, nil},
	{228, "IPV4", protoNone, (*Decoder).ipv4},
	{229, "IPV6", protoNone, (*Decoder).ipv6},
	{230, "IEEE802_15_4_NOFCS", protoWPAN, nil},
	{231, "DBUS", protoDBus, nil},
	{239, "NFLOG", protoNFLOG, nil},
	{242, "IPOIB", protoIPoIB, nil},
	{253, "NETLINK", protoNetlink, nil},
	{271, "VSOCK", protoVsock, nil},
	{276, "LINUX_SLL2", protoSLL, (*Decoder).sll2},
}

// LinkTypes returns the known link types, by number.
func LinkTypes() []LinkType {
	out := make([]LinkType, len(links))
	for i, l := range links {
		out[i] = LinkType{Number: l.number, Name: l.name, Decoded: l.decode != nil}
	}
	return out
}

// linkOf returns the entry of a link type, or one that says nothing.
func linkOf(number int32) link {
	i, ok := slices.BinarySearchFunc(links, number, func(l link, n int32) int { return cmp.Compare(l.number, n) })
	if !ok {
		return link{number: number}
	}
	return links[i]
}

// raw decodes what begins with an IP header of either version.
func (d *Decoder) raw(l layer) {
	if !d.has(l, 1, schema.MalformedLinkShort) {
		return
	}
	if l.b[0]>>4 == 6 {
		d.ipv6(l)
	} else {
		d.ipv4(l)
	}
}

// null decodes LINKTYPE_NULL: the address family in the byte order of the capturing host, which the file does not tell. Families are small
// numbers, so the order that makes it small is the right one. Some writers put an EtherType into the last two bytes instead.
func (d *Decoder) null(l layer) {
	if !d.has(l, 4, schema.MalformedLinkShort) {
		return
	}
	little, big := binary.LittleEndian.Uint32(l.b), binary.BigEndian.Uint32(l.b)
	switch typ := uint16(big); {
	case little <= 0xffff:
		d.family(little, l.skip(4))
	case big <= 0xffff:
		d.family(big, l.skip(4))
	case typ >= etherMin:
		d.etherType(typ, l.skip(4))
	}
}

// loop decodes LINKTYPE_LOOP: the address family in network byte order.
func (d *Decoder) loop(l layer) {
	if d.has(l, 4, schema.MalformedLinkShort) {
		d.family(u32(l.b), l.skip(4))
	}
}

// family goes on by an AF_ value; that of IPv6 differs from system to system.
func (d *Decoder) family(family uint32, l layer) {
	switch family {
	case 2:
		d.ipv4(l)
	case 10, 23, 24, 28, 30: // Linux, Windows, NetBSD and OpenBSD, FreeBSD, Darwin
		d.ipv6(l)
	}
}
