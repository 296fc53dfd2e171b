package decode_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

// outer4 is an IPv4 packet from 192.0.2.1 to 192.0.2.2, outer6 an IPv6 packet from 2001:db8:1:: to 2001:db8:2::.
func outer4(protocol byte, payload []byte, edits ...edit) []byte {
	return ip4(protocol, payload, append(edits, put(12, "c0000201 c0000202"))...)
}

func outer6(next byte, payload []byte) []byte {
	return ip6(next, payload, put(8, "20010db8000100000000000000000000 20010db8000200000000000000000000"))
}

// over is a datagram from port 5000 to the port of a tunnel.
func over(port uint16, parts ...[]byte) []byte { return outer4(17, udp(5000, port, join(parts...))) }

// Packets to be carried, with checksums that hold.
var (
	query   = sealed(ip4(17, udp(40000, 53, octets(dnsQuery))))
	segment = sealed(ip6(6, tcp("020405b4 0402 080a 00000007 ffffffff 01 030307", octets("616263"))))
	request = octets("0001 0800 06 04 0001 020000000003 0a000001 000000000000 0a000002")
)

// inner are what every tunnel case expects of a query inside, and of the addresses around it.
func inner(more cells) cells {
	c := cells{
		"src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "ip_proto": "17", "src_port": "40000", "dst_port": "53", "payload_len": "33", "ip_len": "61",
		"ip_chksum_ok": "true", "l4_chksum_ok": "true", "chksum_note": "", "malformed": "", "protocol": "dns", "tunnel_depth": "1",
		"outer_src_ip": "192.0.2.1", "outer_dst_ip": "192.0.2.2", "outer_ip_proto": "17", "outer_src_port": "5000", "tunnel_id": "",
	}
	for name, text := range more {
		c[name] = text
	}
	return c
}

// outside are what is expected when a tunnel is not believed.
func outside(port, payload string) cells {
	return cells{
		"src_ip": "192.0.2.1", "dst_ip": "192.0.2.2", "ip_proto": "17", "src_port": "5000", "dst_port": port, "payload_len": payload, "protocols": "raw:ip:udp",
		"chksum_note": "absent", "malformed": "", "tunnel": "", "tunnel_id": "", "tunnel_depth": "", "outer_src_ip": "", "outer_ip_proto": "", "outer_dst_port": "",
	}
}

// behind is the cells of a tunnel that IP announces.
func behind(protocol string, more cells) cells {
	c := inner(cells{"outer_ip_proto": protocol, "outer_src_port": "", "outer_dst_port": ""})
	for name, text := range more {
		c[name] = text
	}
	return c
}

