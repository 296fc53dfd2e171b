package lake

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pcaplake/pcaplake/schema"
)

// full is a manifest in which every field says something.
func full(seed uint64) *Manifest {
	random := rand.New(rand.NewPCG(seed, 0))
	hash := hashOf(fmt.Sprint(seed))
	first, last, dropped := int64(seed), int64(seed)+5, int64(3)
	m := &Manifest{
		CaptureID: hash[:32], Source: fmt.Sprintf("/archive/%d.pcap", seed), Sensor: "s", Format: "pcapng", Compression: "gzip", StoredBytes: 9,
		Bytes: 10, ContentHash: hash, HeadHash: hashOf(hash), PrefixEnd: 10, PrefixHash: hashOf("p" + hash), SHA256: hashOf("s"),
		Interfaces: []Interface{{LinkType: 1, Name: fmt.Sprint("if", seed%3)}}, LinkTypes: []int32{1}, Options: map[string]string{"payload": "all"},
		OptionsID: "0123abcd", ToolVersion: "1", SchemaVersion: schema.Version, Frames: 10, Rows: 9, Rejected: map[string]int64{"cut": 1},
		Malformed: map[string]int64{}, Snapped: 1, OutOfOrder: 2, Duplicates: 3, FragmentsEvicted: 4, FragmentsUnresolved: 5, CutNS: 6, Comments: 7,
		Dropped: &dropped, Truncated: true, Damage: []string{"it ends"}, FirstTS: &first, LastTS: &last,
		Rewritten: []schema.Rewritten{{}},
	}
	for i, table := range []string{"arp", "dns", "packets"} {
		name, _ := fileName(table, "s", "2026-11-22", BaseName(m.CaptureID, m.OptionsID, 0))
		m.Adds = append(m.Adds, File{
			Name: name, Table: table, Sensor: "s", Date: "2026-11-22", Rows: 9, Bytes: random.Int64N(1e6), MinTS: &first, MaxTS: &last, BLAKE3: hashOf(name),
		})
		if i == 0 {
			m.Adds[0].MinTS, m.Adds[0].MaxTS = nil, nil
		}
	}
	return m
}

// fullHistory is one of captures in which every field says something, with a change.
func fullHistory(captures uint64) *history {
	h := &history{captures: []*Manifest{{ContentHash: hashOf("bare"), Rejected: map[string]int64{}}}}
	for seed := range captures {
		h.captures = append(h.captures, full(seed))
	}
	h.changes = []*Change{{
		Seq: 7, Drops: []string{full(3).ContentHash}, Removes: []string{full(3).Adds[0].Name, full(4).Adds[2].Name},
		Adds: []File{{Name: "dns/x", Table: "dns", Rows: 3, SchemaVersion: 2, Captures: map[string]int64{"a": 1, "b": 2}}},
	}}
	return h
}

// put writes the checkpoint of a history into a lake.
func put(t testing.TB, l *Lake, h *history) *checkpoint {
	t.Helper()
	c, err := l.writeParts(h)
	if err != nil {
		t.Fatal(err)
	}
	text, err := encode(c, &c.Digest)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.store.PutIfAbsent(c.name(), text); err != nil {
		t.Fatal(err)
	}
	return c
}

// holdReplay holds that a lake is what a replay of before its checkpoint says.
func holdReplay(t *testing.T, l *Lake, r *replay) {
	t.Helper()
	h, err := l.read(t.Context(), whole)
	if err != nil {
		t.Fatal(err)
	}
	want := *r
	want.removed = map[string]int64{}
	for _, m := range want.captures {
		m.Adds = nil
	}
	options := cmp.Options{cmp.AllowUnexported(replay{}), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(replay{}, "order")}
	if diff := cmp.Diff(&want, h.replay(), options); diff != "" {
		t.Errorf("-written +read\n%s", diff)
	}
}

