package schema_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pcaplake/pcaplake/internal/rowgen"
	"github.com/pcaplake/pcaplake/schema"
)

// TestAmend holds that amended rows give the bytes that appending them so would have given, whatever the types and however often.
func TestAmend(t *testing.T) {
	rows := rowgen.Packets(schema.RowGroup+3000, 7)
	donors := rowgen.Packets(500, 8)
	for i := range rows {
		rows[i].FrameNo = int64(i + 1)
	}
	// frame_no and ts are left out: rows are found and measured by them.
	columns := []string{"src_port", "dst_port", "ip_proto", "protocol", "protocols", "flow_id", "l4_chksum_ok", "src_ip", "src_mac"}
	indexes := schema.Packets.Indexes(columns...)
	for _, jobs := range []int{1, 2} {
		want := slices.Clone(rows)
		var out bytes.Buffer
		w, err := schema.Packets.NewWriter(&out, schema.Meta{Jobs: jobs, KeyValues: map[string]string{"pcaplake.b": "2", "pcaplake.a": "1"}})
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, 2))
		for at := 0; at < len(rows); at += 1000 {
			if err := w.Append(rows[at:min(at+1000, len(rows))]); err != nil {
				t.Fatal(err)
			}
			for range 20 {
				i, donor := random.IntN(min(at+1000, len(rows))), &donors[random.IntN(len(donors))]
				open := i/schema.RowGroup == min(at+1000, len(rows))/schema.RowGroup
				if got := w.Amend(int64(i+1), donor, indexes); got != open {
					t.Fatalf("Amend(frame %d) with %d rows: %v", i+1, at+1000, got)
				}
				if open {
					take(&want[i], donor)
				}
			}
		}
		if w.Amend(int64(len(rows)+1), &donors[0], indexes) || w.Amend(0, &donors[0], indexes) {
			t.Error("a row was amended that was never appended")
		}
		if _, err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if plain, _ := write(t, schema.Packets, want, jobs); !bytes.Equal(plain, out.Bytes()) {
			t.Errorf("%d jobs: amended rows give other bytes than appended ones", jobs)
		}
	}
}

// take is what Amend does in TestAmend, as its columns are declared.
func take(p, from *schema.Packet) {
	const groups = schema.HasPorts | schema.HasIPProto | schema.HasFlowID | schema.HasSrcMAC
	p.Has = p.Has&^groups | from.Has&groups
	p.SrcPort, p.DstPort, p.IPProto, p.FlowID = from.SrcPort, from.DstPort, from.IPProto, from.FlowID
	p.Protocol, p.Protocols, p.L4ChksumOK, p.SrcIP, p.SrcMAC = from.Protocol, from.Protocols, from.L4ChksumOK, from.SrcIP, from.SrcMAC
}

// TestAmendBytes amends values of other lengths in the table with large ones.
func TestAmendBytes(t *testing.T) {
	rows := []schema.Payload{{FrameNo: 1, Data: []byte("one")}, {FrameNo: 3, Data: []byte("three")}, {FrameNo: 4}}
	var out bytes.Buffer
	w, err := schema.Payloads.NewWriter(&out, schema.Meta{KeyValues: map[string]string{"pcaplake.b": "2", "pcaplake.a": "1"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(rows); err != nil {
		t.Fatal(err)
	}
	buffer := []byte("another three")
	if !w.Amend(3, &schema.Payload{Data: buffer}, schema.Payloads.Indexes("payload")) || w.Amend(2, &rows[0], nil) {
		t.Error("rows 1, 3 and 4 are there, and no others")
	}
	copy(buffer, "overwritten..")
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	rows[1].Data = []byte("another three")
	if want, _ := write(t, schema.Payloads, rows, 1); !bytes.Equal(want, out.Bytes()) {
		t.Error("amended bytes differ from appended ones")
	}
}

func TestIndexes(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a column that the table does not have")
		}
	}()
	if got := schema.DNSs.Indexes("sensor", "capture_id"); !slices.Equal(got, []int{1, 0}) {
		t.Errorf("sensor and capture_id stand at %v", got)
	}
	schema.DNSs.Indexes("no_such_column")
}

// BenchmarkAmend writes row groups of which every hundredth row was amended in the columns that fragments take, and ones without.
func BenchmarkAmend(b *testing.B) {
	rows := rowgen.Packets(schema.RowGroup-1, 9)
	for i := range rows {
		rows[i].FrameNo = int64(i + 1)
	}
	indexes := schema.Packets.Indexes("ip_proto", "src_port", "dst_port", "protocol", "protocols")
	for name, every := range map[string]int{"none": len(rows), "every100": 100} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w, err := schema.Packets.NewWriter(io.Discard, schema.Meta{Jobs: 2})
				if err != nil {
					b.Fatal(err)
				}
				if err := w.Append(rows); err != nil {
					b.Fatal(err)
				}
				for i := 0; i < len(rows); i += every {
					w.Amend(int64(i+1), &rows[i], indexes)
				}
				if _, err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(rows)), "ns/row")
		})
	}
}