func TestIPTunnels(t *testing.T) {
	link := octets("020000000004 020000000003 0800")
	testFrames(t, []frameCase{
		{"ipip", 101, outer4(4, query), 0, behind("4", cells{"tunnel": "ipip", "protocols": "raw:ip:ip:udp:dns"})},
		{"4in6", 101, outer6(4, query), 0, behind("4", cells{
			"tunnel": "4in6", "protocols": "raw:ipv6:ip:udp:dns", "outer_src_ip": "2001:db8:1::", "outer_dst_ip": "2001:db8:2::",
			"ip_version": "4", "ip_flow_label": "", "ip_hdr_len": "20",
		})},
		{"6in4", 101, outer4(41, segment), 0, cells{
			"tunnel": "6in4", "protocols": "raw:ip:ipv6:tcp", "src_ip": "2001:db8::1", "ip_version": "6", "ip_id": "", "ip_flags": "", "ip_chksum": "",
			"ip_chksum_ok": "", "src_port": "1000", "tcp_mss": "1460", "l4_chksum_ok": "true", "outer_src_ip": "192.0.2.1", "outer_ip_proto": "41",
		}},
		{"6in6", 101, outer6(41, ping6), 0, cells{"tunnel": "6in6", "protocols": "raw:ipv6:ipv6:icmpv6", "dst_ip": "2001:db8::2", "l4_chksum_ok": "true"}},
		{"etherip", 1, eth(0x0800, outer4(97, join(octets("3000"), link, query))), 0, behind("97", cells{
			"tunnel": "etherip", "protocols": "eth:ip:etherip:eth:ip:udp:dns", "src_mac": "02:00:00:00:00:01", "dst_mac": "02:00:00:00:00:02", "ether_type": "2048",
		})},
		{"etherip of another version", 101, outer4(97, join(octets("4000"), link, query)), 0, cells{"tunnel": "", "protocols": "raw:ip:etherip", "src_ip": "192.0.2.1"}},
		{"MPLS", 101, outer4(137, join(octets("00064 040 00065 140"), query)), 0, behind("137", cells{
			"tunnel": "mpls", "tunnel_id": "100", "mpls_label": "", "protocols": "raw:ip:mpls:ip:udp:dns",
		})},
		{"Ethernet", 101, outer6(143, join(link, query)), 0, cells{"tunnel": "ethernet", "protocols": "raw:ipv6:eth:ip:udp:dns", "src_mac": "", "ether_type": ""}},
		{"PIM register", 101, outer4(103, join(octets("2100 0000 00000000"), query)), 0, behind("103", cells{"tunnel": "pim", "protocols": "raw:ip:pim:ip:udp:dns"})},
		{"PIM null register", 101, outer4(103, join(octets("2100 0000 40000000"), query)), 0, cells{"tunnel": "", "protocols": "raw:ip:pim", "payload_len": "69"}},
		{"PIM register, cut", 101, outer4(103, octets("2100 0000 00")), 0, cells{"tunnel": "", "protocols": "raw:ip:pim", "malformed": "tunnel-short"}},
		{"PIM hello", 101, outer4(103, octets("2000 0000 00000000")), 0, cells{"tunnel": "", "protocols": "raw:ip:pim", "payload_len": "8", "malformed": ""}},
		{"IPComp", 101, outer4(108, octets("0400 0001 00")), 0, cells{"tunnel": "", "protocols": "raw:ip:ipcomp", "payload_len": "5"}},
		{"padded", 1, eth(0x0800, join(outer4(4, join(ping, make([]byte, 3))), make([]byte, 7))), 0, cells{"tunnel": "ipip", "padding_len": "7", "ip_len": "32", "payload_len": "4"}},
		{"wrong sum outside", 101, put(10, "4242")(outer4(4, query)), 0, behind("4", nil)},
		{"wrong sum inside", 101, outer4(4, put(10, "4242")(slices.Clone(query))), 0, behind("4", cells{"ip_chksum_ok": "false", "tunnel": "ipip"})},
		{"IPv4 inside that is none", 101, outer4(4, segment), 0, cells{
			"tunnel": "", "src_ip": "192.0.2.1", "payload_len": "83", "malformed": "ip-version", "protocols": "raw:ip:ip", "outer_src_ip": "",
		}},
		{"header inside not captured", 101, outer4(4, query)[:36], 81, cells{
			"tunnel": "", "src_ip": "192.0.2.1", "payload_len": "61", "malformed": "", "protocols": "raw:ip:ip",
		}},
		{"snapped inside", 101, outer4(4, query)[:60], 81, cells{"tunnel": "ipip", "src_ip": "10.0.0.1", "payload_len": "33", "chksum_note": "snapped", "malformed": ""}},
		{"longer inside than outside", 101, outer4(4, put(2, "0100")(slices.Clone(query))), 0, cells{"tunnel": "ipip", "ip_len": "256", "malformed": "ip-total-length", "l4_chksum_ok": "true"}},
		{"superframe around", 101, outer4(4, sealed(ip4(6, tcp("", octets("61")))), func(b []byte) []byte { b = append(b, make([]byte, 9700)...); return put(2, "2600")(b) }), 0, cells{
			"tunnel": "ipip", "l4_chksum_ok": "true", "chksum_note": "",
		}},
		{"first fragment", 101, outer4(4, query[:40], put(6, "2000")), 0, cells{
			"tunnel": "ipip", "src_ip": "10.0.0.1", "ip_flags": "0", "ip_len": "61", "src_port": "40000", "payload_len": "12", "ip_chksum_ok": "true", "l4_chksum_ok": "",
			"chksum_note": "fragment", "malformed": "",
		}},
		{"later fragment", 101, outer4(4, query, put(6, "0001")), 0, cells{"tunnel": "", "src_ip": "192.0.2.1", "protocols": "raw:ip", "payload_len": "61"}},
		{"fragment inside", 101, outer4(4, ip4(17, octets("61"), put(6, "0001"))), 0, cells{"tunnel": "ipip", "ip_frag_offset": "8", "payload_len": "1", "src_port": ""}},
		{"quoted by an error", 101, sealed(outer4(1, join(octets("0303 0000 00000000"), outer4(4, query)))), 0, cells{"tunnel": "", "src_ip": "192.0.2.1", "protocols": "raw:ip:icmp"}},
	})
}

