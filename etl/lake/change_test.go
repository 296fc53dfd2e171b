package lake

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/schema"
	"github.com/zeebo/blake3"
)

// hashOf makes a content hash of a text.
func hashOf(text string) string {
	sum := blake3.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// stage writes a staged file of n rows of packets, whose bytes are its name.
func stage(t testing.TB, s *Staging, table, base string, rows, day int64) File {
	t.Helper()
	f, err := s.Create(table, "default", fmt.Sprintf("2026-11-%02d", day), base)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(f.Name())); err != nil {
		t.Fatal(err)
	}
	at := day * 86400e6
	file, err := f.Finish(schema.FileStats{Rows: rows, MinTS: at, MaxTS: at + 1})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// captureOf stages a capture of a name: rows of packets on a day of November 2026, and half as many of dns.
func captureOf(t testing.TB, s *Staging, name string, rows, day int64) *Manifest {
	t.Helper()
	hash := hashOf(name)
	m := &Manifest{
		CaptureID: hash[:32], Source: name, Sensor: "default", Format: "pcap", Bytes: 100, ContentHash: hash, HeadHash: hashOf(name[:1]),
		Options: map[string]string{"payload": "0"}, OptionsID: "0123abcd", SchemaVersion: schema.Version,
		Frames: rows, Rows: rows, Rejected: map[string]int64{}, Malformed: map[string]int64{}, LinkTypes: []int32{1}, Interfaces: []Interface{},
	}
	base := BaseName(m.CaptureID, m.OptionsID, 0)
	m.Adds = []File{stage(t, s, "dns", base, rows/2, day), stage(t, s, "packets", base, rows, day)}
	m.FirstTS, m.LastTS = span(m.Adds)
	return m
}

// newLake is an empty lake with a staging folder.
func newLake(t testing.TB) (*Lake, *Staging) {
	t.Helper()
	l, err := Create(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Stage("test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Discard() })
	return l, s
}

// commitAll commits captures of these names, of 10 rows each.
func commitAll(t testing.TB, l *Lake, s *Staging, names ...string) (ms []*Manifest) {
	t.Helper()
	for _, name := range names {
		ms = append(ms, captureOf(t, s, name, 10, 22))
	}
	if _, err := l.Commit(t.Context(), s, ms); err != nil {
		t.Fatal(err)
	}
	return ms
}

// lives are the live captures by source, each with the rows of packets that live files have of it.
func lives(t testing.TB, l *Lake) map[string]int64 {
	t.Helper()
	s, err := l.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out, ids := map[string]int64{}, map[string]string{}
	for _, m := range s.Manifests() {
		out[m.Source], ids[m.CaptureID] = 0, m.Source
	}
	for _, f := range s.LiveFiles() {
		for id, rows := range f.shares() {
			if f.Table == "packets" {
				out[ids[id]] += rows
			}
		}
	}
	return out
}

// sound fails the test where an audit finds damage.
func holdSound(t testing.TB, l *Lake) {
	t.Helper()
	a, err := l.Audit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Findings {
		if f.Severity == Broken {
			t.Errorf("%s: %s", f.Object, f.Problem)
		}
	}
}

// merge is the change that puts all live files of a table into one.
func merge(t testing.TB, s *Staging, table, base string) func(*State) (*Change, error) {
	return func(state *State) (*Change, error) {
		c, shares, rows := new(Change), map[string]int64{}, int64(0)
		for _, f := range state.LiveFiles() {
			if f.Table == table {
				c.Removes = append(c.Removes, f.Name)
				for id, n := range f.shares() {
					shares[id] += n
					rows += n
				}
			}
		}
		f := stage(t, s, table, base, rows, 22)
		f.Captures = shares
		c.Adds = []File{f}
		return c, nil
	}
}

func TestChange(t *testing.T) {
	l, s := newLake(t)
	commitAll(t, l, s, "a", "b", "c")
	steps := []struct {
		name  string
		plan  func(*State) (*Change, error)
		lives map[string]int64
		files int
	}{
		{"nothing to do", func(*State) (*Change, error) { return nil, nil }, map[string]int64{"a": 10, "b": 10, "c": 10}, 6},
		{"merged", merge(t, s, "packets", "merged-0"), map[string]int64{"a": 10, "b": 10, "c": 10}, 4},
		{"expired", func(state *State) (*Change, error) {
			return &Change{Removes: []string{state.Files("dns")[0].Name}}, nil
		}, map[string]int64{"a": 10, "b": 10, "c": 10}, 3},
		{"grown", func(state *State) (*Change, error) {
			c := &Change{Drops: []string{hashOf("a")}, Captures: []*Manifest{captureOf(t, s, "a grown", 15, 22)}}
			for _, f := range state.LiveFiles() {
				if f.Capture != nil && f.Capture.Source == "a" {
					c.Removes = append(c.Removes, f.Name)
				} else if rows := f.shares(); f.Capture == nil && rows[hashOf("a")[:32]] > 0 {
					without := stage(t, s, f.Table, "without-0", f.Rows-10, 22)
					without.Captures = map[string]int64{hashOf("b")[:32]: 10, hashOf("c")[:32]: 10}
					c.Removes, c.Adds = append(c.Removes, f.Name), append(c.Adds, without)
				}
			}
			return c, nil
		}, map[string]int64{"a grown": 15, "b": 10, "c": 10}, 5},
		{"back again", func(*State) (*Change, error) {
			return &Change{Captures: []*Manifest{captureOf(t, s, "a", 10, 22)}}, nil // its content was dropped
		}, map[string]int64{"a grown": 15, "a": 10, "b": 10, "c": 10}, 7},
	}
	for i, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			c, err := l.Change(t.Context(), s, step.plan)
			if err != nil || (c == nil) != (i == 0) || c != nil && c.Seq != int64(i) {
				t.Fatalf("%+v, %v", c, err)
			}
			if diff := cmp.Diff(step.lives, lives(t, l)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			state, err := l.Load(t.Context())
			if err != nil || len(state.AllFiles()) > 7 || state.Seq() != int64(i) || !state.Known(hashOf("a")) {
				t.Errorf("%d files, %v", len(state.AllFiles()), err)
			}
			holdSound(t, l)
		})
	}
	ms := []*Manifest{captureOf(t, s, "b", 10, 22)}
	if got, err := l.Commit(t.Context(), s, ms); err != nil || got[0] != AlreadyThere {
		t.Errorf("what was merged is committed again: %v, %v", got, err)
	}
}

// TestChangeRefused holds what no change may do.
func TestChangeRefused(t *testing.T) {
	l, s := newLake(t)
	commitAll(t, l, s, "a", "b")
	before := lives(t, l)
	merged := merge(t, s, "packets", "merged-0")
	tests := []struct {
		name string
		edit func(*Change)
		want string
	}{
		{"a row lost", func(c *Change) { c.Adds[0].Captures[hashOf("a")[:32]]--; c.Adds[0].Rows-- }, "-1 rows of capture " + hashOf("a")[:32]},
		{"a row more", func(c *Change) { c.Adds[0].Captures[hashOf("a")[:32]]++; c.Adds[0].Rows++ }, "+1 rows of capture"},
		{"a capture lost", func(c *Change) { delete(c.Adds[0].Captures, hashOf("a")[:32]); c.Adds[0].Rows -= 10 }, "-10 rows of capture"},
		{"rows of nobody", func(c *Change) { c.Adds[0].Rows++ }, "with 21 rows, of captures 20"},
		{"rows that nobody has", func(c *Change) { c.Adds[0].Captures = nil }, "with 20 rows, of captures 0"},
		{"not live", func(c *Change) { c.Removes = append(c.Removes, "packets/x.parquet") }, "which is not live"},
		{"no name", func(c *Change) { c.Adds[0].Name = "../" + c.Adds[0].Name }, "which is no name"},
		{"live already", func(c *Change) { c.Adds[0].Name = c.Removes[0] }, "is live already"},
		{"rows of a dropped capture", func(c *Change) { c.Drops = []string{hashOf("a")} }, "which has rows of capture " + hashOf("a")[:32]},
		{"never known", func(c *Change) { c.Drops = []string{hashOf("x")} }, "drops content"},
	}
	for _, test := range tests {
		_, err := l.Change(t.Context(), s, func(state *State) (*Change, error) {
			c, err := merged(state)
			test.edit(c)
			return c, err
		})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	failed := errors.New("no plan")
	if _, err := l.Change(t.Context(), s, func(*State) (*Change, error) { return nil, failed }); !errors.Is(err, failed) {
		t.Errorf("a plan that fails: %v", err)
	}
	if diff := cmp.Diff(before, lives(t, l)); diff != "" {
		t.Errorf("the lake changed\n%s", diff)
	}
	if c, err := l.Change(context.WithoutCancel(t.Context()), s, merged); err != nil || c.Seq != 1 {
		t.Errorf("the change as it should be: %v", err)
	}
}

// TestChangesAtOnce: eight processes remove a file each; all get their number.
func TestChangesAtOnce(t *testing.T) {
	l, s := newLake(t)
	names := strings.Split("abcdefgh", "")
	commitAll(t, l, s, names...)
	var changers sync.WaitGroup
	for _, name := range names {
		changers.Go(func() {
			_, err := l.Change(t.Context(), nil, func(state *State) (*Change, error) {
				return &Change{Removes: []string{fmt.Sprintf("packets/sensor=default/date=2026-11-22/%s-0123abcd-0.parquet", hashOf(name)[:32])}}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	changers.Wait()
	state, err := l.Load(t.Context())
	if err != nil || state.Seq() != 8 || len(state.Files("packets")) != 0 || len(state.Files("dns")) != 8 {
		t.Errorf("change %d, %v", state.Seq(), err)
	}
	holdSound(t, l)
}

// TestChangeOfSums: rows of several captures become fewer, and the ledger counts those that went in.
func TestChangeOfSums(t *testing.T) {
	l, s := newLake(t)
	var ms []*Manifest
	for _, name := range []string{"a", "b"} {
		m := captureOf(t, s, name, 10, 22)
		m.Adds = append(m.Adds, stage(t, s, "rollup_1h", BaseName(m.CaptureID, m.OptionsID, 0), 4, 22))
		ms = append(ms, m)
	}
	if _, err := l.Commit(t.Context(), s, ms); err != nil {
		t.Fatal(err)
	}
	plan := func(rows, of int64) func(*State) (*Change, error) {
		return func(state *State) (*Change, error) {
			c, err := merge(t, s, "rollup_1h", "merged-0")(state)
			c.Adds[0].Rows = rows
			c.Adds[0].Captures[hashOf("a")[:32]] = of
			return c, err
		}
	}
	for _, wrong := range [][2]int64{{9, 4}, {5, 3}, {5, 5}} {
		if _, err := l.Change(t.Context(), s, plan(wrong[0], wrong[1])); err == nil {
			t.Errorf("%d rows, of them %d of a capture of 4", wrong[0], wrong[1])
		}
	}
	if _, err := l.Change(t.Context(), s, plan(5, 4)); err != nil {
		t.Error(err)
	}
	holdSound(t, l)
}

// TestNewer: a program that does not know the schema of some rows reads none.
func TestNewer(t *testing.T) {
	for name, newer := range map[string]func(t *testing.T, l *Lake, s *Staging){
		"of a capture": func(t *testing.T, l *Lake, s *Staging) {
			m := captureOf(t, s, "z", 10, 22)
			m.SchemaVersion++
			if _, err := l.Commit(t.Context(), s, []*Manifest{m}); err != nil {
				t.Fatal(err)
			}
		},
		"of files put together": func(t *testing.T, l *Lake, s *Staging) {
			if _, err := l.Change(t.Context(), s, func(state *State) (*Change, error) {
				c, err := merge(t, s, "packets", "merged-0")(state)
				c.Adds[0].SchemaVersion = schema.Version + 1
				return c, err
			}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			l, s := newLake(t)
			commitAll(t, l, s, "a", "b")
			newer(t, l, s)
			if _, err := l.Load(t.Context()); !errors.Is(err, ErrNewer) {
				t.Errorf("%v", err)
			}
			if a, err := l.Audit(t.Context()); err != nil || len(a.Findings) == 0 || !strings.Contains(a.Findings[0].Problem, "schema version") {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}
