package decode_test

var cookedCases = []frameCase{
	{"sll in", 113, join(octets("0000 0001 0006 020000000001 0000 0800"), ping), 0, cells{
		"pkt_dir": "in", "src_mac": "02:00:00:00:00:01", "dst_mac": "", "ether_type": "2048", "protocols": "sll:ip:icmp",
	}},
	{"sll out, no address", 113, join(octets("0004 0200 0000 0000000000000000 86dd"), ping6), 0, cells{
		"pkt_dir": "out", "src_mac": "", "protocols": "sll:ipv6:icmpv6",
	}},
	{"sll between others", 113, join(octets("0003 0001 0006 020000000001 0000 8100 0007 0800"), ping), 0, cells{
		"pkt_dir": "", "vlan_id": "7", "protocols": "sll:vlan:ip:icmp",
	}},
	{"sll netlink", 113, octets("0004 0338 0000 0000000000000000 0004 00"), 0, cells{"ether_type": "", "protocols": "sll:netlink", "malformed": ""}},
	{"sll LLC", 113, octets("0000 0001 0006 020000000001 0000 0004 424203"), 0, cells{"ether_type": "", "protocols": "sll:llc"}},
	{"sll short", 113, octets("0000 0001"), 0, cells{"pkt_dir": "", "malformed": "link-short"}},
	{"sll2 out", 276, join(octets("0800 0000 00000003 0001 04 06 0200000000010000"), ping), 0, cells{
		"pkt_dir": "out", "src_mac": "02:00:00:00:00:01", "ether_type": "2048", "protocols": "sll:ip:icmp",
	}},
	{"sll2 short", 276, octets("0800 0000 00000003 0001 04 06"), 0, cells{"malformed": "link-short"}},
	{"sll2 snapped", 276, octets("0800 0000 00000003 0001 04 06"), 64, cells{"malformed": ""}},
	{"sll of frame relay", 113, join(octets("0000 0302 0000 0000000000000000 0000 1841 03 cc"), ping), 0, cells{"ether_type": "", "protocols": "sll:fr:ip:icmp"}},
	{"sll of radiotap", 113, join(octets("0000 0323 0000 0000000000000000 0000 00000800 00000000"), wlan("0802", "", snap(ping))), 0, cells{
		"dst_mac": "02:00:00:00:00:02", "protocols": "sll:radiotap:wlan_radio:wlan:llc:ip:icmp",
	}},
	{"sll of GRE", 113, join(octets("0000 030a 0000 0000000000000000 0800"), ping), 0, cells{"protocols": "sll:ip:icmp"}},
	{"sll Novell", 113, octets("0000 0001 0000 0000000000000000 0001 ffff0022"), 0, cells{"protocols": "sll:ipx"}},
	{"sll of Ethernet", 113, join(octets("0000 0001 0006 020000000009 0000 0003"), eth(0x0800, ping)), 0, cells{
		"src_mac": "02:00:00:00:00:09", "dst_mac": "", "ether_type": "", "protocols": "sll:eth:ip:icmp",
	}},
	{"sll of PPP", 113, join(octets("0000 0200 0000 0000000000000000 0007 0021"), ping), 0, cells{"protocols": "sll:ppp:ip:icmp"}},
	{"sll of CAN", 113, octets("0001 0118 0000 0000000000000000 000c 00000001 02000000 0102"), 0, cells{"protocols": "sll:can", "ether_type": ""}},
	{"sll, protocol unknown", 113, octets("0001 0118 0000 0000000000000000 00ff 00"), 0, cells{"protocols": "sll", "ether_type": "", "malformed": ""}},
	{"sll2 LLC", 276, octets("0004 0000 00000003 0001 00 06 0200000000010000 424203 0000"), 0, cells{"pkt_dir": "in", "protocols": "sll:llc:stp"}},
}
