package decode_test

import "testing"

func TestTCP(t *testing.T) {
	const syn = "020405b4 0402 080a 00000007 ffffffff 01 030307"
	testFrames(t, []frameCase{
		{"plain", 101, sealed(ip4(6, tcp("", octets("616263")))), 0, cells{
			"src_port": "1000", "dst_port": "80", "tcp_seq": "1", "tcp_ack": "4294967294", "tcp_hdr_len": "20", "tcp_reserved": "0", "tcp_flags": "24",
			"tcp_window": "8192", "tcp_urgent": "0", "l4_chksum_ok": "true", "tcp_options_count": "0", "tcp_sack_ok": "false", "tcp_mss": "",
			"payload_len": "3", "udp_len": "", "icmp_type": "", "protocol": "tcp", "protocols": "raw:ip:tcp",
		}},
		{"over IPv6", 101, sealed(ip6(6, tcp("", octets("616263")))), 0, cells{"l4_chksum_ok": "true", "payload_len": "3", "protocols": "raw:ipv6:tcp"}},
		{"options of a SYN", 101, sealed(ip4(6, tcp(syn, nil))), 0, cells{
			"tcp_hdr_len": "40", "tcp_options_count": "5", "tcp_mss": "1460", "tcp_wscale": "7", "tcp_sack_ok": "true", "tcp_tsval": "7", "tcp_tsecr": "4294967295",
			"payload_len": "0",
		}},
		{"end of options", 101, sealed(ip4(6, tcp("01 00 0204", nil))), 0, cells{"tcp_options_count": "2", "tcp_mss": "", "malformed": ""}},
		{"option of impossible length", 101, sealed(ip4(6, tcp("0204ffff 08010000", octets("61")))), 0, cells{
			"tcp_options_count": "2", "tcp_mss": "65535", "payload_len": "1", "malformed": "tcp-options", "l4_chksum_ok": "true",
		}},
		{"option of unusual length", 101, sealed(ip4(6, tcp("0203ff 01", nil))), 0, cells{"tcp_mss": "", "malformed": ""}},
		{"nine flags, reserved bits", 101, sealed(ip4(6, tcp("", nil), put(32, "5fff"))), 0, cells{"tcp_flags": "511", "tcp_reserved": "7"}},
		{"wrong sum", 101, ip4(6, tcp("", octets("61")), put(36, "4242")), 0, cells{"l4_chksum": "16962", "l4_chksum_ok": "false", "chksum_note": ""}},
		{"sum of the pseudo-header", 101, ip4(6, tcp("", octets("61")), put(36, "141e")), 0, cells{"l4_chksum_ok": "", "chksum_note": "offload-partial"}},
		{"sum 0", 101, ip4(6, tcp("", octets("61"))), 0, cells{"l4_chksum_ok": "", "chksum_note": "offload-zero"}},
		{"wrong sum of a superframe", 101, ip4(6, tcp("", make([]byte, 20000)), put(36, "4242")), 0, cells{"l4_chksum_ok": "", "chksum_note": "superframe"}},
		{"right sum of a superframe", 101, sealed(ip4(6, tcp("", make([]byte, 20000)))), 0, cells{"l4_chksum_ok": "true", "chksum_note": ""}},
		{"snapped behind the header", 101, sealed(ip4(6, tcp("", octets("616263"))))[:40], 43, cells{
			"payload_len": "3", "l4_chksum_ok": "", "chksum_note": "snapped", "malformed": "", "tcp_options_count": "0",
		}},
		{"snapped in the options", 101, sealed(ip4(6, tcp(syn, octets("61"))))[:45], 61, cells{
			"tcp_hdr_len": "40", "tcp_flags": "24", "tcp_options_count": "", "tcp_sack_ok": "", "tcp_mss": "", "payload_len": "1", "malformed": "",
		}},
		{"snapped in the header", 101, sealed(ip4(6, tcp("", nil)))[:30], 40, cells{
			"src_port": "1000", "tcp_seq": "", "chksum_note": "snapped", "payload_len": "", "malformed": "",
		}},
		{"snapped before the ports", 101, sealed(ip4(6, tcp("", nil)))[:22], 40, cells{"ip_proto": "6", "src_port": "", "chksum_note": "snapped", "malformed": ""}},
		{"short", 101, ip4(6, tcp("", nil)[:12]), 0, cells{"src_port": "1000", "tcp_seq": "", "chksum_note": "", "malformed": "tcp-short"}},
		{"data offset below 20", 101, ip4(6, tcp("", nil), put(32, "40")), 0, cells{"tcp_hdr_len": "16", "tcp_seq": "1", "payload_len": "", "malformed": "tcp-header-length"}},
		{"data offset beyond the packet", 101, ip4(6, tcp("", nil), put(32, "f0")), 0, cells{"tcp_hdr_len": "60", "malformed": "tcp-header-length"}},
	})
}

