package schema_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/google/go-cmp/cmp"
	"github.com/zeebo/blake3"

	"github.com/pcaplake/pcaplake/internal/rowgen"
	"github.com/pcaplake/pcaplake/schema"
)

var keys = map[string]string{"pcaplake.b": "2", "pcaplake.a": "1"}

// merge merges files of a table, each batch after edit; asIs keeps the order and encodings of a Writer.
func merge(tb testing.TB, t schema.Table, jobs int, asIs bool, edit func(*schema.Batch), files ...[]byte) ([]byte, schema.FileStats) {
	tb.Helper()
	var out bytes.Buffer
	m, err := t.NewMerger(&out, schema.Meta{Jobs: jobs, KeyValues: keys})
	if err != nil {
		tb.Fatal(err)
	}
	if asIs {
		m = m.AsIs()
	}
	for _, f := range files {
		r, err := t.NewReader(bytes.NewReader(f))
		if err != nil {
			tb.Fatal(err)
		}
		for {
			b, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				tb.Fatal(err)
			}
			edit(b)
			if err := m.Append(b); err != nil {
				tb.Fatal(err)
			}
		}
	}
	stats, err := m.Close()
	if err != nil {
		tb.Fatal(err)
	}
	return out.Bytes(), stats
}

func nothing(*schema.Batch) {}

// TestReadBack holds that what is read and written again as it came gives the same bytes, for every table.
func TestReadBack(t *testing.T) {
	for _, n := range []int{1, 1000, schema.RowGroup + 3000} {
		checkReadBack(t, schema.Packets, rowgen.Packets(n, 21))
		checkReadBack(t, schema.ARPs, rowgen.ARPs(n, 21))
		checkReadBack(t, schema.DNSs, rowgen.DNSs(n, 21))
		checkReadBack(t, schema.Payloads, rowgen.Payloads(n, 21))
		checkReadBack(t, schema.Comments, rowgen.Comments(n, 21))
	}
	large := make([]schema.Payload, 3000)
	for i := range large {
		large[i] = schema.Payload{FrameNo: int64(i), Data: make([]byte, i*37)}
	}
	checkReadBack(t, schema.Payloads, large)
}

func checkReadBack[R any](t *testing.T, table *schema.Rows[R], rows []R) {
	t.Helper()
	want, wantStats := write(t, table, rows, 2)
	for _, jobs := range []int{1, 2} {
		got, stats := merge(t, table.Table, jobs, true, nothing, want)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %d rows read and written again with %d jobs are other bytes", table.Name, len(rows), jobs)
		}
		if diff := cmp.Diff(wantStats, stats); diff != "" {
			t.Errorf("%s: -writer +merger\n%s", table.Name, diff)
		}
	}
	// Cut into files of uneven length the rows are the same.
	var files [][]byte
	for part := range slices.Chunk(rows, 1+len(rows)/7) {
		f, _ := write(t, table, part, 1)
		files = append(files, f)
	}
	if got, _ := merge(t, table.Table, 2, true, nothing, files...); !bytes.Equal(got, want) {
		t.Errorf("%s: %d rows from %d files are other bytes than from one", table.Name, len(rows), len(files))
	}
}

// TestMerged holds what is promised of merged files: no row is lost, jobs and cuts don't show, and to merge one again changes nothing.
func TestMerged(t *testing.T) {
	n := schema.RowGroup + 2000
	for _, s := range rowgen.Samples(n, 22) {
		var whole bytes.Buffer
		if err := s.Write(&whole); err != nil {
			t.Fatal(err)
		}
		want, stats := merge(t, s.Table, 1, false, nothing, whole.Bytes())
		if stats.Rows != int64(n) || stats.RowGroups < 2 {
			t.Errorf("%s: %+v", s.Table.Name, stats)
		}
		if got, _ := merge(t, s.Table, 3, false, nothing, whole.Bytes()); !bytes.Equal(got, want) {
			t.Errorf("%s: jobs change the bytes", s.Table.Name)
		}
		if got, _ := merge(t, s.Table, 2, false, nothing, want); !bytes.Equal(got, want) {
			t.Errorf("%s: merged again it is other bytes", s.Table.Name)
		}
		before, after := read(t, whole.Bytes()), read(t, want)
		for i, c := range s.Table.Columns {
			b, a := cells(before, i), cells(after, i)
			slices.Sort(b)
			slices.Sort(a)
			if !slices.Equal(a, b) {
				t.Errorf("%s.%s: other values than before", s.Table.Name, c.Name)
			}
		}
	}
}

