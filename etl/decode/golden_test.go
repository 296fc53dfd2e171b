package decode_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

// decodeFile decodes all frames of a capture of the collection.
func decodeFile(tb testing.TB, rel string, o decode.Options) *decode.Rows {
	tb.Helper()
	r, err := capture.Open(filepath.Join(shared.Dir(tb), "captures", filepath.FromSlash(rel)))
	if err != nil {
		tb.Fatal(err)
	}
	defer r.Close()
	d, rows := decode.New(o), new(decode.Rows)
	for r.Scan() {
		d.Decode(r.Frame(), rows)
	}
	if err := r.Err(); err != nil {
		tb.Fatal(err)
	}
	return rows
}

// TestTutorial holds the figures of the tutorial's capture that GOLDEN.md lists, and its story.
func TestTutorial(t *testing.T) {
	rows := decodeFile(t, "secdevopsai+Packet-Analytics/suspicious.pcap", decode.Options{Payload: -1})
	if len(rows.Packets) != 62 {
		t.Fatalf("%d packets, want 62", len(rows.Packets))
	}
	bySource, byDestination := map[string]int64{}, map[string]int64{}
	var history []int64
	for _, p := range rows.Packets {
		bySource[p.SrcIP.String()] += p.PayloadLen
		byDestination[p.DstIP.String()] += p.PayloadLen
		if p.SrcIP.String() == "10.1.10.53" {
			history = append(history, p.PayloadLen)
		}
		if p.Protocols != "eth:ip:udp:dns" {
			t.Errorf("frame %d: protocols %q", p.FrameNo, p.Protocols)
		}
	}
	if diff := cmp.Diff(map[string]int64{"10.1.10.53": 28053, "84.54.22.33": 1624, "75.75.75.75": 166}, bySource); diff != "" {
		t.Error("payload bytes by source (-want +got):\n", diff)
	}
	if diff := cmp.Diff(map[string]int64{"84.54.22.33": 27979, "10.1.10.53": 1790, "75.75.75.75": 74}, byDestination); diff != "" {
		t.Error("payload bytes by destination (-want +got):\n", diff)
	}
	want := []int64{
		933, 947, 984, 970, 975, 1017, 980, 951, 931, 964, 1023, 37, 37, 978, 958, 976, 1009, 976, 1011, 1009, 1007, 982, 978, 978, 985,
		991, 977, 989, 999, 941, 560,
	}
	if diff := cmp.Diff(want, history); diff != "" {
		t.Error("history of bytes sent (-want +got):\n", diff)
	}
	if got := pairs(rows.Packets); len(got) != 1 || got[0].A != "10.1.10.53" || got[0].B != "84.54.22.33" || got[0].Packets != 58 {
		t.Errorf("rewritten addresses: %+v", got)
	}
	checkTheft(t, rows)
}

// checkTheft: 29 queries carry something behind their last record, which begins as a PNG does.
func checkTheft(t *testing.T, rows *decode.Rows) {
	t.Helper()
	// The sender passed the file through a text encoder: the first byte, 0x89, became the replacement character U+FFFD.
	const magic = "\uFFFDPNG\r\n\x1a\n"
	var trailing []int64
	var total int64
	for _, m := range rows.DNSs {
		if m.DstIP.String() != "84.54.22.33" {
			continue
		}
		if m.Response || m.ID != 0x000c || m.SrcPort != 53 || !m.HasTrailing || m.QuestionCount != 1 {
			t.Errorf("frame %d: %+v", m.FrameNo, m)
		}
		trailing = append(trailing, m.TrailingBytes)
		total += m.TrailingBytes
		if len(trailing) == 1 {
			i := slices.IndexFunc(rows.Payloads, func(p schema.Payload) bool { return p.FrameNo == m.FrameNo })
			if data := rows.Payloads[i].Data; string(data[int64(len(data))-m.TrailingBytes:][:10]) != magic {
				t.Errorf("what follows the last record begins with %q", data[:10])
			}
		}
	}
	slices.Sort(trailing)
	if len(trailing) != 29 || total != 27167 || trailing[0] != 532 || trailing[28] != 995 || trailing[14] != 950 {
		t.Errorf("%d queries, %d trailing bytes: %v", len(trailing), total, trailing)
	}
}

