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
	{0, "\xd4\xc3\xb2\xa1", openPcap(order{}, "us", 1000), "pcap"},
	{0, "\xa1\xb2\xc3\xd4", openPcap(order{big: true}, "us", 1000), "pcap"},
	{0, "\x4d\x3c\xb2\xa1", openPcap(order{}, "ns", 1), "pcap"},
	{0, "\xa1\xb2\x3c\x4d", openPcap(order{big: true}, "ns", 1), "pcap"},
	{0, "\x0a\x0d\x0d\x0a", openPcapng, "pcapng"},
	{0, "\x34\xcd\xb2\xa1", nil, "modified pcap (magic a1b2cd34, little-endian)"},
	{0, "\xa1\xb2\xcd\x34", nil, "modified pcap (magic a1b2cd34, big-endian)"},
	{0, "snoop\x00\x00\x00", nil, "a snoop capture (RFC 1761)"},
	{0, "\xfd7zXZ\x00", nil, "an xz-compressed file"},
	{0, "BZh", nil, "a bzip2-compressed file"},
	{0, "\x04\x22\x4d\x18", nil, "an lz4-compressed file"},
	{0, "\x02\x21\x4c\x18", nil, "an lz4-compressed file (legacy frame)"},
	{0, "\x1f\x8b", nil, "a compressed file within a compressed file"},
	{0, "\x28\xb5\x2f\xfd", nil, "a compressed file within a compressed file"},
	{0, "PK\x03\x04", nil, "a zip archive"},
	{257, "ustar", nil, "a tar archive"},
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
