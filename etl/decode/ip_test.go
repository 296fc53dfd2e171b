package decode_test

import "testing"

func TestIPv4(t *testing.T) {
	datagram := sealed(ip4(17, udp(1000, 2000, octets("616263"))))
	testFrames(t, []frameCase{
		{"plain", 101, sealed(ip4(17, udp(1000, 2000, octets("616263")), put(1, "b9"), put(6, "4000"))), 0, cells{
			"ip_version": "4", "ip_hdr_len": "20", "ip_tos": "185", "ip_len": "31", "ip_id": "4660", "ip_flags": "2", "ip_frag_offset": "0",
			"ip_ttl": "64", "ip_proto": "17", "ip_flow_label": "", "ip_chksum_ok": "true", "ip_options_count": "0",
			"src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "payload_len": "3", "padding_len": "0", "chksum_note": "",
		}},
		{"options", 101, sealed(ip4(17, udp(1000, 2000, nil), options("01 94040000 00 0000"))), 0, cells{
			"ip_hdr_len": "28", "ip_options_count": "3", "ip_len": "36", "src_port": "1000", "ip_chksum_ok": "true", "malformed": "",
		}},
		{"source route", 101, func() []byte { // on its way to 10.0.0.2 by 10.0.0.9
			b := sealed(ip4(17, udp(1, 2, nil), options("8307040a00000200")))
			b[19] = 9
			return b
		}(), 0, cells{"dst_ip": "10.0.0.9", "l4_chksum_ok": "true", "ip_options_count": "2"}},
		{"source route at its end", 101, sealed(ip4(17, udp(1, 2, nil), options("8307080a00000900"))), 0, cells{"dst_ip": "10.0.0.2", "l4_chksum_ok": "true"}},
		{"option of no length", 101, sealed(ip4(17, udp(1000, 2000, nil), options("94000000"))), 0, cells{
			"ip_options_count": "1", "malformed": "ip-options", "src_port": "1000",
		}},
		{"option beyond the header", 101, sealed(ip4(17, udp(1000, 2000, nil), options("94050000"))), 0, cells{"malformed": "ip-options"}},
		{"wrong sum", 101, func() []byte { b := sealed(ip4(17, udp(1, 2, nil))); b[10] ^= 1; return b }(), 0, cells{
			"ip_chksum_ok": "false", "l4_chksum_ok": "true", "chksum_note": "", "malformed": "",
		}},
		{"sum left to the network card", 101, func() []byte { b := sealed(ip4(17, udp(1, 2, nil))); b[10], b[11] = 0, 0; return b }(), 0, cells{
			"ip_chksum": "0", "ip_chksum_ok": "", "chksum_note": "offload-zero", "l4_chksum_ok": "true",
		}},
		{"padded", 1, eth(0x0800, join(datagram, make([]byte, 15))), 0, cells{"padding_len": "15", "payload_len": "3", "l4_chksum_ok": "true"}},
		{"length 0", 1, eth(0x0800, ip4(6, tcp("", octets("6162")), put(2, "0000"))), 0, cells{
			"ip_len": "42", "chksum_note": "superframe", "padding_len": "0", "payload_len": "2", "malformed": "",
		}},
		{"snapped in the header", 1, eth(0x0800, datagram[:12]), 60, cells{
			"ip_version": "", "src_ip": "", "padding_len": "", "malformed": "", "protocols": "eth:ip",
		}},
		{"snapped in the options", 101, ip4(17, nil, options("01010101"))[:22], 24, cells{
			"ip_version": "4", "ip_hdr_len": "24", "ip_chksum_ok": "", "ip_options_count": "", "chksum_note": "snapped", "malformed": "",
		}},
		{"short", 101, datagram[:12], 0, cells{"ip_version": "", "malformed": "ip-short"}},
		{"header length below 20", 101, ip4(17, udp(1, 2, nil), put(0, "44")), 0, cells{
			"ip_hdr_len": "16", "src_ip": "10.0.0.1", "src_port": "", "malformed": "ip-header-length",
		}},
		{"header longer than the packet", 101, ip4(17, udp(1, 2, nil), put(0, "4f")), 0, cells{"ip_hdr_len": "60", "malformed": "ip-header-length"}},
		{"length beyond the frame", 101, ip4(17, udp(1, 2, octets("6162")), put(2, "0064")), 0, cells{
			"ip_len": "100", "payload_len": "2", "padding_len": "", "src_port": "1", "l4_chksum_ok": "", "malformed": "ip-total-length",
		}},
		{"length beyond the capture", 101, ip4(17, udp(1, 2, octets("6162")), put(2, "0064")), 100, cells{
			"ip_len": "100", "padding_len": "0", "malformed": "", // the UDP length says less than IP's
		}},
		{"first fragment", 101, ip4(17, udp(1000, 2000, octets("6162636465666768")), put(6, "2000"), put(24, "0400 1234")), 0, cells{
			"ip_flags": "1", "ip_frag_offset": "0", "src_port": "1000", "udp_len": "1024", "payload_len": "8", "l4_chksum": "4660", "l4_chksum_ok": "",
			"chksum_note": "fragment", "malformed": "", "protocols": "raw:ip:udp",
		}},
		{"later fragment", 1, eth(0x0800, join(ip4(17, octets("6162636465666768"), put(6, "0002")), make([]byte, 18))), 0, cells{
			"ip_flags": "0", "ip_frag_offset": "16", "ip_proto": "17", "src_port": "", "payload_len": "8", "padding_len": "18", "chksum_note": "fragment",
			"protocols": "eth:ip", "malformed": "",
		}},
		{"unknown protocol", 101, ip4(253, octets("61")), 0, cells{"ip_proto": "253", "payload_len": "1", "protocols": "raw:ip", "src_port": ""}},
	})
}

