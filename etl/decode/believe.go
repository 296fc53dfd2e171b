package decode

// believable reports whether there is an IP packet behind the header of a tunnel, as far as its own header tells: version, lengths and
// IPv4 header checksum; or an ARP message for IPv4. It finds what ethernet, etherType, mpls and ppp lead to.
func believable(h header, l layer) bool {
	typ, padded := h.typ, h.padded
	switch typ {
	case etherBridged:
		if len(l.b) < 14 {
			return false
		}
		typ, l, padded = u16(l.b[12:]), l.skip(14), true
	case etherPPP:
		typ, l = unwrapPPP(l)
	}
	for range maxTags {
		tag, ok := tagOf(typ)
		if !ok {
			break
		}
		if len(l.b) < tag.size {
			return false
		}
		typ, l = u16(l.b[tag.size-2:]), l.skip(tag.size)
	}
	if typ == etherMPLSUnicast {
		typ, l = unwrapMPLS(l)
	}
	switch typ {
	case etherIPv4:
		return believableIPv4(l)
	case etherIPv6:
		return believableIPv6(l, padded)
	case etherARP:
		return believableARP(l)
	}
	return false
}

// unwrapPPP reads the header of a PPP frame and returns the EtherType of what it carries, if that is IP.
func unwrapPPP(l layer) (uint16, layer) {
	if len(l.b) >= 2 && l.b[0] == 0xff && l.b[1] == 3 {
		l = l.skip(2)
	}
	if len(l.b) < 2 {
		return 0, l
	}
	protocol, size := u16(l.b), 2
	if l.b[0]&1 == 1 {
		protocol, size = uint16(l.b[0]), 1
	}
	switch protocol {
	case pppIPv4:
		return etherIPv4, l.skip(size)
	case pppIPv6:
		return etherIPv6, l.skip(size)
	}
	return 0, l
}

// unwrapMPLS reads a stack of labels and returns the EtherType of what it carries, if that is IP.
func unwrapMPLS(l layer) (uint16, layer) {
	for range maxLabels {
		if len(l.b) < 4 {
			break
		}
		bottom := l.b[2]&1 == 1
		l = l.skip(4)
		if bottom {
			return ipType(l), l
		}
	}
	return 0, l
}

// ipType is the EtherType of an IP packet of either version, or 0.
func ipType(l layer) uint16 {
	if len(l.b) > 0 {
		switch l.b[0] >> 4 {
		case 4:
			return etherIPv4
		case 6:
			return etherIPv6
		}
	}
	return 0
}

// believableIPv4: a length of 0 is that of segmentation offload.
func believableIPv4(l layer) bool {
	if len(l.b) < 20 || l.b[0]>>4 != 4 {
		return false
	}
	size, total := int(l.b[0]&15)*4, int64(u16(l.b[2:]))
	return size >= 20 && len(l.b) >= size && (total == 0 || total >= int64(size) && total <= l.n) && fold(sum(l.b[:size], 0)) == right
}

// believableIPv6: there is no checksum, so the packet must fill what carries it to the last byte, unless that can be padded.
func believableIPv6(l layer, padded bool) bool {
	if len(l.b) < ipv6Header || l.b[0]>>4 != 6 {
		return false
	}
	total := ipv6Header + int64(u16(l.b[4:]))
	switch {
	case total == ipv6Header && l.b[6] != nextNone: // a jumbogram, or segmentation offload
		return l.n > 0xffff
	case padded:
		return total <= l.n
	}
	return total == l.n
}

// believableARP: Ethernet or IEEE 802 and IPv4.
func believableARP(l layer) bool {
	if len(l.b) < arpHeader+2*(6+4) {
		return false
	}
	hardware := u16(l.b)
	return (hardware == arpEthernet || hardware == arpIEEE802) && u16(l.b[2:]) == etherIPv4 && l.b[4] == 6 && l.b[5] == 4
}
