package etl

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// ingest runs Ingest into a lake and fails the test on an error.
func ingest(tb testing.TB, o Options) Summary {
	tb.Helper()
	s, err := Ingest(tb.Context(), o)
	if err != nil {
		tb.Fatalf("Ingest(%q): %v", o.Sources, err)
	}
	return s
}

func state(tb testing.TB, root string) *lake.State {
	tb.Helper()
	l, err := lake.Open(tb.Context(), root)
	if err != nil {
		tb.Fatal(err)
	}
	state, err := l.Load(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return state
}

// contents returns the hash of each file of a lake that its input determines, by name: all but the records of runs and what saves work.
func contents(tb testing.TB, root string) map[string]string {
	tb.Helper()
	out := map[string]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if top, _, _ := strings.Cut(name, "/"); slices.Contains([]string{"_runs", "_index", "_staging"}, top) || d.IsDir() {
			return nil
		}
		b, err := os.ReadFile(filepath.Join(root, name))
		sum := sha256.Sum256(b)
		out[name] = hex.EncodeToString(sum[:8])
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// column returns one column of all live files of a table, file by file, as text; NULL is "".
func column(tb testing.TB, root, table, name string) []string {
	tb.Helper()
	var out []string
	for _, f := range state(tb, root).Files(table) {
		r, err := file.OpenParquetFile(f.Path, false)
		if err != nil {
			tb.Fatal(err)
		}
		defer r.Close()
		ar, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
		if err != nil {
			tb.Fatal(err)
		}
		at := r.MetaData().Schema.ColumnIndexByName(name)
		if at < 0 {
			tb.Fatalf("table %s has no column %s", table, name)
		}
		groups := make([]int, r.NumRowGroups())
		for i := range groups {
			groups[i] = i
		}
		t, err := ar.ReadRowGroups(tb.Context(), []int{at}, groups)
		if err != nil {
			tb.Fatal(err)
		}
		defer t.Release()
		for _, chunk := range t.Column(0).Data().Chunks() {
			out = append(out, texts(chunk)...)
		}
	}
	return out
}

func texts(a arrow.Array) []string {
	out := make([]string, a.Len())
	for i := range out {
		if a.IsValid(i) {
			out[i] = a.ValueStr(i)
		}
	}
	return out
}

func TestIngest(t *testing.T) {
	dir := files(t, map[string][]byte{"night.pcap": pcap(packetsOf(1, evening, time.Second, 9)...)})
	root := filepath.Join(t.TempDir(), "lake")
	got := ingest(t, Options{Lake: root, Sources: []string{dir}, Sensor: "dmz", Payload: 4, ToolVersion: "test"})
	if got.Seconds <= 0 || got.PacketsPerSecond <= 0 || got.Run == "" {
		t.Errorf("seconds %v, packets/s %v, run %q", got.Seconds, got.PacketsPerSecond, got.Run)
	}
	record, err := os.ReadFile(filepath.Join(root, "_runs", got.Run+".json"))
	if err != nil || !json.Valid(record) {
		t.Errorf("record of the run: %v: %s", err, record)
	}
	got.Seconds, got.PacketsPerSecond, got.Run = 0, 0, ""
	want := Summary{
		Command: "ingest", Status: StatusOK, CapturesFound: 1, Committed: 1, Packets: 9,
		Rows:  map[string]int64{"packets": 9, "arp": 3, "flows": 2, "dns": 3, "payloads": 6, "rollup_1m": 3, "rollup_1h": 3},
		Bytes: got.Bytes, Rejected: map[string]int64{}, Malformed: map[string]int64{}, Errors: []SourceError{}, ToolVersion: "test",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("summary: -want +got\n%s", diff)
	}
	columns := map[[2]string][]string{
		{"packets", "frame_no"}:  {"1", "2", "3", "4", "5", "6", "7", "8", "9"},
		{"packets", "sensor"}:    slices.Repeat([]string{"dmz"}, 9),
		{"packets", "dst_port"}:  {"53", "", "8080", "53", "", "8080", "53", "", "8080"},
		{"packets", "malformed"}: slices.Repeat([]string{""}, 9),
		{"dns", "qname"}:         {"example.org", "example.org", "example.org"},
		{"dns", "frame_no"}:      {"1", "4", "7"},
		{"arp", "frame_no"}:      {"2", "5", "8"},
		{"payloads", "frame_no"}: {"1", "3", "4", "6", "7", "9"},
	}
	for at, want := range columns {
		if diff := cmp.Diff(want, column(t, root, at[0], at[1])); diff != "" {
			t.Errorf("%s.%s: -want +got\n%s", at[0], at[1], diff)
		}
	}
}

// archive is a folder of what archives hold: many captures, some equal, some bad.
func archive(tb testing.TB) string {
	contents := map[string][]byte{"readme.txt": []byte("no capture"), "bad.pcap": []byte("not one either"), "empty.pcap": pcap()}
	for i := range byte(12) {
		b := pcap(packetsOf(i, evening.Add(time.Duration(i)*time.Minute), 7*time.Second, 20+int(i)*200)...)
		name := fmt.Sprintf("%02d.pcap", i)
		contents[name] = b
		switch i % 3 {
		case 1:
			contents["copy-of-"+name] = b
			contents["a-packed-"+name+".gz"] = gzipped(tb, b)
		case 2:
			contents["cut-"+name] = b[:len(b)-5]
		}
	}
	return files(tb, contents)
}

func TestDeterministic(t *testing.T) {
	t.Chdir(archive(t))
	var want map[string]string
	var wantSummary Summary
	for _, jobs := range []int{1, 2, 8, 8} {
		root := filepath.Join(t.TempDir(), "lake")
		s := ingest(t, Options{Lake: root, Sources: []string{"."}, Jobs: jobs, Payload: -1})
		s.Run, s.Seconds, s.PacketsPerSecond = "", 0, 0
		got := contents(t, root)
		if want == nil {
			want, wantSummary = got, s
			if s.Committed != 17 || s.Known != 8 || s.Truncated != 4 || s.Failed != 1 || s.Skipped != 1 {
				t.Errorf("summary: %+v", s)
			}
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("lake at %d jobs: -at 1 job +got\n%s", jobs, diff)
		}
		if diff := cmp.Diff(wantSummary, s); diff != "" {
			t.Errorf("summary at %d jobs: -at 1 job +got\n%s", jobs, diff)
		}
	}
}

func TestExactlyOnce(t *testing.T) {
	night := pcap(packetsOf(1, evening, time.Second, 500)...)
	dir := files(t, map[string][]byte{"night.pcap": night})
	t.Chdir(dir)
	ingest(t, Options{Lake: "lake", Sources: []string{"night.pcap"}})
	want := contents(t, "lake")
	steps := []struct {
		name    string
		prepare func()
		options Options
		want    Summary
	}{
		{name: "as it was", want: Summary{Known: 1}},
		{name: "as it was, read again", prepare: func() { os.RemoveAll("lake/_index") }, want: Summary{Known: 1}},
		{name: "touched", prepare: func() { os.Chtimes("night.pcap", evening, evening) }, want: Summary{Known: 1}},
		{name: "packed", prepare: func() { place(t, "night.pcap.gz", gzipped(t, night)) }, want: Summary{Known: 2}},
		{name: "copied", prepare: func() { place(t, "more/copy.pcap", night) }, want: Summary{Known: 3}},
		{name: "other sensor", options: Options{Sensor: "dmz"}, want: Summary{Known: 3, KnownOtherOptions: 3}},
		{name: "other payload, by hand, in a folder", options: Options{Payload: 10, Explicit: true}, want: Summary{Known: 3, KnownOtherOptions: 3}},
		{name: "other tool", options: Options{ToolVersion: "next"}, want: Summary{Known: 3}},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			if step.prepare != nil {
				step.prepare()
			}
			o := step.options
			o.Lake, o.Sources = "lake", []string{"."}
			var log bytes.Buffer
			o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
			s := ingest(t, o)
			got := Summary{Known: s.Known, KnownOtherOptions: s.KnownOtherOptions, Committed: s.Committed, Packets: s.Packets}
			if diff := cmp.Diff(step.want, got); diff != "" {
				t.Errorf("summary: -want +got\n%s", diff)
			}
			if s.Status != StatusNothingNew {
				t.Errorf("status %s", s.Status)
			}
			if n := strings.Count(log.String(), "level=WARN"); n != min(1, s.KnownOtherOptions) {
				t.Errorf("%d warnings:\n%s", n, log.String())
			}
			if diff := cmp.Diff(want, contents(t, "lake")); diff != "" {
				t.Errorf("the lake changed:\n%s", diff)
			}
		})
	}
}