func TestUDP(t *testing.T) {
	testFrames(t, []frameCase{
		{"plain", 101, sealed(ip4(17, udp(1000, 2000, octets("616263")))), 0, cells{
			"src_port": "1000", "dst_port": "2000", "udp_len": "11", "l4_chksum_ok": "true", "payload_len": "3", "tcp_seq": "", "tcp_sack_ok": "",
			"protocols": "raw:ip:udp", "chksum_note": "",
		}},
		{"odd length over IPv6", 101, sealed(ip6(17, udp(1000, 2000, octets("616263")))), 0, cells{"l4_chksum_ok": "true"}},
		{"no checksum", 101, ip4(17, udp(1, 2, nil)), 0, cells{"l4_chksum": "0", "l4_chksum_ok": "", "chksum_note": "absent", "malformed": "", "payload_len": "0"}},
		{"no checksum over IPv6", 101, ip6(17, udp(1, 2, octets("61"))), 0, cells{"l4_chksum_ok": "", "malformed": "udp-checksum-zero", "payload_len": "1"}},
		{"wrong sum", 101, ip4(17, udp(1, 2, nil), put(26, "4242")), 0, cells{"l4_chksum_ok": "false"}},
		{"shorter than the IP packet", 101, ip4(17, join(udp(1, 2, octets("61")), octets("6262"))), 0, cells{"udp_len": "9", "payload_len": "1", "padding_len": "0", "malformed": ""}},
		{"snapped", 101, sealed(ip4(17, udp(1, 2, octets("616263"))))[:29], 31, cells{"payload_len": "3", "chksum_note": "snapped", "malformed": ""}},
		{"snapped in the header", 101, sealed(ip4(17, udp(1, 2, nil)))[:26], 28, cells{"src_port": "1", "udp_len": "", "chksum_note": "snapped", "malformed": ""}},
		{"short", 101, ip4(17, octets("0001 0002 0008")), 0, cells{"src_port": "1", "udp_len": "", "malformed": "udp-short", "chksum_note": ""}},
		{"short ports", 101, ip4(17, octets("0001")), 0, cells{"src_port": "", "malformed": "udp-short"}},
		{"length below 8", 101, ip4(17, udp(1, 2, nil), put(24, "0007")), 0, cells{"udp_len": "7", "payload_len": "", "malformed": "udp-length"}},
		{"length beyond the packet", 101, ip4(17, udp(1, 2, octets("61")), put(24, "0100")), 0, cells{"udp_len": "256", "payload_len": "1", "malformed": "udp-length"}},
	})
}

