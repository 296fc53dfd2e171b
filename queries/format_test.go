package queries

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/google/go-cmp/cmp"
	prettytext "github.com/jedib0t/go-pretty/v6/text"

	"github.com/pcaplake/pcaplake/schema"
)

// samples holds a value of every kind that formats treat differently, and text that attacks each of them.
const samples = `SELECT * FROM (VALUES
	(1::BIGINT, 'plain', 1.5::DOUBLE, true, TIMESTAMP '2018-07-21 18:55:30.917674', '\xDE\xAD'::BLOB, [1, 2], 9223372036854775807::BIGINT),
	(2, '', 0, false, NULL, NULL, [], NULL),
	(3, NULL, 'inf'::DOUBLE, NULL, NULL, NULL, NULL, NULL),
	(4, 'tab' || chr(9) || 'line' || chr(10) || 'quote" comma, pipe| back\slash', NULL, NULL, NULL, NULL, NULL, NULL),
	(5, chr(27) || '[31mred' || chr(8238) || 'txt' || chr(155), NULL, NULL, NULL, NULL, NULL, NULL),
	(6, '=1+1', NULL, NULL, NULL, NULL, NULL, NULL),
	(7, '</script><img src=x>&', NULL, NULL, NULL, NULL, NULL, NULL),
	(8, '日本語 Käse', NULL, NULL, NULL, NULL, NULL, NULL)
) AS t(n, "text" , x, yes, ts, bytes, list, big) ORDER BY n`

