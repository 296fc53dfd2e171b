package faults

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// places numbers the work of a process, so that each has lakes of its own.
var places atomic.Int64

// place returns where lakes may be made, and the context under which they are found.
func (p Place) place(t *testing.T) (ctx context.Context, dir string) {
	t.Helper()
	if p.URL == "" {
		return t.Context(), t.TempDir()
	}
	scheme, _, _ := strings.Cut(p.URL, "://")
	ctx = lake.WithRemote(lake.WithLocal(t.Context(), lake.Local{Dir: t.TempDir()}), scheme, p.Remote)
	return ctx, fmt.Sprintf("%s/%d", p.URL, places.Add(1))
}

// store is the store of a lake, unbroken.
func (p Place) store(t *testing.T, root string) lake.Store {
	t.Helper()
	if p.URL == "" {
		return lake.NewDir(root)
	}
	s, err := p.Remote.Store(root)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// copy makes a lake of the same objects. In folders they are the same files: no file of a lake is ever written again in place.
func (p Place) copy(t *testing.T, from, to string) {
	t.Helper()
	var err error
	if p.URL == "" {
		err = link(from, to)
	} else {
		source, target := p.store(t, from), p.store(t, to)
		err = source.Walk(func(o lake.Object) error {
			b, err := source.Read(o.Name)
			if err != nil {
				return err
			}
			return target.PutIfAbsent(o.Name, b)
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func link(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
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
}

// remove removes a lake.
func (p Place) remove(t *testing.T, root string) {
	t.Helper()
	var err error
	if p.URL == "" {
		err = os.RemoveAll(root)
	} else {
		s := p.store(t, root)
		err = s.Walk(func(o lake.Object) error { return s.Remove(o.Name) })
	}
	if err != nil {
		t.Error(err)
	}
}
