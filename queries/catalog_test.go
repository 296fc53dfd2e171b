package queries

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files of this package")

// golden compares with testdata/golden/name, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; go test -update writes it):\n%s", path, diff)
	}
}

// TestNamedQueries holds the result of every named query on the small lake and on an empty one.
func TestNamedQueries(t *testing.T) {
	lakes := map[string]*Session{"small": smallLake(t), "empty": openSession(t, Dataset{})}
	for lake, s := range lakes {
		for _, q := range s.Catalog() {
			t.Run(lake+"/"+q.Name, func(t *testing.T) {
				r, err := s.Run(context.Background(), q, nil)
				if err != nil {
					t.Fatal(err)
				}
				checkColumns(t, q, r.Columns())
				var b bytes.Buffer
				if _, err := Write(context.Background(), &b, "ndjson", r, FormatOptions{}); err != nil {
					t.Fatal(err)
				}
				if q.Name == "versions" {
					b = *bytes.NewBuffer(regexp.MustCompile(`"v\d+\.\d+\.\d+"`).ReplaceAll(b.Bytes(), []byte(`"v…"`)))
				}
				golden(t, lake+"/"+q.Name+".ndjson", b.Bytes())
			})
		}
	}
}

// checkColumns holds a header against the result that it speaks of.
func checkColumns(t *testing.T, q *Query, columns []Column) {
	t.Helper()
	names := slices.Clone(q.Others)
	if q.Chart != nil {
		for _, name := range []string{q.Chart.X, q.Chart.Y, q.Chart.Series, q.Chart.Low, q.Chart.High} {
			if name != "" {
				names = append(names, name)
			}
		}
	}
	for _, name := range names {
		if columnIndex(columns, name) < 0 {
			t.Errorf("the header names column %s, which the result has not", name)
		}
	}
	seen := map[string]bool{}
	for _, c := range columns {
		if seen[c.Name] {
			t.Errorf("two columns are named %s", c.Name)
		}
		if seen[c.Name] = true; strings.Contains(c.Type, "HUGEINT") || strings.HasPrefix(c.Type, "DECIMAL") {
			t.Errorf("column %s is %s: charts and other engines want BIGINT or DOUBLE", c.Name, c.Type)
		}
	}
	if q.Kind == "detector" && !slices.Equal(columns, findingColumns) {
		t.Errorf("a detector's columns are %v, not %v", findingColumns, columns)
	}
}

var orderBy = regexp.MustCompile(`(?m)^ORDER BY .+(\nLIMIT \S+)?\n\z`)

// TestCatalog holds what every named query must have.
func TestCatalog(t *testing.T) {
	catalog, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range catalog {
		if !strings.HasSuffix(q.Doc, ".") {
			t.Errorf("%s: doc is no sentence", q.Name)
		}
		if !orderBy.MatchString(q.SQL) {
			t.Errorf("%s: its rows have no order", q.Name)
		}
		for _, p := range q.Params {
			if !strings.Contains(q.SQL, "$"+p.Name) && (p.Name != "top" || len(q.Others) == 0) {
				t.Errorf("%s: parameter %s is not used", q.Name, p.Name)
			}
		}
	}
	places := map[Place]string{}
	for _, q := range catalog {
		if q.Report == nil {
			continue
		}
		if other, ok := places[*q.Report]; ok {
			t.Errorf("%s and %s have the same place in the report", q.Name, other)
		}
		places[*q.Report] = q.Name
	}
}

func TestLookup(t *testing.T) {
	s := openSession(t, Dataset{})
	if q, err := s.Lookup("captures"); err != nil || q.Name != "captures" {
		t.Errorf("captures: %v, %v", q, err)
	}
	cases := map[string]string{
		"capture":            "did you mean captures?",
		"suspicious-adress":  "did you mean suspicious-address?",
		"most-frequent":      "did you mean most-frequent-address?",
		"zzzzzzzzzzzz":       "query --list shows them",
		"\x1b[2Jhistory-of-": `\x1b[2J`,
	}
	for name, want := range cases {
		_, err := s.Lookup(name)
		if !errors.Is(err, ErrUnknownQuery) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q in it", name, err, want)
		}
	}
}

