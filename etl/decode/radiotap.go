package decode

import (
	"encoding/binary"

	"github.com/pcaplake/pcaplake/schema"
)

// Bits of radiotap's presence words and flags (radiotap.org).
const (
	radiotapTSFT  = 1 << 0
	radiotapFlags = 1 << 1
	radiotapMore  = 1 << 31

	radiotapFCS = 0x10 // the frame ends with its check sequence
	radiotapPad = 0x20 // the 802.11 header is filled up to four bytes
)

// radiotap decodes LINKTYPE_IEEE802_11_RADIOTAP.
func (d *Decoder) radiotap(l layer) {
	if !d.has(l, 8, schema.MalformedLinkShort) {
		return
	}
	size := int(binary.LittleEndian.Uint16(l.b[2:]))
	if size < 8 || int64(size) > l.n {
		d.malformed(schema.MalformedLinkLength)
		return
	}
	if !d.has(l, size, schema.MalformedLinkShort) {
		return
	}
	flags := radiotapFlagsOf(l.b[:size])
	if flags&radiotapFCS != 0 {
		d.fcs = 4
	}
	d.push(protoWLANRadio)
	d.push(protoWLAN)
	d.wlanPadded(l.skip(size), flags&radiotapPad != 0)
}

// radiotapFlagsOf finds the flags of a header: behind all presence words and the time, which is aligned to eight bytes.
func radiotapFlagsOf(header []byte) byte {
	present, at := le32(header[4:]), 8
	for word := present; word&radiotapMore != 0; at += 4 {
		if at+4 > len(header) {
			return 0
		}
		word = le32(header[at:])
	}
	if present&radiotapTSFT != 0 {
		at = (at+7)&^7 + 8
	}
	if present&radiotapFlags == 0 || at >= len(header) {
		return 0
	}
	return header[at]
}

// avsMagic is the first four bytes of an AVS header without the version in their last twelve bits.
const avsMagic = 0x80211000

// prism decodes LINKTYPE_IEEE802_11_PRISM. Its header has its length, in the byte order of the capturing host, behind a message code that is
// a small number; some drivers have an AVS header there.
func (d *Decoder) prism(l layer) {
	const shortest = 24
	if !d.has(l, 8, schema.MalformedLinkShort) {
		return
	}
	if u32(l.b)&^0xfff == avsMagic {
		d.push(protoAVS)
		d.avs(l)
		return
	}
	d.radio(hostOrder(l.b[4:]), shortest, l)
}

// avs decodes LINKTYPE_IEEE802_11_AVS.
func (d *Decoder) avs(l layer) {
	if d.has(l, 8, schema.MalformedLinkShort) {
		d.radio(u32(l.b[4:]), 8, l)
	}
}

// radio skips a header of so many bytes before an 802.11 frame.
func (d *Decoder) radio(size, shortest uint32, l layer) {
	if size < shortest || int64(size) > l.n {
		d.malformed(schema.MalformedLinkLength)
		return
	}
	if d.has(l, int(size), schema.MalformedLinkShort) {
		d.push(protoWLANRadio)
		d.push(protoWLAN)
		d.wlan(l.skip(int(size)))
	}
}
