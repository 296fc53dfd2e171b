package decode

const (
	lispSize     = 8
	lispInstance = 0x08 // the second word holds an instance, above eight locator bits
)

// lispHeader reads the header of a LISP data packet (RFC 9300 5.3).
func lispHeader(l layer) (header, bool) {
	h := header{size: lispSize}
	if len(l.b) < h.size {
		return h, true
	}
	h.typ = ipType(l.skip(h.size))
	if l.b[0]&lispInstance != 0 {
		h.id, h.hasID = int64(u32(l.b[4:])>>8), true
	}
	return h, true
}