func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("captures.sql", "-- title: Mine\n-- doc: Mine.\n-- param: n BIGINT 7 a number\nSELECT $n + 1 AS n ORDER BY n\n")
	write("extra.sql", "-- title: Extra\n-- doc: More.\nSELECT 1 ORDER BY 1\n")
	write("README.md", "not a query")
	s := openSession(t, Dataset{SQLDir: dir})
	if got := run(t, s, "captures", "n=41").Rows[0][0]; got != int64(42) {
		t.Errorf("the user's query gives %v", got)
	}
	if got := run(t, s, "captures").Rows[0][0]; got != int64(8) {
		t.Errorf("with its default it gives %v", got)
	}
	run(t, s, "extra")
	q, _ := s.Lookup("captures")
	for params, want := range map[string]string{"m=1": "no parameter \"m\": it takes n", "n=x": `parameter n: "x" is no BIGINT`} {
		if _, err := s.Run(context.Background(), q, paramMap([]string{params})); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q in it", params, err, want)
		}
	}
	write("broken.sql", "-- titel: x\nSELECT 1\n")
	if _, err := Open(context.Background(), Dataset{SQLDir: dir}); err == nil || !strings.Contains(err.Error(), "broken: line 1: unknown key titel") {
		t.Errorf("error %v", err)
	}
	if _, err := Open(context.Background(), Dataset{SQLDir: filepath.Join(dir, "none")}); err == nil {
		t.Error("a folder that is not there is no error")
	}
}

func TestOthers(t *testing.T) {
	s := smallLake(t)
	cases := []struct {
		query  string
		params []string
		want   [][]any
		others int64
	}{
		{"addresses-sending-payloads", []string{"top=2"}, [][]any{{"192.0.2.80", int64(2000), int64(2)}, {"10.0.0.66", int64(920), int64(8)}, {"others", int64(185), int64(3)}}, 2},
		{"addresses-sending-payloads", []string{"top=0"}, [][]any{{"others", int64(3105), int64(13)}}, 4},
		{"source-ports-by-bytes-sent", []string{"top=1"}, [][]any{{int64(80), int64(1400), int64(1)}, {nil, int64(1049), int64(10)}}, 3},
		{"source-ports-by-bytes-sent", []string{"top=4"}, [][]any{{int64(80), int64(1400), int64(1)}, {int64(53), int64(920), int64(8)}, {int64(40001), int64(120), int64(1)}, {int64(138), int64(9), int64(1)}}, 0},
	}
	for _, c := range cases {
		got := run(t, s, c.query, c.params...)
		if diff := cmp.Diff(c.want, got.Rows); diff != "" || got.Others != c.others {
			t.Errorf("%s %v: %d others, %s", c.query, c.params, got.Others, diff)
		}
	}
	q, err := s.Lookup("source-ports-by-bytes-sent")
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Run(context.Background(), q, map[string]string{"top": "1"})
	if err != nil {
		t.Fatal(err)
	}
	held := run(t, s, q.Name, "top=1")
	for _, r := range []*Result{r, held.Result(), held.Result()} {
		var b bytes.Buffer
		if _, err := Write(context.Background(), &b, "csv", r, FormatOptions{}); err != nil {
			t.Fatal(err)
		}
		if want := "port,payload_bytes,packets\n80,1400,1\nothers,1049,10\n"; b.String() != want {
			t.Errorf("CSV %q, want %q", b.String(), want)
		}
	}
}

// TestLimits holds that charts name thresholds that there are.
func TestLimits(t *testing.T) {
	catalog, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]*Query{}
	for _, q := range catalog {
		named[q.Name] = q
	}
	for _, q := range catalog {
		if q.Chart == nil {
			continue
		}
		for _, l := range q.Chart.Limits {
			d := named[l.Detector]
			if d == nil || d.Kind != "detector" || d.param(l.Param) == nil || d.param(l.Param).Default == nil {
				t.Errorf("%s: there is no threshold %s.%s", q.Name, l.Detector, l.Param)
			}
		}
	}
}