func TestCheckpointHoldsAll(t *testing.T) {
	l, _ := newLake(t)
	c := put(t, l, fullHistory(50))
	holdReplay(t, l, fullHistory(50).replay())
	names := []string{c.name()}
	for _, p := range c.Parts {
		for _, o := range p.objects() {
			if o.Name != "" {
				names = append(names, manifestFolder+"/"+o.Name)
			}
		}
	}
	for _, name := range names {
		path := l.store.Path(name)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			at := rand.IntN(len(text))
			text[at] ^= 1
			if err := os.WriteFile(path, text, 0o640); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Load(t.Context()); err == nil {
				t.Errorf("byte %d of %s changed, and nobody saw it", at, name)
			}
			text[at] ^= 1
		}
		if err := os.WriteFile(path, text, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	holdReplay(t, l, fullHistory(50).replay())
}

// TestOldCheckpoint: a checkpoint of version 1 is read, and the next one has what it had.
func TestOldCheckpoint(t *testing.T) {
	l, s := newLake(t)
	text, err := os.ReadFile("testdata/k-000000000007.parquet")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.store.PutIfAbsent(manifestFolder+"/k-000000000007.parquet", text); err != nil {
		t.Fatal(err)
	}
	h := fullHistory(20)
	h.captures = h.captures[1:] // which was written without it
	holdReplay(t, l, h.replay())
	m := commitAll(t, l, s, "a")[0]
	if wrote, err := l.checkpoint(t.Context(), 0); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	leftovers(t, l)
	if got := manifests(t, l); len(got) != 4 || got[0] != "k-000000000008.json" {
		t.Errorf("manifests: %v", got)
	}
	h = fullHistory(20)
	h.captures = append(h.captures[1:], m)
	r := h.replay()
	r.seq = 8
	holdReplay(t, l, r)
}

// TestCheckpoint: a lake is the same before and after, and without what the checkpoint holds.
func TestCheckpoint(t *testing.T) {
	l, s := newLake(t)
	commitAll(t, l, s, "a", "b", "c", "d")
	change := func(c *Change) {
		t.Helper()
		if _, err := l.Change(t.Context(), s, func(*State) (*Change, error) { return c, nil }); err != nil {
			t.Fatal(err)
		}
	}
	checkpoint := func(after int, want bool) {
		t.Helper()
		before, err := l.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		wrote, err := l.checkpoint(t.Context(), after)
		if err != nil || wrote != want {
			t.Fatalf("checkpoint: %v, %v", wrote, err)
		}
		if want {
			leftovers(t, l)
		}
		after1, err := l.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before.AllFiles(), after1.AllFiles()); diff != "" {
			t.Errorf("files: -before +after\n%s", diff)
		}
		if diff := cmp.Diff(before.Captures(), after1.Captures(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("captures: -before +after\n%s", diff)
		}
		if diff := cmp.Diff(before.Contents(), after1.Contents()); diff != "" {
			t.Errorf("contents: -before +after\n%s", diff)
		}
		holdSound(t, l)
	}
	checkpoint(4, false)
	checkpoint(3, true)
	checkpoint(0, false)
	if got := manifests(t, l); len(got) != 3 || got[0] != "k-000000000000.json" {
		t.Errorf("manifests: %v", got)
	}
	commitAll(t, l, s, "e", "f")
	checkpoint(1, true) // without a change since the last
	if got := manifests(t, l); len(got) != 3 || got[0] != "k-000000000001.json" {
		t.Errorf("manifests: %v", got)
	}
	gone := captureOf(t, s, "c", 10, 22).Adds
	change(&Change{Removes: []string{captureOf(t, s, "b", 10, 22).Adds[0].Name, gone[0].Name, gone[1].Name}, Drops: []string{hashOf("c")}})
	commitAll(t, l, s, "g", "a") // the latter is in the checkpoint
	if got := lives(t, l); got["a"] != 10 || got["g"] != 10 || len(got) != 6 {
		t.Errorf("live: %v", got)
	}
	checkpoint(0, true)
	change(&Change{Captures: []*Manifest{captureOf(t, s, "c", 12, 23)}})
	holdSound(t, l)
	if got := lives(t, l); got["c"] != 12 || len(got) != 7 {
		t.Errorf("live: %v", got)
	}
}

// TestSweepBehindCheckpoints: what a checkpoint stands for goes when that one is older than the grace, however many came since.
func TestSweepBehindCheckpoints(t *testing.T) {
	l, s := newLake(t)
	for day, name := range []string{"a", "b", "c", "d"} {
		commitAll(t, l, s, name)
		if day < 3 { // the last stands outside
			must(l.checkpoint(t.Context(), 0))
		}
		for _, m := range manifests(t, l) { // a day passes
			path := filepath.Join(l.root, manifestFolder, m)
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			then := info.ModTime().Add(-20 * time.Hour)
			if err := os.Chtimes(path, then, then); err != nil {
				t.Fatal(err)
			}
		}
	}
	d, err := l.Disk(t.Context()) // the checkpoints are 80, 60 and 40 hours old
	if err != nil {
		t.Fatal(err)
	}
	due := map[time.Duration]int{}
	for _, grace := range []time.Duration{30 * time.Hour, 50 * time.Hour, 70 * time.Hour, 90 * time.Hour} {
		for _, f := range d.Leftovers {
			if kind, _ := manifestKind(f.Name); kind == captureKind && f.Due(time.Now(), grace) {
				due[grace]++
			}
		}
	}
	if diff := cmp.Diff(map[time.Duration]int{30 * time.Hour: 3, 50 * time.Hour: 2, 70 * time.Hour: 1}, due); diff != "" {
		t.Errorf("manifests of captures that are due: -want +got\n%s", diff)
	}
	heads := 0
	for _, f := range d.Leftovers {
		if kind, _ := manifestKind(f.Name); kind == checkpointKind {
			if heads++; f.Due(time.Now(), 70*time.Hour) {
				t.Errorf("%s is due, and was the last %s ago", f.Name, time.Since(f.Since))
			}
		}
	}
	if heads != 2 {
		t.Errorf("%d checkpoints are left over", heads)
	}
}

// leftovers sweeps what is due in two days.
func leftovers(t *testing.T, l *Lake) {
	t.Helper()
	d, err := l.Disk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var due []Leftover
	for _, f := range d.Leftovers {
		if f.Due(time.Now(), 24*time.Hour) {
			t.Errorf("%s is due before its grace", f.Name)
		}
		if f.Due(time.Now().Add(48*time.Hour), 24*time.Hour) && f.Change > 0 {
			due = append(due, f)
		}
	}
	if err := l.Sweep(t.Context(), due, func(Leftover) {}); err != nil {
		t.Fatal(err)
	}
}

func manifests(t *testing.T, l *Lake) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(l.root, manifestFolder))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// BenchmarkOpen opens a lake of 100,000 captures with five files each, by its checkpoint.
func BenchmarkOpen(b *testing.B) {
	l, _ := newLake(b)
	h := new(history)
	for seed := range uint64(100_000) {
		m := full(seed)
		for _, table := range []string{"http", "tls"} {
			f := m.Adds[2]
			f.Name, _ = fileName(table, "s", "2026-11-22", BaseName(m.CaptureID, m.OptionsID, 0))
			f.Table, f.BLAKE3 = table, hashOf(f.Name)
			m.Adds = append(m.Adds, f)
		}
		h.captures = append(h.captures, m)
	}
	put(b, l, h)
	for b.Loop() {
		s, err := l.Load(b.Context())
		if err != nil || len(s.AllFiles()) != 500_000 || len(s.Captures()) != 100_000 {
			b.Fatal(err)
		}
	}
}
