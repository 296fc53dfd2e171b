package decode

// Flags of GRE (RFC 2784, RFC 2890, RFC 2637).
const (
	greChecksum = 0x8000
	greRouting  = 0x4000
	greKey      = 0x2000
	greSequence = 0x1000
	greAck      = 0x0080 // version 1 only
	greVersion  = 0x0007
)

// EtherTypes that only GRE carries.
const (
	etherERSPAN  = 0x88be // types I and II
	etherERSPAN3 = 0x22eb
	etherWCCP    = 0x883e
)

// greHeader reads a GRE header of version 0, or of version 1 as PPTP uses it. Source routes (RFC 1701, dropped by RFC 2784) are not walked.
func greHeader(l layer) (header, bool) {
	h := header{size: 4}
	if len(l.b) < h.size {
		return h, true
	}
	flags, typ := u16(l.b), u16(l.b[2:])
	switch flags & (greVersion | greRouting) {
	case 0:
		return greVersion0(l, flags, typ)
	case 1:
		return pptpHeader(l, flags, typ)
	}
	return h, false
}

func greVersion0(l layer, flags, typ uint16) (header, bool) {
	h := header{size: 4, typ: typ}
	if flags&greChecksum != 0 {
		h.size += 4
	}
	key := h.size
	if flags&greKey != 0 {
		h.size, h.hasID = h.size+4, true
	}
	if flags&greSequence != 0 {
		h.size += 4
	}
	if len(l.b) < h.size {
		return h, true
	}
	if h.hasID {
		h.id = int64(u32(l.b[key:]))
	}
	switch typ {
	case etherERSPAN, etherERSPAN3:
		return erspan(h, l, flags&greSequence != 0), true
	case etherWCCP:
		return wccp(h, l), true
	}
	return h, true
}

// pptpHeader reads the enhanced GRE header of PPTP (RFC 2637 4.1): the key is the length of the payload and the call, and without a
// sequence number there is no payload, only an acknowledgement.
func pptpHeader(l layer, flags, typ uint16) (header, bool) {
	h := header{size: 8, name: "pptp"}
	if typ != etherPPP || flags&greKey == 0 {
		return h, false
	}
	if flags&greSequence != 0 {
		h.size, h.typ = h.size+4, etherPPP
	}
	if flags&greAck != 0 {
		h.size += 4
	}
	if len(l.b) >= h.size {
		h.id, h.hasID = int64(u16(l.b[6:])), true
	}
	return h, true
}

// erspan goes on behind a GRE header (draft-foschiano-erspan-03). Without a sequence number it is of type I, which has no header of its own.
func erspan(h header, l layer, sequence bool) header {
	begin, mirrored := h.size, h.typ
	h.name, h.proto, h.typ = "erspan", protoERSPAN, etherBridged
	switch {
	case mirrored == etherERSPAN3:
		h.size += 12
	case sequence:
		h.size += 8
	default:
		return h
	}
	if len(l.b) < h.size {
		return h
	}
	h.id, h.hasID = int64(u16(l.b[begin+2:])&0x3ff), true
	if mirrored == etherERSPAN3 {
		if l.b[begin+11]&1 != 0 { // a platform-specific subheader follows
			h.size += 8
		}
		h.typ = erspanType(l, begin, h.size)
	}
	return h
}

// erspanType goes by the frame type in the header of type III: Ethernet or IP.
func erspanType(l layer, header, frame int) uint16 {
	switch l.b[header+10] >> 2 & 31 {
	case 0:
		return etherBridged
	case 2:
		if len(l.b) >= frame {
			return ipType(l.skip(frame))
		}
	}
	return 0
}

// wccp goes on behind a GRE header of WCCP: of version 2 with a redirect header of four bytes, which cannot begin as an IPv4 header does.
func wccp(h header, l layer) header {
	h.typ = etherIPv4
	if rest := l.b[h.size:]; len(rest) == 0 || rest[0]>>4 != 4 {
		h.size += 4
	}
	return h
}
