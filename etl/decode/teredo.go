package decode

// Indicators before the packet in Teredo (RFC 4380 5.1.1).
const (
	teredoOrigin         = 0
	teredoAuthentication = 1
)

// teredoPrefix begins the addresses of Teredo clients (RFC 4380 2.6), linkLocal those of clients that have none yet.
const (
	teredoPrefix = 0x20010000
	linkLocal    = 0xfe800000
)

// teredoHeader passes the authentication and the origin indication. Behind the packet of a client there may be trailers (MS-TERE 2.2.4).
func teredoHeader(l layer) (header, bool) {
	h := header{typ: etherIPv6}
	if len(l.b) >= 4 && u16(l.b) == teredoAuthentication {
		h.size = 13 + int(l.b[2]) + int(l.b[3]) // lengths of the client's identifier and of the authentication value
	}
	if len(l.b) >= h.size+2 && u16(l.b[h.size:]) == teredoOrigin {
		h.size += 8
	}
	if len(l.b) >= h.size+12 {
		source := u32(l.b[h.size+8:])
		h.padded = source == teredoPrefix || source == linkLocal
	}
	return h, true
}
