package lake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pcaplake/pcaplake/schema"
)

// A growing lake gets captures, changes and checkpoints at random. Days are few, so that parts are met again.
type growing struct {
	*testing.T
	lake    *Lake
	staging *Staging
	random  *rand.Rand
	made    int
}

// step does one thing to the lake.
func (g *growing) step() {
	g.Helper()
	state, err := g.lake.Load(g.Context())
	if err != nil {
		g.Fatal(err)
	}
	files, captures := state.LiveFiles(), state.Manifests()
	change := func(plan func(*State) (*Change, error)) {
		g.Helper()
		if _, err := g.lake.Change(g.Context(), g.staging, plan); err != nil {
			g.Fatal(err)
		}
	}
	switch at := g.random.IntN(10); {
	case at < 5 || len(captures) < 3:
		m := g.capture(1 + g.random.Int64N(12))
		if _, err := g.lake.Commit(g.Context(), g.staging, []*Manifest{m}); err != nil {
			g.Fatal(err)
		}
	case at == 5: // a file expires
		change(func(*State) (*Change, error) {
			return &Change{Removes: []string{files[g.random.IntN(len(files))].Name}}, nil
		})
	case at == 6: // a capture grew, and begins elsewhere
		before := captures[g.random.IntN(len(captures))]
		c := &Change{Drops: []string{before.ContentHash}, Captures: []*Manifest{g.capture(1 + g.random.Int64N(12))}}
		for _, f := range files {
			if f.has(map[string]bool{before.CaptureID: true}) {
				if f.Capture == nil {
					return
				}
				c.Removes = append(c.Removes, f.Name)
			}
		}
		change(func(*State) (*Change, error) { return c, nil })
	case at == 7: // a content that is known comes again, in vain
		_ = g.lake.store.PutIfAbsent(must(captureManifest(captures[0].ContentHash)), must(encode(captures[0], &captures[0].Digest)))
	case at == 8:
		if _, err := g.lake.checkpoint(g.Context(), 0); err != nil {
			g.Fatal(err)
		}
	default:
		if date := files[g.random.IntN(len(files))].Date; g.mergeable(files, date) {
			g.made++
			change(func(*State) (*Change, error) { return g.merge(files, date), nil })
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// capture is a new one, that begins on a day and may end on the next.
func (g *growing) capture(day int64) *Manifest {
	g.made++
	m := captureOf(g, g.staging, fmt.Sprint("capture ", g.made), 10, day)
	if g.random.IntN(3) == 0 {
		m.Adds = append(m.Adds, stage(g, g.staging, "packets", BaseName(m.CaptureID, m.OptionsID, 1), 4, day+1))
		m.Rows, m.Frames = 14, 14
		m.FirstTS, m.LastTS = span(m.Adds)
	}
	return m
}

func (g *growing) mergeable(files []LiveFile, date string) bool {
	n := 0
	for _, f := range files {
		if f.Table == "packets" && f.Date == date {
			n++
		}
	}
	return n > 1
}

// merge puts the packets of a day into one file.
func (g *growing) merge(files []LiveFile, date string) *Change {
	c, shares, rows := new(Change), map[string]int64{}, int64(0)
	for i := range files {
		if f := &files[i]; f.Table == "packets" && f.Date == date {
			c.Removes = append(c.Removes, f.Name)
			rows += f.Rows
			for id, n := range f.shares() {
				shares[id] += n
			}
		}
	}
	var day int64
	if _, err := fmt.Sscanf(date, "2026-11-%d", &day); err != nil {
		g.Fatal(err)
	}
	f := stage(g, g.staging, "packets", BaseName(hashOf(fmt.Sprint("merged", g.made))[:32], "0123abcd", 0), rows, day)
	f.Captures = shares
	c.Adds = []File{f}
	return c
}

// TestParts: whatever happens to a lake, it is the same after a checkpoint of parts, what is read of a period is what is in it, and captures are found by what tells them.
func TestParts(t *testing.T) {
	defer func(n int) { PartRows = n }(PartRows)
	PartRows = 12
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			l, s := newLake(t)
			g := &growing{T: t, lake: l, staging: s, random: rand.New(rand.NewPCG(seed, 0))}
			for range 60 {
				g.step()
				if g.random.IntN(4) == 0 {
					g.hold()
				}
			}
			g.hold()
			holdSound(t, l)
		})
	}
}

