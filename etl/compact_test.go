package etl

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// later is when nothing in a lake is young any more.
func later() time.Time { return time.Now().Add(48 * time.Hour) }

func compact(tb testing.TB, o CompactOptions) Compaction {
	tb.Helper()
	if o.Lake = "lake"; o.Now.IsZero() {
		o.Now = later()
	}
	c, err := Compact(tb.Context(), o)
	if err != nil {
		tb.Fatalf("Compact: %v", err)
	}
	return c
}

// startOf is when capture i of smallCaptures begins: the sixth and later ones are of the next day.
func startOf(i int) time.Time { return evening.Add(time.Duration(i-5) * time.Minute) }

// smallCaptures makes a folder of captures of one evening and night and works in it.
func smallCaptures(t *testing.T, n int) {
	t.Helper()
	contents := map[string][]byte{}
	for i := range n {
		contents[fmt.Sprintf("%02d.pcap", i)] = pcap(packetsOf(byte(i), startOf(i), time.Second, 30+i*7)...)
	}
	t.Chdir(files(t, contents))
}

// rowsOf are all rows of the live files of a table, sorted, cells in the order of the columns.
func rowsOf(tb testing.TB, table string) []string {
	tb.Helper()
	var rows []string
	for _, t := range schema.Tables() {
		for i := range t.Columns {
			if t.Name != table {
				continue
			}
			for at, cell := range column(tb, "lake", table, t.Columns[i].Name) {
				if i == 0 {
					rows = append(rows, "")
				}
				rows[at] += cell + "|"
			}
		}
	}
	slices.Sort(rows)
	return rows
}

func allRows(tb testing.TB) map[string][]string {
	tb.Helper()
	rows := map[string][]string{}
	for _, t := range schema.Tables() {
		rows[t.Name] = rowsOf(tb, t.Name)
	}
	return rows
}

func holdRows(tb testing.TB, want map[string][]string) {
	tb.Helper()
	if diff := cmp.Diff(want, allRows(tb)); diff != "" {
		tb.Errorf("rows: -want +got\n%s", diff)
	}
	v, err := Verify(tb.Context(), VerifyOptions{Lake: "lake"})
	if err != nil || v.Broken > 0 {
		tb.Errorf("verify: %v, %+v", err, v.Findings)
	}
}

func TestCompact(t *testing.T) {
	smallCaptures(t, 9)
	ingest(t, Options{Lake: "lake", Sources: []string{"."}, Payload: -1})
	before, files := allRows(t), len(state(t, "lake").AllFiles())
	partitions := map[string]bool{}
	for _, f := range state(t, "lake").AllFiles() {
		partitions[f.Table+f.Date] = true
	}
	var plan []Merging
	dry := compact(t, CompactOptions{DryRun: true, Show: func(p []Merging) error { plan = p; return nil }})
	if dry.Run != "" || dry.Merged != len(plan) || dry.Merged != 14 || len(state(t, "lake").AllFiles()) != files {
		t.Errorf("dry run: %+v", dry)
	}
	c := compact(t, CompactOptions{ToolVersion: "test"})
	want := Compaction{
		Command: "compact", Run: c.Run, Status: StatusOK, Merged: dry.Merged, Files: dry.Files, Rows: dry.Rows, BytesBefore: dry.BytesBefore,
		BytesAfter: c.BytesAfter, Errors: []SourceError{}, Seconds: c.Seconds, ToolVersion: "test",
	}
	if diff := cmp.Diff(want, c); diff != "" || c.Seconds <= 0 || c.BytesAfter >= c.BytesBefore {
		t.Errorf("-want +got\n%s", diff)
	}
	holdRows(t, before)
	if s := state(t, "lake"); len(s.AllFiles()) != len(partitions) || len(s.Manifests()) != 9 || s.Packets(s.Manifests()[3]) != s.Manifests()[3].Rows {
		t.Errorf("%d files of %d captures, want %d", len(s.AllFiles()), len(s.Manifests()), len(partitions))
	}
	for _, m := range plan {
		if !slices.ContainsFunc(state(t, "lake").LiveFiles(), func(f lake.LiveFile) bool {
			return strings.HasSuffix(f.Name, m.Name+".parquet") && f.Rows == m.Rows && f.SchemaVersion == schema.Version
		}) {
			t.Errorf("planned %+v is not there", m)
		}
	}
	if again := compact(t, CompactOptions{}); again.Status != StatusNothingNew || again.Run != "" {
		t.Errorf("again: %+v", again)
	}
	if n := parquets(t); n != files+c.Merged {
		t.Errorf("%d files on the disk: what is replaced stays for readers", n)
	}
	expire(t, ExpireOptions{Now: time.Now().Add(72 * time.Hour), Grace: time.Hour})
	if n := parquets(t); n != len(state(t, "lake").AllFiles()) {
		t.Errorf("%d files on the disk after the grace", n)
	}
	holdRows(t, before)
	if ingest(t, Options{Lake: "lake", Sources: []string{"."}, Payload: -1}).Known != 9 {
		t.Error("captures are not known any more")
	}
}

