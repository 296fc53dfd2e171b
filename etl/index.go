package etl

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// indexFolder lies in the lake and holds what only saves work: everything in it may be deleted.
const indexFolder = "_index"

// racy is how much older than its reading a file's time must be to stand for its content: some file systems stamp in steps of two seconds.
const racy = 2 * time.Second

// An indexed source is a file whose content is known as long as size and time stay.
type indexed struct {
	Path    string `json:"path"` // absolute
	Size    int64  `json:"size"`
	MTimeNS int64  `json:"mtime_ns"` // since 1970-01-01 UTC
	Content string `json:"content_hash"`
}

// An index tells the content of files by path, size and time, so that known ones need not be read. It is advice: whether a content is in
// the lake, the manifests say. They cannot hold this, since they hold no clock.
type index struct {
	path    string
	entries map[string]indexed // as loaded
	mu      sync.Mutex
	added   map[string]indexed
}

func loadIndex(lakeRoot string) *index {
	x := &index{path: filepath.Join(lakeRoot, indexFolder, "sources.json"), added: map[string]indexed{}}
	x.entries = x.load()
	return x
}

// load returns what the file holds; unreadable, it is as good as empty.
func (x *index) load() map[string]indexed {
	var list []indexed
	_ = readJSON(x.path, &list)
	entries := make(map[string]indexed, len(list))
	for _, e := range list {
		entries[e.Path] = e
	}
	return entries
}

// content returns the content hash of a file that is as it was when it was last read, or "".
func (x *index) content(s *source) string {
	path, err := filepath.Abs(s.path)
	if err != nil || s.fifo {
		return ""
	}
	if e, ok := x.entries[path]; ok && e.Size == s.size && e.MTimeNS == s.mtime.UnixNano() {
		return e.Content
	}
	return ""
}

// add notes that s, opened at the time told, has this content.
func (x *index) add(s *source, content string, opened time.Time) {
	path, err := filepath.Abs(s.path)
	if err != nil || s.ours || opened.Sub(s.mtime) < racy {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.added[path] = indexed{Path: path, Size: s.size, MTimeNS: s.mtime.UnixNano(), Content: content}
}

// save adds this run's entries to what the file holds by now and drops those whose content is no longer live.
func (x *index) save(live func(content string) bool) error {
	if len(x.added) == 0 {
		return nil
	}
	entries := x.load()
	maps.DeleteFunc(entries, func(_ string, e indexed) bool { return !live(e.Content) })
	maps.Copy(entries, x.added)
	list := make([]indexed, 0, len(entries))
	for _, path := range slices.Sorted(maps.Keys(entries)) {
		list = append(list, entries[path])
	}
	return writeJSON(x.path, list)
}

func readJSON(path string, v any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// writeJSON replaces a file under _index as a whole.
func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", filepath.Base(path), err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	aside, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("create file: %w", err)
	}
	defer os.Remove(aside.Name())
	_, err = aside.Write(append(b, '\n'))
	if err == nil {
		err = aside.Chmod(0o640)
	}
	if closed := aside.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(aside.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}
