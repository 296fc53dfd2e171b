package decode_test

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

// cells are columns of a row and their text; "" is NULL.
type cells map[string]string

// frameCase is one frame and what some of its columns must be.
type frameCase struct {
	name string
	link int32
	data []byte
	wire int64 // 0: as many bytes as data has
	want cells
}

func testFrames(t *testing.T, cases []frameCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows := decodeFrame(c, decode.Options{Payload: -1})
			if len(rows.Packets) != 1 {
				t.Fatalf("%d packets of one frame", len(rows.Packets))
			}
			checkCells(t, schema.Packets, &rows.Packets[0], c.want)
			checkLengths(t, c.name, &rows.Packets[0])
		})
	}
}

func decodeFrame(c frameCase, o decode.Options) *decode.Rows {
	rows := new(decode.Rows)
	f := capture.Frame{No: 1, HasTS: true, LinkType: c.link, WireLen: c.wire, Data: c.data}
	if f.WireLen == 0 {
		f.WireLen = int64(len(c.data))
	}
	decode.New(o).Decode(&f, rows)
	return rows
}

func checkCells[R any](t *testing.T, table *schema.Rows[R], row *R, want cells) {
	t.Helper()
	for name, text := range want {
		i := slices.IndexFunc(table.Columns, func(c schema.Column) bool { return c.Name == name })
		if i < 0 {
			t.Fatalf("no column %s", name)
		}
		if got, _ := table.Text(row, i, nil); string(got) != text {
			t.Errorf("%s is %q, want %q", name, got, text)
		}
	}
}

// octets reads hex digits; white space is for the reader.
func octets(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

// eth is an Ethernet II frame from 02:00:00:00:00:01 to …:02.
func eth(etherType uint16, payload []byte) []byte {
	return join(octets("020000000002 020000000001"), binary.BigEndian.AppendUint16(nil, etherType), payload)
}

// ip4 is an IPv4 packet from 10.0.0.1 to 10.0.0.2 with TTL 64 and identification 0x1234, its checksum right after the edits.
func ip4(protocol byte, payload []byte, edits ...edit) []byte {
	b := join(octets("4500 0000 1234 0000 40 00 0000 0a000001 0a000002"), payload)
	b[9] = protocol
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	for _, e := range edits {
		b = e(b)
	}
	binary.BigEndian.PutUint16(b[10:], ^onesSum(b[:min(len(b), int(b[0]&15)*4)]))
	return b
}

// ip6 is an IPv6 packet from 2001:db8::1 to 2001:db8::2 with traffic class 3, flow label 0x12345 and hop limit 64.
func ip6(next byte, payload []byte, edits ...edit) []byte {
	b := join(octets("60312345 0000 00 40 20010db8000000000000000000000001 20010db8000000000000000000000002"), payload)
	binary.BigEndian.PutUint16(b[4:], uint16(len(payload)))
	b[6] = next
	for _, e := range edits {
		b = e(b)
	}
	return b
}

// edit changes a packet before its checksum is made.
type edit func([]byte) []byte

// put overwrites bytes from an offset on.
func put(at int, s string) edit {
	return func(b []byte) []byte { copy(b[at:], octets(s)); return b }
}

// options inserts IPv4 options behind the fixed header.
func options(s string) edit {
	return func(b []byte) []byte {
		o := octets(s)
		b = slices.Insert(b, 20, o...)
		b[0] += byte(len(o) / 4)
		binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
		return b
	}
}

// udp is a UDP datagram without a checksum.
func udp(src, dst uint16, payload []byte) []byte {
	b := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, src), dst)
	return join(binary.BigEndian.AppendUint16(b, uint16(8+len(payload))), []byte{0, 0}, payload)
}

// tcp is a TCP segment 1000 -> 80, PSH ACK, without a checksum.
func tcp(options string, payload []byte) []byte {
	o := octets(options)
	b := join(octets("03e8 0050 00000001 fffffffe 50 18 2000 0000 0000"), o, payload)
	b[12] += byte(len(o) / 4 << 4)
	return b
}

// sealed is an IP packet without extension headers whose transport checksum is right.
func sealed(packet []byte) []byte {
	b := slices.Clone(packet)
	header, protocol, addresses := int(b[0]&15)*4, b[9], b[12:20]
	if b[0]>>4 == 6 {
		header, protocol, addresses = 40, b[6], b[8:40]
	}
	l4 := b[header:]
	at := map[byte]int{6: 16, 17: 6, 1: 2, 58: 2}[protocol]
	l4[at], l4[at+1] = 0, 0
	pseudo := binary.BigEndian.AppendUint16(join(addresses, []byte{0, protocol}), uint16(len(l4)))
	if protocol == 1 {
		pseudo = nil
	}
	binary.BigEndian.PutUint16(l4[at:], ^onesSum(join(pseudo, l4)))
	return b
}

// onesSum is RFC 1071 as its text says it.
func onesSum(b []byte) uint16 {
	var sum uint32
	for i := 0; i < len(b); i += 2 {
		sum += uint32(b[i]) << 8
		if i+1 < len(b) {
			sum += uint32(b[i+1])
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return uint16(sum)
}
