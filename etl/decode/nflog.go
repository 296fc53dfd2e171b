package decode

import (
	"encoding/binary"

	"github.com/pcaplake/pcaplake/schema"
)

// Types of the fields of LINKTYPE_NFLOG (linux/netfilter/nfnetlink_log.h) that are decoded.
const (
	nflogPacket  = 1
	nflogAddress = 8
	nflogPayload = 9
	nflogLargest = 64 // more than any type
)

// nflog decodes LINKTYPE_NFLOG: address family, version, group, then fields of length, type and value, one of which is the packet. Lengths
// and types are in the byte order of the capturing host, which the frame does not tell; types are small numbers.
func (d *Decoder) nflog(l layer) {
	if !d.has(l, 4, schema.MalformedLinkShort) {
		return
	}
	family := l.b[0]
	l = l.skip(4)
	var order binary.ByteOrder = binary.LittleEndian
	if len(l.b) >= 4 && order.Uint16(l.b[2:])&0x7fff > nflogLargest {
		order = binary.BigEndian
	}
	for len(l.b) >= 4 {
		size, kind := int(order.Uint16(l.b)), order.Uint16(l.b[2:])&0x7fff
		if size < 4 || int64(size) > l.n {
			d.malformed(schema.MalformedLinkLength)
			return
		}
		switch value := l.limit(int64(size)).skip(4); kind {
		case nflogPacket:
			d.hook(value.b)
		case nflogAddress:
			d.nflogSender(value.b)
		case nflogPayload:
			d.family(uint32(family), value)
			return
		}
		if size = (size + 3) &^ 3; size > len(l.b) {
			return
		}
		l = l.skip(size)
	}
}

// hook tells the direction by the hook of netfilter: before routing and to a local process, or from one and behind routing.
func (d *Decoder) hook(packet []byte) {
	if len(packet) >= 3 {
		hook := packet[2]
		d.way(hook == 0 || hook == 1, hook == 3 || hook == 4)
	}
}

// nflogSender notes the sender's hardware address if it has six bytes.
func (d *Decoder) nflogSender(b []byte) {
	if len(b) >= 10 && u16(b) == 6 {
		copy(d.row.SrcMAC[:], b[4:])
		d.row.Has |= schema.HasSrcMAC
	}
}