func TestIPv6(t *testing.T) {
	const destination2 = "20010db8000000000000000000000002"
	datagram := udp(1000, 2000, octets("616263"))
	// via builds a packet that is on its way to ::9 by a routing header of some type: the sum is made with the final destination.
	via := func(kind string, header string) []byte {
		final := sealed(ip6(17, datagram, put(24, "20010db8000000000000000000000009")))
		h := octets(header)
		h[2] = octets(kind)[0]
		return ip6(43, join(h, final[40:]))
	}
	ok := cells{"l4_chksum_ok": "true", "dst_ip": "2001:db8::2", "protocols": "raw:ipv6:ipv6.routing:udp", "malformed": ""}
	testFrames(t, []frameCase{
		{"plain", 101, sealed(ip6(17, datagram)), 0, cells{
			"ip_version": "6", "ip_hdr_len": "40", "ip_tos": "3", "ip_flow_label": "74565", "ip_len": "51", "ip_ttl": "64", "ip_proto": "17",
			"ip_id": "", "ip_flags": "", "ip_frag_offset": "", "ip_chksum": "", "ip_chksum_ok": "", "ip_options_count": "0", "l4_chksum_ok": "true",
			"src_ip": "2001:db8::1", "dst_ip": "2001:db8::2", "payload_len": "3", "padding_len": "0", "chksum_note": "",
		}},
		{"padded", 1, eth(0x86dd, join(sealed(ip6(17, datagram)), make([]byte, 4))), 0, cells{"padding_len": "4", "l4_chksum_ok": "true"}},
		{"hop-by-hop and destination options", 101, ip6(0, join(octets("3c 00 0104 00000000"), octets("11 01 010c 00000000 00000000 00000000"), datagram)), 0, cells{
			"ip_hdr_len": "64", "ip_options_count": "2", "ip_proto": "17", "src_port": "1000", "payload_len": "3",
			"protocols": "raw:ipv6:ipv6.hopopts:ipv6.dstopts:udp",
		}},
		{"AH", 101, ip6(51, join(octets("11 04 0000 00000001 00000001 000000000000000000000000"), datagram)), 0, cells{
			"ip_hdr_len": "64", "ip_proto": "17", "src_port": "1000", "protocols": "raw:ipv6:ah:udp",
		}},
		{"ESP", 101, ip6(50, octets("00000001 00000001 6162")), 0, cells{"ip_proto": "50", "payload_len": "10", "protocols": "raw:ipv6:esp"}},
		{"mobility, HIP, shim6", 101, ip6(135, octets("8b 00 000000000000 8c 00 000000000000 3b 00 000000000000")), 0, cells{
			"ip_hdr_len": "64", "ip_options_count": "3", "ip_proto": "59", "payload_len": "0", "protocols": "raw:ipv6:mipv6:hip:shim6",
		}},
		{"no next header", 101, ip6(59, octets("6162")), 0, cells{"ip_proto": "59", "payload_len": "2", "protocols": "raw:ipv6"}},
		{"first fragment", 101, ip6(44, join(octets("11 00 0001 deadbeef"), udp(1, 2, octets("61")))), 0, cells{
			"ip_id": "3735928559", "ip_flags": "1", "ip_frag_offset": "0", "ip_hdr_len": "48", "src_port": "1", "payload_len": "1",
			"protocols": "raw:ipv6:ipv6.fraghdr:udp",
		}},
		{"later fragment", 101, ip6(44, join(octets("11 00 05a8 deadbeef"), octets("6162"))), 0, cells{
			"ip_flags": "0", "ip_frag_offset": "1448", "ip_proto": "17", "src_port": "", "payload_len": "2", "chksum_note": "fragment",
			"protocols": "raw:ipv6:ipv6.fraghdr",
		}},
		{"routing type 0", 101, via("00", "11 02 00 01 00000000 20010db8000000000000000000000009"), 0, ok},
		{"routing of mobility", 101, via("02", "11 02 00 01 00000000 20010db8000000000000000000000009"), 0, ok},
		{"routing of RPL", 101, via("03", "11 01 00 01 0f700000 09 00000000000000"), 0, ok},
		{"segment routing", 101, via("04", "11 04 00 01 01000000 20010db8000000000000000000000009"+destination2), 0, ok},
		{"segment routing at its end", 101, ip6(43, join(octets("11 02 04 00 00000000 20010db8000000000000000000000009"), sealed(ip6(17, datagram))[40:])), 0, ok},
		{"payload length 0", 1, eth(0x86dd, put(4, "0000")(sealed(ip6(17, datagram)))), 0, cells{
			"ip_len": "51", "chksum_note": "superframe", "l4_chksum_ok": "true", "payload_len": "3", "malformed": "",
		}},
		{"snapped", 1, eth(0x86dd, sealed(ip6(17, datagram))[:39]), 65, cells{"ip_version": "", "malformed": "", "protocols": "eth:ipv6"}},
		{"extension beyond a padded packet", 101, ip6(0, octets("11 01 0104 00000000")), 64, cells{"ip_proto": "", "malformed": "ipv6-extension", "ip_hdr_len": "40"}},
		{"snapped in an extension", 101, ip6(0, octets("11 01 0104 00000000"), put(4, "0018")), 64, cells{"ip_proto": "", "malformed": ""}},
		{"short", 101, sealed(ip6(17, datagram))[:39], 0, cells{"ip_version": "", "malformed": "ipv6-short"}},
		{"length beyond the frame", 101, ip6(17, datagram, put(4, "0100")), 0, cells{"ip_len": "296", "malformed": "ipv6-payload-length", "payload_len": "3", "padding_len": ""}},
		{"extension beyond the packet", 101, ip6(60, octets("11 ff 0104 00000000")), 0, cells{"ip_proto": "", "malformed": "ipv6-extension"}},
		{"too many extensions", 101, ip6(60, manyExtensions(40)), 0, cells{"ip_proto": "", "malformed": "ipv6-extension"}},
	})
}

// manyExtensions are destination options, each of which announces the next.
func manyExtensions(n int) (b []byte) {
	for range n {
		b = append(b, octets("3c 00 0104 00000000")...)
	}
	return b
}
