package variants

import (
	"encoding/binary"
	"net/netip"

	"github.com/pcaplake/pcaplake/etl/capture"
)

// mapped gives addresses of IPv4 others, in ICMP's quotes and ARP too. Checksums of headers are made right; those above follow by RFC 1624.
func mapped(to func(netip.Addr) netip.Addr) func(*capture.Frame, func(*capture.Frame)) {
	return func(f *capture.Frame, emit func(*capture.Frame)) {
		data := append([]byte{}, f.Data...)
		if p := packetOf(data); p != nil {
			mapPacket(p, to)
		} else if len(data) >= 42 && data[12] == 0x08 && data[13] == 0x06 {
			mapAddress(data[28:32], to)
			mapAddress(data[38:42], to)
		}
		f.Data = data
		emit(f)
	}
}

func mapAddress(b []byte, to func(netip.Addr) netip.Addr) {
	a := to(netip.AddrFrom4([4]byte(b))).As4()
	copy(b, a[:])
}

func mapPacket(p []byte, to func(netip.Addr) netip.Addr) {
	before := [8]byte(p[12:20])
	mapAddress(p[12:16], to)
	mapAddress(p[16:20], to)
	header := 4 * int(p[0]&15)
	p[10], p[11] = 0, 0
	binary.BigEndian.PutUint16(p[10:], ^fold(sum(p[:header], 0)))
	l4 := p[header:]
	at := map[byte]int{6: 16, 17: 6}[p[9]]
	switch {
	case binary.BigEndian.Uint16(p[6:])&0x1fff != 0:
	case at > 0 && len(l4) >= at+2 && (p[9] == 6 || l4[6]|l4[7] != 0):
		old := uint32(^binary.BigEndian.Uint16(l4[at:]))
		for i := 0; i < 8; i += 2 {
			old += uint32(^binary.BigEndian.Uint16(before[i:])) + uint32(binary.BigEndian.Uint16(p[12+i:]))
		}
		binary.BigEndian.PutUint16(l4[at:], ^fold(old))
	case p[9] == 1 && len(l4) >= 28 && (l4[0] == 3 || l4[0] == 11) && l4[8]>>4 == 4 && len(l4) >= 8+4*int(l4[8]&15):
		mapPacket(l4[8:], to)
	}
}

// sum adds 16-bit words, as the checksums of IP do.
func sum(b []byte, s uint32) uint32 {
	for ; len(b) > 1; b = b[2:] {
		s += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		s += uint32(b[0]) << 8
	}
	return s
}

func fold(s uint32) uint16 {
	for s>>16 != 0 {
		s = s&0xffff + s>>16
	}
	return uint16(s)
}

// offloaded leaves the checksums of TCP and UDP at the sum of their pseudo-header, as a sending host's own capture has them.
func offloaded(f *capture.Frame, emit func(*capture.Frame)) {
	data := append([]byte{}, f.Data...)
	if p := packetOf(data); p != nil && binary.BigEndian.Uint16(p[6:])&0x1fff == 0 {
		l4 := p[4*int(p[0]&15):]
		if at := map[byte]int{6: 16, 17: 6}[p[9]]; at > 0 && len(l4) >= at+2 {
			binary.BigEndian.PutUint16(l4[at:], fold(sum(p[12:20], uint32(p[9])+uint32(binary.BigEndian.Uint16(p[2:]))-uint32(4*(p[0]&15)))))
		}
	}
	f.Data = data
	emit(f)
}

// SixFor is the IPv6 address in the place of one of IPv4: what RFC 1918 has becomes a unique local address, multicast and broadcast that of all
// nodes, all else one for documentation.
func SixFor(a netip.Addr) netip.Addr {
	if !a.Is4() {
		return a
	}
	b, out := a.As4(), [16]byte{0x20, 0x01, 0x0d, 0xb8}
	if a.IsMulticast() || b == [4]byte{255, 255, 255, 255} || b == [4]byte{} {
		return netip.IPv6LinkLocalAllNodes()
	}
	if a.IsPrivate() {
		out = [16]byte{0xfd, 0x20, 0, 0x20}
	}
	copy(out[12:], b[:])
	return netip.AddrFrom16(out)
}

// sixthVersion puts IPv6 in the place of IPv4. ARP, whose place neighbour discovery takes, is left out, as are fragments.
func sixthVersion(f *capture.Frame, emit func(*capture.Frame)) {
	p := packetOf(f.Data)
	if p == nil {
		if len(f.Data) >= 14 && !(f.Data[12] == 0x08 && (f.Data[13] == 0x00 || f.Data[13] == 0x06)) {
			emit(f)
		}
		return
	}
	six, ok := sixFrom(p)
	if !ok {
		return
	}
	f.WireLen += int64(40 - 4*int(p[0]&15))
	f.Data = append(append(append([]byte{}, f.Data[:12]...), 0x86, 0xdd), six...)
	emit(f)
}

// icmp6 are the types of ICMPv6 for those of ICMP.
var icmp6 = map[byte]byte{0: 129, 3: 1, 8: 128, 11: 3}

// sixFrom is the IPv6 packet for one of IPv4.
func sixFrom(p []byte) (six []byte, ok bool) {
	header := 4 * int(p[0]&15)
	if binary.BigEndian.Uint16(p[6:])&0x3fff != 0 || len(p) < header {
		return nil, false
	}
	length := int(binary.BigEndian.Uint16(p[2:])) - header
	src, dst := SixFor(netip.AddrFrom4([4]byte(p[12:16]))).As16(), SixFor(netip.AddrFrom4([4]byte(p[16:20]))).As16()
	proto, l4 := p[9], append([]byte{}, p[header:]...)
	if proto == 1 && len(l4) >= 8 {
		typ, known := icmp6[l4[0]]
		if !known {
			return nil, false
		}
		if proto = 58; typ == 1 {
			l4[1] = map[byte]byte{3: 4, 13: 1, 10: 1, 9: 1}[l4[1]] // port unreachable, prohibited
		}
		if l4[0] = typ; typ < 128 && len(l4) >= 28 && l4[8]>>4 == 4 {
			quote, whole := sixFrom(l4[8:])
			if !whole {
				return nil, false
			}
			length += len(quote) - len(l4[8:])
			l4 = append(l4[:8], quote...)
		}
	}
	six = binary.BigEndian.AppendUint32(nil, 6<<28)
	six = binary.BigEndian.AppendUint16(six, uint16(length))
	six = append(append(append(six, proto, p[8]), src[:]...), dst[:]...)
	if at := map[byte]int{6: 16, 17: 6, 58: 2}[proto]; at > 0 && len(l4) >= at+2 && len(l4) >= length { // of what is whole
		l4[at], l4[at+1] = 0, 0
		binary.BigEndian.PutUint16(l4[at:], ^fold(sum(l4[:length], sum(six[8:40], uint32(proto)+uint32(length)))))
	}
	return append(six, l4...), true
}
