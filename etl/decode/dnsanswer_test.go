package decode_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

// record is a record of type typ and class IN whose name points to the question of answerTo.
func record(typ, ttl int, data string) string {
	b := octets(data)
	return fmt.Sprintf("c00c %04x 0001 %08x %04x %x ", typ, ttl, len(b), b)
}

// answerTo is a response to "a.example A" with records in the answer section.
func answerTo(records ...string) []byte {
	return octets("0001 8180 0001" + fmt.Sprintf("%04x", len(records)) + "0000 0000 01610765 78616d706c6500 0001 0001" + strings.Join(records, ""))
}

// chars is a character-string in hex.
func chars(s string) string { return fmt.Sprintf("%02x%x", len(s), s) }

func TestDNSAnswers(t *testing.T) {
	dotted := hex.EncodeToString([]byte{1, 'x'})
	cases := []struct {
		name    string
		records []string
		want    cells
	}{
		{"addresses", []string{record(5, 300, "0162 c00e"), record(1, 60, "c0000201"), record(28, 61, "20010db8000000000000000000000001")}, cells{
			"answers": "b.example,192.0.2.1,2001:db8::1", "answer_names": "a.example,a.example,a.example", "answer_types": "5,1,28",
			"answer_ttls": "300,60,61", "answer_ips": "192.0.2.1,2001:db8::1", "min_ttl": "60", "cut": "false", "malformed": "",
		}},
		{"none", nil, cells{"answers": "", "answer_names": "", "answer_types": "", "answer_ttls": "", "answer_ips": "", "min_ttl": "", "edns_version": "", "ext_rcode": "", "malformed": ""}},
		{"MX", []string{record(15, 1, "000a 02 6d78 c00c")}, cells{"answers": "10 mx.a.example", "answer_ips": ""}},
		{"NS, PTR, DNAME, the root", []string{record(2, 1, "c00c"), record(12, 1, "c00e"), record(39, 1, "00")}, cells{"answers": "a.example,example,."}},
		{"SRV", []string{record(33, 1, "0001 0002 01bb c00c")}, cells{"answers": "1 2 443 a.example"}},
		{"SOA", []string{record(6, 1, "c00c 01 61 c00e 00000001 00000002 00000003 00000004 ffffffff")}, cells{"answers": "a.example a.example 1 2 3 4 4294967295"}},
		{"TXT", []string{record(16, 1, chars(`v=1, "\`)+chars("")+chars("é"))}, cells{"answers": `"v=1\, \"\\" "" "\195\169"`}},
		{"HINFO, CAA, NAPTR", []string{record(13, 1, chars("PC")+chars("OS")), record(257, 1, "80"+chars("issue")+"6361"), record(35, 1, "0001 0002"+chars("u")+chars("E2U")+chars("!a!")+"00")}, cells{
			"answers": `"PC" "OS",128 issue "ca",1 2 "u" "E2U" "!a!" .`,
		}},
		{"DS, TLSA, SSHFP", []string{record(43, 1, "0001 08 02 abcd"), record(52, 1, "03 01 01 ef"), record(44, 1, "04 02 01")}, cells{"answers": "1 8 2 abcd,3 1 1 ef,4 2 01"}},
		{"HTTPS", []string{record(65, 1, "0001 00 0000 0002 0001 0001 0006 02 6832 02 6833 0003 0002 20fb 0004 0008 c0000201 c0000202 0005 0003 010203 0006 0010 20010db8000000000000000000000001 02bc 0001 61")}, cells{
			"answers": `1 . mandatory=alpn alpn=h2\,h3 port=8443 ipv4hint=192.0.2.1\,192.0.2.2 ech=AQID ipv6hint=2001:db8::1 key700="a"`, "answer_ips": "",
		}},
		{"SVCB alias, no default ALPN", []string{record(64, 1, "0000 c00c"), record(64, 1, "0001 00 0002 0000")}, cells{"answers": "0 a.example,1 . no-default-alpn"}},
		{"a type that is not read", []string{record(999, 1, "0102ff"), record(999, 1, "")}, cells{"answers": `\# 3 0102ff,\# 0`, "malformed": ""}},
		{"another class", []string{"c00c 0001 0003 00000001 0003 010203"}, cells{"answers": `\# 3 010203`, "answer_ips": "", "malformed": ""}},
		{"comma in a name", []string{record(5, 1, "03 612c62 00"), "02 2c2c 00 0001 0001 00000000 0004 01010101"}, cells{"answers": `a\,b,1.1.1.1`, "answer_names": `a.example,\,\,`}},
		{"A of three bytes", []string{record(1, 1, "010203"), record(1, 1, "01020304")}, cells{"answers": `\# 3 010203`, "answer_types": "1", "answer_ips": "", "malformed": "dns-data", "trailing_bytes": ""}},
		{"A of five bytes", []string{record(1, 1, "0102030405")}, cells{"answers": `\# 5 0102030405`, "malformed": "dns-data"}},
		{"TXT of no string", []string{record(16, 1, "")}, cells{"answers": `\# 0`, "malformed": "dns-data"}},
		{"string beyond the data", []string{record(16, 1, "05 61")}, cells{"answers": `\# 2 0561`, "malformed": "dns-data"}},
		{"name beyond the data", []string{record(5, 1, "05 61"), record(1, 1, "01020304")}, cells{"answers": `\# 2 0561`, "malformed": "dns-data"}},
		{"pointer in a ring", []string{record(5, 1, "c027")}, cells{"malformed": "dns-data"}},
		{"answer beyond the message", []string{record(1, 5, "01020304"), "c00c 0001 0001 00000001 00ff 01"}, cells{"answers": "1.2.3.4", "malformed": "dns-record", "min_ttl": "5"}},
		{"long list", []string{record(16, 1, strings.Repeat("ff"+strings.Repeat("61", 255), 15)), record(16, 1, strings.Repeat("ff"+strings.Repeat("61", 255), 15)), record(1, 0, "01010101")}, cells{"answer_types": "16", "cut": "true", "min_ttl": "0", "malformed": ""}},
		{"parameter beyond the data", []string{record(65, 1, "0001 00 0001 00ff 02 6832")}, cells{"malformed": "dns-data"}},
		{"data that are not their parameter's", []string{record(65, 1, "0001 00 0003 0001 02")}, cells{"malformed": "dns-data"}},
		{"name of an answer in a ring", []string{"c01b 0001 0001 00000001 0004" + dotted + dotted}, cells{"answers": "", "malformed": "dns-data"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			checkDNS(t, answerTo(c.records...), c.want)
		})
	}
}

func checkDNS(t *testing.T, message []byte, want cells) {
	t.Helper()
	rows := decodeFrame(frameCase{link: 101, data: sealed(ip4(17, udp(53, 40000, message)))}, decode.Options{})
	if len(rows.DNSs) != 1 {
		t.Fatalf("%d rows of dns", len(rows.DNSs))
	}
	checkCells(t, schema.DNSs, &rows.DNSs[0], want)
}

func TestEDNS(t *testing.T) {
	// opt is a response without a question whose OPT record has the fields and options told.
	opt := func(rcode byte, size, ttl, options string) []byte {
		o := octets(options)
		return join(octets("0001 80"), []byte{rcode}, octets("0000 0000 0000 0001 00 0029"+size+ttl+fmt.Sprintf("%04x", len(o))), o)
	}
	cases := []struct {
		name    string
		message []byte
		want    cells
	}{
		{"plain", opt(0xb3, "04d0", "00008000", ""), cells{
			"edns_version": "0", "edns_udp_size": "1232", "edns_do": "true", "ext_rcode": "3", "rcode": "3", "edns_options": "", "ra": "true", "z": "false", "ad": "true", "cd": "true",
		}},
		{"extended code", opt(0x40, "ffff", "01010000", ""), cells{"ext_rcode": "16", "rcode": "0", "edns_version": "1", "edns_udp_size": "65535", "edns_do": "false", "z": "true", "ad": "false", "cd": "false"}},
		{"query", octets("0001 0000 0000 0000 0000 0001 00 0029 1000 00000000 0000"), cells{"ext_rcode": "", "rcode": "", "edns_udp_size": "4096"}},
		{"client subnet", opt(0, "1000", "00000000", "0008 0007 0001 18 00 c00002"), cells{"edns_client_subnet": "192.0.2.0/24", "edns_options": "8"}},
		{"client subnet of IPv6", opt(0, "1000", "00000000", "000a 0000 0008 000b 0002 38 00 20010db8000001"), cells{"edns_client_subnet": "2001:db8:0:100::/56", "edns_options": "10,8"}},
		{"client subnet of nobody", opt(0, "1000", "00000000", "0008 0004 0001 00 00"), cells{"edns_client_subnet": "0.0.0.0/0"}},
		{"client subnet too long", opt(0, "1000", "00000000", "0008 0009 0001 28 00 0102030405"), cells{"edns_client_subnet": "", "malformed": ""}},
		{"client subnet of another family", opt(0, "1000", "00000000", "0008 0004 0003 00 00"), cells{"edns_client_subnet": ""}},
		{"extended error", opt(2, "1000", "00000000", "000f 0004 0016 6f6b 000f 0002 0017"), cells{"edns_error": "22", "edns_error_text": "ok", "edns_options": "15,15"}},
		{"extended error, no text, not UTF-8", opt(2, "1000", "00000000", "000f 0003 0000 ff"), cells{"edns_error": "0", "edns_error_text": "\ufffd"}},
		{"option beyond the record", opt(2, "1000", "00000000", "000f 0004 0016"), cells{"edns_error": "", "edns_options": "", "edns_version": "0"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { checkDNS(t, c.message, c.want) })
	}
}
