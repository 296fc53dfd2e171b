package faults

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// Place is where lakes are broken: folders, when it is the zero Place, or below a URL.
type Place struct {
	URL    string // without a slash at its end; "": folders
	Remote lake.Remote
	Step   int // every so many operations breaks; 0: each
}

// Work is work on a lake that may be broken off anywhere and done again.
type Work struct {
	Place
	// Before makes the lake as it is before, where there is none yet; nil: it stays so.
	Before func(ctx context.Context, t *testing.T, root string)
	// Do does the work on the lake in a folder. Stores of lakes opened under ctx break.
	Do func(ctx context.Context, root string) error
	// Sees are the packets that a reader may find, by source: as many as one of these counts. A source that is not there counts 0.
	Sees map[string][]int64
	// Grace says that removed files may stay on the disk; which of them do may depend on where the work broke off.
	Grace bool
}

// Run does the work undisturbed, and then breaks it at each operation of the store in each mode: whoever reads in between sees every capture
// whole, once; and done again the work gives the same lake, byte for byte.
func (w Work) Run(t *testing.T) {
	t.Helper()
	ctx, dir := w.place(t)
	before := dir + "/before"
	if w.Before != nil {
		w.Before(ctx, t, before)
	}
	root := func(name string) string {
		root := dir + "/" + name
		if w.Before != nil {
			w.copy(t, before, root)
		}
		return root
	}
	whole := root("whole")
	ops, err := w.broken(ctx, t, whole, 0, "")
	if err != nil {
		t.Fatalf("undisturbed: %v", err)
	}
	want, faults, step := w.Contents(ctx, t, whole), 0, max(1, w.Step)
	if testing.Short() {
		step *= 10
	}
	var breaking errgroup.Group
	breaking.SetLimit(2 * runtime.GOMAXPROCS(0)) // half of them wait for the disk
	for n := 1; n <= ops && !t.Failed(); n += step {
		for _, mode := range Modes {
			faults++
			name := fmt.Sprintf("%d-%s", n, strings.ReplaceAll(string(mode), " ", "-"))
			at := root(name)
			breaking.Go(func() error {
				w.breakOff(ctx, t, at, n, mode, want)
				if t.Failed() {
					return fmt.Errorf("operation %s", name)
				}
				w.remove(t, at)
				return nil
			})
		}
	}
	if err := breaking.Wait(); err != nil {
		t.Fatal(err)
	}
	shared.Report(t, "%s: %d faults injected at %d operations, %d lakes of %d objects compared, 0 losses", t.Name(), faults, ops, faults, len(want))
}

// breakOff breaks the work off in a lake of its own and does it again.
func (w Work) breakOff(ctx context.Context, t *testing.T, at string, n int, mode Mode, want map[string]string) {
	_, _ = w.broken(ctx, t, at, n, mode) // that it fails is not required: what is left over may be no reason to
	w.Look(ctx, t, at)
	if err := w.Do(ctx, at); err != nil {
		t.Errorf("operation %d %s: done again: %v", n, mode, err)
	}
	w.Look(ctx, t, at)
	Hold(ctx, t, at)
	if diff := cmp.Diff(want, w.Contents(ctx, t, at)); diff != "" {
		t.Errorf("operation %d %s: -undisturbed +done again\n%s", n, mode, diff)
	}
}

// broken does the work on a store that breaks at operation n, and reads along. It returns how many operations there were.
func (w Work) broken(ctx context.Context, t *testing.T, root string, n int, mode Mode) (ops int, err error) {
	var stores []*Store
	err = w.Do(lake.WithStore(ctx, func(s lake.Store) lake.Store {
		broken := &Store{Store: s, breaks: n, mode: mode}
		if n == 0 {
			broken.seen = func() { w.Look(ctx, t, root) }
		}
		stores = append(stores, broken)
		return broken
	}), root)
	for _, s := range stores {
		ops = max(ops, s.ops)
	}
	return ops, err
}

// Look reads the lake as a query does: every live file is there, and each source has as many packets as it may.
func (w Work) Look(ctx context.Context, t *testing.T, root string) {
	t.Helper()
	l, err := lake.Open(ctx, root)
	if errors.Is(err, lake.ErrNoLake) {
		return // not yet
	}
	if err != nil {
		t.Errorf("open: %v", err)
		return
	}
	s, err := l.Load(ctx)
	if err != nil {
		t.Errorf("load: %v", err)
		return
	}
	packets := map[string]int64{}
	for _, m := range s.Manifests() {
		packets[m.Source] += s.Packets(m)
	}
	for source, allowed := range w.Sees {
		seen := false
		for _, n := range allowed {
			seen = seen || packets[source] == n
		}
		if !seen {
			t.Errorf("%s has %d packets, of %v", source, packets[source], allowed)
		}
	}
	store, there := w.store(t, root), map[string]int64{}
	if err := store.Walk(func(o lake.Object) error { there[o.Name] = o.Bytes; return nil }); err != nil {
		t.Errorf("list: %v", err)
	}
	for _, f := range s.AllFiles() {
		if bytes, found := there[f.Name]; !found || bytes != f.Bytes {
			t.Errorf("live file %s has %d bytes of %d", f.Name, bytes, f.Bytes)
		}
	}
}

// Hold fails the test where an audit finds damage.
func Hold(ctx context.Context, t *testing.T, root string) {
	t.Helper()
	l, err := lake.Open(ctx, root)
	if err != nil {
		t.Error(err)
		return
	}
	a, err := l.Audit(ctx)
	if err != nil {
		t.Error(err)
		return
	}
	for _, f := range a.Findings {
		if f.Severity == lake.Broken {
			t.Errorf("%s: %s", f.Object, f.Problem)
		}
	}
}

// Contents are the hashes of what the input of a lake determines, by name: its files and manifests.
func (w Work) Contents(ctx context.Context, t *testing.T, root string) map[string]string {
	t.Helper()
	out, left := map[string]string{}, map[string]bool{}
	if w.Grace {
		l, err := lake.Open(ctx, root)
		if err != nil {
			t.Error(err)
			return nil
		}
		d, err := l.Disk(ctx)
		if err != nil {
			t.Error(err)
			return nil
		}
		for _, f := range d.Leftovers {
			left[f.Name] = true
		}
	}
	store := w.store(t, root)
	err := store.Walk(func(o lake.Object) error {
		top, _, _ := strings.Cut(o.Name, "/")
		if strings.HasPrefix(top, "_") && top != "_manifests" || left[o.Name] {
			return nil
		}
		b, err := store.Read(o.Name)
		out[o.Name] = fmt.Sprintf("%x", sha256.Sum256(b))
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return out
}
