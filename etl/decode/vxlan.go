package decode

const vxlanSize = 8

// Flags of VXLAN (RFC 7348) and its generic protocol extension (draft-ietf-nvo3-vxlan-gpe).
const (
	vxlanVNI      = 0x08
	vxlanProtocol = 0x04
	vxlanVersion  = 0x30
)

// Next protocols of VXLAN-GPE and NSH, which number them alike.
const (
	nextIPv4     = 1
	nextIPv6     = 2
	nextEthernet = 3
	nextNSH      = 4
	nextMPLS     = 5
)

// vxlanHeader reads the header of RFC 7348, whose reserved bits a receiver ignores.
func vxlanHeader(l layer) (header, bool) {
	h := header{size: vxlanSize, typ: etherBridged}
	if len(l.b) < h.size {
		return h, true
	}
	h.id, h.hasID = int64(u32(l.b[4:])>>8), true
	return h, l.b[0]&vxlanVNI != 0
}

// vxlanGPEHeader reads a VXLAN header that names what it carries.
func vxlanGPEHeader(l layer) (header, bool) {
	h, ok := vxlanHeader(l)
	if !ok || len(l.b) < h.size {
		return h, ok
	}
	if l.b[0]&vxlanVersion != 0 {
		return h, false
	}
	if l.b[0]&vxlanProtocol == 0 {
		return h, true
	}
	if l.b[3] == nextNSH {
		return nsh(h, l), true
	}
	h.typ = nextType(l.b[3])
	return h, true
}

// nsh goes on behind a header that announces a network service header (RFC 8300).
func nsh(h header, l layer) header {
	begin := h.size
	h.size, h.typ, h.proto = h.size+8, 0, protoNSH
	if len(l.b) < h.size {
		return h
	}
	words := int(l.b[begin+1] & 0x3f)
	h.size = begin + max(words*4, 8)
	if l.b[begin]>>6 == 0 {
		h.typ = nextType(l.b[begin+3])
	}
	return h
}

func nextType(next byte) uint16 {
	switch next {
	case nextIPv4:
		return etherIPv4
	case nextIPv6:
		return etherIPv6
	case nextEthernet:
		return etherBridged
	case nextMPLS:
		return etherMPLSUnicast
	}
	return 0
}
