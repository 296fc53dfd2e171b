package decode_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/schema"
)

func TestPayloads(t *testing.T) {
	data := []byte("abcdefgh")
	whole := sealed(ip4(17, udp(1000, 2000, data)))
	empty, later := sealed(ip4(17, udp(1, 2, nil))), ip4(17, data, put(6, "0001"))
	cases := []struct {
		name  string
		frame []byte
		wire  int
		keep  int
		want  string // "": no row
		cells cells
	}{
		{"none", whole, len(whole), 0, "", nil},
		{"all", whole, len(whole), -1, "abcdefgh", cells{"payload_len": "8", "src_ip": "10.0.0.1", "src_port": "1000", "dst_port": "2000", "frame_no": "1", "flow_id": ""}},
		{"the first", whole, len(whole), 3, "abc", cells{"payload_len": "8"}},
		{"more than there is", whole, len(whole), 99, "abcdefgh", nil},
		{"snapped", whole[:30], len(whole), -1, "ab", cells{"payload_len": "8"}},
		{"snapped before it", whole[:28], len(whole), -1, "", nil},
		{"no payload", empty, len(empty), -1, "", nil},
		{"later fragment", later, len(later), -1, "abcdefgh", cells{"src_port": "", "payload_len": "8"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows := decodeFrame(frameCase{link: 101, data: c.frame, wire: int64(c.wire)}, decode.Options{Payload: c.keep})
			var got []byte
			for i := range rows.Payloads {
				got = append(got, rows.Payloads[i].Data...)
				checkCells(t, schema.Payloads, &rows.Payloads[i], c.cells)
			}
			if string(got) != c.want {
				t.Errorf("kept %q, want %q", got, c.want)
			}
		})
	}
}

// TestRowsOwnTheirBytes: nothing in the rows lies in the frame's buffer, which the reader uses again, and rows grow without losing any.
func TestRowsOwnTheirBytes(t *testing.T) {
	d, rows := decode.New(decode.Options{Payload: -1}), new(decode.Rows)
	frame := sealed(ip4(17, udp(1, 53, octets(dnsQuery))))
	buffer := make([]byte, len(frame))
	for range 1000 {
		copy(buffer, frame)
		d.Decode(&capture.Frame{LinkType: 101, WireLen: int64(len(frame)), Data: buffer}, rows)
		clear(buffer)
	}
	for i := range rows.DNSs {
		if string(rows.DNSs[i].QName) != "www.example.com" || !bytes.Equal(rows.Payloads[i].Data, octets(dnsQuery)) {
			t.Fatalf("row %d: %q, %x", i, rows.DNSs[i].QName, rows.Payloads[i].Data)
		}
	}
	rows.Reset()
	if len(rows.Packets)+len(rows.ARPs)+len(rows.DNSs)+len(rows.Payloads) != 0 {
		t.Error("rows after Reset")
	}
}

// TestNoAllocations: a frame like one seen before costs no memory.
func TestNoAllocations(t *testing.T) {
	frames := [][]byte{
		eth(0x0800, sealed(ip4(6, tcp("020405b4 0402 080a 00000007 ffffffff 01 030307", octets("6162"))))),
		eth(0x8100, join(octets("0001 86dd"), sealed(ip6(17, udp(5353, 5353, octets(dnsResponse)))))),
		eth(0x0800, ping), eth(0x0806, octets("0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002")),
		eth(0x0800, outer4(47, join(octets("2000 0800 00000007"), outer4(4, query)))), eth(0x86dd, outer6(60, join(octets("2900 0104 00000000"), segment))),
	}
	for _, m := range messages {
		frames = append(frames, eth(0x0800, sealed(ip4(17, udp(m.src, m.dst, m.data)))))
	}
	for _, c := range carriers {
		frames = append(frames, eth(0x0800, over(c.port, octets(c.header), query)))
	}
	d, rows := decode.New(decode.Options{Payload: -1}), new(decode.Rows)
	if got := testing.AllocsPerRun(100, func() {
		rows.Reset()
		for _, data := range frames {
			d.Decode(&capture.Frame{HasTS: true, LinkType: 1, WireLen: int64(len(data)), Data: data}, rows)
		}
	}); got != 0 {
		t.Errorf("%v allocations in %d frames", got, len(frames))
	}
}

func TestRewritten(t *testing.T) {
	// between is a UDP packet between two addresses whose last bytes are given; moved rewrites its source after the sums were made.
	between := func(src, dst byte) []byte {
		return sealed(ip4(17, udp(1, 2, octets("61")), put(15, fmt.Sprintf("%02x", src)), put(19, fmt.Sprintf("%02x", dst))))
	}
	moved := func(p []byte, at int, by byte) []byte { p[at] += by; return p }
	const source, destination = 15, 19
	cases := []struct {
		name    string
		packets [][]byte
		want    []schema.Rewritten
	}{
		{"one way", [][]byte{moved(between(1, 2), source, 7), moved(between(1, 2), source, 7)}, []schema.Rewritten{{A: "10.0.0.2", B: "10.0.0.8", Packets: 2, Offset: 7}}},
		{"both ways", [][]byte{moved(between(1, 2), source, 7), moved(between(2, 1), destination, 7)}, []schema.Rewritten{{A: "10.0.0.2", B: "10.0.0.8", Packets: 2, Offset: 7}}},
		{"a single packet", [][]byte{moved(between(1, 2), source, 7)}, nil},
		{"right sums", [][]byte{between(1, 2), between(1, 2)}, nil},
		{"a right one before", [][]byte{between(8, 2), moved(between(1, 2), source, 7), moved(between(1, 2), source, 7)}, nil},
		{"a right one after", [][]byte{moved(between(1, 2), source, 7), moved(between(1, 2), source, 7), between(2, 8)}, nil},
		{"different amounts", [][]byte{moved(between(1, 2), source, 7), moved(between(2, 2), source, 6)}, nil},
		{"different amounts in IP and transport", [][]byte{moved(between(1, 2), source, 7), moved(moved(between(1, 2), source, 7), 28, 1)}, nil},
		{"IP alone", [][]byte{moved(between(1, 2), 8, 1), moved(between(1, 2), 8, 1)}, nil},
		{"transport alone", [][]byte{moved(between(1, 2), 28, 1), moved(between(1, 2), 28, 1)}, nil},
		{"several pairs, by address", [][]byte{
			moved(between(200, 2), source, 1), moved(between(200, 2), source, 1), moved(between(1, 3), source, 2), moved(between(1, 3), source, 2), between(5, 6),
		}, []schema.Rewritten{{A: "10.0.0.2", B: "10.0.0.201", Packets: 2, Offset: 1}, {A: "10.0.0.3", B: "10.0.0.3", Packets: 2, Offset: 2}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d, rows := decode.New(decode.Options{}), new(decode.Rows)
			for _, p := range c.packets {
				d.Decode(&capture.Frame{LinkType: 101, WireLen: int64(len(p)), Data: p}, rows)
			}
			if diff := cmp.Diff(c.want, pairs(rows.Packets)); diff != "" {
				t.Error("(-want +got):\n", diff)
			}
		})
	}
}

// pairs are those of which one address was rewritten.
func pairs(packets []schema.Packet) []schema.Rewritten {
	var r flow.Rewritten
	r.Watch(packets)
	return r.Pairs()
}