func TestAH(t *testing.T) {
	const fields = "04 0000 00000001 00000001 000000000000000000000000"
	ah := func(next string, b []byte) []byte { return join(octets(next+fields), b) }
	datagram := query[20:]
	testFrames(t, []frameCase{
		{"transport mode", 101, outer4(51, ah("11", datagram)), 0, cells{
			"tunnel": "", "src_ip": "192.0.2.1", "ip_proto": "17", "src_port": "40000", "payload_len": "33", "ip_hdr_len": "20", "protocols": "raw:ip:ah:udp:dns",
		}},
		{"tunnel mode", 101, outer4(51, ah("04", query)), 0, behind("4", cells{"tunnel": "ah", "protocols": "raw:ip:ah:ip:udp:dns"})},
		{"tunnel mode over IPv6", 101, outer6(51, ah("29", segment)), 0, cells{"tunnel": "ah", "protocols": "raw:ipv6:ah:ipv6:tcp", "outer_src_ip": "2001:db8:1::"}},
		{"around GRE", 101, outer4(51, ah("2f", join(octets("0000 0800"), query))), 0, behind("47", cells{"tunnel": "gre", "protocols": "raw:ip:ah:gre:ip:udp:dns"})},
		{"several", 101, outer4(51, ah("33", ah("11", datagram))), 0, cells{"ip_proto": "17", "protocols": "raw:ip:ah:ah:udp:dns"}},
		{"short", 101, outer4(51, octets("1104 0000")), 0, cells{"ip_proto": "51", "payload_len": "4", "malformed": "tunnel-short"}},
		{"longer than the packet", 101, outer4(51, ah("11", nil)[:20]), 0, cells{"ip_proto": "51", "payload_len": "20", "malformed": "tunnel-short"}},
		{"snapped", 101, outer4(51, ah("11", datagram))[:40], 85, cells{"ip_proto": "51", "payload_len": "65", "malformed": ""}},
		{"without end", 101, outer4(51, []byte(strings.Repeat("\x33\x00\x00\x00\x00\x00\x00\x00", 40))), 0, cells{"payload_len": "192", "src_port": ""}},
	})
}

