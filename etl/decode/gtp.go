package decode

const (
	gtpSize    = 8
	gtpTPDU    = 255  // message type of a packet in the tunnel
	gtpVersion = 0xf0 // version, protocol type and a spare bit: 1, GTP and not GTP', 0
	gtpFields  = 0x07 // extension header, sequence number, N-PDU number: any of them brings the fields of all
	gtpNext    = 0x04 // extension header
)

// gtpHeader reads the header of a T-PDU of GTP-U version 1 (3GPP TS 29.281 5.1), whose length must fit the datagram.
func gtpHeader(l layer) (header, bool) {
	h := header{size: gtpSize}
	if len(l.b) < h.size {
		return h, true
	}
	if l.b[0]&gtpVersion != 0x30 || l.b[1] != gtpTPDU || gtpSize+int64(u16(l.b[2:])) > l.n {
		return h, false
	}
	h.id, h.hasID = int64(u32(l.b[4:])), true
	if l.b[0]&gtpFields != 0 {
		h.size += 4
	}
	if l.b[0]&gtpNext != 0 {
		var ok bool
		if h.size, ok = gtpExtensions(l.b, h.size); !ok {
			return h, false
		}
	}
	if len(l.b) >= h.size {
		h.typ = ipType(l.skip(h.size))
	}
	return h, true
}

// gtpExtensions passes the extension headers from an offset on, before which the type of the first stands: a length in units of four bytes,
// contents, the type of the next.
func gtpExtensions(b []byte, at int) (end int, ok bool) {
	for at < len(b) && b[at-1] != 0 {
		if b[at] == 0 {
			return at, false
		}
		at += int(b[at]) * 4
	}
	return at, true
}
