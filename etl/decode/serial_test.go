package decode_test

import "bytes"

var pppCases = []frameCase{
	{"framed", 9, join(octets("ff03 0021"), ping), 0, cells{"protocols": "ppp:ip:icmp", "malformed": "", "ether_type": ""}},
	{"bare", 9, join(octets("0057"), ping6), 0, cells{"protocols": "ppp:ipv6:icmpv6"}},
	{"compressed protocol", 9, join(octets("ff03 21"), ping), 0, cells{"protocols": "ppp:ip:icmp"}},
	{"Cisco's HDLC", 50, join(octets("0f00 0800"), ping), 0, cells{"protocols": "ppp:chdlc:ip:icmp"}},
	{"LCP", 9, octets("ff03 c021 0101 0004"), 0, cells{"protocols": "ppp:lcp", "malformed": ""}},
	{"ISO", 9, octets("ff03 0023 82"), 0, cells{"protocols": "ppp:osi:esis"}},
	{"unknown protocol", 9, octets("ff03 4242 00"), 0, cells{"protocols": "ppp", "malformed": ""}},
	{"LLC", 9, join(octets("ff03 004b"), snap(ping)), 0, cells{"protocols": "ppp:llc:ip:icmp"}},
	{"MPLS", 9, join(octets("ff03 0281 00011140"), ping), 0, cells{"mpls_label": "17", "protocols": "ppp:mpls:ip:icmp"}},
	{"bridged", 9, join(octets("ff03 0031 00 01"), eth(0x0800, ping)), 0, cells{"src_mac": "02:00:00:00:00:01", "protocols": "ppp:bcp_bpdu:eth:ip:icmp"}},
	{"bridged, LAN and FCS", 9, join(octets("ff03 0031 c0 01 00000001"), checked(eth(0x0800, ping))), 0, cells{"protocols": "ppp:bcp_bpdu:eth:ip:icmp", "padding_len": "4"}},
	{"bridged, another LAN", 9, octets("ff03 0031 00 02 00"), 0, cells{"protocols": "ppp:bcp_bpdu", "malformed": ""}},
	{"bridged short", 9, octets("ff03 0031 00"), 0, cells{"malformed": "link-short"}},
	{"multilink, whole", 9, join(octets("ff03 003d c0000001 21"), ping), 0, cells{"protocols": "ppp:mp:ip:icmp"}},
	{"multilink, a part", 9, octets("ff03 003d 80000001 21"), 0, cells{"protocols": "ppp:mp", "malformed": ""}},
	{"multilink short", 9, octets("ff03 003d 80"), 0, cells{"malformed": "link-short"}},
	{"short", 9, octets("ff03"), 0, cells{"protocols": "ppp", "malformed": "link-short"}},
	{"protocol short", 9, octets("ff03 00"), 0, cells{"malformed": "link-short"}},
	{"protocol snapped", 9, octets("ff03 00"), 40, cells{"malformed": ""}},
	{"in", 204, join(octets("00 ff03 0021"), ping), 0, cells{"pkt_dir": "in", "protocols": "ppp:ip:icmp"}},
	{"out", 204, join(octets("01 0021"), ping), 0, cells{"pkt_dir": "out", "protocols": "ppp:ip:icmp"}},
	{"with direction, empty", 204, nil, 0, cells{"pkt_dir": "", "malformed": "link-short"}},
	{"pppd out", 166, join(octets("01 03 0021"), ping), 0, cells{"pkt_dir": "out", "protocols": "ppp:ip:icmp"}},
	{"pppd short", 166, octets("00"), 0, cells{"pkt_dir": "in", "malformed": "link-short"}},
}