// carriers are tunnels over UDP around a packet, by what they put before it.
var carriers = []struct {
	name, header, protocols, tunnel, id string
	port                                uint16
}{
	{"VXLAN", "08000000 00123400 020000000004 020000000003 0800", "vxlan:eth", "vxlan", "4660", 4789},
	{"VXLAN of Linux", "08000000 ffffff00 020000000004 020000000003 0800", "vxlan:eth", "vxlan", "16777215", 8472},
	{"VXLAN, tags inside", "08000000 00000100 020000000004 020000000003 88a8 0002 8100 0003 0800", "vxlan:eth:ieee8021ad:vlan", "vxlan", "1", 4789},
	{"VXLAN-GPE, IPv4", "0c000001 00000100", "", "vxlan-gpe", "1", 4790},
	{"VXLAN-GPE, Ethernet", "0c000003 00000100 020000000004 020000000003 0800", "eth", "vxlan-gpe", "1", 4790},
	{"VXLAN-GPE without next protocol", "08000000 00000100 020000000004 020000000003 0800", "eth", "vxlan-gpe", "1", 4790},
	{"VXLAN-GPE, NSH", "0c000004 00000100 0fc30201 000001ff 00000000", "nsh", "vxlan-gpe", "1", 4790},
	{"VXLAN-GPE, MPLS", "0c000005 00000100 00064140", "mpls", "vxlan-gpe", "1", 4790},
	{"Geneve", "0000 6558 00000500 020000000004 020000000003 0800", "geneve:eth", "geneve", "5", 6081},
	{"Geneve, IPv4, options", "0240 0800 00000500 0001800100000007", "geneve", "geneve", "5", 6081},
	{"GTP", "30ff 003d 0000000a", "gtp", "gtp", "10", 2152},
	{"GTP, sequence", "32ff 0041 ffffffff 0001 00 ff", "gtp", "gtp", "4294967295", 2152},
	{"GTP, extensions", "34ff 0049 0000000a 0000 00 85 0110 0985 0110 0900", "gtp", "gtp", "10", 2152},
	{"L2TP", "0002 0003 0004 ff03 0021", "l2tp:ppp", "l2tp", "196612", 1701},
	{"L2TP, all fields", "4a02 004e 0003 0004 0001 0002 0002 0000 21", "l2tp:ppp", "l2tp", "196612", 1701},
	{"L2TPv3", "0003 0000 00000009 020000000004 020000000003 0800", "l2tp:eth", "l2tp", "9", 1701},
	{"L2TPv3, cookie and sublayer", "0003 0000 00000009 0123456789abcdef 00000000 020000000004 020000000003 0800", "l2tp:eth", "l2tp", "9", 1701},
	{"MPLS", "00064 040 00065 140", "mpls", "mpls", "100", 6635},
	{"LISP", "00000000 00000000", "lisp-data", "lisp", "", 4341},
	{"LISP, instance", "08000000 00000701", "lisp-data", "lisp", "7", 4341},
	{"AMT", "0600", "amt", "amt", "", 2268},
}

func TestUDPTunnels(t *testing.T) {
	var frames []frameCase
	for _, c := range carriers {
		chain := strings.Trim("raw:ip:udp:"+c.protocols, ":") + ":ip:udp:dns"
		frames = append(frames, frameCase{c.name, 101, over(c.port, octets(c.header), query), 0, inner(cells{
			"tunnel": c.tunnel, "tunnel_id": c.id, "protocols": chain, "src_mac": "", "ether_type": "", "vlan_id": "", "mpls_label": "",
		})})
	}
	testFrames(t, frames)
}

func TestTeredo(t *testing.T) {
	client := ip6(59, nil, put(8, "20010000"))
	want := func(more cells) cells {
		c := cells{"tunnel": "teredo", "tunnel_id": "", "src_ip": "2001:db8::1", "protocols": "raw:ip:udp:teredo:ipv6:tcp", "l4_chksum_ok": "true", "outer_dst_port": "3544"}
		for name, text := range more {
			c[name] = text
		}
		return c
	}
	testFrames(t, []frameCase{
		{"plain", 101, over(3544, segment), 0, want(nil)},
		{"origin", 101, over(3544, octets("0000 1234 01020304"), segment), 0, want(nil)},
		{"authentication", 101, over(3544, octets("0001 01 02 61 6262 0102030405060708 00"), segment), 0, want(nil)},
		{"both", 101, over(3544, octets("0001 00 00 0102030405060708 00 0000 1234 01020304"), segment), 0, want(nil)},
		{"bubble", 101, over(3544, client), 0, cells{"tunnel": "teredo", "ip_proto": "59", "protocols": "raw:ip:udp:teredo:ipv6", "payload_len": "0"}},
		{"trailer of a client", 101, over(3544, client, octets("0304 00000000")), 0, cells{"tunnel": "teredo", "payload_len": "0"}},
		{"bytes behind another's", 101, over(3544, segment, octets("00")), 0, outside("3544", "84")},
		{"IPv4", 101, over(3544, query), 0, outside("3544", "61")},
	})
}

