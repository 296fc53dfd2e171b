package faults

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// Work is work on a lake that may be broken off anywhere and done again.
type Work struct {
	// Before makes the lake as it is before, in a folder that does not exist yet; nil: there is none.
	Before func(t *testing.T, root string)
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
	dir := t.TempDir()
	before := filepath.Join(dir, "before")
	if w.Before != nil {
		w.Before(t, before)
	}
	root := func(name string) string {
		root := filepath.Join(dir, name)
		if w.Before != nil {
			link(t, before, root)
		}
		return root
	}
	whole := root("whole")
	ops, err := w.broken(t, whole, 0, "")
	if err != nil {
		t.Fatalf("undisturbed: %v", err)
	}
	want, faults, step := w.contents(t, whole), 0, 1
	if testing.Short() {
		step = 5
	}
	var breaking errgroup.Group
	breaking.SetLimit(2 * runtime.GOMAXPROCS(0)) // half of them wait for the disk
	for n := 1; n <= ops && !t.Failed(); n += step {
		for _, mode := range Modes {
			faults++
			name := fmt.Sprintf("%d %s", n, mode)
			at := root(name)
			breaking.Go(func() error {
				w.breakOff(t, at, n, mode, want)
				if t.Failed() {
					return fmt.Errorf("operation %s", name)
				}
				return os.RemoveAll(at)
			})
		}
	}
	if err := breaking.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d faults at %d operations, %d objects compared each time", faults, ops, len(want))
}

// breakOff breaks the work off in a lake of its own and does it again.
func (w Work) breakOff(t *testing.T, at string, n int, mode Mode, want map[string]string) {
	_, _ = w.broken(t, at, n, mode) // that it fails is not required: what is left over may be no reason to
	w.look(t, at)
	if err := w.Do(t.Context(), at); err != nil {
		t.Errorf("operation %d %s: done again: %v", n, mode, err)
	}
	w.look(t, at)
	hold(t, at)
	if diff := cmp.Diff(want, w.contents(t, at)); diff != "" {
		t.Errorf("operation %d %s: -undisturbed +done again\n%s", n, mode, diff)
	}
}

// broken does the work on a store that breaks at operation n, and reads along. It returns how many operations there were.
func (w Work) broken(t *testing.T, root string, n int, mode Mode) (ops int, err error) {
	var stores []*Store
	ctx := lake.WithStore(t.Context(), func(s lake.Store) lake.Store {
		broken := &Store{Store: s, breaks: n, mode: mode}
		if n == 0 {
			broken.seen = func() { w.look(t, root) }
		}
		stores = append(stores, broken)
		return broken
	})
	err = w.Do(ctx, root)
	for _, s := range stores {
		ops = max(ops, s.ops)
	}
	return ops, err
}

// look reads the lake as a query does: every live file is there, and each source has as many packets as it may.
func (w Work) look(t *testing.T, root string) {
	t.Helper()
	l, err := lake.Open(t.Context(), root)
	if err != nil {
		if _, missing := os.Stat(filepath.Join(root, "lake.json")); missing != nil {
			return // not a lake yet
		}
		t.Errorf("open: %v", err)
		return
	}
	s, err := l.Load(t.Context())
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
	for _, f := range s.AllFiles() {
		if info, err := os.Stat(f.Path); err != nil || info.Size() != f.Bytes {
			t.Errorf("a live file: %v", err)
		}
	}
}

// hold fails the test where an audit finds damage.
func hold(t *testing.T, root string) {
	t.Helper()
	l, err := lake.Open(t.Context(), root)
	if err != nil {
		t.Error(err)
		return
	}
	a, err := l.Audit(t.Context())
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

// contents are the hashes of what the input of a lake determines, by name: its files and manifests.
func (w Work) contents(t *testing.T, root string) map[string]string {
	t.Helper()
	out, left := map[string]string{}, map[string]bool{}
	if w.Grace {
		l, err := lake.Open(t.Context(), root)
		if err != nil {
			t.Error(err)
			return nil
		}
		d, err := l.Disk(t.Context())
		if err != nil {
			t.Error(err)
			return nil
		}
		for _, f := range d.Leftovers {
			left[f.Name] = true
		}
	}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		top, _, _ := strings.Cut(name, "/")
		if err != nil || d.IsDir() || strings.HasPrefix(top, "_") && top != "_manifests" || left[name] {
			return err
		}
		b, err := os.ReadFile(filepath.Join(root, name))
		out[name] = fmt.Sprintf("%x", sha256.Sum256(b))
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return out
}

// link makes a lake of the same files: no file of a lake is ever written again in place.
func link(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		within, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, within), 0o750)
		}
		return os.Link(path, filepath.Join(to, within))
	})
	if err != nil {
		t.Fatal(err)
	}
}