var hdlcCases = []frameCase{
	{"IP", 104, join(octets("0f00 0800"), ping), 0, cells{"ether_type": "2048", "protocols": "chdlc:ip:icmp"}},
	{"multicast IPv6", 104, join(octets("8f00 86dd"), ping6), 0, cells{"protocols": "chdlc:ipv6:icmpv6"}},
	{"MPLS", 104, join(octets("0f00 8847 00010140"), ping), 0, cells{"mpls_label": "16", "protocols": "chdlc:mpls:ip:icmp"}},
	{"bridged", 104, join(octets("0f00 6558"), eth(0x0800, ping)), 0, cells{"src_mac": "02:00:00:00:00:01", "ether_type": "2048", "protocols": "chdlc:eth:ip:icmp"}},
	{"SLARP", 104, octets("8f00 8035 00000002"), 0, cells{"ether_type": "", "src_ip": "", "protocols": "chdlc:slarp"}},
	{"CDP", 104, octets("8f00 2000 0180"), 0, cells{"protocols": "chdlc:cdp"}},
	{"ISO", 104, octets("0f00 fefe 83 1b"), 0, cells{"protocols": "chdlc:osi:isis"}},
	{"ISO behind padding", 104, octets("0f00 fefe 03 83"), 0, cells{"protocols": "chdlc:osi:isis"}},
	{"unknown", 104, octets("0f00 4343 00"), 0, cells{"ether_type": "", "protocols": "chdlc", "malformed": ""}},
	{"short", 104, octets("0f00 08"), 0, cells{"malformed": "link-short"}},
	{"out", 205, join(octets("01 0f00 0800"), ping), 0, cells{"pkt_dir": "out", "protocols": "chdlc:ip:icmp"}},
}

var frameRelayCases = []frameCase{
	{"IP", 107, join(octets("1841 03 cc"), ping), 0, cells{"ether_type": "", "protocols": "fr:ip:icmp", "malformed": ""}},
	{"IPv6", 107, join(octets("1841 03 8e"), ping6), 0, cells{"protocols": "fr:ipv6:icmpv6"}},
	{"three bytes of address", 107, join(octets("18 40 41 03 cc"), ping), 0, cells{"protocols": "fr:ip:icmp"}},
	{"four bytes of address", 107, join(octets("18 40 40 41 03 cc"), ping), 0, cells{"protocols": "fr:ip:icmp"}},
	{"five bytes of address", 107, octets("18 40 40 40 41 03 cc"), 0, cells{"protocols": "fr", "malformed": "link-length"}},
	{"SNAP", 107, join(octets("1841 03 00 80 000000 0800"), ping), 0, cells{"ether_type": "2048", "protocols": "fr:ip:icmp"}},
	{"bridged", 107, join(octets("1841 03 00 80 0080c2 0007"), eth(0x0800, ping)), 0, cells{"src_mac": "02:00:00:00:00:01", "protocols": "fr:eth:ip:icmp"}},
	{"PPP", 107, join(octets("1841 03 cf 0021"), ping), 0, cells{"protocols": "fr:ppp:ip:icmp"}},
	{"Cisco", 107, join(octets("1841 0800"), ping), 0, cells{"ether_type": "2048", "protocols": "fr:ip:icmp"}},
	{"Q.933", 107, octets("0001 03 08 00"), 0, cells{"protocols": "fr:q933"}},
	{"LMI", 107, octets("fcf1 03 09 00"), 0, cells{"protocols": "fr:lmi"}},
	{"IS-IS", 107, octets("1841 03 83 00"), 0, cells{"protocols": "fr:isis"}},
	{"LAPF on the channel of signalling", 107, octets("0001 0800 45"), 0, cells{"protocols": "fr", "malformed": ""}},
	{"XID", 107, octets("1841 af82 00"), 0, cells{"protocols": "fr", "malformed": ""}},
	{"padding and no more", 107, octets("1841 03 00"), 0, cells{"protocols": "fr", "malformed": "link-short"}},
	{"short", 107, octets("18"), 0, cells{"malformed": "link-short"}},
	{"address and no more", 107, octets("1841"), 0, cells{"malformed": "link-short"}},
	{"snapped", 107, octets("1841"), 40, cells{"malformed": ""}},
	{"in", 206, join(octets("00 1841 03 cc"), ping), 0, cells{"pkt_dir": "in", "protocols": "fr:ip:icmp"}},
	{"multilink, whole", 182, join(octets("c0 01 1841 03 cc"), ping), 0, cells{"protocols": "fr:ip:icmp"}},
	{"multilink, control", 182, octets("e1 00 01"), 0, cells{"protocols": "fr", "malformed": ""}},
	{"multilink short", 182, octets("c0"), 0, cells{"malformed": "link-short"}},
}

