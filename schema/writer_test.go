package schema_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/zeebo/blake3"

	"github.com/pcaplake/pcaplake/internal/rowgen"
	"github.com/pcaplake/pcaplake/schema"
)

var update = flag.Bool("update", false, "write golden files anew")

// manyRows makes two full row groups and a short one.
const manyRows = 2*schema.RowGroup + 1000

func write[R any](tb testing.TB, t *schema.Rows[R], rows []R, jobs int) ([]byte, schema.FileStats) {
	tb.Helper()
	var out bytes.Buffer
	w, err := t.NewWriter(&out, schema.Meta{Jobs: jobs, KeyValues: map[string]string{"pcaplake.b": "2", "pcaplake.a": "1"}})
	if err != nil {
		tb.Fatal(err)
	}
	// Uneven pieces, so that chunks and row groups don't end where Append does.
	for at := 0; at < len(rows); {
		n := min(len(rows)-at, 777)
		if err := w.Append(rows[at : at+n]); err != nil {
			tb.Fatal(err)
		}
		at += n
	}
	stats, err := w.Close()
	if err != nil {
		tb.Fatal(err)
	}
	return out.Bytes(), stats
}

// checkRoundTrip writes rows and compares every cell that arrow-go reads back with what the row says.
func checkRoundTrip[R any](t *testing.T, table *schema.Rows[R], rows []R) {
	t.Helper()
	data, stats := write(t, table, rows, 2)
	if stats.Rows != int64(len(rows)) || stats.Bytes != int64(len(data)) {
		t.Fatalf("stats %+v, want %d rows, %d bytes", stats, len(rows), len(data))
	}
	got := read(t, data)
	if got.NumRows() != int64(len(rows)) || int(got.NumCols()) != len(table.Columns) {
		t.Fatalf("read %d rows, %d columns", got.NumRows(), got.NumCols())
	}
	for i, f := range table.Arrow().Fields() {
		if g := got.Schema().Field(i); g.Name != f.Name || !arrow.TypeEqual(g.Type, f.Type) || !g.Nullable {
			t.Errorf("column %d is %s, want %s", i, g, f)
		}
	}
	var text []byte
	for c, column := range table.Columns {
		at := 0
		for _, part := range got.Column(c).Data().Chunks() {
			for i := range part.Len() {
				var ok bool
				text, ok = table.Text(&rows[at], c, text[:0])
				if part.IsNull(i) == ok || ok && cell(part, i) != string(text) {
					t.Fatalf("%s row %d: read %q, want %q, %v", column.Name, at, cell(part, i), text, ok)
				}
				at++
			}
		}
		if at != len(rows) {
			t.Errorf("%s: %d cells, want %d", column.Name, at, len(rows))
		}
	}
}

func cell(a arrow.Array, i int) string {
	switch a := a.(type) {
	case *array.Timestamp:
		return a.Value(i).ToTime(arrow.Microsecond).UTC().Format("2006-01-02T15:04:05.000000")
	case *array.Binary:
		return string(a.Value(i))
	default:
		return a.ValueStr(i)
	}
}

// cells are the texts of one column.
func cells(table arrow.Table, column int) []string {
	var out []string
	for _, part := range table.Column(column).Data().Chunks() {
		for i := range part.Len() {
			if part.IsNull(i) {
				out = append(out, "(null)")
			} else {
				out = append(out, cell(part, i))
			}
		}
	}
	return out
}

func read(tb testing.TB, data []byte) arrow.Table {
	tb.Helper()
	f, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		tb.Fatal(err)
	}
	r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		tb.Fatal(err)
	}
	table, err := r.ReadTable(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return table
}

func TestRoundTrip(t *testing.T) {
	n := schema.RowGroup + 1500
	if testing.Short() {
		n = 1500
	}
	t.Run("packets", func(t *testing.T) { checkRoundTrip(t, schema.Packets, rowgen.Packets(n, 1)) })
	t.Run("flows", func(t *testing.T) { checkRoundTrip(t, schema.Flows, rowgen.Flows(n, 1)) })
	t.Run("arp", func(t *testing.T) { checkRoundTrip(t, schema.ARPs, rowgen.ARPs(n, 1)) })
	t.Run("dns", func(t *testing.T) { checkRoundTrip(t, schema.DNSs, rowgen.DNSs(n, 1)) })
	t.Run("payloads", func(t *testing.T) { checkRoundTrip(t, schema.Payloads, rowgen.Payloads(n, 1)) })
	t.Run("comments", func(t *testing.T) { checkRoundTrip(t, schema.Comments, rowgen.Comments(n, 1)) })
}

func TestNoRows(t *testing.T) {
	data, stats := write(t, schema.Packets, nil, 1)
	if stats.Rows != 0 || stats.RowGroups != 0 || stats.MinTS != schema.NoTime {
		t.Errorf("stats of an empty file: %+v", stats)
	}
	if got := read(t, data); got.NumRows() != 0 {
		t.Errorf("read %d rows", got.NumRows())
	}
}

// TestBytesDoNotDependOnJobs holds the lake's promise that the same input gives the same bytes at any parallelism.
func TestBytesDoNotDependOnJobs(t *testing.T) {
	rows := rowgen.Packets(manyRows, 2)
	want, stats := write(t, schema.Packets, rows, 1)
	if stats.RowGroups != 3 {
		t.Errorf("%d row groups, want 3", stats.RowGroups)
	}
	for _, jobs := range []int{2, 8} {
		if got, _ := write(t, schema.Packets, rows, jobs); !bytes.Equal(got, want) {
			t.Errorf("bytes with %d jobs differ from those with 1", jobs)
		}
	}
}

