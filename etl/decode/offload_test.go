package decode_test

import (
	"net/netip"
	"strconv"
)

// stored are the checksums as they were captured.
var stored = []string{"tcp.checksum", "udp.checksum", "icmp.checksum", "icmpv6.checksum"}

// pseudoFields are what the pseudo-header of a packet is made of.
var pseudoFields = []string{"ip.src", "ip.dst", "ip.len", "ip.hdr_len", "ipv6.src", "ipv6.dst", "ipv6.plen", "ipv6.nxt", "udp.length", "tcp.hdr_len"}

// judgedL4 is judged for transport checksums. What tshark calls bad and a network card was to finish is not judged: the stored value is 0, or
// the sum of the pseudo-header that tshark's own fields give.
func judgedL4() form {
	plain := judged("tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status", "icmpv6.checksum.status")
	return form{append(append(append([]string{}, plain.fields...), stored...), pseudoFields...), func(v theirs) string {
		verdict := plain.text(v)
		if verdict == "false" && offloaded(v) {
			return ""
		}
		return verdict
	}}
}

// judgedIP is judged for the header checksum of IPv4, which is never 0 on the wire.
func judgedIP() form {
	plain := judged("ip.checksum.status")
	return form{append(plain.fields, "ip.checksum"), func(v theirs) string {
		if verdict := plain.text(v); verdict != "false" || number(v.first("ip.checksum")) != "0" {
			return verdict
		}
		return ""
	}}
}

func offloaded(v theirs) bool {
	sum := number(v.first(stored...))
	if sum == "0" {
		return true
	}
	pseudo, ok := pseudoHeader(v)
	return ok && sum == strconv.Itoa(int(pseudo))
}

// pseudoHeader sums the pseudo-header of TCP or UDP (RFC 9293 3.1, RFC 8200 8.1) behind headers without extensions.
func pseudoHeader(v theirs) (uint16, bool) {
	protocol, length := 6, 0
	if v["tcp.hdr_len"] == "" {
		protocol = 17
		length, _ = strconv.Atoi(v.first("udp.length"))
	}
	src, dst := v.first("ip.src"), v.first("ip.dst")
	switch {
	case isIPv6(v) && v.first("ipv6.nxt") != strconv.Itoa(protocol):
		return 0, false
	case isIPv6(v):
		src, dst = v.first("ipv6.src"), v.first("ipv6.dst")
		if protocol == 6 {
			length, _ = strconv.Atoi(v.first("ipv6.plen"))
		}
	case protocol == 6:
		total, _ := strconv.Atoi(v.first("ip.len"))
		header, _ := strconv.Atoi(v.first("ip.hdr_len"))
		length = total - header
	}
	from, err := netip.ParseAddr(src)
	to, err2 := netip.ParseAddr(dst)
	if err != nil || err2 != nil {
		return 0, false
	}
	return onesSum(join(from.AsSlice(), to.AsSlice(), []byte{0, byte(protocol), byte(length >> 8), byte(length)})), true
}
