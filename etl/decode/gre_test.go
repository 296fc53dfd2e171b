package decode_test

import "testing"

func TestGRE(t *testing.T) {
	link := octets("020000000004 020000000003 0800")
	gre := func(protocols string, more cells) cells {
		c := behind("47", cells{"tunnel": "gre", "protocols": "eth:ip:gre:" + protocols, "src_mac": "02:00:00:00:00:01", "ether_type": "2048", "vlan_id": ""})
		for name, text := range more {
			c[name] = text
		}
		return c
	}
	plain := func(more cells) cells {
		c := cells{"tunnel": "", "outer_src_ip": "", "src_ip": "192.0.2.1", "ip_proto": "47", "protocols": "eth:ip:gre"}
		for name, text := range more {
			c[name] = text
		}
		return c
	}
	cases := []struct {
		name   string
		header string
		inside []byte
		want   cells
	}{
		{"IPv4", "0000 0800", query, gre("ip:udp:dns", nil)},
		{"checksum, key, sequence", "b000 0800 beef0000 00000007 00000001", query, gre("ip:udp:dns", cells{"tunnel_id": "7"})},
		{"IPv6", "2000 86dd ffffffff", segment, cells{"tunnel": "gre", "tunnel_id": "4294967295", "src_ip": "2001:db8::1", "protocols": "eth:ip:gre:ipv6:tcp"}},
		{"Ethernet", "2000 6558 00123401", join(link, query), gre("eth:ip:udp:dns", cells{"tunnel_id": "1192961"})},
		{"Ethernet with a tag", "0000 6558", join(link[:12], octets("8100 0064 0800"), query), gre("eth:vlan:ip:udp:dns", nil)},
		{"ARP", "0000 6558", join(link[:12], octets("0806"), request), cells{
			"tunnel": "gre", "src_ip": "10.0.0.1", "ip_version": "", "ip_proto": "", "ip_chksum_ok": "", "outer_src_ip": "192.0.2.1", "protocols": "eth:ip:gre:eth:arp", "payload_len": "",
		}},
		{"MPLS", "0000 8847", join(octets("00064 140"), query), gre("mpls:ip:udp:dns", cells{"mpls_label": ""})},
		{"PPP of version 0", "0000 880b", join(octets("ff03 0021"), query), gre("ppp:ip:udp:dns", nil)},
		{"PPTP", "3081 880b 003d 0009 00000001 00000002", join(octets("21"), query), gre("ppp:ip:udp:dns", cells{"tunnel": "pptp", "tunnel_id": "9"})},
		{"PPTP acknowledgement", "2081 880b 0000 0009 00000002", nil, plain(cells{"malformed": "", "payload_len": "12"})},
		{"PPTP without PPP", "3001 0800 003d 0009 00000001", query, plain(nil)},
		{"PPP control", "3001 880b 0004 0009 00000001", octets("c021 0101 0004"), plain(cells{"protocols": "eth:ip:gre:ppp:lcp", "malformed": ""})},
		{"ERSPAN type I", "0000 88be", join(link, query), gre("erspan:eth:ip:udp:dns", cells{"tunnel": "erspan"})},
		{"ERSPAN type II", "1000 88be 00000001 1064 0c0a 00000000", join(link, query), gre("erspan:eth:ip:udp:dns", cells{"tunnel": "erspan", "tunnel_id": "10"})},
		{"ERSPAN type III", "1000 22eb 00000001 2064 03ff 00000000 0000 0000", join(link, query), gre("erspan:eth:ip:udp:dns", cells{"tunnel": "erspan", "tunnel_id": "1023"})},
		{"ERSPAN type III, subheader", "1000 22eb 00000001 2064 0001 00000000 0000 0001 1000000000000000", join(link, query), gre("erspan:eth:ip:udp:dns", cells{"tunnel": "erspan", "tunnel_id": "1"})},
		{"ERSPAN type III of IP", "1000 22eb 00000001 2064 0001 00000000 0000 0800", query, gre("erspan:ip:udp:dns", cells{"tunnel": "erspan", "tunnel_id": "1"})},
		{"ERSPAN type III of another frame", "1000 22eb 00000001 2064 0001 00000000 0000 1c00", query, plain(cells{"protocols": "eth:ip:gre:erspan"})},
		{"ERSPAN of LLC", "0000 88be", octets("020000000004 020000000003 0003 424203"), plain(cells{"protocols": "eth:ip:gre:erspan:eth:llc", "payload_len": "21"})},
		{"ERSPAN cut", "1000 88be 00000001 1064 0c0a", nil, plain(cells{"protocols": "eth:ip:gre", "malformed": "tunnel-short", "payload_len": "12"})},
		{"WCCP", "0000 883e", query, gre("ip:udp:dns", nil)},
		{"WCCP, redirect header", "0000 883e 80320004", query, gre("ip:udp:dns", nil)},
		{"keepalive", "0000 0000", nil, plain(cells{"payload_len": "4", "malformed": ""})},
		{"NHRP", "0000 2001", octets("0001"), plain(cells{"payload_len": "6"})},
		{"routing", "4000 0800 00000000 00000000", query, plain(nil)},
		{"version 2", "0002 0800", query, plain(nil)},
		{"cut", "0000", nil, plain(cells{"malformed": "tunnel-short", "payload_len": "2"})},
		{"cut in the key", "2000 0800 0000", nil, plain(cells{"malformed": "tunnel-short"})},
	}
	var frames []frameCase
	for _, c := range cases {
		frames = append(frames, frameCase{c.name, 1, eth(0x0800, outer4(47, join(octets(c.header), c.inside))), 0, c.want})
	}
	testFrames(t, append(frames, frameCase{
		"over UDP", 101, over(4754, octets("2000 0800 00000007"), query), 0,
		inner(cells{"tunnel": "gre", "tunnel_id": "7", "outer_dst_port": "4754", "protocols": "raw:ip:udp:gre:ip:udp:dns"}),
	}, frameCase{
		"over UDP, not believable", 101, over(4754, octets("2000 0800 00000007"), segment), 0, outside("4754", "91"),
	}))
}
