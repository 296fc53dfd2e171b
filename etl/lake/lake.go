// Package lake keeps Parquet files on a store and the manifests that make them exist.
package lake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"

	"github.com/pcaplake/pcaplake/schema"
)

const (
	marker = "lake.json"
	// Format is the version of the lake's layout that this package writes; it reads none newer.
	Format = 1
)

// Lake is one lake. It may be used by several goroutines, and several processes may use the same lake at once.
type Lake struct {
	root  string // as told: a folder or a URL
	work  string // folder of this machine for what is not part of the lake: the same, or WorkDir's
	store Store
	cache cache

	changing sync.Mutex // is held by one change at a time
	last     latest     // of these
}

// header is what lake.json holds.
type header struct {
	Format int `json:"format"`
}

// Open opens the lake in a folder or behind a URL. The errors are ErrNoLake, ErrNewer, and those of the store.
func Open(ctx context.Context, root string) (*Lake, error) {
	l, err := at(ctx, root)
	if err != nil {
		return nil, err
	}
	if err := l.open(); err != nil {
		return nil, err
	}
	return l, nil
}

// at is the lake that may be in a folder or behind a URL.
func at(ctx context.Context, root string) (*Lake, error) {
	work, err := WorkDir(ctx, root)
	if err != nil {
		return nil, err
	}
	store, err := storeOf(ctx, root)
	if err != nil {
		return nil, err
	}
	return &Lake{root: root, work: work, store: store, cache: cacheOf(ctx, work)}, nil
}

func (l *Lake) open() error {
	data, err := l.store.Read(marker)
	if notExists(err) || errors.Is(err, fs.ErrInvalid) {
		return fmt.Errorf("%w: %s has no %s", ErrNoLake, l.root, marker)
	}
	if err != nil {
		return fmt.Errorf("open lake: %w", err)
	}
	var h header
	if err := json.Unmarshal(data, &h); err != nil {
		return fmt.Errorf("read %s: %w", l.store.Path(marker), err)
	}
	if h.Format < 1 {
		return fmt.Errorf("read %s: it names no format of a lake", l.store.Path(marker))
	}
	if h.Format > Format {
		return fmt.Errorf("%w: %s says format %d, this program reads up to %d", ErrNewer, l.store.Path(marker), h.Format, Format)
	}
	return nil
}

// Create makes a lake in a folder, or opens the one that is there. It makes sure that the store refuses to overwrite: on one that does not,
// two runs could commit the same capture twice.
func Create(ctx context.Context, root string) (*Lake, error) {
	l, err := at(ctx, root)
	if err != nil {
		return nil, err
	}
	return l.create()
}

// wrapKey is the key of WithStore.
type wrapKey struct{}

// WithStore has lakes that are opened under the context use what wrap makes of their store, such as one that fails where a test wants it to.
func WithStore(ctx context.Context, wrap func(Store) Store) context.Context {
	return context.WithValue(ctx, wrapKey{}, wrap)
}

func storeOf(ctx context.Context, root string) (Store, error) {
	store := NewDir(root)
	if IsURL(root) {
		remote, err := RemoteOf(ctx, root)
		if err != nil {
			return nil, err
		}
		if store, err = remote.Store(root); err != nil {
			return nil, err
		}
	}
	if wrap, ok := ctx.Value(wrapKey{}).(func(Store) Store); ok {
		return wrap(store), nil
	}
	return store, nil
}

func (l *Lake) create() (*Lake, error) {
	err := l.open()
	if !errors.Is(err, ErrNoLake) {
		return l, err
	}
	text, err := json.Marshal(header{Format: Format})
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", marker, err)
	}
	text = append(text, '\n')
	if err := l.store.PutIfAbsent(marker, text); err != nil && !exists(err) {
		return nil, fmt.Errorf("create lake: %w", err)
	}
	switch err := l.store.PutIfAbsent(marker, text); {
	case err == nil:
		return nil, fmt.Errorf("%w: %s let %s be overwritten", ErrStore, l.root, marker)
	case !exists(err):
		return nil, fmt.Errorf("create lake: %w", err)
	}
	return l, l.open()
}

// Root is the folder of the lake, or its URL, as it was told.
func (l *Lake) Root() string { return l.root }

// WorkDir is that of the lake: see the function.
func (l *Lake) WorkDir() string { return l.work }

// LiveDir is the folder of what was captured from interfaces; whoever captures makes it.
func (l *Lake) LiveDir() string { return filepath.Join(l.work, liveFolder) }

// WriteRun keeps the record of a run: its clock, host and outcome.
func (l *Lake) WriteRun(name string, v any) error {
	if _, err := SafeName(name); err != nil {
		return err
	}
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Errorf("write run %s: %w", name, err)
	}
	if err := l.store.PutIfAbsent(runFolder+"/"+name+".json", append(text, '\n')); err != nil {
		return fmt.Errorf("write run %s: %w", name, err)
	}
	return nil
}

func notExists(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// live turns a live file into what readers need.
func (l *Lake) live(f *LiveFile) schema.File {
	out := schema.File{
		Table: f.Table, Path: l.store.Path(f.Name), Name: f.Name, Sensor: f.Sensor, Date: f.Date,
		Rows: f.Rows, Bytes: f.Bytes, MinTS: schema.NoTime, MaxTS: schema.NoTime, SchemaVersion: f.SchemaVersion, BLAKE3: f.BLAKE3,
		Captures: f.Captures,
	}
	if f.Capture != nil {
		out.SchemaVersion, out.Capture = f.Capture.SchemaVersion, f.Capture.CaptureID
	}
	if f.MinTS != nil && f.MaxTS != nil {
		out.MinTS, out.MaxTS = *f.MinTS, *f.MaxTS
	}
	return out
}
