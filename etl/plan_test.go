package etl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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
)

// promised are the objects of a lake that its input determines, by name.
func promised(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		top, _, _ := strings.Cut(name, "/")
		if err != nil || d.IsDir() || strings.HasPrefix(top, "_") && top != "_manifests" {
			return err
		}
		b, err := os.ReadFile(filepath.Join(root, name))
		out[name] = hashOf(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// writeArchive writes captures of many sizes, one of them damaged and one that is none.
func writeArchive(t *testing.T, dir string, captures int) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	at := time.Date(2026, 11, 22, 23, 50, 0, 0, time.UTC)
	for i := range captures {
		data := pcap(packetsOf(byte(i), at.Add(time.Duration(i)*time.Minute), 5*time.Second, 1+random.IntN(200))...)
		if i == 3 {
			data = data[:len(data)-7]
		}
		place(t, filepath.Join(dir, fmt.Sprintf("tap-%02d.pcap", i)), data)
	}
	place(t, filepath.Join(dir, "bad.pcap"), []byte("this is no capture at all, whatever it is called"))
}

// makePlan plans a folder into shards and opens the plan.
func makePlan(t *testing.T, root, dir string, shards int) (PlanSummary, *Plan) {
	t.Helper()
	sum, err := MakePlan(t.Context(), PlanOptions{Options: Options{Lake: root, Sources: []string{dir}, Payload: 16}, MaxShards: shards, Target: 1})
	if err != nil {
		t.Fatal(err)
	}
	if sum.Plan == "" {
		return sum, nil
	}
	p, err := OpenPlan(t.Context(), root, sum.Plan)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return sum, p
}

// TestShards does an archive as shards, each by two tasks at once, the first of which often dies, and then a second night in which a capture grew and others
// came: the lake is that of one process.
func TestShards(t *testing.T) {
	dir := files(t, nil)
	writeArchive(t, dir, 24)
	work := t.TempDir()
	one, many := filepath.Join(work, "one"), filepath.Join(work, "many")
	for night := range 2 {
		if night == 1 {
			place(t, filepath.Join(dir, "tap-05.pcap"), pcap(packetsOf(5, time.Date(2026, 11, 22, 23, 55, 0, 0, time.UTC), 5*time.Second, 250)...))
			place(t, filepath.Join(dir, "tap-30.pcap"), pcap(packetsOf(30, time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC), time.Second, 30)...))
			place(t, filepath.Join(dir, "tap-02.pcap"), pcap(packetsOf(2, time.Date(2026, 11, 22, 23, 52, 0, 0, time.UTC), 5*time.Second, 260)...))
		}
		ingest(t, Options{Lake: one, Sources: []string{dir}, Payload: 16})
		sum, p := makePlan(t, many, dir, 8)
		if want := []int{25, 4}[night]; sum.Captures != want { // 24 and the bad one; three that are new, and the bad one
			t.Fatalf("night %d: the plan has %d captures, not %d", night, sum.Captures, want)
		}
		if _, err := Publish(t.Context(), p, Options{Lake: many}); !errors.Is(err, ErrUnfinished) {
			t.Errorf("publish before the shards: %v", err)
		}
		doShards(t, many, p)
		before := promised(t, many)
		for range 2 { // the second time there is nothing to do
			published, err := Publish(t.Context(), p, Options{Lake: many})
			if err != nil || published.Status != StatusPartial || published.Failed != 1 || len(published.Missing) > 0 {
				t.Fatalf("publish: %+v, %v", published, err)
			}
		}
		if night == 1 && cmp.Equal(before, promised(t, many)) {
			t.Error("publish changed nothing though captures grew")
		}
		if diff := cmp.Diff(promised(t, one), promised(t, many)); diff != "" {
			t.Fatalf("night %d: -one process +shards\n%s", night, diff)
		}
	}
	if sum, _ := makePlan(t, many, dir, 8); sum.Captures > 1 { // the bad one may change
		t.Errorf("planned again: %+v", sum)
	}
}

// doShards does all shards and one that does not exist.
func doShards(t *testing.T, root string, p *Plan) {
	t.Helper()
	var tasks sync.WaitGroup
	for shard := range len(p.Header.Shards) + 1 {
		for range 2 {
			tasks.Go(func() {
				ctx, kill := context.WithTimeout(t.Context(), time.Duration(shard*7)*time.Millisecond)
				defer kill()
				_, _ = Ingest(ctx, Options{Lake: root, Plan: p, Shard: shard, Jobs: 1})
				sum, err := Ingest(t.Context(), Options{Lake: root, Plan: p, Shard: shard, Jobs: 2})
				if status := ExitStatus(sum, err); status != 0 {
					t.Errorf("shard %d: exit status %d, %+v, %v", shard, status, sum, err)
				}
			})
		}
	}
	tasks.Wait()
}