// TestFamilies counts what GOLDEN.md counts per capture: packets by link type, network and transport.
func TestFamilies(t *testing.T) {
	const examples = "seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/"
	type counts struct{ Packets, IPv4, IPv6, TCP, UDP int }
	cases := []struct {
		file  string
		links map[int32]int
		want  counts
	}{
		{"example.pcap", map[int32]int{1: 4631}, counts{4631, 4631, 0, 4492, 139}},
		{"sll.pcap", map[int32]int{113: 518}, counts{518, 510, 1, 483, 28}},
		{"sll2.pcap", map[int32]int{276: 3}, counts{3, 3, 0, 3, 0}},
		{"raw_ip.pcap", map[int32]int{101: 100}, counts{100, 50, 50, 92, 8}},
		{"many_interfaces-1.pcapng", map[int32]int{1: 62, 0: 2}, counts{64, 64, 0, 32, 32}},
		{"pcapng-example.pcapng", map[int32]int{1: 59, 113: 100}, counts{159, 155, 4, 159, 0}},
		{"file_heuristics/pcapng-example.pcapng.zst", map[int32]int{1: 59, 113: 100}, counts{159, 155, 4, 159, 0}},
		{"null_loopback.pcap", map[int32]int{0: 3}, counts{3, 2, 1, 1, 2}},
		{"nanosecs_big_endian.pcap", map[int32]int{1: 10}, counts{10, 10, 0, 10, 0}},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			rows := decodeFile(t, examples+c.file, decode.Options{})
			got, links := counts{Packets: len(rows.Packets)}, map[int32]int{}
			for _, p := range rows.Packets {
				links[p.LinkType]++
				switch p.IPVersion {
				case 4:
					got.IPv4++
				case 6:
					got.IPv6++
				}
				switch {
				case p.Has&schema.HasIPProto == 0:
				case p.IPProto == 6:
					got.TCP++
				case p.IPProto == 17:
					got.UDP++
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error("(-want +got):\n", diff)
			}
			if diff := cmp.Diff(c.links, links); diff != "" {
				t.Error("link types (-want +got):\n", diff)
			}
		})
	}
}

// TestCollection decodes every frame of the collection: no panic, one packet per frame, and lengths that add up.
func TestCollection(t *testing.T) {
	rows := new(decode.Rows)
	for _, c := range shared.Captures(t) {
		r, err := capture.Open(c.Path)
		if err != nil {
			continue // refused captures are the concern of etl/capture
		}
		d := decode.New(decode.Options{CaptureID: "c", Sensor: "s", Payload: 64})
		for r.Scan() {
			if len(rows.Packets) == 1024 {
				rows.Reset()
			}
			before := len(rows.Packets)
			d.Decode(r.Frame(), rows)
			if len(rows.Packets) != before+1 {
				t.Fatalf("%s frame %d: %d rows", c.Rel, r.Frame().No, len(rows.Packets)-before)
			}
			checkLengths(t, c.Rel, &rows.Packets[before])
		}
		r.Close()
	}
}

// checkLengths: headers, payload and padding never pass the frame, tunnels are told as a whole, and reasons are from the closed lists.
func checkLengths(t *testing.T, where string, p *schema.Packet) {
	t.Helper()
	wire, headers := max(p.WireLen, p.CapLen), int64(0)
	if p.Has&schema.HasIP != 0 {
		headers += int64(p.IPHdrLen)
	}
	if p.Has&schema.HasTCP != 0 && p.PayloadLen > 0 { // else a first fragment may end inside the TCP header
		headers += int64(p.TCPHdrLen)
	}
	if p.PayloadLen < 0 || p.PaddingLen < 0 || p.Has&schema.HasPayload != 0 && p.Malformed == "" && headers+p.PayloadLen+p.PaddingLen > wire {
		t.Errorf("%s frame %d: headers %d, payload %d, padding %d in a frame of %d", where, p.FrameNo, headers, p.PayloadLen, p.PaddingLen, wire)
	}
	if p.PayloadLen > wire || p.Has&schema.HasPadding != 0 && p.Tunnel == "" && p.IPLen+p.PaddingLen > wire {
		t.Errorf("%s frame %d: payload %d, IP %d, padding %d in a frame of %d", where, p.FrameNo, p.PayloadLen, p.IPLen, p.PaddingLen, wire)
	}
	if tunnel := p.Tunnel != ""; tunnel != (p.Has&schema.HasTunnel != 0) || tunnel != (p.TunnelDepth > 0) || tunnel != p.OuterSrcIP.IsValid() || p.TunnelDepth > 8 {
		t.Errorf("%s frame %d: tunnel %q, depth %d, around it %s", where, p.FrameNo, p.Tunnel, p.TunnelDepth, p.OuterSrcIP)
	}
	for _, list := range []struct {
		name    string
		reasons []schema.Reason
	}{{p.Malformed, schema.MalformedReasons}, {p.ChksumNote, schema.ChksumNotes}} {
		if list.name != "" && !slices.ContainsFunc(list.reasons, func(r schema.Reason) bool { return r.Name == list.name }) {
			t.Errorf("%s frame %d: %q is in no list", where, p.FrameNo, list.name)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	r, err := capture.Open(filepath.Join(shared.Dir(b), "captures", "seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/example.pcap"))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	var frames []capture.Frame
	for r.Scan() {
		f := *r.Frame()
		f.Data = slices.Clone(f.Data)
		frames = append(frames, f)
	}
	d, rows := decode.New(decode.Options{CaptureID: "c", Sensor: "s"}), new(decode.Rows)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if i%1024 == 0 {
			rows.Reset()
		}
		d.Decode(&frames[i%len(frames)], rows)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "packets/s")
}