// TestCompactSame holds that a compacted lake does not depend on jobs, on the order of ingest, or on the hour.
func TestCompactSame(t *testing.T) {
	smallCaptures(t, 7)
	var want map[string]string
	for i, o := range []Options{{Jobs: 1}, {Jobs: 3}, {Jobs: 1}} {
		o.Lake, o.Sources = "lake", []string{"."}
		if i == 2 { // one by one, backwards
			for n := 6; n >= 0; n-- {
				o.Sources = []string{fmt.Sprintf("%02d.pcap", n)}
				ingest(t, o)
			}
		} else {
			ingest(t, o)
		}
		compact(t, CompactOptions{Jobs: 3 - i, Now: later().Add(time.Duration(i) * time.Hour)})
		got := contents(t, "lake")
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" && i < 2 {
			t.Errorf("lake %d: -want +got\n%s", i, diff)
		}
		for name, hash := range want {
			if strings.HasSuffix(name, ".parquet") && got[name] != hash {
				t.Errorf("lake %d: %s is other bytes", i, name)
			}
		}
		if err := os.RemoveAll("lake"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCompactAnySubset compacts what is there after some of the captures came, in any order: the rows are always those of the captures.
func TestCompactAnySubset(t *testing.T) {
	smallCaptures(t, 8)
	ingest(t, Options{Lake: "lake", Sources: []string{"."}, Payload: -1})
	want := allRows(t)
	random := rand.New(rand.NewPCG(3, 4))
	for range 5 {
		if err := os.RemoveAll("lake"); err != nil {
			t.Fatal(err)
		}
		for order := random.Perm(8); len(order) > 0; {
			n := 1 + random.IntN(len(order))
			var sources []string
			for _, i := range order[:n] {
				sources = append(sources, fmt.Sprintf("%02d.pcap", i))
			}
			order = order[n:]
			ingest(t, Options{Lake: "lake", Sources: sources, Payload: -1})
			compact(t, CompactOptions{MinFiles: random.IntN(4), Jobs: 1 + random.IntN(2), Table: []string{"", "packets", "dns"}[random.IntN(3)]})
		}
		holdRows(t, want)
	}
}

func TestCompactLeavesYoungAlone(t *testing.T) {
	smallCaptures(t, 3)
	ingest(t, Options{Lake: "lake", Sources: []string{"00.pcap", "01.pcap"}})
	hour := func(h int) time.Time { return time.Now().Add(time.Duration(h) * time.Hour) }
	if c := compact(t, CompactOptions{Now: hour(23)}); c.Status != StatusNothingNew {
		t.Errorf("after 23 hours: %+v", c)
	}
	ago := hour(-20)
	for _, m := range state(t, "lake").Manifests() {
		if err := os.Chtimes(filepath.Join("lake/_manifests", "c-"+m.ContentHash+".json"), ago, ago); err != nil {
			t.Fatal(err)
		}
	}
	// Of three captures one is young, and one is a grown one, which is as young as the change that brought it.
	place(t, "01.pcap", pcap(packetsOf(1, startOf(1), time.Second, 90)...))
	if s := ingest(t, Options{Lake: "lake", Sources: []string{"01.pcap", "02.pcap"}}); s.Superseded != 1 || s.Committed != 2 {
		t.Fatalf("%+v", s)
	}
	if c := compact(t, CompactOptions{Now: hour(5)}); c.Status != StatusNothingNew {
		t.Errorf("one old capture: %+v", c)
	}
	if c := compact(t, CompactOptions{Now: hour(25)}); c.Merged != 6 || c.Files != 18 {
		t.Errorf("all old: %+v", c)
	}
}

// TestGrownAfterCompact takes the earlier part of a capture out of the files that it was merged into.
func TestGrownAfterCompact(t *testing.T) {
	smallCaptures(t, 5)
	grown := map[string][]byte{
		"02.pcap": pcap(packetsOf(2, startOf(2), time.Second, 200)...),
		"04.pcap": pcap(packetsOf(4, startOf(4), time.Second, 300)...),
	}
	ingest(t, Options{Lake: "lake", Sources: []string{"."}, Payload: -1})
	compact(t, CompactOptions{})
	for name, b := range grown {
		place(t, name, b)
	}
	if s := ingest(t, Options{Lake: "lake", Sources: []string{"."}, Payload: -1}); s.Superseded != 2 || s.Known != 3 {
		t.Errorf("%+v", s)
	}
	got := allRows(t)
	if v := verified(t, VerifyOptions{}); v.Broken > 0 {
		t.Errorf("%+v", v.Findings)
	}
	if err := os.RemoveAll("lake"); err != nil {
		t.Fatal(err)
	}
	ingest(t, Options{Lake: "lake", Sources: []string{"."}, Payload: -1})
	if diff := cmp.Diff(allRows(t), got); diff != "" {
		t.Errorf("-as if it had been so from the first +got\n%s", diff)
	}
}

// TestCompactDamaged: damage is told and stays where it is, and the rest is compacted.
func TestCompactDamaged(t *testing.T) {
	smallCaptures(t, 4)
	ingest(t, Options{Lake: "lake", Sources: []string{"."}})
	var damaged, missing string
	for _, f := range state(t, "lake").Files("dns") {
		damaged = f.Path
	}
	for _, f := range state(t, "lake").Files("arp") {
		missing = f.Path
	}
	b, err := os.ReadFile(damaged)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := errors.Join(os.WriteFile(damaged, b, 0o640), os.Remove(missing)); err != nil {
		t.Fatal(err)
	}
	c := compact(t, CompactOptions{})
	if c.Status != StatusPartial || c.Failed != 2 || c.Merged != 4 || c.ExitStatus(nil) != 3 || !strings.Contains(c.Errors[1].Error, "its bytes changed") {
		t.Errorf("%+v", c)
	}
	if files := left(t); files["packets"] != 1 || files["dns"] != 4 || files["arp"] != 4 {
		t.Errorf("live files: %v", files)
	}
}

func TestCompactRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := Compact(t.Context(), CompactOptions{Lake: "nowhere"}); !errors.Is(err, lake.ErrNoLake) {
		t.Errorf("no lake: %v", err)
	}
	c, err := Compact(t.Context(), CompactOptions{Lake: "nowhere", Table: "captures"})
	if !errors.Is(err, ErrUsage) || c.ExitStatus(err) != 64 {
		t.Errorf("no table: %v", err)
	}
	smallCaptures(t, 2)
	ingest(t, Options{Lake: "lake", Sources: []string{"."}})
	before := contents(t, "lake")
	refusal := errors.New("no")
	if _, err := Compact(t.Context(), CompactOptions{Lake: "lake", Now: later(), Show: func([]Merging) error { return refusal }}); !errors.Is(err, refusal) {
		t.Errorf("refused: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c, err = Compact(ctx, CompactOptions{Lake: "lake", Now: later(), Show: func([]Merging) error { cancel(); return nil }})
	if !errors.Is(err, context.Canceled) || c.Status != StatusInterrupted || c.ExitStatus(err) != 130 {
		t.Errorf("interrupted: %v, %+v", err, c)
	}
	if diff := cmp.Diff(before, contents(t, "lake")); diff != "" {
		t.Errorf("-before +after\n%s", diff)
	}
}

// TestCompactAtOnce compacts, ingests and reads at once: a reader sees every committed row once, whatever is under way.
func TestCompactAtOnce(t *testing.T) {
	smallCaptures(t, 12)
	done := make(chan struct{})
	var workers, readers sync.WaitGroup
	for range 3 {
		workers.Go(func() {
			for range 6 {
				if _, err := Compact(t.Context(), CompactOptions{Lake: "lake", Now: later(), Jobs: 1}); err != nil && !errors.Is(err, lake.ErrNoLake) {
					t.Error(err)
				}
			}
		})
	}
	workers.Go(func() {
		for i := range 12 {
			ingest(t, Options{Lake: "lake", Sources: []string{fmt.Sprintf("%02d.pcap", i)}})
		}
	})
	readers.Go(func() {
		for last := int64(0); ; {
			select {
			case <-done:
				return
			default:
			}
			l, err := lake.Open(t.Context(), "lake")
			if err != nil {
				continue // not made yet
			}
			s, err := l.Load(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			rows, want := int64(0), int64(0)
			for _, f := range s.Files("packets") {
				rows += f.Rows
			}
			for _, m := range s.Manifests() {
				want += m.Rows
			}
			if rows != want || rows < last {
				t.Errorf("%d rows, of captures %d, before %d", rows, want, last)
			}
			last = rows
		}
	})
	workers.Wait()
	close(done)
	readers.Wait()
	compact(t, CompactOptions{})
	got := allRows(t)
	holdRows(t, got)
	if err := os.RemoveAll("lake"); err != nil {
		t.Fatal(err)
	}
	ingest(t, Options{Lake: "lake", Sources: []string{"."}})
	holdRows(t, got)
}