// hold holds a checkpoint, if one is due, and what is read of the lake in part against the whole.
func (g *growing) hold() {
	g.Helper()
	before := must(g.lake.Load(g.Context()))
	if g.random.IntN(2) == 0 {
		must(g.lake.checkpoint(g.Context(), 0))
	}
	if g.random.IntN(2) == 0 {
		leftovers(g.T, g.lake)
	}
	after := must(g.lake.Load(g.Context()))
	if diff := cmp.Diff(before.AllFiles(), after.AllFiles()); diff != "" {
		g.Fatalf("files: -before +after\n%s", diff)
	}
	if diff := cmp.Diff(before.Captures(), after.Captures(), cmpopts.EquateEmpty()); diff != "" {
		g.Fatalf("captures: -before +after\n%s", diff)
	}
	from := time.UnixMicro(g.random.Int64N(13) * 86400e6).UTC()
	to := from.Add(time.Duration(g.random.IntN(3)) * 24 * time.Hour)
	g.holdPeriod(after, Period{From: from, To: to})
	g.holdPeriod(after, Period{})
	g.holdWanted(after)
}

func (g *growing) holdPeriod(all *State, p Period) {
	g.Helper()
	part := must(g.lake.LoadPeriod(g.Context(), p))
	in := spanOf(p.From, p.To)
	meets := func(first, last int64) bool { return in.meets(interval{first, last}) }
	reaching := func(files []schema.File) []schema.File {
		return slices.DeleteFunc(slices.Clone(files), func(f schema.File) bool { return !meets(f.MinTS, f.MaxTS) })
	}
	untold := cmpopts.IgnoreFields(schema.File{}, "Capture", "Captures") // of what stands in a checkpoint it is not told whose rows they are
	if diff := cmp.Diff(reaching(all.AllFiles()), reaching(part.AllFiles()), cmpopts.EquateEmpty(), untold); diff != "" {
		g.Fatalf("files of %v: -all +part\n%s", p, diff)
	}
	within := func(captures []schema.Capture) []schema.Capture {
		return slices.DeleteFunc(slices.Clone(captures), func(c schema.Capture) bool { return !meets(*c.FirstTS, *c.LastTS) })
	}
	if diff := cmp.Diff(within(all.Captures()), within(part.Captures()), cmpopts.EquateEmpty()); diff != "" || part.Err() != nil {
		g.Fatalf("captures of %v: %v -all +part\n%s", p, part.Err(), diff)
	}
}

func (g *growing) holdWanted(all *State) {
	g.Helper()
	w, want := Wanted{Sources: map[string]bool{"nowhere": true}, Contents: map[string]bool{hashOf("nothing"): true}}, []string{}
	for hash, m := range all.at.captures {
		switch g.random.IntN(4) {
		case 0:
			w.Sources[m.Source] = true
		case 1:
			w.Contents[hash] = true
		default:
			continue
		}
		if !all.at.dropped[hash] {
			want = append(want, m.Source)
		}
	}
	days := map[string]bool{dayOf(nil): true, fmt.Sprintf("2026-11-%02d", 1+g.random.IntN(13)): true}
	if g.random.IntN(3) > 0 {
		w.Days = func(context.Context) (map[string]bool, error) { return days, nil }
	}
	found := must(g.lake.LoadWanted(g.Context(), w))
	for hash, m := range all.at.captures {
		if w.Days != nil && days[dayOf(m.FirstTS)] && (!found.Known(hash) || found.Lacks(m.FirstTS)) {
			g.Fatalf("capture %s of a day that was asked for is not known", m.Source)
		}
		if !found.Lacks(m.FirstTS) && !found.Known(hash) {
			g.Fatalf("capture %s is not known, and is not said to be lacking", m.Source)
		}
	}
	for hash := range w.Contents {
		if found.Known(hash) != all.Known(hash) {
			g.Fatalf("content %s is known: %v", hash, found.Known(hash))
		}
	}
	var got []string
	for _, m := range found.Manifests() {
		if w.Sources[m.Source] || w.Contents[m.ContentHash] {
			got = append(got, m.Source)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if strings.Join(got, " ") != strings.Join(want, " ") {
		g.Fatalf("found %v, there are %v", got, want)
	}
}

// TestPartsStay: a checkpoint writes anew the parts of the days that changed, and no others.
func TestPartsStay(t *testing.T) {
	defer func(n int) { PartRows = n }(PartRows)
	PartRows = 4
	l, s := newLake(t)
	for day := int64(1); day < 10; day++ {
		if _, err := l.Commit(t.Context(), s, []*Manifest{captureOf(t, s, fmt.Sprint("day ", day), 10, day)}); err != nil {
			t.Fatal(err)
		}
	}
	must(l.checkpoint(t.Context(), 0))
	before := manifests(t, l)
	if _, err := l.Commit(t.Context(), s, []*Manifest{captureOf(t, s, "late", 10, 4)}); err != nil {
		t.Fatal(err)
	}
	must(l.checkpoint(t.Context(), 0))
	leftovers(t, l)
	after := manifests(t, l)
	same := 0
	for _, name := range after {
		if slices.Contains(before, name) {
			same++
		}
	}
	if len(before) != 9+1+2*9 || len(after) != 1+2*9 || same != 2*8 {
		t.Errorf("of %d manifests, %d are as before of %d", len(after), same, len(before))
	}
}
