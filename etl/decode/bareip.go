package decode

import (
	"encoding/binary"

	"github.com/pcaplake/pcaplake/schema"
)

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

// null decodes LINKTYPE_NULL: the address family in the byte order of the capturing host. Some writers put an EtherType into the last two
// bytes instead.
func (d *Decoder) null(l layer) {
	if !d.has(l, 4, schema.MalformedLinkShort) {
		return
	}
	family := hostOrder(l.b)
	if typ := u16(l.b[2:]); family > 0xffff && typ >= etherMin {
		d.etherType(typ, l.skip(4))
	} else {
		d.family(family, l.skip(4))
	}
}

// hostOrder reads a small number in a byte order that the file does not tell: the right one is the one that makes it small.
func hostOrder(b []byte) uint32 {
	if little := binary.LittleEndian.Uint32(b); little <= 0xffff {
		return little
	}
	return binary.BigEndian.Uint32(b)
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
	case 7:
		d.push(protoOSI)
		d.osi(l)
	case 10, 24, 26, 28, 30: // Linux, NetBSD and OpenBSD, Solaris, FreeBSD, Darwin
		d.ipv6(l)
	case 23: // IPv6 of Windows, and IPX of BSD
		if len(l.b) > 0 && l.b[0]>>4 == 6 {
			d.ipv6(l)
		} else {
			d.push(protoIPX)
		}
	}
}

// enc decodes LINKTYPE_ENC: address family, security parameters index, flags, then the packet before or after IPsec.
func (d *Decoder) enc(l layer) {
	if d.has(l, 12, schema.MalformedLinkShort) {
		d.family(hostOrder(l.b), l.skip(12))
	}
}

// pflog decodes LINKTYPE_PFLOG, what OpenBSD's packet filter logs. Its header differs from release to release, but begins with its length,
// which is filled up to four bytes, and the address family. Those that name the processes of the packet have the direction behind them.
func (d *Decoder) pflog(l layer) {
	const direction, in, out = 60, 1, 2
	if !d.has(l, 2, schema.MalformedLinkShort) {
		return
	}
	size := (int(l.b[0]) + 3) &^ 3
	if size < 4 {
		d.malformed(schema.MalformedLinkLength)
		return
	}
	if !d.has(l, size, schema.MalformedLinkShort) {
		return
	}
	if int(l.b[0]) > direction {
		d.way(l.b[direction] == in, l.b[direction] == out)
	}
	d.family(uint32(l.b[1]), l.skip(size))
}

// ipnet decodes LINKTYPE_IPNET, how Solaris shows the packets between its zones. It writes the hook, a small number, in either byte order.
func (d *Decoder) ipnet(l layer) {
	const header, received, sent = 24, 0, 1
	if d.has(l, header, schema.MalformedLinkShort) {
		hook := l.b[2] | l.b[3]
		d.way(hook == received, hook == sent)
		d.family(uint32(l.b[1]), l.skip(header))
	}
}

// slip decodes LINKTYPE_SLIP: which way, sixteen bytes in all, and the packet as it was before compression.
func (d *Decoder) slip(l layer) {
	const header, received, sent = 16, 0, 1
	if d.has(l, header, schema.MalformedLinkShort) {
		d.way(l.b[0] == received, l.b[0] == sent)
		d.raw(l.skip(header))
	}
}
