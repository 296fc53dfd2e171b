package decode

const (
	pimRegister = 0x21 // version 2, type 1
	pimNull     = 0x40 // in the first byte of flags: there is no packet, only a header that names source and group
)

// pimHeader reads the header of a register message (RFC 7761 4.9.3), which carries a multicast packet to the rendezvous point.
func pimHeader(l layer) (header, bool) {
	h := header{size: 8}
	if len(l.b) < h.size {
		return h, len(l.b) > 0 && l.b[0] == pimRegister
	}
	h.typ = ipType(l.skip(h.size))
	return h, l.b[0] == pimRegister && l.b[4]&pimNull == 0
}
