package decode

// geneveHeader reads the header of RFC 8926 and passes its options.
func geneveHeader(l layer) (header, bool) {
	h := header{size: 8}
	if len(l.b) < h.size {
		return h, true
	}
	h.size += int(l.b[0]&0x3f) * 4
	h.typ, h.id, h.hasID = u16(l.b[2:]), int64(u32(l.b[4:])>>8), true
	return h, l.b[0]>>6 == 0
}
