package decode_test

import (
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
)

// messages are one of each kind over UDP, with the protocol that they are.
var messages = []struct {
	protocol string
	src, dst uint16
	data     []byte
}{
	{"dns", 53, 40000, answerTo(record(1, 60, "c0000201"), record(16, 1, chars("a,b")), record(65, 1, "0001 00 0001 0003 02 6832 0004 0004 c0000201"), record(6, 1, "c00c c00e 00000001 00000002 00000003 00000004 00000005"))},
	{"dns", 40000, 53, octets("0001 0000 0000 0000 0000 0001 00 0029 1000 00008000 0011 0008 0007 0001 18 00 c00002 000f 0002 0016")},
	{"dhcp", 68, 67, bootp(1, "35 01 01 3d 07 01 000b8201fc42 32 04 0a000005 37 04 01 03 06 2a 0c 04 686f7374 51 08 04 00 00 01 61 01 62 00 ff")},
	{"dhcpv6", 546, 547, octets("03 000001 0001 000e 0001 0001 12345678 020000000001 0003 0028 00000001 00000000 00000000 0005 0018 20010db8000000000000000000000005 00000e10 00001c20")},
	{"ntp", 123, 123, octets("24 01 0a e9 00010000 00008000 47505300 e5a1b2c3 80000000 00000000 00000000 83aa7e80 00000000 00000001 00000000")},
	{"snmp", 40000, 161, octets("30 26 02 01 01 04 06 7075626c6963")},
	{"snmp", 162, 162, octets("30 82 0026 02 01 03 30")},
	{"cldap", 40000, 389, octets("30 2d 02 01 01 63 28")},
	{"ssdp", 40000, 1900, []byte("M-SEARCH * HTTP/1.1\r\n")},
	{"memcache", 40000, 11211, []byte("\x00\x01\x00\x00\x00\x01\x00\x00stats\r\n")},
	{"memcache", 11211, 40000, []byte("\x00\x01\x00\x01\x00\x02\x00\x00anything")},
}

func TestMessages(t *testing.T) {
	for _, m := range messages {
		rows := decodeFrame(frameCase{link: 101, data: ip4(17, udp(m.src, m.dst, m.data))}, decode.Options{})
		if p := &rows.Packets[0]; p.Protocol != m.protocol || p.Protocols != "raw:ip:udp:"+m.protocol || p.Malformed != "" {
			t.Errorf("%s is %s, malformed %q", m.protocol, p.Protocols, p.Malformed)
		} else if decode.Service(p) != m.protocol {
			t.Errorf("service %q of %s", decode.Service(p), m.protocol)
		}
		elsewhere := decodeFrame(frameCase{link: 101, data: ip4(17, udp(1, 2, m.data))}, decode.Options{})
		if p := &elsewhere.Packets[0]; p.Protocol != "udp" || decode.Service(p) != "" {
			t.Errorf("%s on other ports is %s", m.protocol, p.Protocol)
		}
		noise := make([]byte, len(m.data))
		for i := range noise {
			noise[i] = 0xfe
		}
		if p := &decodeFrame(frameCase{link: 101, data: ip4(17, udp(m.src, m.dst, noise))}, decode.Options{}).Packets[0]; p.Protocol != "udp" {
			t.Errorf("noise on the ports of %s is %s", m.protocol, p.Protocol)
		}
	}
}
