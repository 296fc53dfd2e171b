package etl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// originals find the captures that a lake was made of: where they were, where they were seen since, and in folders where they may have been moved to.
type originals struct {
	lake     *lake.Lake
	archives []string // folders
	index    *index
	moved    map[int64][]string // files of the folders by size; nil until the first capture is not where it was
}

func newOriginals(l *lake.Lake, archives []string) *originals {
	return &originals{lake: l, archives: archives, index: loadIndex(l.WorkDir())}
}

// An original is the stored bytes of a capture.
type original struct {
	*io.SectionReader
	path string
	done func()
}

var errGone = errors.New("it is no longer there: tell with --archive in which folder it lies now")

// open returns the stored bytes of a capture, or those of another file with the same content. The error names the file at which it was nearest to do so.
func (x *originals) open(ctx context.Context, m *lake.Manifest) (*original, error) {
	worst := errGone
	for _, path := range x.places(m) {
		o, err := x.at(ctx, m, path)
		switch {
		case err == nil:
			return o, nil
		case ctx.Err() != nil:
			return nil, err
		case !errors.Is(err, fs.ErrNotExist):
			worst = fmt.Errorf("%s: %s", path, reason(err))
		}
	}
	for _, path := range x.movedTo(m) {
		if o, err := x.at(ctx, m, path); err == nil {
			return o, nil
		}
	}
	return nil, worst
}

// picker reads single frames of a capture that was opened. Points are of the very bytes that were ingested.
func (x *originals) picker(m *lake.Manifest, o *original) (*capture.Picker, error) {
	var points []capture.Point
	if m.Compression != "" && o.Size() == m.StoredBytes {
		points = pointsOf(x.lake.WorkDir(), m)
	}
	return capture.NewPicker(o, o.Size(), len(m.Interfaces), points)
}

// at opens a file, or the member of an archive, if it is the capture.
func (x *originals) at(ctx context.Context, m *lake.Manifest, path string) (*original, error) {
	o, err := x.openPath(ctx, path)
	if err != nil {
		return nil, err
	}
	if headHash(o, o.Size()) == m.HeadHash {
		if o.Size() != m.StoredBytes || x.same(o, m) {
			return o, nil
		}
	}
	o.done()
	return nil, errOtherContent
}

// same reports whether bytes of the size of the capture are those, as far as its id tells; one that is salted tells nothing.
func (x *originals) same(o *original, m *lake.Manifest) bool {
	id, err := capture.Fingerprint(o, o.Size())
	return err == nil && (id == m.CaptureID || salted(id, m.ContentHash) == m.CaptureID)
}

func (x *originals) openPath(ctx context.Context, path string) (*original, error) {
	if lake.IsURL(path) {
		stored, _, done, err := openRemote(ctx, path)
		if archive, _, ok := strings.Cut(path, memberMark); ok && errors.Is(err, fs.ErrNotExist) {
			return x.openMember(ctx, archive, path)
		}
		if err != nil {
			return nil, err
		}
		return &original{stored, path, done}, nil
	}
	file, err := os.Open(path)
	if archive, _, ok := strings.Cut(path, memberMark); ok && errors.Is(err, fs.ErrNotExist) {
		return x.openMember(ctx, archive, path)
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no file")
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &original{io.NewSectionReader(file, 0, info.Size()), path, func() { _ = file.Close() }}, nil
}

// openMember lists an archive and opens the member that goes by a name.
func (x *originals) openMember(ctx context.Context, archive, name string) (*original, error) {
	r := &run{o: Options{Log: slog.New(slog.DiscardHandler)}, index: x.index, state: new(lake.State), after: after{action: keepSource}}
	f := newFinder(x.lake.Root())
	f.find(ctx, archive)
	r.expand(ctx, f)
	for _, s := range f.found {
		if s.member == nil || s.name != name {
			continue
		}
		stored, done, err := s.member.open(ctx, "")
		if err != nil {
			return nil, err
		}
		return &original{stored, name, func() { done(); s.member.archive.release() }}, nil
	}
	return nil, fs.ErrNotExist
}

// places are the paths where a capture was, and where it was seen since.
func (x *originals) places(m *lake.Manifest) []string {
	var paths []string
	if within, ok := strings.CutPrefix(m.Source, filepath.Base(x.lake.LiveDir())+"/"); ok {
		paths = append(paths, filepath.Join(x.lake.LiveDir(), within))
	} else if m.Source != stdinSource {
		paths = append(paths, m.Source)
	}
	for _, path := range slices.Sorted(maps.Keys(x.index.entries)) {
		if x.index.entries[path].Content == m.ContentHash && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// movedTo are the files in the folders of moved captures that may be this one: those of its size, and then those of its name, packed or not.
func (x *originals) movedTo(m *lake.Manifest) []string {
	if len(x.archives) == 0 {
		return nil
	}
	if x.moved == nil {
		x.moved = map[int64][]string{}
		for _, root := range x.archives {
			_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
				if err == nil && e.Type().IsRegular() {
					if info, err := e.Info(); err == nil {
						x.moved[info.Size()] = append(x.moved[info.Size()], path)
					}
				}
				return nil // what cannot be listed has no capture for us
			})
		}
	}
	paths := slices.Clone(x.moved[m.StoredBytes])
	name := filepath.Base(m.Source)
	for _, size := range slices.Sorted(maps.Keys(x.moved)) {
		for _, path := range x.moved[size] {
			if base := filepath.Base(path); size != m.StoredBytes && (strings.HasPrefix(base, name+".") || strings.HasPrefix(name, base+".")) {
				paths = append(paths, path)
			}
		}
	}
	return paths
}