func TestUDPTunnelsNotBelieved(t *testing.T) {
	mac := octets("020000000004 020000000003")
	vxlan := join(octets("08000000 00000100"), mac, octets("0800"))
	whole := over(4789, vxlan, query)
	testFrames(t, []frameCase{
		{"flag missing", 101, over(4789, octets("00000000 00000100"), mac, octets("0800"), query), 0, outside("4789", "83")},
		{"wrong sum inside", 101, over(4789, vxlan, put(10, "4242")(slices.Clone(query))), 0, outside("4789", "83")},
		{"no sum inside", 101, over(4789, vxlan, put(10, "0000")(slices.Clone(query))), 0, outside("4789", "83")},
		{"longer inside than outside", 101, over(4789, vxlan, ip4(17, query[20:], put(2, "003e"))), 0, outside("4789", "83")},
		{"length below the header", 101, over(4789, vxlan, ip4(17, query[20:], put(2, "0013"))), 0, outside("4789", "83")},
		{"IPv6 announced", 101, over(4789, vxlan[:20], octets("86dd"), query), 0, outside("4789", "83")},
		{"IPv6 longer than the frame", 101, over(4789, vxlan[:20], octets("86dd"), put(4, "0100")(slices.Clone(segment))), 0, outside("4789", "105")},
		{"LLC", 101, over(4789, vxlan[:20], octets("0003 424203")), 0, outside("4789", "25")},
		{"ARP of another shape", 101, over(4789, vxlan[:20], octets("0806 0007 0800 01 04 0001 01 0a000001 02 0a000002 000000000000000000000000")), 0, outside("4789", "52")},
		{"words", 101, over(4789, []byte("plain words, no tunnel")), 0, outside("4789", "22")},
		{"empty", 101, over(4789), 0, outside("4789", "0")},
		{"header inside not captured", 101, whole[:60], int64(len(whole)), outside("4789", "83")},
		{"Geneve of version 1", 101, over(6081, octets("4000 0800 00000500"), query), 0, outside("6081", "69")},
		{"Geneve options beyond the datagram", 101, over(6081, octets("3f00 0800 00000500"), query), 0, outside("6081", "69")},
		{"GTP'", 101, over(2152, octets("20ff 003d 0000000a"), query), 0, outside("2152", "69")},
		{"GTP echo", 101, over(2152, octets("3001 003d 0000000a"), query), 0, outside("2152", "69")},
		{"GTP length beyond the datagram", 101, over(2152, octets("30ff 003e 0000000a"), query), 0, outside("2152", "69")},
		{"GTP extension of no length", 101, over(2152, octets("34ff 0045 0000000a 0000 00 85 00000000"), query), 0, outside("2152", "77")},
		{"GTP extension beyond the datagram", 101, over(2152, octets("34ff 0045 0000000a 0000 00 85 ff000000"), query), 0, outside("2152", "77")},
		{"GTP of IPv6 and more", 101, over(2152, octets("30ff 0054 0000000a"), segment, octets("00")), 0, outside("2152", "92")},
		{"VXLAN-GPE of version 1", 101, over(4790, octets("1c000001 00000100"), query), 0, outside("4790", "69")},
		{"VXLAN-GPE of another protocol", 101, over(4790, octets("0c000007 00000100"), query), 0, outside("4790", "69")},
		{"NSH of another version", 101, over(4790, octets("0c000004 00000100 4fc20201 000001ff"), query), 0, outside("4790", "77")},
		{"L2TP control", 101, over(1701, octets("c802 000c 0003 0000 0001 0002")), 0, outside("1701", "12")},
		{"L2TP, PPP control", 101, over(1701, octets("0002 0003 0004 c021 0101 0004")), 0, outside("1701", "12")},
		{"L2TP length beyond the datagram", 101, over(1701, octets("4002 0100 0003 0004 0021"), query), 0, outside("1701", "71")},
		{"L2TP offset beyond the datagram", 101, over(1701, octets("0202 0003 0004 ffff 0021"), query), 0, outside("1701", "71")},
		{"L2TPv3 control session", 101, over(1701, octets("0003 0000 00000000"), mac, octets("0800"), query), 0, outside("1701", "83")},
		{"labels without end", 101, over(6635, []byte(strings.Repeat("\x00\x06\x40\x40", 17)), octets("00064140"), query), 0, outside("6635", "133")},
		{"LISP of neither version", 101, over(4341, octets("00000000 00000000 00")), 0, outside("4341", "9")},
		{"AMT request", 101, over(2268, octets("0300"), query), 0, outside("2268", "63")},
		{"short headers", 101, over(2268, octets("06")), 0, outside("2268", "1")},
	})
}

