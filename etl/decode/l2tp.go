package decode

// Flags of L2TP (RFC 2661 3.1, RFC 3931 3.2.1).
const (
	l2tpControl  = 0x8000
	l2tpLength   = 0x4000
	l2tpSequence = 0x0800
	l2tpOffset   = 0x0200
	l2tpVersion  = 0x000f
)

// l2tpHeader reads the header of a data message over UDP.
func l2tpHeader(l layer) (header, bool) {
	if len(l.b) < 8 {
		return header{size: 8}, true
	}
	switch u16(l.b) & (l2tpControl | l2tpVersion) {
	case 2:
		return l2tpv2(l)
	case 3:
		return l2tpv3(l, 4)
	}
	return header{}, false
}

// l2tpv2 reads the header of RFC 2661, whose optional fields stand where flags say, before a PPP frame.
func l2tpv2(l layer) (header, bool) {
	flags, at := u16(l.b), 2
	if flags&l2tpLength != 0 {
		if int64(u16(l.b[at:])) > l.n {
			return header{}, false
		}
		at += 2
	}
	h := header{size: at + 4, typ: etherPPP, id: int64(u32(l.b[at:])), hasID: true} // tunnel and session, 16 bits each
	if flags&l2tpSequence != 0 {
		h.size += 4
	}
	if flags&l2tpOffset != 0 {
		h.size += 2
		if len(l.b) < h.size {
			return h, true
		}
		h.size += int(u16(l.b[h.size-2:]))
	}
	return h, true
}

// l2tpv3Header reads the header of a message over IP; session 0 is control.
func l2tpv3Header(l layer) (header, bool) { return l2tpv3(l, 0) }

// l2tpv3 reads the session from an offset on (RFC 3931 4.1). A cookie of 0, 4 or 8 bytes and a sublayer of 4 may follow, which only the
// two ends know; so the packet goes where believable Ethernet is, the pseudowire of RFC 4719, or nowhere.
func l2tpv3(l layer, at int) (header, bool) {
	h := header{size: at + 4, typ: etherBridged, hasID: true}
	if len(l.b) < h.size {
		return h, false
	}
	h.id = int64(u32(l.b[at:]))
	for range 4 {
		if h.id != 0 && len(l.b) >= h.size && believable(h, l.skip(h.size)) {
			return h, true
		}
		h.size += 4
	}
	return h, false
}