func TestConflict(t *testing.T) {
	dir := files(t, map[string][]byte{"a.pcap": pcap(packetsOf(1, evening, time.Second, 5)...), "b.pcap": pcap(packetsOf(2, evening, time.Second, 5)...)})
	t.Chdir(dir)
	ingest(t, Options{Lake: "lake", Sources: []string{"a.pcap"}})
	s, err := Ingest(t.Context(), Options{Lake: "lake", Sources: []string{"a.pcap", "b.pcap"}, Sensor: "dmz", Explicit: true, After: "delete"})
	if !errors.Is(err, ErrConflict) || ExitStatus(s, err) != 64 || !strings.Contains(err.Error(), "a.pcap") {
		t.Errorf("error %v, exit status %d", err, ExitStatus(s, err))
	}
	if s.Committed != 1 || s.KnownOtherOptions != 1 {
		t.Errorf("summary: %+v", s)
	}
	if _, err := os.Stat("a.pcap"); err != nil {
		t.Errorf("a source in conflict is gone: %v", err)
	}
	if _, err := os.Stat("b.pcap"); err == nil {
		t.Error("b.pcap was not deleted")
	}
}

// TestSalted covers a file that changed where its fingerprint does not look.
func TestSalted(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 40 MB")
	}
	frames := make([]stamped, 8000)
	for i := range frames {
		frames[i] = stamped{evening, udp(host, web, bytes.Repeat([]byte{byte(i)}, 1400))}
	}
	original := pcap(frames...)
	other := bytes.Clone(original)
	at := len(other) / 3
	other[at]++
	dir := files(t, map[string][]byte{"a.pcap": original, "b.pcap": other})
	for _, sources := range [][]string{{"a.pcap", "b.pcap"}, {"b.pcap", "a.pcap"}} {
		t.Chdir(dir)
		root := filepath.Join(t.TempDir(), "lake")
		s := ingest(t, Options{Lake: root, Sources: sources, Jobs: 2})
		if s.Committed != 2 {
			t.Fatalf("summary: %+v", s)
		}
		ms := state(t, root).Manifests()
		if ms[0].CaptureID == ms[1].CaptureID || ms[0].ContentHash == ms[1].ContentHash {
			t.Errorf("captures %s (%s) and %s (%s)", ms[0].CaptureID, ms[0].ContentHash, ms[1].CaptureID, ms[1].ContentHash)
		}
		os.RemoveAll(filepath.Join(root, indexFolder))
		if s := ingest(t, Options{Lake: root, Sources: sources, Jobs: 2}); s.Known != 2 {
			t.Errorf("again: %+v", s)
		}
	}
}