func TestTunnelsOverUDP(t *testing.T) {
	vxlan := octets("08000000 00000100 020000000004 020000000003 0800")
	zero6 := outer6(17, udp(5000, 4789, join(vxlan, query)))
	whole := over(4789, vxlan, query)
	testFrames(t, []frameCase{
		{"no checksum over IPv6", 101, zero6, 0, inner(cells{"outer_src_ip": "2001:db8:1::", "outer_dst_ip": "2001:db8:2::", "tunnel": "vxlan", "tunnel_id": "1"})},
		{"no checksum over IPv6, not believed", 101, outer6(17, udp(5000, 4789, vxlan)), 0, cells{"tunnel": "", "malformed": "udp-checksum-zero"}},
		{"reply", 101, outer4(17, udp(2152, 6000, join(octets("30ff 003d 0000000a"), query))), 0, inner(cells{"outer_src_port": "2152", "outer_dst_port": "6000", "tunnel_id": "10"})},
		{"ARP", 1, eth(0x0800, over(4789, vxlan[:20], octets("0806"), request)), 0, cells{
			"tunnel": "vxlan", "src_ip": "10.0.0.1", "ip_version": "", "src_port": "", "udp_len": "", "payload_len": "", "protocols": "eth:ip:udp:vxlan:eth:arp", "ether_type": "2048",
		}},
		{"padded inside", 101, over(4789, vxlan, ping, make([]byte, 14)), 0, cells{"tunnel": "vxlan", "payload_len": "4", "padding_len": "0"}},
		{"snapped inside", 101, whole[:80], int64(len(whole)), cells{"tunnel": "vxlan", "payload_len": "33", "chksum_note": "snapped", "l4_chksum_ok": ""}},
		{"offload inside", 101, over(4789, vxlan, ip4(6, tcp("", octets("61")))), 0, cells{"tunnel": "vxlan", "l4_chksum_ok": "", "chksum_note": "offload-zero"}},
		{"segmentation offload inside", 101, over(4789, vxlan, ip4(6, tcp("", octets("61")), put(2, "0000"))), 0, cells{"tunnel": "vxlan", "ip_len": "41", "chksum_note": "superframe"}},
		{"first fragment", 101, outer4(17, udp(5000, 4789, join(vxlan, query))[:70], put(6, "2000")), 0, cells{
			"tunnel": "vxlan", "src_ip": "10.0.0.1", "src_port": "40000", "payload_len": "12", "ip_len": "61", "chksum_note": "fragment", "malformed": "", "protocol": "dns",
		}},
		{"length beyond the packet", 101, put(24, "0100")(whole), 0, cells{"tunnel": "vxlan", "malformed": "udp-length", "src_port": "40000"}},
	})
}

func TestNestedTunnels(t *testing.T) {
	vxlan := octets("08000000 00000100 020000000004 020000000003 0800")
	deep := func(n int) []byte {
		b := ping
		for range n {
			b = outer4(4, b)
		}
		return b
	}
	testFrames(t, []frameCase{
		{"VXLAN in GRE", 101, outer6(47, join(octets("2000 0800 00000007"), outer4(17, udp(1, 4789, join(vxlan, query))))), 0, inner(cells{
			"tunnel": "vxlan", "tunnel_id": "1", "tunnel_depth": "2", "outer_src_ip": "2001:db8:1::", "outer_dst_ip": "2001:db8:2::", "outer_ip_proto": "47",
			"outer_src_port": "", "protocols": "raw:ipv6:gre:ip:udp:vxlan:eth:ip:udp:dns",
		})},
		{"IP in VXLAN: the identifier is not inherited", 101, over(4789, vxlan, outer4(4, query)), 0, inner(cells{
			"tunnel": "ipip", "tunnel_id": "", "tunnel_depth": "2", "outer_dst_port": "4789", "protocols": "raw:ip:udp:vxlan:eth:ip:ip:udp:dns",
		})},
		{"not believed in GRE", 101, outer4(47, join(octets("0000 0800"), over(4789, query))), 0, cells{"tunnel": "gre", "tunnel_depth": "1", "dst_port": "4789", "protocols": "raw:ip:gre:ip:udp"}},
		{"eight", 101, deep(8), 0, cells{"tunnel_depth": "8", "src_ip": "10.0.0.1", "icmp_type": "8", "outer_src_ip": "192.0.2.1"}},
		{"nine", 101, deep(9), 0, cells{"tunnel_depth": "8", "src_ip": "192.0.2.1", "ip_proto": "4", "icmp_type": "", "payload_len": "32", "malformed": ""}},
		{"UDP in eight", 101, func() []byte {
			b := over(4789, vxlan, query)
			for range 8 {
				b = outer4(4, b)
			}
			return b
		}(), 0, cells{"tunnel_depth": "8", "tunnel": "ipip", "dst_port": "4789", "payload_len": "83"}},
	})
}