// TestMergedRowsStayWhole holds that sorting moves rows, not cells: frame numbers tell every row.
func TestMergedRowsStayWhole(t *testing.T) {
	rows := rowgen.Packets(20_000, 23)
	for i := range rows {
		rows[i].FrameNo = int64(i + 1)
	}
	data, _ := write(t, schema.Packets, rows, 2)
	merged, _ := merge(t, schema.Packets.Table, 2, false, nothing, data)
	table := read(t, merged)
	frames := cells(table, schema.Packets.Indexes("frame_no")[0])
	var text []byte
	for i, c := range schema.Packets.Columns {
		for at, got := range cells(table, i) {
			var frame int
			if _, err := fmt.Sscan(frames[at], &frame); err != nil {
				t.Fatal(err)
			}
			var ok bool
			if text, ok = schema.Packets.Text(&rows[frame-1], i, text[:0]); !ok {
				text = append(text, "(null)"...)
			}
			if got != string(text) {
				t.Fatalf("%s of frame %d is %q, want %q", c.Name, frame, got, text)
			}
		}
	}
}

// TestOrder holds that the rows of a flow lie together, by direction and time, flows in the order in which they begin.
func TestOrder(t *testing.T) {
	packet := func(frame int64, src, dst string, sport, dport int32, ts int64) schema.Packet {
		p := schema.Packet{FrameNo: frame, TS: ts}
		if src != "" {
			p.SrcIP, p.DstIP = netip.MustParseAddr(src), netip.MustParseAddr(dst)
			p.Has, p.SrcPort, p.DstPort = schema.HasPorts|schema.HasIPProto, sport, dport
			p.IPProto = 6
		}
		return p
	}
	rows := []schema.Packet{
		packet(1, "10.0.0.1", "10.0.0.2", 1000, 80, 50),
		packet(2, "2001:db8::1", "2001:db8::2", 5, 6, 51),
		packet(3, "10.0.0.2", "10.0.0.1", 80, 1000, 52),
		packet(4, "", "", 0, 0, 53),
		packet(5, "10.0.0.1", "10.0.0.2", 1000, 80, 40),
		packet(6, "10.0.0.2", "10.0.0.1", 1000, 80, 55), // another flow: the ports are the other way round
		packet(7, "", "", 0, 0, schema.NoTime),
		packet(8, "10.0.0.2", "10.0.0.1", 80, 1000, 52),
	}
	data, _ := write(t, schema.Packets, rows, 1)
	merged, _ := merge(t, schema.Packets.Table, 1, false, nothing, data)
	got := strings.Join(cells(read(t, merged), schema.Packets.Indexes("frame_no")[0]), " ")
	if got != "5 1 3 8 2 4 6 7" && got != "3 8 5 1 2 4 6 7" {
		t.Errorf("frames lie as %s", got)
	}
	if got := strings.Join(cells(read(t, data), schema.Packets.Indexes("frame_no")[0]), " "); got != "1 2 3 4 5 6 7 8" {
		t.Errorf("before they lay as %s", got)
	}
}

// TestOlderAndNewer reads files that lack a column, and refuses those that have one more or of another type.
func TestOlderAndNewer(t *testing.T) {
	data, _ := write(t, schema.ARPs, rowgen.ARPs(2000, 24), 1)
	newer := schema.ARPs.Table
	newer.Columns = slices.Insert(slices.Clone(newer.Columns), 3, schema.Column{Name: "new", Type: schema.String}, schema.Column{Name: "n", Type: schema.Int64})
	merged, _ := merge(t, newer, 2, false, nothing, data)
	table := read(t, merged)
	if table.NumCols() != int64(len(newer.Columns)) || table.NumRows() != 2000 {
		t.Errorf("%d columns, %d rows", table.NumCols(), table.NumRows())
	}
	for _, at := range []int{3, 4} {
		if got := slices.Compact(cells(table, at)); !slices.Equal(got, []string{"(null)"}) {
			t.Errorf("a column that the file has not: %q", got)
		}
	}
	older := schema.ARPs.Table
	older.Columns = older.Columns[:5]
	other := schema.ARPs.Table
	other.Columns = slices.Clone(other.Columns)
	other.Columns[2].Type = schema.Int32
	for _, table := range []schema.Table{older, other, schema.DNSs.Table} {
		if _, err := table.NewReader(bytes.NewReader(data)); err == nil {
			t.Errorf("%d columns: a file with others was read", len(table.Columns))
		}
	}
	if _, err := newer.NewReader(bytes.NewReader(data[:100])); err == nil {
		t.Error("a file without footer was read")
	}
}

