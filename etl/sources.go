package etl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// stdinSource is the source that stands for standard input.
const stdinSource = "-"

// A source is one file that may be a capture.
type source struct {
	order   int             // place among the sources of the run, from 0
	name    string          // as it is recorded: the path as told, cleaned
	path    string          // where its bytes lie: a path or a URL
	within  string          // path below the folder it was found in, to keep its place under --after move
	named   bool            // told by itself, not found in a folder
	ours    bool            // its bytes lie in the lake's own folders: nothing becomes of them after the run
	fifo    bool            // a stream that must be spooled first
	once    bool            // its frames came only now and never again: an interrupt does not drop it
	planned *PlannedCapture // that it, or its archive, is of a plan; nil: it was told
	member  *member         // what it is of the archive at path; nil: the whole file
	single  bool            // it was found out to be no archive
	size    int64
	mtime   time.Time
}

// A finder lists sources: named ones in the order told, folders in the order of names.
type finder struct {
	lake    os.FileInfo        // the lake's own folder, never a source; nil when it does not exist yet
	lakeURL string             // of a lake that is in no folder, without a slash at its end
	seen    map[string]*source // by absolute path or URL
	folders map[string]bool    // real paths of folders walked so far: symbolic links cannot make a walk endless
	found   []*source
	skipped int           // in folders: no regular files, links to nothing
	errors  []SourceError // sources and folders that cannot be listed
	absent  int           // of these: named, and there is no such file
}

func newFinder(lakeRoot string) *finder {
	f := &finder{seen: map[string]*source{}, folders: map[string]bool{}}
	if lake.IsURL(lakeRoot) {
		f.lakeURL = strings.TrimRight(lakeRoot, "/")
	} else if info, err := os.Stat(lakeRoot); err == nil {
		f.lake = info
	}
	return f
}

// find adds what one told source stands for: a file, all files below a folder, the matches of a pattern, or standard input.
func (f *finder) find(ctx context.Context, told string) {
	if lake.IsURL(told) {
		f.findRemote(ctx, told)
		return
	}
	if told == stdinSource {
		f.add(&source{name: stdinSource, path: stdinSource, named: true, fifo: true, once: true})
		return
	}
	path := filepath.Clean(told)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(told, "*?[") {
		f.findPattern(told)
		return
	}
	if err != nil {
		f.fail(path, err)
		return
	}
	f.findNamed(path, info)
}

func (f *finder) findPattern(pattern string) {
	matches, err := filepath.Glob(pattern)
	if err != nil {
		f.errors = append(f.errors, SourceError{pattern, "match pattern: " + err.Error()})
		return
	}
	if !hidden(filepath.Base(pattern)) {
		matches = slices.DeleteFunc(matches, func(path string) bool { return hidden(filepath.Base(path)) })
	}
	if len(matches) == 0 {
		f.absent++
		f.errors = append(f.errors, SourceError{pattern, "no file matches"})
	}
	for _, path := range matches {
		info, err := os.Stat(path)
		if err != nil {
			f.fail(path, err)
			continue
		}
		f.findNamed(path, info)
	}
}

func (f *finder) findNamed(path string, info os.FileInfo) {
	switch mode := info.Mode(); {
	case mode.IsDir() && f.isLake(info):
		f.errors = append(f.errors, SourceError{path, "this folder is the lake itself"})
	case mode.IsDir():
		f.walk(path, "")
	case mode.IsRegular(), mode&fs.ModeNamedPipe != 0:
		s := newSource(path, filepath.Base(path), info)
		s.named = true
		f.add(s)
	default:
		f.errors = append(f.errors, SourceError{path, "neither a file, a folder nor a pipe"})
	}
}

// walk lists the files of a folder and of those below it, by name. Hidden entries and the lake are left out; links are followed.
func (f *finder) walk(root, below string) {
	dir := filepath.Join(root, below)
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		f.fail(dir, err)
		return
	}
	if real, err = filepath.Abs(real); err != nil || f.folders[real] {
		return
	}
	if top, err := filepath.EvalSymlinks(root); err == nil && above(real, top) {
		return // a link back up
	}
	f.folders[real] = true
	entries, err := os.ReadDir(dir)
	if err != nil {
		f.fail(dir, err)
	}
	for _, entry := range entries {
		if !hidden(entry.Name()) {
			f.visit(root, filepath.Join(below, entry.Name()))
		}
	}
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }

// above reports whether folder contains path at any depth; folder is absolute.
func above(folder, path string) bool {
	path, err := filepath.Abs(path)
	return err == nil && strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}

// visit takes one entry of a walk for what it is.
func (f *finder) visit(root, within string) {
	path := filepath.Join(root, within)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist): // a link to nothing, or deleted since it was listed
		f.skipped++
	case err != nil:
		f.fail(path, err)
	case info.IsDir() && f.isLake(info):
	case info.IsDir():
		f.walk(root, within)
	case info.Mode().IsRegular():
		f.add(newSource(path, within, info))
	default:
		f.skipped++
	}
}

func newSource(path, within string, info os.FileInfo) *source {
	pipe := info.Mode()&fs.ModeNamedPipe != 0
	return &source{name: path, path: path, within: within, size: info.Size(), mtime: info.ModTime(), fifo: pipe, once: pipe}
}

func (f *finder) isLake(info os.FileInfo) bool { return f.lake != nil && os.SameFile(f.lake, info) }

// add lists s unless its path is listed already; being named once is enough to be named.
func (f *finder) add(s *source) {
	key, err := filepath.Abs(s.path)
	if err != nil || s.path == stdinSource || lake.IsURL(s.path) {
		key = s.path
	}
	if listed := f.seen[key]; listed != nil {
		listed.named = listed.named || s.named
		return
	}
	f.seen[key] = s
	s.order = len(f.found)
	f.found = append(f.found, s)
}

// addFirst puts s, unless it is nil, before all others.
func (f *finder) addFirst(s *source) {
	if s == nil {
		return
	}
	f.found = slices.Insert(f.found, 0, s)
	for order, s := range f.found {
		s.order = order
	}
}

func (f *finder) fail(path string, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		f.absent++
	}
	f.errors = append(f.errors, SourceError{path, reason(err)})
}

// reason words the system's refusals for one line; the path stands beside it already.
func reason(err error) string {
	var path *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file or folder"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied: it cannot be read by this user"
	case errors.As(err, &path):
		return fmt.Sprintf("%s: %v", path.Op, path.Err)
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

// stored is the number of bytes that sources have on disk.
func stored(sources []*source) (bytes int64) {
	for _, s := range sources {
		bytes += s.size
	}
	return bytes
}

// calledCapture reports whether a file's name says that it is a capture, packed or not.
func calledCapture(name string) bool {
	name = strings.ToLower(name)
	switch ext := filepath.Ext(name); ext {
	case ".gz", ".zst", ".zstd", ".xz", ".bz2", ".lz4":
		name = strings.TrimSuffix(name, ext)
	}
	switch filepath.Ext(name) {
	case ".pcap", ".pcapng", ".cap":
		return true
	}
	return false
}
