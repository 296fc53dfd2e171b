package decode

import (
	"math/bits"

	"github.com/pcaplake/pcaplake/schema"
)

// fddi decodes an FDDI frame (ANSI INCITS 239): frame control and addresses, whose bits hosts other than those of DEC hand over in the order
// of the ring.
func (d *Decoder) fddi(l layer) {
	const header, format, llcFormat = 13, 0x30, 0x10
	if !d.has(l, header, schema.MalformedLinkShort) {
		return
	}
	var addresses [12]byte
	for i, b := range l.b[1:header] {
		addresses[i] = bits.Reverse8(b)
	}
	d.macHeader()
	d.macs(addresses[:], addresses[6:])
	if l.b[0]&format == llcFormat {
		d.llc(l.skip(header))
	}
}
