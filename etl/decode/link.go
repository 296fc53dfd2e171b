package decode

import (
	"encoding/binary"

	"github.com/pcaplake/pcaplake/schema"
)

// LinkType is what is known of one LINKTYPE_ value.
type LinkType struct {
	Number  int32
	Name    string // in the registry of tcpdump.org, without LINKTYPE_
	Decoded bool   // down to IP; others are rows with time and lengths
}

// link is one entry of the table: how frames of a link type begin.
type link struct {
	LinkType
	proto  proto
	decode func(*Decoder, layer)
}

// links are the link types that are decoded. All others are rows with time and lengths.
var links = []link{
	{LinkType{0, "NULL", true}, protoNull, (*Decoder).null},
	{LinkType{1, "ETHERNET", true}, protoEth, (*Decoder).ethernet},
	{LinkType{12, "RAW", true}, protoRaw, (*Decoder).raw}, // DLT_RAW as some systems wrote it into files
	{LinkType{14, "RAW", true}, protoRaw, (*Decoder).raw}, // the same on OpenBSD
	{LinkType{101, "RAW", true}, protoRaw, (*Decoder).raw},
	{LinkType{108, "LOOP", true}, protoNull, (*Decoder).loop},
	{LinkType{113, "LINUX_SLL", true}, protoSLL, (*Decoder).sll},
	{LinkType{228, "IPV4", true}, protoRaw, (*Decoder).ipv4},
	{LinkType{229, "IPV6", true}, protoRaw, (*Decoder).ipv6},
	{LinkType{276, "LINUX_SLL2", true}, protoSLL, (*Decoder).sll2},
}

// LinkTypes returns the link types that are decoded, by number.
func LinkTypes() []LinkType {
	out := make([]LinkType, len(links))
	for i, l := range links {
		out[i] = l.LinkType
	}
	return out
}

func linkOf(number int32) *link {
	for i := range links {
		if links[i].Number == number {
			return &links[i]
		}
	}
	return nil
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
