package decode

// etherIPHeader reads the header of EtherIP (RFC 3378): version 3 and reserved bits.
func etherIPHeader(l layer) (header, bool) {
	h := header{size: 2, typ: etherBridged}
	return h, len(l.b) < h.size || l.b[0]>>4 == 3
}
