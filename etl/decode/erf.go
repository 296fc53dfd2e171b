package decode

import "github.com/pcaplake/pcaplake/schema"

// Types of Endace's extensible record format that are decoded, without the bit that says that extension headers follow.
const (
	erfHDLC          = 1
	erfEthernet      = 2
	erfColorHDLC     = 10
	erfColorEthernet = 11
	erfDSMEthernet   = 16
	erfIPv4          = 22
	erfIPv6          = 23
	erfMore          = 0x80
)

// erf decodes LINKTYPE_ERF: time, type, flags, three lengths, extension headers of eight bytes, then a frame of the type.
func (d *Decoder) erf(l layer) {
	const header, extension, maxExtensions = 16, 8, 16
	if !d.has(l, header, schema.MalformedLinkShort) {
		return
	}
	kind := l.b[8]
	size, more := header, kind&erfMore != 0
	for n := 0; more && n < maxExtensions; n++ {
		if !d.has(l, size+extension, schema.MalformedLinkShort) {
			return
		}
		more = l.b[size]&erfMore != 0
		size += extension
	}
	l = l.skip(size)
	switch kind &^ erfMore {
	case erfEthernet, erfColorEthernet, erfDSMEthernet:
		if d.has(l, 2, schema.MalformedLinkShort) { // an offset, and a byte of filling
			d.push(protoEth)
			d.ethernet(l.skip(2))
		}
	case erfHDLC, erfColorHDLC:
		d.erfSerial(l)
	case erfIPv4:
		d.ipv4(l)
	case erfIPv6:
		d.ipv6(l)
	}
}

// erfSerial decodes a frame of a serial line, which is told by its address.
func (d *Decoder) erfSerial(l layer) {
	if len(l.b) >= 4 && (l.b[0] == hdlcUnicast || l.b[0] == hdlcMulticast) {
		d.push(protoCHDLC)
		d.ciscoHDLC(l)
	} else if len(l.b) >= 4 && l.b[0] == 0xff && l.b[1] == 3 {
		d.ppp(l)
	}
}
