package decode_test

// wlan is a data frame of which the frame control field and what follows the fixed header are given, with the addresses …:02, …:03 and …:01.
func wlan(control, more string, body []byte) []byte {
	return join(octets(control+"0000 020000000002 020000000003 020000000001 0000"+more), body)
}

var wlanCases = []frameCase{
	{"from the distribution system", 105, wlan("0802", "", snap(ping)), 0, cells{
		"src_mac": "02:00:00:00:00:01", "dst_mac": "02:00:00:00:00:02", "ether_type": "2048", "protocols": "wlan:llc:ip:icmp",
	}},
	{"to it", 105, wlan("0801", "", snap(ping)), 0, cells{"src_mac": "02:00:00:00:00:03", "dst_mac": "02:00:00:00:00:01", "protocols": "wlan:llc:ip:icmp"}},
	{"between stations", 105, wlan("0800", "", snap(ping)), 0, cells{"src_mac": "02:00:00:00:00:03", "dst_mac": "02:00:00:00:00:02"}},
	{"both ways", 105, wlan("0803", "020000000009", snap(ping)), 0, cells{"src_mac": "02:00:00:00:00:09", "dst_mac": "02:00:00:00:00:01", "protocols": "wlan:llc:ip:icmp"}},
	{"QoS", 105, wlan("8802", "0000", snap(ping)), 0, cells{"protocols": "wlan:llc:ip:icmp"}},
	{"QoS and HT control", 105, wlan("8882", "0000 00000000", snap(ping)), 0, cells{"protocols": "wlan:llc:ip:icmp"}},
	{"mesh", 105, wlan("8803", "020000000009 0001", join(octets("00 1f 00000001"), snap(ping))), 0, cells{"src_mac": "02:00:00:00:00:09", "protocols": "wlan:llc:ip:icmp"}},
	{"mesh, two more addresses", 105, wlan("8803", "020000000009 0001", join(octets("02 1f 00000001 020000000007 020000000008"), snap(ping))), 0, cells{"protocols": "wlan:llc:ip:icmp"}},
	{"mesh short", 105, wlan("8803", "020000000009 0001", octets("02 1f")), 0, cells{"protocols": "wlan", "malformed": "link-short"}},
	{"A-MSDU", 105, wlan("8802", "8000", join(octets("020000000012 020000000011 0028"), snap(ping))), 0, cells{
		"src_mac": "02:00:00:00:00:11", "dst_mac": "02:00:00:00:00:12", "protocols": "wlan:llc:ip:icmp", "malformed": "",
	}},
	{"A-MSDU of two", 105, wlan("8802", "8000", join(octets("020000000012 020000000011 0028"), snap(ping), octets("020000000012 020000000011 0003 424203"))), 0, cells{
		"protocols": "wlan:llc:ip:icmp", "padding_len": "17", "malformed": "",
	}},
	{"A-MSDU beyond the frame", 105, wlan("8802", "8000", join(octets("020000000012 020000000011 0029"), snap(ping))), 0, cells{"malformed": "link-length"}},
	{"A-MSDU short", 105, wlan("8802", "8000", octets("0200")), 0, cells{"src_mac": "", "malformed": "link-short"}},
	{"protected", 105, wlan("0842", "", octets("0000000000000000")), 0, cells{"src_mac": "02:00:00:00:00:01", "protocols": "wlan", "malformed": ""}},
	{"protected A-MSDU", 105, wlan("8842", "8000", octets("0000000000000000")), 0, cells{"src_mac": "", "protocols": "wlan", "malformed": ""}},
	{"first fragment", 105, wlan("0806", "", snap(ping)), 0, cells{"protocols": "wlan", "malformed": ""}},
	{"later fragment", 105, put(22, "0100")(wlan("0802", "", ping)), 0, cells{"protocols": "wlan", "ip_version": "", "malformed": ""}},
	{"no data", 105, wlan("4802", "", nil), 0, cells{"src_mac": "02:00:00:00:00:01", "protocols": "wlan", "malformed": ""}},
	{"EAPOL", 105, wlan("0802", "", octets("aaaa03 000000 888e 0103")), 0, cells{"ether_type": "34958", "protocols": "wlan:llc:eapol"}},
	{"beacon", 105, wlan("8000", "", make([]byte, 12)), 0, cells{"src_mac": "02:00:00:00:00:03", "dst_mac": "02:00:00:00:00:02", "protocols": "wlan", "malformed": ""}},
	{"beacon with both bits of data frames", 105, wlan("8003", "", nil), 0, cells{"src_mac": "02:00:00:00:00:03", "dst_mac": "02:00:00:00:00:02", "malformed": ""}},
	{"acknowledgement", 105, octets("d400 0000 020000000002"), 0, cells{"src_mac": "", "dst_mac": "", "protocols": "wlan", "malformed": ""}},
	{"another version", 105, put(0, "0902")(wlan("0802", "", snap(ping))), 0, cells{"src_mac": "", "protocols": "wlan", "malformed": ""}},
	{"short", 105, octets("08"), 0, cells{"malformed": "link-short"}},
	{"short header", 105, wlan("0802", "", nil)[:20], 0, cells{"src_mac": "", "malformed": "link-short"}},
	{"short QoS", 105, wlan("8802", "00", nil), 0, cells{"malformed": "link-short"}},
	{"snapped QoS", 105, wlan("8802", "00", nil), 90, cells{"malformed": ""}},
	{"radiotap", 127, join(octets("0000 0800 00000000"), wlan("0802", "", snap(ping))), 0, cells{"protocols": "radiotap:wlan_radio:wlan:llc:ip:icmp", "padding_len": "0"}},
	{"radiotap, FCS", 127, join(octets("0000 0900 02000000 10"), wlan("0802", "", snap(ping)), make([]byte, 4)), 0, cells{"protocols": "radiotap:wlan_radio:wlan:llc:ip:icmp", "padding_len": "4"}},
	{"radiotap, FCS alone", 127, join(octets("0000 0900 02000000 10"), wlan("0802", "", make([]byte, 4))), 0, cells{"protocols": "radiotap:wlan_radio:wlan", "malformed": ""}},
	{"radiotap, filled header", 127, join(octets("0000 1900 030000a0 000000a0 00000000 0000000000000000 20"), wlan("8802", "0000 0000", snap(ping))), 0, cells{
		"protocols": "radiotap:wlan_radio:wlan:llc:ip:icmp",
	}},
	{"radiotap, presence words beyond the header", 127, join(octets("0000 0800 02000080"), wlan("0802", "", snap(ping))), 0, cells{"protocols": "radiotap:wlan_radio:wlan:llc:ip:icmp"}},
	{"radiotap beyond the frame", 127, octets("0000 9900 00000000"), 0, cells{"protocols": "radiotap", "malformed": "link-length"}},
	{"radiotap short", 127, octets("0000"), 0, cells{"protocols": "radiotap", "malformed": "link-short"}},
	{"prism", 119, join(octets("44000000 90000000"), make([]byte, 136), wlan("0802", "", snap(ping))), 0, cells{"protocols": "prism:wlan_radio:wlan:llc:ip:icmp"}},
	{"prism, big endian", 119, join(octets("00000044 00000090"), make([]byte, 136), wlan("0802", "", snap(ping))), 0, cells{"protocols": "prism:wlan_radio:wlan:llc:ip:icmp"}},
	{"prism that is AVS", 119, join(octets("80211001 00000040"), make([]byte, 56), wlan("0802", "", snap(ping))), 0, cells{"protocols": "prism:wlancap:wlan_radio:wlan:llc:ip:icmp"}},
	{"prism short", 119, octets("44000000"), 0, cells{"malformed": "link-short"}},
	{"avs", 163, join(octets("80211001 00000040"), make([]byte, 56), wlan("0802", "", snap(ping))), 0, cells{"protocols": "wlancap:wlan_radio:wlan:llc:ip:icmp"}},
	{"avs beyond the frame", 163, octets("80211001 00000040"), 0, cells{"malformed": "link-length"}},
	{"ppi", 192, join(octets("0000 0800 69000000"), wlan("0802", "", snap(ping))), 0, cells{"protocols": "ppi:wlan_radio:wlan:llc:ip:icmp"}},
	{"ppi, FCS", 192, join(octets("0000 2000 69000000 0200 1400 0000000000000000 0100 00000000000000000000"), wlan("0802", "", snap(ping)), make([]byte, 4)), 0, cells{
		"protocols": "ppi:wlan_radio:wlan:llc:ip:icmp", "padding_len": "4",
	}},
	{"ppi of Ethernet", 192, join(octets("0000 0800 01000000"), eth(0x0800, ping)), 0, cells{"protocols": "ppi:pcap_pktdata:eth:ip:icmp"}},
	{"ppi of what is not known", 192, octets("0000 0800 ffff0000 00"), 0, cells{"protocols": "ppi:pcap_pktdata", "malformed": ""}},
	{"ppi beyond the frame", 192, octets("0000 0900 69000000"), 0, cells{"malformed": "link-length"}},
	{"ppi short", 192, octets("0000"), 0, cells{"malformed": "link-short"}},
}
