package reports

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/queries"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares with testdata/name, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test -update writes it):\n%s", path, firstDifference(string(got), string(want)))
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return "one ends early"
}

// ingested is a session on a new lake of captures whose payloads are kept.
func ingested(t *testing.T, captures ...string) *queries.Session {
	t.Helper()
	return lakeOf(t, etl.Options{Sources: captures, Payload: -1, ToolVersion: "test"})
}

// lakeOf is a session on a new lake.
func lakeOf(t *testing.T, o etl.Options) *queries.Session {
	t.Helper()
	o.Lake = filepath.Join(t.TempDir(), "lake")
	if _, err := etl.Ingest(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	l, err := lake.Open(t.Context(), o.Lake)
	if err != nil {
		t.Fatal(err)
	}
	state, err := l.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return session(t, queries.Dataset{Files: state.AllFiles(), Captures: state.Captures()})
}

func session(t *testing.T, d queries.Dataset) *queries.Session {
	t.Helper()
	s, err := queries.Open(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func build(t *testing.T, s *queries.Session, o Options) *Report {
	t.Helper()
	r, err := Build(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func htmlOf(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.HTML(&b, Look{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// captures are those of ../testdata.
func captures(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("../testdata/*.pcap*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no captures in ../testdata: %v", err)
	}
	return names
}

// demo is a session on the captures of ../testdata.
func demo(t *testing.T) *queries.Session {
	t.Helper()
	return ingested(t, captures(t)...)
}

// demoReport is a report on the captures of ../testdata, compared with that of an empty lake; made once.
func demoReport(t *testing.T) *Report {
	t.Helper()
	demoOnce.Do(func() {
		demoMade = build(t, demo(t), Options{
			Title: "Demo", Command: "pcaplake report -o demo.html", ToolVersion: "test", Generated: time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC),
			Previous: build(t, session(t, queries.Dataset{}), Options{Title: "Before"}),
		})
	})
	if demoMade == nil {
		t.Skip("the report could not be made: another test says why")
	}
	return demoMade
}

var (
	demoOnce sync.Once
	demoMade *Report
)

func TestJSON(t *testing.T) {
	r := demoReport(t)
	var b bytes.Buffer
	if err := r.JSON(&b); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(b.Bytes()) {
		t.Fatal("report.json is no JSON")
	}
	var short, lines bytes.Buffer
	text := regexp.MustCompile(`"cube":\{"start".*?"folded":(true|false)\},`).ReplaceAll(b.Bytes(), nil) // TestCubeAgrees holds it
	text = regexp.MustCompile(`"tables":\[.*?\}\],"tool_version"`).ReplaceAll(text, []byte(`"tool_version"`))
	short.Write(text)
	if err := json.Indent(&lines, short.Bytes(), "", " "); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", stable(t, lines.Bytes()))
}

// stable takes out of a report.json what other packages may change at will, or what differs from machine to machine: the text of the
// queries, the folder of the captures, the version of DuckDB.
func stable(t *testing.T, text []byte) []byte {
	t.Helper()
	dir, err := filepath.Abs("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte(dir), []byte("/testdata"))
	text = regexp.MustCompile(`"(sql|doc)": ".*"`).ReplaceAll(text, []byte(`"$1": "…"`))
	return regexp.MustCompile(`"version": "v[0-9.]+"`).ReplaceAll(text, []byte(`"version": "v…"`))
}

func TestReportIsReproducible(t *testing.T) {
	s := demo(t)
	first, second := build(t, s, Options{}), build(t, s, Options{})
	if htmlOf(t, first) != htmlOf(t, second) {
		t.Error("the same lake gives two different pages")
	}
}

func TestCSVs(t *testing.T) {
	r := demoReport(t)
	dir := filepath.Join(t.TempDir(), "new", "tables")
	if err := r.CSVs(dir); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	for _, blocks := range r.blocks() {
		for _, b := range blocks {
			want[b.ID()] = len(b.Table.Rows)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(want) {
		t.Errorf("%d files, want %d", len(files), len(want))
	}
	for name, rows := range want {
		f, err := os.Open(filepath.Join(dir, name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil || len(records) != rows+1 {
			t.Errorf("%s.csv: %d records (%v), want %d", name, len(records), err, rows+1)
		}
	}
}

func TestEmptyLake(t *testing.T) {
	r := build(t, session(t, queries.Dataset{}), Options{})
	want := []string{"No captures.", "No verdicts: " + english.count(int64(len(r.Detectors)), "detector") + " ran."}
	if !slices.Equal(r.Highlights, want) {
		t.Errorf("highlights are %q, want %q", r.Highlights, want)
	}
	page := htmlOf(t, r)
	for _, text := range []string{"No captures.", "No verdicts. That is what", "No rows."} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if strings.Contains(page, `<div class="plot"`) {
		t.Error("the page has a chart of nothing")
	}
}

func TestBuildNamesTheQueryThatFails(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"broken", "-- title: t\n-- doc: d\n-- report: who 1\nSELECT nothing", "broken"},
		{"chartless", "-- title: t\n-- doc: d\n-- chart: bar a b\n-- report: who 1\nSELECT 1 AS a", `"b"`},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, c.name+".sql"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Build(t.Context(), session(t, queries.Dataset{SQLDir: dir}), Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.name) {
			t.Errorf("got %v, want an error that names %s and %s", err, c.name, c.want)
		}
	}
}

// TestTutorial holds the report to the story of the tutorial's capture, told unasked.
func TestTutorial(t *testing.T) {
	r := build(t, ingested(t, filepath.Join(shared.Dir(t), "captures", "secdevopsai+Packet-Analytics", "suspicious.pcap")), Options{})
	want := []string{
		"2018-07-21 18:55:30 to 2018-07-21 18:55:59 UTC: 1 of 1 capture read, 1 sensor, 62 frames, no gaps, none truncated, duplicates 0.0 %.",
		"[high] 10.1.10.53 sent 29 DNS queries (same id 0x000c, source port 53, every 1.02 s) to 84.54.22.33: 27,979 payload bytes, of which " +
			"27,167 follow the last record (532-995 each, median 950), beginning with a PNG header.",
		"Most frequent address: 10.1.10.53 sent 31 packets (28,053 payload bytes) and received 31 (1,790 bytes), peers: 2.",
		"Suspicious address: 84.54.22.33 exchanged 29,603 payload bytes with 10.1.10.53 in 58 packets, more than any other peer.",
		"Data quality: In 58 packets between 10.1.10.53 and 84.54.22.33, both ways, IP and UDP checksums are off by one constant (0x5a47): " +
			"an address was rewritten after capture, so the identity of the peer is uncertain.",
	}
	if !slices.Equal(r.Highlights, want) {
		t.Errorf("highlights are\n%s\nwant\n%s", strings.Join(r.Highlights, "\n"), strings.Join(want, "\n"))
	}
	page := htmlOf(t, r)
	for _, text := range []string{"1 of 1 capture read, 1 sensor, 62 frames", strings.TrimPrefix(want[1], "[high] "), strings.TrimPrefix(want[4], "Data quality: "), "gle.com........P|"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}
