package decode

import "github.com/pcaplake/pcaplake/schema"

// Parts of the frame control field of IEEE 802.11 (9.2.4.1), the first byte and the second.
const (
	wlanVersion    = 0x03
	wlanType       = 0x0c
	wlanManagement = 0x00
	wlanData       = 0x08
	wlanNoData     = 0x40
	wlanQoS        = 0x80

	wlanToDS      = 0x01
	wlanFromDS    = 0x02
	wlanBothDS    = wlanToDS | wlanFromDS
	wlanMore      = 0x04
	wlanProtected = 0x40
	wlanHTControl = 0x80
)

// Bits of the two bytes of the QoS control field (9.2.4.5) as they stand.
const (
	wlanAggregate = 0x8000 // the body is an A-MSDU
	wlanMesh      = 0x0001 // a mesh control field is there, in frames between mesh stations
)

// wlanHeader is the size of a header with three addresses.
const wlanHeader = 24

// wlan decodes an IEEE 802.11 frame.
func (d *Decoder) wlan(l layer) { d.wlanPadded(l, false) }

// wlanPadded decodes an IEEE 802.11 frame of protocol version 0; some radios fill its header up to a multiple of four bytes. Data are decoded
// where they are in the clear and in one piece.
func (d *Decoder) wlanPadded(l layer, padded bool) {
	if !d.has(l, 2, schema.MalformedLinkShort) {
		return
	}
	control, flags := l.b[0], l.b[1]
	kind := control & (wlanVersion | wlanType)
	if kind != wlanData && kind != wlanManagement || !d.has(l, wlanHeader, schema.MalformedLinkShort) {
		return // what is neither has no three addresses
	}
	size, both := wlanHeader, kind == wlanData && flags&wlanBothDS == wlanBothDS
	if both {
		size += 6
	}
	var qos uint16
	if kind == wlanData && control&wlanQoS != 0 {
		if !d.has(l, size+2, schema.MalformedLinkShort) {
			return
		}
		qos = u16(l.b[size:])
		size += 2
		if flags&wlanHTControl != 0 {
			size += 4
		}
	}
	if !d.has(l, size, schema.MalformedLinkShort) {
		return
	}
	if kind == wlanManagement {
		flags = 0 // the two bits say something else there (9.2.4.1.4), and the addresses stand as if they were 0
	}
	d.macHeader()
	if qos&wlanAggregate == 0 { // else they stand before each part
		dst, src := wlanAddresses(l.b, flags)
		d.macs(dst, src)
	}
	if padded {
		size = (size + 3) &^ 3
	}
	fragment := l.b[22] & 15
	if kind == wlanData && control&wlanNoData == 0 && flags&(wlanMore|wlanProtected) == 0 && fragment == 0 && d.has(l, size, schema.MalformedLinkShort) {
		d.wlanData(l.skip(size), qos, both)
	}
}

// wlanAddresses returns the destination and the source, which stand where the two bits of the distribution system say (Table 9-30).
func wlanAddresses(b []byte, flags byte) (dst, src []byte) {
	first, second, third := b[4:10], b[10:16], b[16:22]
	switch flags & wlanBothDS {
	case wlanFromDS:
		return first, third
	case wlanToDS:
		return third, second
	case wlanBothDS:
		return third, b[24:30]
	}
	return first, second
}

// wlanData decodes the body of a data frame, of an A-MSDU its first part.
func (d *Decoder) wlanData(l layer, qos uint16, both bool) {
	if both && qos&wlanMesh != 0 {
		if l = d.meshControl(l); len(l.b) == 0 {
			return
		}
	}
	if qos&wlanAggregate == 0 {
		if l.n > d.fcs {
			d.length(l)
		}
		return
	}
	if d.has(l, 14, schema.MalformedLinkShort) {
		d.macs(l.b, l.b[6:])
		d.within(int64(u16(l.b[12:])), l.skip(14), (*Decoder).length)
	}
}

// meshControl skips the mesh control field (9.2.4.7.3): flags, time to live, sequence number, and up to two more addresses.
func (d *Decoder) meshControl(l layer) layer {
	if !d.has(l, 6, schema.MalformedLinkShort) {
		return layer{}
	}
	size := 6 + 6*int(l.b[0]&3)
	if !d.has(l, size, schema.MalformedLinkShort) {
		return layer{}
	}
	return l.skip(size)
}
