package decode_test

var lanCases = []frameCase{
	{"token ring", 6, join(octets("1040 020000000002 020000000001"), snap(ping)), 0, cells{
		"src_mac": "02:00:00:00:00:01", "dst_mac": "02:00:00:00:00:02", "ether_type": "2048", "protocols": "tr:llc:ip:icmp",
	}},
	{"token ring, routed", 6, join(octets("1040 020000000002 820000000001 0630 0011 0020"), snap(ping)), 0, cells{"src_mac": "02:00:00:00:00:01", "protocols": "tr:llc:ip:icmp"}},
	{"token ring, MAC", 6, octets("1002 020000000002 020000000001 0008 00 05 04 02 0000"), 0, cells{"protocols": "tr:trmac"}},
	{"token ring, route beyond the frame", 6, octets("1040 020000000002 820000000001 0630"), 0, cells{"protocols": "tr", "malformed": "link-short"}},
	{"token ring short", 6, octets("1040"), 0, cells{"src_mac": "", "malformed": "link-short"}},
	{"fddi", 10, join(octets("50 400000000040 400000000080"), snap(ping)), 0, cells{
		"src_mac": "02:00:00:00:00:01", "dst_mac": "02:00:00:00:00:02", "protocols": "fddi:llc:ip:icmp",
	}},
	{"fddi, station management", 10, octets("41 400000000040 400000000080 00"), 0, cells{"protocols": "fddi", "malformed": ""}},
	{"fddi short", 10, octets("50"), 0, cells{"malformed": "link-short"}},
	{"arcnet, RFC 1051", 7, join(octets("0102 f0"), ping), 0, cells{"protocols": "arcnet:ip:icmp"}},
	{"arcnet, RFC 1201", 7, join(octets("0102 d4 00 0001"), ping), 0, cells{"protocols": "arcnet:ip:icmp"}},
	{"arcnet, an exception", 7, join(octets("0102 d4 ff ffffff 00 0001"), ping), 0, cells{"protocols": "arcnet:ip:icmp"}},
	{"arcnet, a fragment", 7, octets("0102 d4 02 0001 45"), 0, cells{"protocols": "arcnet", "malformed": ""}},
	{"arcnet ARP", 7, octets("0102 f1 0007 0800 01 04 0001 01 0a000001 02 0a000002"), 0, cells{"protocols": "arcnet:arp", "src_ip": "10.0.0.1"}},
	{"arcnet of Linux", 129, join(octets("0102 0000 c4 00 0001"), ping6), 0, cells{"protocols": "arcnet:ipv6:icmpv6"}},
	{"arcnet of Linux, RFC 1051", 129, join(octets("0102 0000 f0"), ping), 0, cells{"protocols": "arcnet:ip:icmp"}},
	{"arcnet, BACnet", 129, octets("0102 0000 cd 828203 0120 ffff 00 ff 1008"), 0, cells{"protocols": "arcnet:llc:bacnet"}},
	{"arcnet, IPX", 7, octets("0102 fa 00 0001 ffff"), 0, cells{"protocols": "arcnet:ipx"}},
	{"arcnet, AppleTalk", 7, octets("0102 dd 00 0001 00"), 0, cells{"protocols": "arcnet:ddp"}},
	{"arcnet, VINES", 7, octets("0102 f7 00 0001 00"), 0, cells{"protocols": "arcnet:vines_ip"}},
	{"arcnet short", 7, octets("0102"), 0, cells{"malformed": "link-short"}},
	{"arcnet short in the header of fragments", 7, octets("0102 d4 00"), 0, cells{"malformed": "link-short"}},
	{"rfc1483", 100, join(octets("aaaa03 000000 0800"), ping), 0, cells{"ether_type": "2048", "protocols": "llc:ip:icmp"}},
	{"rfc1483, bridged", 100, join(octets("aaaa03 0080c2 0007 0000"), eth(0x0800, ping)), 0, cells{"src_mac": "02:00:00:00:00:01", "protocols": "llc:eth:ip:icmp"}},
	{"rfc1483, bridged with FCS", 100, join(octets("aaaa03 0080c2 0001 0000"), checked(eth(0x0800, ping))), 0, cells{"protocols": "llc:eth:ip:icmp", "padding_len": "4"}},
	{"rfc1483, bridged token ring", 100, join(octets("aaaa03 0080c2 0009 0000 1040 020000000002 020000000001"), snap(ping)), 0, cells{"protocols": "llc:tr:llc:ip:icmp"}},
	{"rfc1483, bridged FDDI", 100, join(octets("aaaa03 0080c2 000a 000000 50 400000000040 400000000080"), snap(ping)), 0, cells{"protocols": "llc:fddi:llc:ip:icmp"}},
	{"sunatm in", 123, join(octets("02 00 0064"), snap(ping)), 0, cells{"pkt_dir": "in", "protocols": "atm:llc:ip:icmp"}},
	{"sunatm out, LANE", 123, join(octets("81 00 0064 0001"), eth(0x0800, ping)), 0, cells{"pkt_dir": "out", "src_mac": "02:00:00:00:00:01", "protocols": "atm:lane:eth:ip:icmp"}},
	{"sunatm, LANE control", 123, octets("01 00 0064 ff00 0101"), 0, cells{"protocols": "atm:lane", "malformed": ""}},
	{"sunatm, signalling", 123, octets("06 00 0005 00"), 0, cells{"protocols": "atm", "malformed": ""}},
	{"sunatm short", 123, octets("02 00"), 0, cells{"pkt_dir": "", "malformed": "link-short"}},
	{"clip", 106, ping, 0, cells{"protocols": "clip:ip:icmp"}},
	{"clip with SNAP", 106, snap(ping), 0, cells{"protocols": "clip:llc:ip:icmp"}},
	{"ip over fibre channel", 122, join(octets("1000 020000000002 1000 020000000001"), snap(ping)), 0, cells{
		"src_mac": "02:00:00:00:00:01", "dst_mac": "02:00:00:00:00:02", "protocols": "ipfc:llc:ip:icmp",
	}},
	{"ip over fibre channel short", 122, octets("1000"), 0, cells{"malformed": "link-short"}},
	{"ipoib", 242, join(make([]byte, 40), octets("0800 0000"), ping), 0, cells{"ether_type": "2048", "protocols": "ipoib:ip:icmp"}},
	{"ipoib ARP", 242, join(make([]byte, 40), octets("0806 0000 0020 0800 14 04 0001"), make([]byte, 20), octets("0a000001"), make([]byte, 20), octets("0a000002")), 0, cells{
		"protocols": "ipoib:arp", "src_ip": "10.0.0.1", "dst_ip": "10.0.0.2",
	}},
	{"ipoib short", 242, make([]byte, 43), 0, cells{"malformed": "link-short"}},
	{"ip over ieee 1394", 138, join(make([]byte, 16), octets("0800"), ping), 0, cells{"ether_type": "2048", "src_mac": "", "protocols": "ap1394:ip:icmp"}},
	{"ip over ieee 1394 short", 138, make([]byte, 17), 0, cells{"malformed": "link-short"}},
	{"nflog", 239, join(octets("02 00 0000 0800 0100 08000100 1000 0800 0006 0000 0200000000010000 2400 0900"), ping), 0, cells{
		"pkt_dir": "in", "src_mac": "02:00:00:00:00:01", "protocols": "nflog:ip:icmp", "malformed": "",
	}},
	{"nflog out, big endian, IPv6", 239, join(octets("0a 00 0000 0008 0001 86dd0300 0038 0009"), ping6), 0, cells{"pkt_dir": "out", "protocols": "nflog:ipv6:icmpv6"}},
	{"nflog without a packet", 239, octets("02 00 0000 0500 0a00 00000000"), 0, cells{"protocols": "nflog", "malformed": ""}},
	{"nflog, a field beyond the frame", 239, octets("02 00 0000 9900 0a00 00"), 0, cells{"malformed": "link-length"}},
	{"nflog, a field without a length", 239, octets("02 00 0000 0000 0a00 00"), 0, cells{"malformed": "link-length"}},
	{"nflog short", 239, octets("02"), 0, cells{"malformed": "link-short"}},
	{"pktap", 258, join(pktap("6c000000 01000000 01000000", "01000000"), eth(0x0800, ping)), 0, cells{"pkt_dir": "in", "src_mac": "02:00:00:00:00:01", "protocols": "pktap:pcap_pktdata:eth:ip:icmp"}},
	{"pktap of raw IP", 258, join(pktap("6c000000 01000000 0c000000", "02000000"), ping), 0, cells{"pkt_dir": "out", "protocols": "pktap:pcap_pktdata:raw:ip:icmp"}},
	{"pktap, version 2", 258, join(pktap("6c0000000000 0100 00000000", "01000800"), eth(0x0800, ping)), 0, cells{"pkt_dir": "in", "protocols": "pktap:pcap_pktdata:eth:ip:icmp"}},
	{"pktap, nothing behind", 258, pktap("6c000000 00000000 01000000", "00000000"), 0, cells{"protocols": "pktap", "malformed": ""}},
	{"pktap in pktap in pktap", 258, join(pktap("6c000000 01000000 02010000", "00000000"), pktap("6c000000 01000000 01000000", "00000000"), eth(0x0800, ping)), 0, cells{
		"protocols": "pktap:pcap_pktdata:pktap", "src_mac": "", "malformed": "",
	}},
	{"pktap, header beyond the frame", 258, pktap("6d000000 01000000 01000000", "00000000"), 0, cells{"malformed": "link-length"}},
	{"pktap short", 258, octets("6c000000"), 0, cells{"malformed": "link-short"}},
}

// pktap is a PKTAP header of 108 bytes with its first twelve and its flags.
func pktap(first, flags string) []byte {
	return join(octets(first), make([]byte, 24), octets(flags), make([]byte, 68))
}
