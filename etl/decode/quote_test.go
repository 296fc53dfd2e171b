package decode_test

import (
	"fmt"
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

// TestQuotes says what an ICMP error tells of the packet that it quotes; "" nothing.
func TestQuotes(t *testing.T) {
	dns := udp(40000, 53, octets("aabbccdd"))
	hop := octets("11 00 0000 00000000") // hop-by-hop options before UDP
	cases := []struct {
		name  string
		frame []byte
		want  string
	}{
		{"unreachable", ip4(1, join(octets("0303 0000 00000000"), ip4(17, dns))), "4 17 40000>53"},
		{"eight bytes of transport", ip4(1, join(octets("0b00 0000 00000000"), ip4(17, dns)[:28])), "4 17 40000>53"},
		{"too few", ip4(1, join(octets("0b00 0000 00000000"), ip4(17, dns)[:22])), ""},
		{"no address", ip4(1, join(octets("0b00 0000 00000000"), ip4(17, dns)[:12])), ""},
		{"echo", ip4(1, join(octets("0b00 0000 00000000"), ping)), "4 1 icmp 8 0 id 4369"},
		{"an error", ip4(1, join(octets("0b00 0000 00000000"), ip4(1, octets("0303 0000 00001111")))), "4 1 icmp 3 3"},
		{"a protocol without ports", ip4(1, join(octets("0302 0000 00000000"), ip4(50, octets("00000001")))), "4 50"},
		{"a later fragment", ip4(1, join(octets("0b01 0000 00000000"), fragment(ip4(17, dns)))), ""},
		{"no error", ping, ""},
		{"IPv6", ip6(58, join(octets("0104 0000 00000000"), ip6(17, dns))), "6 17 40000>53"},
		{"IPv6, extension header", ip6(58, join(octets("0300 0000 00000000"), ip6(0, join(hop, dns)))), "6 17 40000>53"},
		{"IPv6, echo", ip6(58, join(octets("0100 0000 00000000"), ping6)), "6 58 icmp 128 0 id 4369"},
		{"IPv6, no error", ping6, ""},
	}
	for _, c := range cases {
		rows := decodeFrame(frameCase{link: 101, data: c.frame}, decode.Options{})
		got := ""
		for _, q := range rows.Quotes {
			got += describe(&q.Packet)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// fragment makes a later fragment of an IPv4 packet.
func fragment(packet []byte) []byte {
	packet[7] = 1
	return packet
}

func describe(q *schema.Packet) string {
	text := fmt.Sprint(q.IPVersion, " ", q.IPProto)
	if q.Has&schema.HasPorts != 0 {
		text += fmt.Sprintf(" %d>%d", q.SrcPort, q.DstPort)
	}
	if q.Has&schema.HasICMP != 0 {
		text += fmt.Sprintf(" icmp %d %d", q.ICMPType, q.ICMPCode)
	}
	if q.Has&schema.HasICMPID != 0 {
		text += fmt.Sprintf(" id %d", q.ICMPID)
	}
	return text
}
