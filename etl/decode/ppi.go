package decode

import (
	"encoding/binary"

	"github.com/pcaplake/pcaplake/schema"
)

const (
	ppiHeader  = 8
	ppi80211   = 105 // link type of 802.11
	ppiCommon  = 2   // field of what is common to all 802.11
	ppiFlags   = 8   // where its flags stand
	ppiFlagFCS = 1
)

// ppi decodes LINKTYPE_PPI (CACE Per-Packet Information 1.0.7): fields of type and length, then a frame of the link type that the header names.
func (d *Decoder) ppi(l layer) {
	if !d.has(l, ppiHeader, schema.MalformedLinkShort) {
		return
	}
	size, number := int(binary.LittleEndian.Uint16(l.b[2:])), le32(l.b[4:])
	if size < ppiHeader || int64(size) > l.n {
		d.malformed(schema.MalformedLinkLength)
		return
	}
	if !d.has(l, size, schema.MalformedLinkShort) {
		return
	}
	if number == ppi80211 {
		d.fcs = ppiFCS(l.b[ppiHeader:size])
		d.push(protoWLANRadio)
		d.push(protoWLAN)
		d.wlan(l.skip(size))
	} else {
		d.carried(number, l.skip(size))
	}
}

// ppiFCS returns the bytes of check sequence that an 802.11 frame ends with, as its fields say.
func ppiFCS(fields []byte) int64 {
	for len(fields) >= 4 {
		kind, size := binary.LittleEndian.Uint16(fields), int(binary.LittleEndian.Uint16(fields[2:]))
		if fields = fields[4:]; size > len(fields) {
			break
		}
		if kind == ppiCommon && size > ppiFlags && fields[ppiFlags]&ppiFlagFCS != 0 {
			return 4
		}
		fields = fields[size:]
	}
	return 0
}
