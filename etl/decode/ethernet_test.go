package decode_test

import "bytes"

var ethernetCases = []frameCase{
	{"ip", 1, eth(0x0800, ping), 0, cells{
		"src_mac": "02:00:00:00:00:01", "dst_mac": "02:00:00:00:00:02", "ether_type": "2048", "vlan_id": "", "protocols": "eth:ip:icmp",
		"protocol": "icmp", "padding_len": "0", "malformed": "", "cap_len": "46", "wire_len": "46", "link_type": "1", "pkt_dir": "",
	}},
	{"802.1Q", 1, eth(0x8100, join(octets("6064 0800"), ping)), 0, cells{
		"vlan_id": "100", "inner_vlan_id": "", "ether_type": "2048", "protocols": "eth:vlan:ip:icmp",
	}},
	{"802.1ad", 1, eth(0x88a8, join(octets("0fff 8100 0001 86dd"), ping6)), 0, cells{
		"vlan_id": "4095", "inner_vlan_id": "1", "ether_type": "34525", "protocols": "eth:ieee8021ad:vlan:ipv6:icmpv6",
	}},
	{"QinQ of older switches", 1, eth(0x9100, join(octets("0002 8100 0003 8100 0004 0800"), ping)), 0, cells{
		"vlan_id": "2", "inner_vlan_id": "3", "ether_type": "2048", "protocols": "eth:vlan:vlan:vlan:ip:icmp",
	}},
	{"802.3", 1, eth(3, octets("424203 0000000000")), 0, cells{"ether_type": "", "protocols": "eth:llc", "malformed": ""}},
	{"802.3 length beyond the frame", 1, eth(9, octets("424203")), 0, cells{"protocols": "eth:llc", "malformed": "link-length"}},
	{"other EtherType", 1, eth(0x88cc, octets("0000")), 0, cells{"ether_type": "35020", "protocols": "eth:lldp"}},
	{"unknown EtherType", 1, eth(0x4242, nil), 0, cells{"ether_type": "16962", "protocols": "eth", "protocol": "eth", "malformed": ""}},
	{"snapped in the header", 1, octets("020000000002 02"), 60, cells{"dst_mac": "", "protocols": "eth", "malformed": ""}},
	{"short header", 1, octets("020000000002 02"), 0, cells{"dst_mac": "", "malformed": "link-short"}},
	{"short tag", 1, eth(0x8100, octets("00")), 0, cells{"vlan_id": "", "ether_type": "", "malformed": "vlan-short"}},
	{"snapped tag", 1, eth(0x8100, octets("00")), 60, cells{"vlan_id": "", "malformed": ""}},
	{"empty", 1, nil, 0, cells{"cap_len": "0", "malformed": "link-short"}},
	{"more captured than there was", 1, eth(0x0800, ping), 20, cells{"wire_len": "20", "cap_len": "46", "protocols": "eth:ip:icmp"}},
	{"later QinQ types", 1, eth(0x9200, join(octets("0002 9300 0003 0800"), ping)), 0, cells{"vlan_id": "2", "inner_vlan_id": "3", "protocols": "eth:vlan:vlan:ip:icmp"}},
	{"more tags than there can be", 1, eth(0x8100, bytes.Repeat(octets("0001 8100"), 9)), 0, cells{"ether_type": "33024", "protocol": "vlan", "malformed": ""}},
	{"MetaData", 1, eth(0x8909, join(octets("0101 0001 0002 0800"), ping)), 0, cells{"ether_type": "2048", "protocols": "eth:cmd:ip:icmp"}},
	{"VN-Tag", 1, eth(0x8926, join(octets("00000000 0800"), ping)), 0, cells{"ether_type": "2048", "vlan_id": "", "protocols": "eth:vntag:ip:icmp"}},
	{"E-TAG", 1, eth(0x893f, join(octets("000000000000 0800"), ping)), 0, cells{"ether_type": "2048", "vlan_id": "", "protocols": "eth:etag:ip:icmp"}},
	{"R-TAG", 1, eth(0xf1c1, join(octets("00000001 0800"), ping)), 0, cells{"ether_type": "2048", "protocols": "eth:ieee8021cb:ip:icmp"}},
	{"HSR", 1, eth(0x892f, join(octets("00300001 8100 0005 0800"), ping)), 0, cells{"vlan_id": "5", "ether_type": "2048", "protocols": "eth:hsr:vlan:ip:icmp"}},
	{"RARP", 1, eth(0x8035, octets("0001 0800 06 04 0003 020000000001 00000000 020000000001 00000000")), 0, cells{"protocols": "eth:arp", "src_ip": "0.0.0.0"}},
	{"jumbo LLC", 1, eth(0x8870, snap(ping)), 0, cells{"protocols": "eth:llc:ip:icmp"}},
	{"PPPoE", 1, eth(0x8864, join(octets("1100 0001 0022 0021"), ping, octets("0000"))), 0, cells{
		"ether_type": "34916", "protocols": "eth:pppoes:ppp:ip:icmp", "padding_len": "2", "malformed": "",
	}},
	{"PPPoE length beyond the frame", 1, eth(0x8864, join(octets("1100 0001 0099 0021"), ping)), 0, cells{"protocols": "eth:pppoes:ppp:ip:icmp", "malformed": "link-length"}},
	{"PPPoE short", 1, eth(0x8864, octets("1100 0001")), 0, cells{"protocols": "eth:pppoes", "malformed": "link-short"}},
	{"PPPoE discovery", 1, eth(0x8863, octets("1109 0000 0000")), 0, cells{"protocols": "eth:pppoed"}},
	{"pppoe", 51, join(octets("1100 0001 0022 0021"), ping), 0, cells{"protocols": "pppoes:ppp:ip:icmp"}},
	{"SNAP", 1, eth(uint16(8+len(ping)), join(snap(ping), octets("000000"))), 0, cells{"ether_type": "2048", "protocols": "eth:llc:ip:icmp", "padding_len": "3"}},
	{"SNAP behind a tag", 1, eth(0x8100, join(octets("0007"), octets("0028"), snap(ping))), 0, cells{"vlan_id": "7", "protocols": "eth:vlan:llc:ip:icmp"}},
	{"SNAP, no EtherType", 1, eth(9, octets("aaaa03 000000 0001 00")), 0, cells{"ether_type": "", "protocols": "eth:llc", "malformed": ""}},
	{"SNAP short", 1, eth(5, octets("aaaa03 0000")), 0, cells{"protocols": "eth:llc", "malformed": "link-short"}},
	{"SNAP of Cisco", 1, eth(10, octets("aaaa03 00000c 2000 02b4")), 0, cells{"ether_type": "", "protocols": "eth:llc:cdp"}},
	{"SNAP of Apple", 1, eth(10, octets("aaaa03 080007 809b 0000")), 0, cells{"protocols": "eth:llc:ddp"}},
	{"SNAP of others", 1, eth(10, octets("aaaa03 00e02b 00bb 0000")), 0, cells{"protocols": "eth:llc", "malformed": ""}},
	{"SNAP, spanning tree", 1, eth(10, octets("aaaa03 0080c2 000e 0000")), 0, cells{"protocols": "eth:llc:stp"}},
	{"SNAP, bridged", 1, eth(56, join(octets("aaaa03 0080c2 0007 0000"), put(0, "020000000008 020000000007")(eth(0x0800, ping)))), 0, cells{
		"src_mac": "02:00:00:00:00:01", "ether_type": "", "protocols": "eth:llc:eth:ip:icmp",
	}},
	{"LLC, IP of old", 1, eth(uint16(3+len(ping)), join(octets("060603"), ping)), 0, cells{"ether_type": "", "protocols": "eth:llc:ip:icmp"}},
	{"LLC, ISO", 1, eth(4, octets("fefe03 83")), 0, cells{"protocols": "eth:llc:osi:isis"}},
	{"LLC, numbered", 1, eth(5, octets("f0f0 0000 00")), 0, cells{"protocols": "eth:llc:netbios"}},
	{"LLC, numbered, short", 1, eth(3, octets("f0f0 00")), 0, cells{"protocols": "eth:llc", "malformed": "link-short"}},
	{"LLC without information", 1, eth(4, octets("f0f0 0101")), 0, cells{"protocols": "eth:llc", "malformed": ""}},
	{"LLC short", 1, eth(2, octets("f0f0")), 0, cells{"protocols": "eth:llc", "malformed": "link-short"}},
	{"IPX of old", 1, eth(4, octets("ffff0000")), 0, cells{"protocols": "eth:ipx"}},
	{"bridged in Ethernet", 1, eth(0x6558, put(0, "020000000008 020000000007")(eth(0x0800, ping))), 0, cells{
		"src_mac": "02:00:00:00:00:01", "ether_type": "25944", "protocols": "eth:eth:ip:icmp",
	}},
}

