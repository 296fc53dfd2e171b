package decode

import "github.com/pcaplake/pcaplake/schema"

// Network layer protocol identifiers of frame relay (RFC 2427).
const (
	nlpidQ933 = 0x08
	nlpidLMI  = 0x09
	nlpidSNAP = 0x80
	nlpidIPv6 = 0x8e
	nlpidIPv4 = 0xcc
	nlpidPPP  = 0xcf
)

const unnumbered = 3 // control field of unnumbered information

// frameRelay decodes a frame from its Q.922 address on: RFC 2427, or Cisco's encapsulation, which has its protocol where the other has a
// control field.
func (d *Decoder) frameRelay(l layer) {
	const maxAddress = 4
	address, dlci := 0, uint32(0)
	for more := true; more; address++ {
		if address == maxAddress || !d.has(l, address+1, schema.MalformedLinkShort) {
			if address == maxAddress {
				d.malformed(schema.MalformedLinkLength)
			}
			return
		}
		b := l.b[address]
		dlci, more = dlci<<8|uint32(b&^1), b&1 == 0
	}
	l = l.skip(address)
	switch {
	case !d.has(l, 2, schema.MalformedLinkShort):
	case l.b[0] == unnumbered:
		d.nlpid(l.skip(1))
	case address == 2 && dlci&0xfcf0 == 0: // the channel of signalling, where everything else is LAPF
	case l.b[0]&^0x10 == 0xaf: // XID
	default:
		d.ciscoType(u16(l.b), l.skip(2))
	}
}

// frameRelayDirected decodes LINKTYPE_FRELAY_WITH_DIR.
func (d *Decoder) frameRelayDirected(l layer) {
	if d.direction(l) {
		d.frameRelay(l.skip(1))
	}
}

// multilinkFrameRelay decodes LINKTYPE_MFR (FRF.16.1): a frame that was not cut into several.
func (d *Decoder) multilinkFrameRelay(l layer) {
	const flags, beginAndEnd = 0xe0, 0xc0 // the third flag says that it is a control frame
	if d.has(l, 2, schema.MalformedLinkShort) && l.b[0]&flags == beginAndEnd {
		d.frameRelay(l.skip(2))
	}
}

// nlpid goes on by a network layer protocol identifier, before which a byte of padding may stand.
func (d *Decoder) nlpid(l layer) {
	if l.b[0] == 0 {
		if l = l.skip(1); !d.has(l, 1, schema.MalformedLinkShort) {
			return
		}
	}
	switch next := l.skip(1); l.b[0] {
	case nlpidIPv4:
		d.ipv4(next)
	case nlpidIPv6:
		d.ipv6(next)
	case nlpidPPP:
		d.ppp(next)
	case nlpidSNAP:
		d.snap(next, 0)
	case nlpidQ933:
		d.push(protoQ933)
	case nlpidLMI:
		d.push(protoLMI)
	default:
		d.osi(l)
	}
}
