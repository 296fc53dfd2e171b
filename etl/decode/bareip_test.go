package decode_test

var (
	rawIPv4  = cells{"ip_version": "4", "protocols": "raw:ip:icmp", "malformed": ""}
	rawIPv6  = cells{"ip_version": "6", "protocols": "raw:ipv6:icmpv6", "malformed": ""}
	nullIPv4 = cells{"ip_version": "4", "protocols": "null:ip:icmp"}
	nullIPv6 = cells{"ip_version": "6", "protocols": "null:ipv6:icmpv6"}
)

var bareIPCases = []frameCase{
	{"raw 12", 12, ping, 0, rawIPv4},
	{"raw 14", 14, ping6, 0, rawIPv6},
	{"raw 101 of IPv4", 101, ping, 0, rawIPv4},
	{"raw 101 of IPv6", 101, ping6, 0, rawIPv6},
	{"raw of neither", 101, octets("00"), 0, cells{"ip_version": "", "malformed": "ip-version"}},
	{"raw empty", 101, nil, 0, cells{"malformed": "link-short"}},
	{"ipv4", 228, ping, 0, cells{"protocols": "ip:icmp", "link_type": "228"}},
	{"ipv4 holds IPv6", 228, ping6, 0, cells{"ip_version": "", "malformed": "ip-version"}},
	{"ipv6", 229, ping6, 0, cells{"protocols": "ipv6:icmpv6"}},
	{"ipv6 holds IPv4", 229, ping, 0, cells{"ip_version": "", "malformed": "ip-version"}},
	{"null, little endian", 0, join(octets("02000000"), ping), 0, nullIPv4},
	{"null, big endian", 0, join(octets("00000002"), ping), 0, nullIPv4},
	{"null of Linux", 0, join(octets("0a000000"), ping6), 0, nullIPv6},
	{"null of Windows", 0, join(octets("17000000"), ping6), 0, nullIPv6},
	{"null of OpenBSD", 0, join(octets("00000018"), ping6), 0, nullIPv6},
	{"null of FreeBSD", 0, join(octets("1c000000"), ping6), 0, nullIPv6},
	{"null of Darwin", 0, join(octets("1e000000"), ping6), 0, nullIPv6},
	{"null, other family", 0, octets("09000000 00"), 0, cells{"protocols": "null", "malformed": ""}},
	{"null of IPX", 0, octets("17000000 ffff"), 0, cells{"protocols": "null:ipx"}},
	{"null of ISO", 0, octets("07000000 83"), 0, cells{"protocols": "null:osi:isis"}},
	{"null with an EtherType", 0, join(octets("00010800"), ping), 0, cells{"protocols": "null:ip:icmp", "ether_type": "2048"}},
	{"null short", 0, octets("020000"), 0, cells{"malformed": "link-short"}},
	{"loop", 108, join(octets("00000002"), ping), 0, nullIPv4},
	{"loop of IPv6", 108, join(octets("00000018"), ping6), 0, nullIPv6},
	{"loop short", 108, octets("0000"), 0, cells{"malformed": "link-short"}},
	{"enc", 109, join(octets("02000000 00000001 00000000"), ping), 0, cells{"protocols": "enc:ip:icmp"}},
	{"enc of IPv6, big endian", 109, join(octets("00000018 00000001 00000000"), ping6), 0, cells{"protocols": "enc:ipv6:icmpv6"}},
	{"enc short", 109, octets("02000000 00000001"), 0, cells{"malformed": "link-short"}},
	{"pflog in", 117, join(octets("3d 02 00 00"), make([]byte, 56), octets("01 000000"), ping), 0, cells{"protocols": "pflog:ip:icmp", "pkt_dir": "in"}},
	{"pflog out of IPv6", 117, join(octets("3d 18 00 00"), make([]byte, 56), octets("02 000000"), ping6), 0, cells{"protocols": "pflog:ipv6:icmpv6", "pkt_dir": "out"}},
	{"pflog of an older release", 117, join(octets("2d 02 00 00"), make([]byte, 44), ping), 0, cells{"protocols": "pflog:ip:icmp", "pkt_dir": ""}},
	{"pflog without a length", 117, octets("00 02 00 00"), 0, cells{"malformed": "link-length"}},
	{"pflog short", 117, octets("3d 02 00 00"), 0, cells{"malformed": "link-short"}},
	{"ipnet in", 226, join(octets("02 02 0000 00000020 00000001 00000000 00000000 00000000"), ping), 0, cells{"protocols": "ipnet:ip:icmp", "pkt_dir": "in"}},
	{"ipnet out of IPv6", 226, join(octets("02 1a 0001 00000020 00000001 00000000 00000000 00000000"), ping6), 0, cells{"protocols": "ipnet:ipv6:icmpv6", "pkt_dir": "out"}},
	{"ipnet between zones", 226, join(octets("02 02 0002 00000020 00000001 00000000 00000000 00000000"), ping), 0, cells{"protocols": "ipnet:ip:icmp", "pkt_dir": ""}},
	{"ipnet short", 226, octets("02 02 0000"), 0, cells{"pkt_dir": "", "malformed": "link-short"}},
	{"slip in", 8, join(octets("00 45"), make([]byte, 14), ping), 0, cells{"protocols": "slip:ip:icmp", "pkt_dir": "in"}},
	{"slip out", 8, join(octets("01 80"), make([]byte, 14), ping6), 0, cells{"protocols": "slip:ipv6:icmpv6", "pkt_dir": "out"}},
	{"slip short", 8, octets("01 80"), 0, cells{"malformed": "link-short"}},
}