var carrierCases = []frameCase{
	{"PBB", 1, eth(0x88a8, join(octets("0009 88e7 00000001 020000000008 020000000007 8100 0005 0800"), ping)), 0, cells{
		"src_mac": "02:00:00:00:00:01", "vlan_id": "9", "inner_vlan_id": "", "ether_type": "35047", "protocols": "eth:ieee8021ad:ieee8021ah:vlan:ip:icmp",
	}},
	{"PBB short", 1, eth(0x88e7, octets("00000001")), 0, cells{"protocols": "eth:ieee8021ah", "malformed": "vlan-short"}},
	{"MACsec in the clear", 1, eth(0x88e5, join(octets("2000 00000001 0000000000000001 0800"), ping, make([]byte, 16))), 0, cells{
		"ether_type": "2048", "protocols": "eth:macsec:ip:icmp", "padding_len": "16",
	}},
	{"MACsec in the clear, no channel", 1, eth(0x88e5, join(octets("0000 00000001 0800"), ping, make([]byte, 16))), 0, cells{"protocols": "eth:macsec:ip:icmp"}},
	{"MACsec encrypted", 1, eth(0x88e5, join(octets("2c00 00000001 0000000000000001 0800"), ping)), 0, cells{"ether_type": "35045", "protocols": "eth:macsec"}},
	{"MACsec short", 1, eth(0x88e5, octets("2c00")), 0, cells{"protocols": "eth", "malformed": "vlan-short"}},
	{"ISL", 1, join(octets("01000c000000 020000000009 0048 aaaa03 00000c 000a 0000 0000"), checked(eth(0x0800, ping))), 0, cells{
		"vlan_id": "5", "src_mac": "02:00:00:00:00:01", "protocols": "eth:eth:ip:icmp", "padding_len": "4",
	}},
	{"ISL of FDDI", 1, join(octets("01000c000020 020000000009 0048 aaaa03 00000c 000a 0000 0000"), make([]byte, 40)), 0, cells{"protocols": "eth", "malformed": ""}},
	{"mpacket", 274, join(octets("55555555555555 d5"), checked(eth(0x0800, ping))), 0, cells{"protocols": "fpp:eth:ip:icmp", "padding_len": "4"}},
	{"mpacket that goes on", 274, octets("55555555555555 61 00000000"), 0, cells{"protocols": "fpp", "malformed": ""}},
	{"mpacket short", 274, octets("5555"), 0, cells{"malformed": "link-short"}},
	{"netanalyzer", 240, join(octets("00040000"), checked(eth(0x0800, ping))), 0, cells{"protocols": "netanalyzer:eth:ip:icmp"}},
	{"netanalyzer event", 240, octets("00050000 00"), 0, cells{"protocols": "netanalyzer", "malformed": ""}},
	{"netanalyzer short", 240, octets("0004"), 0, cells{"malformed": "link-short"}},
	{"netanalyzer, transparent", 241, join(octets("00060000 55555555555555d5"), checked(eth(0x0800, ping))), 0, cells{"protocols": "netanalyzer:eth:ip:icmp"}},
	{"docsis", 143, join(octets("00 00 0032 0000"), checked(eth(0x0800, ping))), 0, cells{"protocols": "docsis:eth:ip:icmp", "padding_len": "4", "malformed": ""}},
	{"docsis with an extended header", 143, octets("01 04 0030 00000000 0000"), 0, cells{"protocols": "docsis", "malformed": ""}},
	{"docsis short", 143, octets("00 00"), 0, cells{"malformed": "link-short"}},
	{"brcm tag", 281, join(eth(0, nil)[:12], octets("20000001 0800"), ping), 0, cells{"src_mac": "02:00:00:00:00:01", "protocols": "eth:brcm-tag:ip:icmp"}},
	{"brcm tag short", 281, eth(0x2000, nil), 0, cells{"src_mac": "", "malformed": "link-short"}},
	{"brcm tag before", 282, join(octets("20000001"), eth(0x0800, ping)), 0, cells{"src_mac": "02:00:00:00:00:01", "protocols": "brcm-tag:eth:ip:icmp"}},
	{"dsa of a tagged frame", 284, join(eth(0, nil)[:12], octets("e0000064 0800"), ping), 0, cells{"vlan_id": "100", "ether_type": "2048", "protocols": "eth:dsa:ip:icmp"}},
	{"dsa of an untagged frame", 284, join(eth(0, nil)[:12], octets("c0000064 0800"), ping), 0, cells{"vlan_id": "", "protocols": "eth:dsa:ip:icmp"}},
	{"edsa", 285, join(eth(0, nil)[:12], octets("dada 0000 e0000fff 0800"), ping), 0, cells{"vlan_id": "4095", "protocols": "eth:edsa:ip:icmp"}},
	{"erf", 197, join(make([]byte, 8), octets("02 00 0040 0000 0030 0000"), eth(0x0800, ping)), 0, cells{"src_mac": "02:00:00:00:00:01", "protocols": "erf:eth:ip:icmp"}},
	{"erf with extensions", 197, join(make([]byte, 8), octets("96 00 0040 0000 0030 8300000000000000 0400000000000000"), ping), 0, cells{"protocols": "erf:ip:icmp"}},
	{"erf of HDLC", 197, join(make([]byte, 8), octets("01 00 0040 0000 0030 0f000800"), ping), 0, cells{"protocols": "erf:chdlc:ip:icmp"}},
	{"erf of PPP", 197, join(make([]byte, 8), octets("01 00 0040 0000 0030 ff030021"), ping), 0, cells{"protocols": "erf:ppp:ip:icmp"}},
	{"erf of IPv6", 197, join(make([]byte, 8), octets("17 00 0044 0000 0034"), ping6), 0, cells{"protocols": "erf:ipv6:icmpv6"}},
	{"erf short", 197, make([]byte, 15), 0, cells{"malformed": "link-short"}},
}

// snap is an LLC and SNAP header before IPv4.
func snap(packet []byte) []byte { return join(octets("aaaa03 000000 0800"), packet) }