// TestDrop takes captures out of several, one after the other.
func TestDrop(t *testing.T) {
	rows := rowgen.Payloads(5000, 25)
	var kept []schema.Payload
	counts, want := map[string]int64{}, map[string]int64{}
	for i := range rows {
		rows[i].CaptureID = strings.Repeat(string("abc"[i%7%3]), 32)
		want[rows[i].CaptureID]++
		if rows[i].CaptureID[0] == 'c' {
			kept = append(kept, rows[i])
		}
	}
	data, _ := write(t, schema.Payloads, rows, 1)
	left, _ := write(t, schema.Payloads, kept, 1)
	got, _ := merge(t, schema.Payloads.Table, 1, true, func(b *schema.Batch) {
		b.Count("capture_id", counts)
		b.Drop("capture_id", strings.Repeat("a", 32))
		b.Drop("capture_id", strings.Repeat("b", 32))
		b.Drop("capture_id", "nobody's")
	}, data)
	if !bytes.Equal(got, left) {
		t.Error("what is left are other bytes than if the others had never been there")
	}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("rows per capture: -want +got\n%s", diff)
	}
}

// TestBloom holds the filters of merged files against the values: each that is there is found, and of others hardly one.
func TestBloom(t *testing.T) {
	data, _ := write(t, schema.DNSs, rowgen.DNSs(20_000, 26), 1)
	merged, _ := merge(t, schema.DNSs.Table, 1, false, nothing, data)
	values := read(t, merged)
	f, err := file.NewParquetReader(bytes.NewReader(merged))
	if err != nil {
		t.Fatal(err)
	}
	filters, err := f.GetBloomFilterReader().RowGroup(0)
	if err != nil {
		t.Fatal(err)
	}
	filtered := 0
	for i, c := range schema.DNSs.Columns {
		filter, err := filters.GetColumnBloomFilter(i)
		if err != nil {
			t.Fatal(err)
		}
		if (filter != nil) != c.Bloom {
			t.Errorf("%s: filter %v, declared %v", c.Name, filter != nil, c.Bloom)
		}
		if filter == nil || c.Type != schema.String {
			continue
		}
		filtered++
		for _, text := range cells(values, i) {
			if text != "(null)" && !filter.CheckHash(filter.Hasher().Sum64([]byte(text))) {
				t.Fatalf("%s: %q is not found", c.Name, text)
			}
		}
		found := 0
		for n := range 10_000 {
			if filter.CheckHash(filter.Hasher().Sum64(fmt.Appendf(nil, "absent %d", n))) {
				found++
			}
		}
		if found > 300 {
			t.Errorf("%s: %d of 10,000 absent values are found", c.Name, found)
		}
	}
	if filtered == 0 {
		t.Error("no column of text has a filter")
	}
}

// TestMergedGoldenHash is TestGoldenHash for merged files.
func TestMergedGoldenHash(t *testing.T) {
	var lines []string
	for _, s := range rowgen.Samples(5000, 3) {
		var whole bytes.Buffer
		if err := s.Write(&whole); err != nil {
			t.Fatal(err)
		}
		merged, _ := merge(t, s.Table, 2, false, nothing, whole.Bytes())
		sum := blake3.Sum256(merged)
		lines = append(lines, schema.WriterVersion+" "+s.Table.Name+" "+hex.EncodeToString(sum[:16]))
	}
	golden(t, "testdata/merged.golden", strings.Join(lines, "\n")+"\n")
}

// TestMergeOnFullDisk lets the disk fill up at many places: the error must come out.
func TestMergeOnFullDisk(t *testing.T) {
	data, _ := write(t, schema.ARPs, rowgen.ARPs(schema.RowGroup+10, 6), 1)
	for left := 0; left < len(data)/2; left += 1 + len(data)/9 {
		m, err := schema.ARPs.NewMerger(&fullDisk{left: left}, schema.Meta{Jobs: 2})
		if err == nil {
			var r *schema.Reader
			if r, err = schema.ARPs.NewReader(bytes.NewReader(data)); err != nil {
				t.Fatal(err)
			}
			for b, more := r.Next(); more == nil; b, more = r.Next() {
				_ = m.Append(b) // Close tells
			}
			_, err = m.Close()
		}
		if !errors.Is(err, errFull) {
			t.Errorf("after %d bytes: error %v", left, err)
		}
	}
}