func TestPortsOnly(t *testing.T) {
	testFrames(t, []frameCase{
		{"UDP-Lite", 101, ip4(136, udp(1, 2, octets("61"))), 0, cells{"src_port": "1", "dst_port": "2", "payload_len": "1", "udp_len": "", "protocols": "raw:ip:udplite"}},
		{"SCTP", 101, ip4(132, octets("0001 0002 00000000 00000000 6162")), 0, cells{"src_port": "1", "payload_len": "2", "protocols": "raw:ip:sctp"}},
		{"DCCP", 101, ip4(33, octets("0001 0002 04 00 0000 00 000000 00000000 6162")), 0, cells{"src_port": "1", "payload_len": "2", "protocols": "raw:ip:dccp"}},
		{"DCCP offset beyond the packet", 101, ip4(33, octets("0001 0002 ff 00 0000 00 000000")), 0, cells{"src_port": "1", "malformed": "ports-short"}},
		{"SCTP short", 101, ip4(132, octets("0001 0002 0000")), 0, cells{"src_port": "1", "payload_len": "", "malformed": "ports-short"}},
		{"SCTP snapped", 101, ip4(132, make([]byte, 40))[:26], 60, cells{"src_port": "0", "payload_len": "28", "malformed": ""}},
	})
}

func TestICMP(t *testing.T) {
	quoted := sealed(ip4(17, udp(1000, 2000, nil)))
	testFrames(t, []frameCase{
		{"echo", 101, ping, 0, cells{
			"icmp_type": "8", "icmp_code": "0", "icmp_id": "4369", "icmp_seq": "2", "l4_chksum_ok": "true", "payload_len": "4", "src_port": "",
			"protocols": "raw:ip:icmp",
		}},
		{"error", 101, sealed(ip4(1, join(octets("0303 0000 00000000"), quoted))), 0, cells{
			"icmp_type": "3", "icmp_code": "3", "icmp_id": "", "src_port": "", "src_ip": "10.0.0.1", "payload_len": "28", "protocols": "raw:ip:icmp",
		}},
		{"wrong sum", 101, ip4(1, octets("0800 4242 11110002")), 0, cells{"l4_chksum_ok": "false"}},
		{"all zero", 101, ip4(1, make([]byte, 8)), 0, cells{"l4_chksum_ok": "", "chksum_note": "offload-zero"}},
		{"short", 101, ip4(1, octets("080000")), 0, cells{"icmp_type": "", "malformed": "icmp-short"}},
		{"header short", 101, ip4(1, octets("0800f7ff")), 0, cells{"icmp_type": "8", "icmp_id": "", "payload_len": "", "malformed": "icmp-short"}},
		{"snapped", 101, ping[:24], 32, cells{"icmp_type": "8", "icmp_id": "", "payload_len": "4", "chksum_note": "snapped", "malformed": ""}},
		{"echo of v6", 101, ping6, 0, cells{
			"icmp_type": "128", "icmp_id": "4369", "icmp_seq": "2", "l4_chksum_ok": "true", "payload_len": "4", "protocols": "raw:ipv6:icmpv6",
		}},
		{"neighbour solicitation", 101, sealed(ip6(58, octets("8700 0000 00000000 20010db8000000000000000000000002"))), 0, cells{
			"icmp_type": "135", "icmp_id": "", "l4_chksum_ok": "true", "payload_len": "20",
		}},
		{"too big", 101, sealed(ip6(58, octets("0200 0000 00000500 6162"))), 0, cells{"icmp_type": "2", "payload_len": "2"}},
		{"v6 in v4", 101, ip4(58, octets("8000 7fff")), 0, cells{"icmp_type": "128", "icmp_id": "", "payload_len": "", "malformed": "icmp-short"}},
		{"extended echo", 101, sealed(ip4(1, octets("2a00 0000 1111 0201"))), 0, cells{"icmp_type": "42", "icmp_id": "4369", "icmp_seq": "2", "payload_len": "0"}},
		{"extended echo of v6", 101, sealed(ip6(58, octets("a100 0000 1111 0204"))), 0, cells{"icmp_type": "161", "icmp_id": "4369", "icmp_seq": "2", "payload_len": "0"}},
		{"v6 short", 101, ip6(58, octets("80")), 0, cells{"icmp_type": "", "malformed": "icmp-short"}},
	})
}