func write(t testing.TB, s *Session, sql, format string, o FormatOptions) (string, int64) {
	t.Helper()
	r, err := s.Query(context.Background(), sql, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	n, err := Write(context.Background(), &b, format, r, o)
	if err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return b.String(), n
}

func TestFormats(t *testing.T) {
	s := openSession(t, Dataset{})
	for _, format := range []string{"table", "csv", "tsv", "json", "ndjson", "markdown"} {
		t.Run(format, func(t *testing.T) {
			got, n := write(t, s, samples, format, FormatOptions{})
			if n != 8 {
				t.Errorf("%d rows", n)
			}
			golden(t, "format/"+format, []byte(got))
			none, n := write(t, s, samples+" LIMIT 0", format, FormatOptions{})
			if n != 0 {
				t.Errorf("%d rows of none", n)
			}
			golden(t, "format/"+format+".none", []byte(none))
		})
	}
	if len(Formats()) != len(formats) {
		t.Errorf("Formats names %d of %d", len(Formats()), len(formats))
	}
}

// TestFormatsReadBack reads each format with a reader that is not ours.
func TestFormatsReadBack(t *testing.T) {
	s := openSession(t, Dataset{})
	text, _ := write(t, s, samples, "csv", FormatOptions{})
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(records) != 9 || records[4][1] != "tab\tline\nquote\" comma, pipe| back\\slash" {
		t.Errorf("CSV: %v, %q", err, records)
	}
	text, _ = write(t, s, samples, "json", FormatOptions{})
	var rows []map[string]any
	if err := json.Unmarshal([]byte(text), &rows); err != nil || len(rows) != 8 || rows[1]["text"] != "" || rows[2]["text"] != nil || rows[4]["text"] != "\x1b[31mred\u202etxt\u009b" {
		t.Errorf("JSON: %v, %v", err, rows)
	}
	text, _ = write(t, s, samples, "arrow", FormatOptions{})
	reader, err := ipc.NewReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Release()
	if !reader.Next() || reader.RecordBatch().NumRows() != 8 {
		t.Errorf("Arrow: %v", reader.Err())
	}
	if got := reader.Schema().Field(4).Type.String(); got != "timestamp[us]" {
		t.Errorf("Arrow: ts is %s", got)
	}
}

// TestParquetReadsBack writes types to Parquet and reads them with DuckDB.
func TestParquetReadsBack(t *testing.T) {
	s := openSession(t, Dataset{})
	const sql = `SELECT range AS n, CASE WHEN range % 3 = 0 THEN NULL ELSE 'v' || range END AS v, range::HUGEINT * 10000000000 AS h, (range / 4)::DECIMAL(18,2) AS d,
		TIMESTAMP '2026-11-22' + INTERVAL (range) SECOND AS us, make_timestamp_ns(range) AS ns, DATE '2026-11-22' + range::INTEGER AS day, range::TINYINT AS tiny,
		range::UBIGINT AS u, (range % 2 = 0) AS b, range::FLOAT AS f, unhex(printf('00%02x', range::INTEGER)) AS blob, [range] AS list FROM range(100)`
	text, n := write(t, s, sql, "parquet", FormatOptions{})
	if n != 100 {
		t.Errorf("%d rows", n)
	}
	path := filepath.Join(t.TempDir(), "x.parquet")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	back := openSession(t, Dataset{Files: []schema.File{{Table: "packets", Path: path}}})
	want := collect(t, s, "SELECT * REPLACE (h::DECIMAL(38,0) AS h, to_json(list)::VARCHAR AS list) FROM ("+sql+")")
	got := collect(t, back, "SELECT * FROM read_parquet("+literal(path)+")")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTableFitsWidth(t *testing.T) {
	s := smallLake(t)
	for _, sql := range []string{"SELECT * FROM packets", "SELECT * FROM dns", "SELECT src_ip, repeat('日本', 50) AS wide, 1 AS n FROM packets", "SELECT 1 AS n", samples} {
		for _, width := range []int{1, 20, 80, 132} {
			got, _ := write(t, s, sql, "table", FormatOptions{Width: width})
			for line := range strings.Lines(got) {
				line = strings.TrimSuffix(line, "\n")
				if w := prettytext.StringWidthWithoutEscSequences(line); w > max(width, 9) {
					t.Errorf("%s: width %d of %d: %q", sql, w, width, line)
				}
				if strings.ContainsFunc(line, unsafeRune) {
					t.Errorf("%s: unsafe character in %q", sql, line)
				}
			}
		}
	}
}

func TestMaxRows(t *testing.T) {
	s := openSession(t, Dataset{})
	for _, format := range []string{"table", "markdown"} {
		for rows, announced := range map[int64]bool{5: true, 10: false, 11: false} {
			got, n := write(t, s, "SELECT range FROM range(10)", format, FormatOptions{MaxRows: rows})
			if n != min(rows, 10) || strings.Contains(got, "more rows") != announced {
				t.Errorf("%s, %d of 10: %d rows, %q", format, rows, n, got)
			}
		}
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrors(t *testing.T) {
	s := openSession(t, Dataset{})
	for _, format := range Formats() {
		r, err := s.Query(context.Background(), "SELECT range, repeat('x', 1000) FROM range(1000)", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Write(context.Background(), failingWriter{}, format, r, FormatOptions{}); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("%s: error %v", format, err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		if r, err = s.Query(ctx, "SELECT range FROM range(9000000000000)", nil); err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, err := Write(ctx, &bytes.Buffer{}, format, r, FormatOptions{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v", format, err)
		}
	}
	r, err := s.Query(context.Background(), "SELECT error('bad' || chr(27)) FROM range(1)", nil)
	if err == nil {
		_, err = Write(context.Background(), &bytes.Buffer{}, "csv", r, FormatOptions{})
	}
	if err == nil || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("error %v", err)
	}
	if r, err = s.Query(context.Background(), "SELECT 1", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(context.Background(), &bytes.Buffer{}, "xml", r, FormatOptions{}); err == nil {
		t.Error("format xml is no error")
	}
}

func TestMarkdownDocs(t *testing.T) {
	text, err := Markdown()
	if err != nil {
		t.Fatal(err)
	}
	catalog, _ := Builtin()
	for _, q := range catalog {
		if !strings.Contains(text, "\n## "+q.Name+"\n") || !strings.Contains(text, q.SQL) {
			t.Errorf("%s is missing", q.Name)
		}
	}
}

// BenchmarkStream measures rows through a Result.
func BenchmarkStream(b *testing.B) {
	s := openSession(b, Dataset{})
	for b.Loop() {
		r, err := s.Query(context.Background(), "SELECT range AS a, 'address ' || range % 1000 AS b FROM range(1000000)", nil)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for r.Next() {
			n++
		}
		if err := r.Close(); err != nil || n != 1_000_000 {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ns/row")
}

func ExampleEscapeText() {
	fmt.Println(EscapeText("host\x1b[2J"))
	// Output: host\x1b[2J
}
