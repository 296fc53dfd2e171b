package decode

import (
	"encoding/binary"

	"github.com/pcaplake/pcaplake/schema"
)

// pktap decodes LINKTYPE_PKTAP: a header of Apple's, of one of two versions, that names the link type of the frame behind it.
func (d *Decoder) pktap(l layer) {
	const (
		shortest                 = 40 // up to its flags, which both versions have at one place
		flagsAt                  = 36
		in, out                  = 1, 2
		second                   = 0x80000
		lengthAt, recordAt       = 0, 4
		linkAt, packet, linkAtV2 = 8, 1, 6
	)
	if !d.has(l, shortest, schema.MalformedLinkShort) {
		return
	}
	flags, size, number := le32(l.b[flagsAt:]), le32(l.b[lengthAt:]), le32(l.b[linkAt:])
	d.way(flags&in != 0, flags&out != 0)
	switch {
	case flags&second != 0:
		size, number = uint32(l.b[0]), uint32(binary.LittleEndian.Uint16(l.b[linkAtV2:]))
	case le32(l.b[recordAt:]) != packet:
		return
	}
	if size < shortest || int64(size) > l.n {
		d.malformed(schema.MalformedLinkLength)
		return
	}
	if d.has(l, int(size), schema.MalformedLinkShort) {
		d.carried(number, l.skip(int(size)))
	}
}

// carried decodes a frame whose link type the header before it names. Such headers are not stacked.
func (d *Decoder) carried(number uint32, l layer) {
	if d.nested {
		return
	}
	d.nested = true
	kind := findLink(d.links, int32(number&0xffff))
	d.push(protoPacketData)
	d.push(kind.proto)
	if kind.decode != nil {
		kind.decode(d, l)
	}
}

func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
