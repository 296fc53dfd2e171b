package decode_test

import (
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

const (
	dnsQuery    = "000c 0100 0001 0000 0000 0000 03777777 07657861 6d706c65 03636f6d 00 0001 0001"
	dnsResponse = "000c 8583 0001 0001 0000 0001 03777777 07657861 6d706c65 03636f6d 00 0001 0001" +
		"c00c 0001 0001 0000003c 0004 c0000201" + "00 0029 04d0 00000000 0000"
)

func TestDNS(t *testing.T) {
	const header = "0001 0100 0001 0000 0000 0000"
	cases := []struct {
		name     string
		src, dst uint16
		message  []byte
		captured int   // bytes of the message; 0: all
		packet   cells // of packets
		want     cells // of dns; nil: no row
	}{
		{"query", 40000, 53, octets(dnsQuery), 0, cells{"protocols": "raw:ip:udp:dns", "protocol": "dns", "malformed": ""}, cells{
			"dns_id": "12", "is_response": "false", "opcode": "0", "rd": "true", "ra": "false", "aa": "false", "tc": "false", "rcode": "",
			"question_count": "1", "qname": "www.example.com", "qtype": "1", "qclass": "1", "message_len": "33", "trailing_bytes": "0",
			"transport": "udp", "src_ip": "10.0.0.1", "src_port": "40000", "dst_port": "53", "malformed": "", "flow_id": "",
		}},
		{"response", 53, 40000, octets(dnsResponse), 0, nil, cells{
			"is_response": "true", "aa": "true", "rd": "true", "ra": "true", "rcode": "3", "answer_count": "1", "authority_count": "0",
			"additional_count": "1", "qname": "www.example.com", "trailing_bytes": "0", "message_len": "60",
		}},
		{"bytes behind the last record", 53, 53, join(octets(dnsQuery), make([]byte, 500)), 0, cells{"payload_len": "533"}, cells{"trailing_bytes": "500"}},
		{"snapped behind the records", 1, 53, join(octets(dnsQuery), make([]byte, 500)), 40, nil, cells{"trailing_bytes": "500", "message_len": "533", "qname": "www.example.com"}},
		{"snapped in the records", 53, 1, octets(dnsResponse), 40, cells{"malformed": ""}, cells{"trailing_bytes": "", "qname": "www.example.com", "malformed": ""}},
		{"snapped in the name", 1, 53, octets(dnsQuery), 20, cells{"malformed": ""}, cells{"qname": "", "qtype": "", "trailing_bytes": "", "malformed": ""}},
		{"snapped in the header", 1, 53, octets(dnsQuery), 8, cells{"protocol": "dns", "malformed": ""}, nil},
		{"root", 1, 53, octets(header + "00 0002 0001"), 0, nil, cells{"qname": ".", "qtype": "2", "trailing_bytes": "0"}},
		{"name to escape", 1, 53, octets(header + "06 612e625c 00ff 00 0001 0001"), 0, nil, cells{"qname": `a\.b\\\000\255`}},
		{"name with a space", 1, 53, octets(header + "03 612062 00 0001 0001"), 0, nil, cells{"qname": `a\032b`}},
		{"no question", 1, 53, octets("0001 2800 0000 0000 0000 0000"), 0, nil, cells{"opcode": "5", "qname": "", "qtype": "", "trailing_bytes": "0"}},
		{"mdns", 5353, 5353, octets(dnsQuery), 0, cells{"protocols": "raw:ip:udp:mdns"}, cells{"qname": "www.example.com"}},
		{"mdns, unicast response wished", 5353, 5353, octets(header + "00 0001 8001"), 0, nil, cells{"qclass": "1"}},
		{"llmnr", 5000, 5355, octets(dnsQuery), 0, cells{"protocols": "raw:ip:udp:llmnr"}, cells{"qname": "www.example.com"}},
		{"pointer to itself", 1, 53, octets(header + "c00c 0001 0001"), 0, cells{"malformed": "dns-name"}, cells{"qname": "", "trailing_bytes": "", "malformed": "dns-name"}},
		{"pointer forward", 1, 53, octets(header + "c010 0001 0001 00"), 0, nil, cells{"qname": ".", "malformed": "", "trailing_bytes": "1"}},
		{"pointer forward, as masscan sends it", 1, 53, octets(header + "07 76657273696f6e 04 62696e64 c01b 0010 0003"), 0, nil, cells{
			"qname": "version.bind", "qtype": "16", "qclass": "3", "trailing_bytes": "0",
		}},
		{"pointers in a ring", 1, 53, octets(header + "0161 c00c 0001 0001"), 0, nil, cells{"malformed": "dns-name"}},
		{"pointer behind the message", 1, 53, octets(header + "c0ff 0001 0001"), 0, nil, cells{"malformed": "dns-name"}},
		{"label of a reserved kind", 1, 53, octets(header + "41 00 0001 0001 00"), 0, nil, cells{"malformed": "dns-name"}},
		{"longest name", 1, 53, octets(header + strings.Repeat("013f", 127) + "00 0001 0001"), 0, nil, cells{"qname": strings.Repeat("?.", 126) + "?", "malformed": ""}},
		{"name too long", 1, 53, octets(header + strings.Repeat("013f", 128) + "00 0001 0001"), 0, nil, cells{"qname": "", "malformed": "dns-name"}},
		{"question cut", 1, 53, octets(header + "0161 00 0001"), 0, cells{"malformed": "dns-record"}, cells{"malformed": "dns-record", "trailing_bytes": ""}},
		{"record beyond the message", 53, 1, octets("0001 8000 0000 0001 0000 0000 00 0001 0001 00000000 ffff"), 0, nil, cells{"malformed": "dns-record", "trailing_bytes": ""}},
		{"header cut", 1, 53, octets("0001 0100"), 0, cells{"protocol": "dns", "malformed": "dns-short"}, nil},
		{"more records than room", 1, 53, octets("0001 0100 0001 0100 0000 0000 00 0001 0001"), 0, cells{"protocol": "udp", "malformed": ""}, nil},
		{"opcode that is not assigned", 1, 53, octets("0001 7800 0000 0000 0000 0000"), 0, cells{"protocol": "udp", "malformed": ""}, nil},
		{"empty", 1, 53, nil, 0, cells{"protocol": "udp", "payload_len": "0"}, nil},
		{"another port", 1, 54, octets(dnsQuery), 0, cells{"protocol": "udp"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := frameCase{link: 101, data: sealed(ip4(17, udp(c.src, c.dst, c.message)))}
			if f.wire = int64(len(f.data)); c.captured > 0 {
				f.data = f.data[:28+c.captured]
			}
			rows := decodeFrame(f, decode.Options{})
			checkCells(t, schema.Packets, &rows.Packets[0], c.packet)
			switch {
			case c.want == nil && len(rows.DNSs) > 0:
				t.Errorf("a row of dns: %+v", rows.DNSs[0])
			case c.want != nil && len(rows.DNSs) != 1:
				t.Errorf("%d rows of dns", len(rows.DNSs))
			case c.want != nil:
				checkCells(t, schema.DNSs, &rows.DNSs[0], c.want)
			}
		})
	}
}

// TestFragmentedDNS: the first fragment tells the question and how long the message is; where its records end it cannot tell.
func TestFragmentedDNS(t *testing.T) {
	whole := udp(53, 40000, join(octets(dnsResponse), make([]byte, 2000)))
	rows := decodeFrame(frameCase{link: 101, data: ip4(17, whole[:56], put(6, "2000"))}, decode.Options{})
	checkCells(t, schema.Packets, &rows.Packets[0], cells{"protocol": "dns", "payload_len": "48", "chksum_note": "absent", "malformed": ""})
	if len(rows.DNSs) != 1 {
		t.Fatalf("%d rows of dns", len(rows.DNSs))
	}
	checkCells(t, schema.DNSs, &rows.DNSs[0], cells{"qname": "www.example.com", "message_len": "2060", "trailing_bytes": "", "malformed": ""})
}