// TestGoldenHash fails when the bytes written for the same rows change: raise schema.WriterVersion in that commit, then -update.
func TestGoldenHash(t *testing.T) {
	var lines []string
	add := func(name string, data []byte) {
		sum := blake3.Sum256(data)
		lines = append(lines, schema.WriterVersion+" "+name+" "+hex.EncodeToString(sum[:16]))
	}
	packets, _ := write(t, schema.Packets, rowgen.Packets(5000, 3), 2)
	add("packets", packets)
	arps, _ := write(t, schema.ARPs, rowgen.ARPs(500, 3), 2)
	add("arp", arps)
	dns, _ := write(t, schema.DNSs, rowgen.DNSs(500, 3), 2)
	add("dns", dns)
	payloads, _ := write(t, schema.Payloads, rowgen.Payloads(500, 3), 2)
	add("payloads", payloads)
	comments, _ := write(t, schema.Comments, rowgen.Comments(500, 3), 2)
	add("comments", comments)
	golden(t, "testdata/bytes.golden", strings.Join(lines, "\n")+"\n")
}

// golden holds a text to what a file says.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("bytes changed; got\n%swant\n%s", got, want)
	}
}

func TestTimes(t *testing.T) {
	rows := []schema.ARP{{TS: schema.NoTime}, {TS: -5}, {TS: 7}, {TS: 3}}
	if _, stats := write(t, schema.ARPs, rows, 1); stats.MinTS != -5 || stats.MaxTS != 7 {
		t.Errorf("times %d to %d, want -5 to 7", stats.MinTS, stats.MaxTS)
	}
	if _, stats := write(t, schema.ARPs, rows[:1], 1); stats.MinTS != schema.NoTime || stats.MaxTS != schema.NoTime {
		t.Errorf("times %d to %d without any", stats.MinTS, stats.MaxTS)
	}
}

// TestCutsDoNotShow holds that the bytes depend on the rows alone, even where large values end a row group early.
func TestCutsDoNotShow(t *testing.T) {
	large := make([]byte, 1<<20)
	rows := make([]schema.Payload, 2500)
	for i := range rows {
		rows[i] = schema.Payload{FrameNo: int64(i + 1), Data: large[:100]}
		if i%13 == 0 {
			rows[i].Data = large
		}
	}
	var whole, pieces bytes.Buffer
	for out, size := range map[*bytes.Buffer]int{&whole: len(rows), &pieces: 7} {
		w, err := schema.Payloads.NewWriter(out, schema.Meta{})
		if err != nil {
			t.Fatal(err)
		}
		for part := range slices.Chunk(rows, size) {
			if err := w.Append(part); err != nil {
				t.Fatal(err)
			}
		}
		stats, err := w.Close()
		if err != nil {
			t.Fatal(err)
		}
		if stats.RowGroups != 3 {
			t.Errorf("%d row groups, want 3", stats.RowGroups)
		}
	}
	if !bytes.Equal(whole.Bytes(), pieces.Bytes()) {
		t.Error("bytes depend on how the rows were cut")
	}
}

// TestPageEnds writes row groups that end where a page of capture_id (36 bytes a row, pages of 1 MiB) is full, and around it.
func TestPageEnds(t *testing.T) {
	row := schema.ARP{CaptureID: strings.Repeat("c", 32)}
	for n := 28 * 1024; n <= 30*1024; n += 512 {
		data, _ := write(t, schema.ARPs, slices.Repeat([]schema.ARP{row}, n), 1)
		if got := read(t, data).NumRows(); got != int64(n) {
			t.Errorf("read %d rows, want %d", got, n)
		}
	}
}

// TestAppendDoesNotAllocate holds the promise of the hot path once the buffers have grown to a row group.
func TestAppendDoesNotAllocate(t *testing.T) {
	w, err := schema.Packets.NewWriter(io.Discard, schema.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	rows := rowgen.Packets(schema.RowGroup, 5)
	if err := w.Append(rows); err != nil {
		t.Fatal(err)
	}
	got := testing.AllocsPerRun(50, func() {
		if err := w.Append(rows[:1000]); err != nil {
			t.Fatal(err)
		}
	})
	if got != 0 {
		t.Errorf("%v allocations per 1,000 rows", got)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

var errFull = errors.New("disk is full")

// fullDisk takes left bytes and then no more.
type fullDisk struct {
	left   int
	closed bool
}

func (d *fullDisk) Write(b []byte) (int, error) {
	if len(b) > d.left {
		return 0, errFull
	}
	d.left -= len(b)
	return len(b), nil
}

func (d *fullDisk) Close() error { d.closed = true; return nil }

// TestFullDisk lets the disk fill up at many places: the error must come out, at the latest at Close, and nothing may panic.
func TestFullDisk(t *testing.T) {
	rows := rowgen.ARPs(schema.RowGroup+10, 6)
	whole, _ := write(t, schema.ARPs, rows, 1)
	for left := 0; left < len(whole); left += 1 + len(whole)/12 {
		if _, err := writeTo(&fullDisk{left: left}, rows); !errors.Is(err, errFull) {
			t.Errorf("after %d of %d bytes: error %v", left, len(whole), err)
		}
	}
	enough := &fullDisk{left: 2 * len(whole)}
	if _, err := writeTo(enough, rows); err != nil || enough.closed {
		t.Errorf("error %v; closed %v: the writer must not close what it was given", err, enough.closed)
	}
}

func writeTo(out io.Writer, rows []schema.ARP) (schema.FileStats, error) {
	w, err := schema.ARPs.NewWriter(out, schema.Meta{Jobs: 2})
	if err != nil {
		return schema.FileStats{}, err
	}
	first := w.Append(rows)
	stats, err := w.Close()
	if first != nil && !errors.Is(err, first) {
		err = errors.New("Close hides the error of Append")
	}
	return stats, err
}