var mplsCases = []frameCase{
	{"labels", 1, eth(0x8847, join(octets("00010040 00020140"), ping)), 0, cells{"mpls_label": "16", "protocols": "eth:mpls:ip:icmp"}},
	{"multicast, IPv6", 1, eth(0x8848, join(octets("00010140"), ping6)), 0, cells{"protocols": "eth:mpls:ipv6:icmpv6"}},
	{"link type", 219, join(octets("00010140"), ping), 0, cells{"mpls_label": "16", "protocols": "mpls:ip:icmp"}},
	{"pseudowire with a control word", 1, eth(0x8847, join(octets("00010140 00000000"), inEthernet)), 0, cells{
		"src_mac": "02:00:00:00:00:01", "ether_type": "34887", "protocols": "eth:mpls:pwethheuristic:pwethcw:eth:ip:icmp",
	}},
	{"pseudowire without", 1, eth(0x8847, join(octets("00010140"), inEthernet)), 0, cells{
		"src_mac": "02:00:00:00:00:01", "vlan_id": "", "protocols": "eth:mpls:pwethheuristic:pwethnocw:eth:ip:icmp",
	}},
	{"pseudowire over PPP", 9, join(octets("0281 00010140"), inEthernet), 0, cells{"src_mac": "", "ether_type": "", "protocols": "ppp:mpls:pwethheuristic:pwethnocw:eth:ip:icmp"}},
	{"pseudowire of spanning tree", 1, eth(0x8847, join(octets("00010140 00000000 0180c2000000 001100000007 0026 424203"), make([]byte, 43))), 0, cells{
		"protocols": "eth:mpls:pwethheuristic:pwethcw:eth:llc:stp",
	}},
	{"neither", 1, eth(0x8847, join(octets("00010140"), bytes.Repeat(octets("37"), 60))), 0, cells{"protocols": "eth:mpls", "malformed": ""}},
	{"associated channel of IP", 1, eth(0x8847, join(octets("00010140 10000021"), ping)), 0, cells{"protocols": "eth:mpls:pwach:ip:icmp"}},
	{"associated channel", 1, eth(0x8847, octets("00010140 10000007")), 0, cells{"protocols": "eth:mpls:pwach", "malformed": ""}},
	{"associated channel short", 1, eth(0x8847, octets("00010140 1000")), 0, cells{"malformed": "mpls-stack"}},
	{"short", 1, eth(0x8847, octets("00010040")), 0, cells{"mpls_label": "16", "malformed": "mpls-stack"}},
	{"snapped", 1, eth(0x8847, octets("00010040")), 99, cells{"malformed": ""}},
	{"no end", 1, eth(0x8847, make([]byte, 80)), 0, cells{"malformed": "mpls-stack"}},
	{"nothing behind", 1, eth(0x8847, octets("00010140")), 0, cells{"protocols": "eth:mpls", "malformed": ""}},
}

// inEthernet is a tagged frame for a tunnel, between others than those of eth.
var inEthernet = join(octets("001100000008 001100000007 0800"), ping)

var juniperCases = []frameCase{
	{"Ethernet", 178, join(octets("4d4743 01"), eth(0x0800, ping)), 0, cells{"pkt_dir": "in", "src_mac": "02:00:00:00:00:01", "protocols": "juniper:eth:ip:icmp"}},
	{"PPP", 179, join(octets("4d4743 00 ff030021"), ping), 0, cells{"pkt_dir": "out", "protocols": "juniper:ppp:ip:icmp"}},
	{"frame relay", 180, join(octets("4d4743 00 184103cc"), ping), 0, cells{"protocols": "juniper:fr:ip:icmp"}},
	{"HDLC", 181, join(octets("4d4743 00 0f000800"), ping), 0, cells{"protocols": "juniper:chdlc:ip:icmp"}},
	{"extensions", 178, join(octets("4d4743 81 0006 010100020101"), eth(0x0800, ping)), 0, cells{"protocols": "juniper:eth:ip:icmp"}},
	{"no link layer", 178, join(octets("4d4743 02 00000002"), ping), 0, cells{"protocols": "juniper:ip:icmp"}},
	{"extensions beyond the frame", 178, octets("4d4743 81 0600 01"), 0, cells{"malformed": "link-length"}},
	{"extensions short", 178, octets("4d4743 81 00"), 0, cells{"malformed": "link-short"}},
	{"another magic", 178, octets("4d4744 01 00"), 0, cells{"protocols": "juniper", "pkt_dir": "", "malformed": ""}},
	{"short", 178, octets("4d47"), 0, cells{"malformed": "link-short"}},
}