// TestInsideAsAlone: the columns of network, transport and payload of a packet in a tunnel are those of the packet alone, whatever the
// headers around it, and the columns of the link layer those of the frame.
func TestInsideAsAlone(t *testing.T) {
	of := func(data []byte, link int32) *schema.Packet {
		return &decodeFrame(frameCase{link: link, data: data}, decode.Options{}).Packets[0]
	}
	from := slices.IndexFunc(schema.Packets.Columns, func(c schema.Column) bool { return c.Name == "ip_version" })
	for _, packet := range [][]byte{query, segment, ping, ping6, ip4(17, octets("61"), put(6, "0001")), ip6(59, nil), put(10, "4242")(slices.Clone(query))} {
		protocol, typ := byte(4), octets("0800")
		if packet[0]>>4 == 6 {
			protocol, typ = 41, octets("86dd")
		}
		alone := of(packet, 101)
		for _, around := range [][]byte{
			outer4(protocol, packet, options("94040000")), outer6(protocol, packet), outer4(47, join(octets("0000 6558 020000000004 020000000003 8100 0005"), typ, packet)),
			outer6(60, join([]byte{47, 0}, octets("0104 00000000 0000"), typ, packet)),
		} {
			got, frame := of(eth(typeOf(around), around), 1), of(eth(typeOf(around), nil), 1)
			for i, c := range schema.Packets.Columns {
				want, _ := schema.Packets.Text(alone, i, nil)
				switch c.Name {
				case "src_mac", "dst_mac", "ether_type", "vlan_id":
					want, _ = schema.Packets.Text(frame, i, nil)
				case "protocols":
					continue
				default:
					if i < from {
						continue
					}
				}
				if text, _ := schema.Packets.Text(got, i, nil); string(text) != string(want) {
					t.Errorf("%s: %s is %q, alone %q", got.Protocols, c.Name, text, want)
				}
			}
		}
	}
}

// typeOf is the EtherType of an IP packet.
func typeOf(packet []byte) uint16 {
	if packet[0]>>4 == 6 {
		return 0x86dd
	}
	return 0x0800
}

// TestTunnelRows: rows of applications and payloads tell the addresses inside.
func TestTunnelRows(t *testing.T) {
	rows := decodeFrame(frameCase{link: 101, data: over(2152, octets("30ff 003d 0000000a"), query)}, decode.Options{Payload: -1})
	if len(rows.DNSs) != 1 || len(rows.Payloads) != 1 {
		t.Fatalf("%d rows of dns, %d payloads", len(rows.DNSs), len(rows.Payloads))
	}
	want := cells{"src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "src_port": "40000", "dst_port": "53"}
	checkCells(t, schema.DNSs, &rows.DNSs[0], want)
	checkCells(t, schema.Payloads, &rows.Payloads[0], want)
}

// TestRewrittenInTunnel: the addresses and sums that are compared belong to the same header.
func TestRewrittenInTunnel(t *testing.T) {
	d, rows := decode.New(decode.Options{}), new(decode.Rows)
	moved := func(p []byte, at int) []byte { p[at] += 7; return p }
	for range 2 {
		for _, p := range [][]byte{outer4(4, moved(slices.Clone(query), 15)), moved(outer4(4, ping), 15), moved(outer4(41, ping6), 15)} {
			d.Decode(&capture.Frame{LinkType: 101, WireLen: int64(len(p)), Data: p}, rows)
		}
	}
	if got := pairs(rows.Packets); len(got) != 1 || got[0].A != "10.0.0.2" || got[0].B != "10.0.0.8" || got[0].Packets != 2 {
		t.Errorf("rewritten addresses: %+v", got)
	}
}