// TestShardRetries holds that a shard whose capture cannot be read for now is not done.
func TestShardRetries(t *testing.T) {
	dir := files(t, nil)
	writeArchive(t, dir, 3)
	root := filepath.Join(t.TempDir(), "lake")
	_, p := makePlan(t, root, dir, 1)
	away := filepath.Join(dir, "tap-01.pcap")
	data, err := os.ReadFile(away)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(away); err != nil {
		t.Fatal(err)
	}
	sum, err := Ingest(t.Context(), Options{Lake: root, Plan: p})
	if status := ExitStatus(sum, err); status != exitBusy || sum.Committed != 2 {
		t.Errorf("exit status %d, %d committed, %v", status, sum.Committed, err)
	}
	if got, err := Publish(t.Context(), p, Options{Lake: root}); !errors.Is(err, ErrUnfinished) || !slices.Equal(got.Missing, []int{0}) {
		t.Errorf("publish: %+v, %v", got, err)
	}
	place(t, away, data)
	if sum, err = Ingest(t.Context(), Options{Lake: root, Plan: p}); ExitStatus(sum, err) != 0 || sum.Committed != 1 {
		t.Errorf("done again: %+v, %v", sum, err)
	}
}

// TestPlan holds that a plan depends on the captures alone, that its shards are balanced, and that damage shows.
func TestPlan(t *testing.T) {
	dir := files(t, nil)
	writeArchive(t, dir, 40)
	root := filepath.Join(t.TempDir(), "lake")
	sum, p := makePlan(t, root, dir, 8)
	if again, _ := makePlan(t, filepath.Join(t.TempDir(), "other"), dir, 8); again.Plan != sum.Plan {
		t.Errorf("two plans of the same: %s, %s", sum.Plan, again.Plan)
	}
	seen, least, most := map[string]bool{}, int64(1<<62), int64(0)
	for i, s := range p.Header.Shards {
		least, most = min(least, s.Bytes), max(most, s.Bytes)
		captures, err := p.shard(i)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range captures {
			if seen[c.Source] {
				t.Errorf("%s is planned twice", c.Source)
			}
			seen[c.Source] = true
		}
	}
	if len(seen) != 41 || len(p.Header.Shards) != 8 || most-least > 20_000 {
		t.Errorf("%d captures in %d shards of %d to %d bytes", len(seen), len(p.Header.Shards), least, most)
	}
	path := filepath.Join(root, "_plans", sum.Plan+".json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(text); at += 97 {
		damaged := slices.Clone(text)
		damaged[at] ^= 1
		if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, damaged, 0o600)); err != nil {
			t.Fatal(err)
		}
		if !shows(t, root, sum.Plan) {
			t.Fatalf("damage at byte %d does not show", at)
		}
	}
}

// shows reports whether a plan cannot be read to its end.
func shows(t *testing.T, root, id string) bool {
	t.Helper()
	p, err := OpenPlan(t.Context(), root, id)
	if err != nil {
		return true
	}
	defer p.Close()
	for i := range p.Header.Shards {
		if _, err := p.shard(i); err != nil {
			return true
		}
	}
	return false
}

// TestPack holds the bounds of packing.
func TestPack(t *testing.T) {
	sizes := func(bytes ...int64) (out []PlannedCapture) {
		for i, n := range bytes {
			out = append(out, PlannedCapture{Source: fmt.Sprint(i), Order: i, Bytes: n})
		}
		return out
	}
	for _, c := range []struct {
		captures []PlannedCapture
		shards   int
		target   int64
		want     string
	}{
		{nil, 8, 1, "[]"},
		{sizes(5), 8, 1, "[[0]]"},
		{sizes(1, 1, 1, 1), 2, 1, "[[0 2] [1 3]]"},
		{sizes(10, 9, 8, 1, 1, 1), 3, 1, "[[0] [1 4] [2 3 5]]"},
		{sizes(10, 10, 10), 8, 15, "[[0 2] [1]]"},
		{sizes(0, 0), 8, 1, "[[0 1]]"},
	} {
		var got [][]string
		for _, shard := range pack(c.captures, c.shards, c.target) {
			var names []string
			for _, p := range shard {
				names = append(names, p.Source)
			}
			got = append(got, names)
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%v into %d of %d: %v, want %s", c.captures, c.shards, c.target, got, c.want)
		}
	}
}

// TestPlanNames holds that nothing else can be written beside the lake.
func TestPlanNames(t *testing.T) {
	l, err := lake.Create(t.Context(), filepath.Join(t.TempDir(), "lake"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "x.json", "../x.json", strings.Repeat("a", 64) + "/../../x.json", strings.Repeat("a", 64) + "/1/2.json"} {
		if err := l.PutPlan(name, nil); err == nil {
			t.Errorf("%q was written", name)
		}
	}
}

// BenchmarkPlan packs and writes a plan of a million captures.
func BenchmarkPlan(b *testing.B) {
	captures := make([]PlannedCapture, 1_000_000)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range captures {
		captures[i] = PlannedCapture{Source: fmt.Sprintf("s3://archive/2026/11/22/tap-%07d.pcap.gz", i), Order: i, Bytes: random.Int64N(4 << 30)}
	}
	for b.Loop() {
		if _, _, err := (PlanHeader{Sensor: "default"}).encode(pack(captures, DefaultShards, DefaultShardTarget)); err != nil {
			b.Fatal(err)
		}
	}
}
