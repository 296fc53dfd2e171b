package decode

const amtData = 6 // version 0 and the type of a message that carries a packet

// amtHeader reads the header of a multicast data message of AMT (RFC 7450 5.1.6).
func amtHeader(l layer) (header, bool) {
	h := header{size: 2}
	if len(l.b) < h.size {
		return h, true
	}
	h.typ = ipType(l.skip(h.size))
	return h, l.b[0] == amtData
}
