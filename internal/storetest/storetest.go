// Package storetest is what every store of a lake must pass.
package storetest

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// Run is what every store must pass. Create returns an empty one, and a folder from which it can publish.
func Run(t *testing.T, create func(t *testing.T) (s lake.Store, staging string)) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, s lake.Store, staging string){
		"absent":        holdAbsent,
		"put":           holdPut,
		"one winner":    holdOneWinner,
		"publish":       holdPublish,
		"list and walk": holdListAndWalk,
	} {
		t.Run(name, func(t *testing.T) {
			s, staging := create(t)
			test(t, s, staging)
		})
	}
}

func holdAbsent(t *testing.T, s lake.Store, _ string) {
	t.Helper()
	if _, err := s.Read("a/b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read: %v", err)
	}
	if in, err := s.Open("a/b"); !errors.Is(err, fs.ErrNotExist) || in != nil {
		t.Errorf("Open: %v, %v", in, err)
	}
	if objects, err := s.List("a"); err != nil || len(objects) > 0 {
		t.Errorf("List: %v, %v", objects, err)
	}
	if err := s.Walk(func(o lake.Object) error { t.Errorf("Walk: %s", o.Name); return nil }); err != nil {
		t.Errorf("Walk: %v", err)
	}
	if err := s.Remove("a/b"); err != nil {
		t.Errorf("Remove: %v", err)
	}
}

func holdPut(t *testing.T, s lake.Store, _ string) {
	t.Helper()
	put(t, s, "m/one.json", "1")
	if err := s.PutIfAbsent("m/one.json", []byte("2")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the second: %v", err)
	}
	holdText(t, s, "m/one.json", "1")
	if err := errors.Join(s.Sync(), s.Remove("m/one.json")); err != nil {
		t.Fatal(err)
	}
	put(t, s, "m/one.json", "3")
	holdText(t, s, "m/one.json", "3")
}

func holdOneWinner(t *testing.T, s lake.Store, _ string) {
	t.Helper()
	var writers sync.WaitGroup
	won := make([]bool, 20)
	for i := range won {
		writers.Go(func() {
			err := s.PutIfAbsent("m/one.json", []byte{byte('a' + i)})
			if won[i] = err == nil; err != nil && !errors.Is(err, fs.ErrExist) {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	winner := slices.Index(won, true)
	if winner < 0 || slices.Contains(won[winner+1:], true) {
		t.Fatalf("winners: %v", won)
	}
	holdText(t, s, "m/one.json", string(byte('a'+winner)))
}

func holdPublish(t *testing.T, s lake.Store, staging string) {
	t.Helper()
	for _, text := range []string{"first", "again"} {
		staged := filepath.Join(staging, "staged")
		if err := os.WriteFile(staged, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		if err := s.Publish(staged, "packets/date=x/f.parquet"); err != nil {
			t.Fatal(err)
		}
		holdText(t, s, "packets/date=x/f.parquet", text)
		if _, err := os.Stat(staged); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the staged file is still there: %v", err)
		}
	}
}

func holdListAndWalk(t *testing.T, s lake.Store, _ string) {
	t.Helper()
	for _, name := range []string{"a/1", "a/2", "a/b/3", "a/.hidden", "z"} {
		put(t, s, name, name)
	}
	listed, err := s.List("a")
	if err != nil {
		t.Fatal(err)
	}
	var walked []lake.Object
	if err := s.Walk(func(o lake.Object) error { walked = append(walked, o); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a/1", "a/2"}, names(t, listed)); diff != "" {
		t.Errorf("List: -want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a/.hidden", "a/1", "a/2", "a/b/3", "z"}, names(t, walked)); diff != "" {
		t.Errorf("Walk: -want +got\n%s", diff)
	}
	stop := errors.New("enough")
	if err := s.Walk(func(lake.Object) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Walk went on: %v", err)
	}
}

func put(t *testing.T, s lake.Store, name, text string) {
	t.Helper()
	if err := s.PutIfAbsent(name, []byte(text)); err != nil {
		t.Fatalf("put %s: %v", name, err)
	}
}

// holdText reads an object whole and piece by piece.
func holdText(t *testing.T, s lake.Store, name, want string) {
	t.Helper()
	if got, err := s.Read(name); err != nil || string(got) != want {
		t.Errorf("%s is %q, %v; want %q", name, got, err, want)
	}
	in, err := s.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	last := make([]byte, 1)
	if _, err := in.ReadAt(last, int64(len(want)-1)); err != nil || last[0] != want[len(want)-1] {
		t.Errorf("%s ends with %q, %v", name, last, err)
	}
	if end, err := in.Seek(0, io.SeekEnd); err != nil || end != int64(len(want)) {
		t.Errorf("%s ends at %d, %v", name, end, err)
	}
}

// names are the sorted names of objects, each of which has as many bytes.
func names(t *testing.T, objects []lake.Object) []string {
	t.Helper()
	var out []string
	for _, o := range objects {
		if o.Bytes != int64(len(o.Name)) || o.Changed.IsZero() {
			t.Errorf("object %+v", o)
		}
		out = append(out, o.Name)
	}
	slices.Sort(out)
	return out
}
