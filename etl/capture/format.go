package capture

import "bytes"

// headerPeek is how many bytes it takes to recognise every format of the table.
const headerPeek = 512

// signature recognises a format by bytes at a fixed place.
type signature struct {
	at    int
	magic string
	open  func(r *Reader, head []byte) (format, error) // nil: known by name and refused
	name  string
}

// signatures are the formats that are known by their first bytes; those without open are refused by name.
var signatures = []signature{
	{0, "\xd4\xc3\xb2\xa1", openPcap(order{}, pcapMicro), "pcap"},
	{0, "\xa1\xb2\xc3\xd4", openPcap(order{big: true}, pcapMicro), "pcap"},
	{0, "\x4d\x3c\xb2\xa1", openPcap(order{}, pcapNano), "pcap"},
	{0, "\xa1\xb2\x3c\x4d", openPcap(order{big: true}, pcapNano), "pcap"},
	{0, "\x34\xcd\xb2\xa1", openPcap(order{}, pcapModified), "pcap"},
	{0, "\xa1\xb2\xcd\x34", openPcap(order{big: true}, pcapModified), "pcap"},
	{0, "\xac\x01\x00\x1c", openPcap(order{}, pcapIxia), "pcap"}, // by hardware
	{0, "\x1c\x00\x01\xac", openPcap(order{big: true}, pcapIxia), "pcap"},
	{0, "\xab\x01\x00\x1c", openPcap(order{}, pcapIxia), "pcap"}, // by software
	{0, "\x1c\x00\x01\xab", openPcap(order{big: true}, pcapIxia), "pcap"},
	{0, "\x0a\x0d\x0d\x0a", openPcapng, "pcapng"},
	{0, "snoop\x00\x00\x00", openSnoop, "snoop"},
	{0, "PK\x03\x04", nil, "a zip archive within an archive or a stream"},
	{257, "ustar", nil, "a tar archive within an archive or a stream"},
	{0, "RTSS", nil, "a NetMon 1 capture"},
	{0, "GMBU", nil, "a NetMon 2 capture"},
	{0, "XCP\x00", nil, "a NetXRay or Windows Sniffer capture"},
	{0, "TRSNIFF data    \x1a", nil, "a DOS Sniffer capture"},
	{0, "btsnoop\x00", nil, "a btsnoop capture"},
}

// recognise finds the format of a decompressed stream by its head.
func recognise(r *Reader, head []byte) (format, error) {
	for _, s := range signatures {
		if len(head) < s.at || !bytes.HasPrefix(head[s.at:], []byte(s.magic)) {
			continue
		}
		if s.open == nil {
			return nil, &UnsupportedError{What: s.name}
		}
		r.info.Format = s.name
		return s.open(r, head)
	}
	if compressionOf(head) != nil {
		return nil, &UnsupportedError{What: "a compressed file within a compressed file"}
	}
	if looksLikeERF(r.w.peek(peekERF)) {
		r.info.Format, r.info.Variant = "erf", "erf"
		return newERF(), nil
	}
	return nil, ErrNotCapture
}

// maxFrame is the length beyond which no frame of a link type can be: Wireshark's limits, so that a record whose length is garbage is
// recognised as such.
func maxFrame(linkType int32) int64 {
	const standard, usb, ebhscr = 256 << 10, 128 << 20, 8 << 20
	switch linkType {
	case 189, 220, 231, 249: // LINKTYPE_USB_LINUX, _USB_LINUX_MMAPPED, _DBUS, _USBPCAP
		return usb
	case 279: // LINKTYPE_EBHSCR
		return ebhscr
	}
	return standard
}
