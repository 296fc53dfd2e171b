package decode_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

// FuzzDecode feeds any bytes as a frame of every link type: no panic, one packet, lengths that add up, names from the closed lists.
func FuzzDecode(f *testing.F) {
	dns := udp(53, 40000, octets(dnsResponse))
	for _, seed := range [][]byte{
		eth(0x0800, ping), eth(0x88a8, join(octets("0fff 8100 0001 86dd"), ping6)), eth(3, octets("424203")),
		eth(0x0806, octets("0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002")),
		sealed(ip4(17, dns)), sealed(ip6(17, dns)), sealed(ip4(6, tcp("020405b4 0402 080a 00000007 ffffffff 01 030307", octets("61")), options("94040000"))),
		ip6(0, join(octets("2c 00 0104 00000000 2b 00 0001 deadbeef 33 02 00 01 00000000 20010db8000000000000000000000009"), octets("11 04 0000 00000001 00000001 000000000000000000000000"), dns)),
		join(octets("0000 0001 0006 020000000001 0000 0800"), ping), join(octets("0800 0000 00000003 0001 04 06 0200000000010000"), ping), join(octets("02000000"), ping),
	} {
		f.Add(seed, uint32(0), int32(4))
		f.Add(seed, uint32(1500), int32(0))
	}
	for _, c := range carriers {
		f.Add(over(c.port, octets(c.header), query), uint32(0), int32(0))
		f.Add(over(c.port, octets(c.header), query[:40]), uint32(1500), int32(0))
	}
	for _, b := range [][]byte{
		outer4(4, outer4(41, outer6(47, join(octets("0000 6558 020000000004 020000000003 0800"), query)))), outer4(51, join(octets("0404 0000 00000001 00000001 000000000000000000000000"), query)),
		outer4(47, join(octets("3081 880b 003d 0009 00000001 00000002 21"), query)), outer4(47, octets("1000 22eb 00000001 2064 0001 00000000 0000 0001 1000000000000000")),
		over(3544, octets("0001 00 00 0102030405060708 00 0000 1234 01020304"), segment), outer4(115, join(octets("00000009 020000000004 020000000003 0800"), query)),
	} {
		f.Add(b, uint32(0), int32(0))
	}
	for _, cases := range linkCases {
		for _, c := range cases {
			f.Add(c.data, uint32(c.wire), int32(0))
		}
	}
	for _, m := range messages {
		f.Add(ip4(17, udp(m.src, m.dst, m.data)), uint32(0), int32(0))
	}
	types := decode.LinkTypes()
	f.Fuzz(func(t *testing.T, data []byte, wire uint32, fcs int32) {
		d, rows := decode.New(decode.Options{Payload: 16}), new(decode.Rows)
		for i, l := range append(types, decode.LinkType{Number: -1}) {
			d.Decode(&capture.Frame{HasTS: true, LinkType: l.Number, FCSLen: fcs, WireLen: int64(wire), Data: data}, rows)
			if len(rows.Packets) != i+1 {
				t.Fatalf("%d packets of %d frames", len(rows.Packets), i+1)
			}
			checkLengths(t, l.Name, &rows.Packets[i])
			if p := &rows.Packets[i]; p.Tunnel == "" && p.IPProto == 17 && !strings.HasSuffix(p.Protocols, "udp") && strings.Contains(p.Protocols, "udp:") && decode.Service(p) == "" {
				t.Errorf("%s: a trace of a tunnel that was not believed", p.Protocols)
			}
		}
		pairs(rows.Packets)
		for _, q := range rows.Quotes {
			if e := rows.Packets[q.Row]; e.Has&schema.HasICMP == 0 || !q.Packet.SrcIP.IsValid() || !q.Packet.DstIP.IsValid() {
				t.Errorf("a quote of %v in a packet of %s", q.Packet.SrcIP, e.Protocols)
			}
		}
		if len(rows.DNSs)+len(rows.DHCPs)+len(rows.NTPs) > len(rows.Packets) || len(rows.ARPs) > len(rows.Packets) || len(rows.Payloads) > len(rows.Packets) {
			t.Error("more rows of an application than packets")
		}
		for _, m := range rows.DNSs {
			checkTexts(t, &m)
			if m.HasTrailing && (m.TrailingBytes < 0 || m.TrailingBytes > m.MessageLen-12) || len(m.QName) > 4*255 {
				t.Errorf("%d trailing bytes of %d, a name of %d", m.TrailingBytes, m.MessageLen, len(m.QName))
			}
		}
		for _, p := range rows.Payloads {
			if len(p.Data) > 16 || int64(len(p.Data)) > p.PayloadLen {
				t.Errorf("%d bytes kept of %d", len(p.Data), p.PayloadLen)
			}
		}
	})
}

// checkTexts: texts are UTF-8 and bounded, lists of answers are of one length.
func checkTexts(t *testing.T, m *schema.DNS) {
	t.Helper()
	for _, list := range [][]byte{m.QName, m.Answers, m.AnswerNames, m.AnswerTypes, m.AnswerTTLs, m.AnswerIPs, m.EDNSOptions, m.ClientSubnet, m.ErrorText} {
		if !utf8.Valid(list) || len(list) > 16<<10 {
			t.Errorf("a text of %d bytes: %.100q", len(list), list)
		}
	}
	n := len(split(m.AnswerTypes))
	if len(split(m.Answers)) != n || len(split(m.AnswerNames)) != n || len(split(m.AnswerTTLs)) != n || n > int(m.AnswerCount) {
		t.Errorf("lists of %d types: %q, %q, %q", n, m.Answers, m.AnswerNames, m.AnswerTTLs)
	}
}
