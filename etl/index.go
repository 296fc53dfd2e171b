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

	"github.com/pcaplake/pcaplake/etl/lake"
)

// indexFolder lies in the lake and holds what only saves work: everything in it may be deleted.
const indexFolder = "_index"

// racy is how much older than its reading a file's time must be to stand for its content: some file systems stamp in steps of two seconds.
const racy = 2 * time.Second

// An indexed source is a file whose content is known as long as size and time stay, a member of an archive for which that holds, or the archive.
type indexed struct {
	Path    string          `json:"path"` // absolute, or a URL; of a member followed by its name
	Size    int64           `json:"size"`
	MTimeNS int64           `json:"mtime_ns"` // since 1970-01-01 UTC
	Content string          `json:"content_hash,omitempty"`
	Archive *indexedArchive `json:"archive,omitempty"`
}

// indexedArchive is what is in an archive.
type indexedArchive struct {
	Members []string `json:"members"` // names of the captures
	Skipped int      `json:"skipped"` // files that are none
}

// An index tells the content of files by path, size and time, so that known ones need not be read. It is advice: whether a content is in
// the lake, the manifests say. They cannot hold this, since they hold no clock.
type index struct {
	path     string
	entries  map[string]indexed       // as loaded
	identity func(path string) string // what it has in the place of a path: another text, in an anonymised lake
	mu       sync.Mutex
	added    map[string]indexed
}

func loadIndex(workDir string) *index {
	x := &index{path: filepath.Join(workDir, indexFolder, "sources.json"), added: map[string]indexed{}, identity: func(path string) string { return path }}
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

// key is what stands for a source in the index; false: it cannot be there.
func (x *index) key(s *source) (indexed, bool) {
	path, err := filepath.Abs(s.path)
	if lake.IsURL(s.path) {
		path, err = s.path, nil
	}
	switch {
	case err != nil || s.fifo || s.ours:
		return indexed{}, false
	case s.member != nil:
		a := s.member.archive
		return indexed{Path: x.identity(path + memberMark + s.member.name), Size: a.size, MTimeNS: a.mtime.UnixNano()}, true
	}
	return indexed{Path: x.identity(path), Size: s.size, MTimeNS: s.mtime.UnixNano()}, true
}

// find returns the entry of a source that is as it was when it was last read.
func (x *index) find(s *source) (indexed, bool) {
	k, ok := x.key(s)
	e, found := x.entries[k.Path]
	return e, ok && found && e.Size == k.Size && e.MTimeNS == k.MTimeNS
}

// content returns the content hash of a file that is as it was when it was last read, or "".
func (x *index) content(s *source) string {
	if e, ok := x.find(s); ok {
		return e.Content
	}
	return ""
}

// archive returns what is in an archive that is as it was when it was last listed, or nil.
func (x *index) archive(s *source) *indexedArchive {
	if e, ok := x.find(s); ok {
		return e.Archive
	}
	return nil
}

// add notes that s, opened at the time told, has this content.
func (x *index) add(s *source, content string, opened time.Time) {
	e, ok := x.key(s)
	if !ok || opened.UnixNano()-e.MTimeNS < racy.Nanoseconds() {
		return
	}
	e.Content = content
	x.mu.Lock()
	defer x.mu.Unlock()
	x.added[e.Path] = e
}

// addArchive notes what is in an archive that could be listed to its end, unless names are not to be kept.
func (x *index) addArchive(a *bundle) {
	e, ok := x.key(&source{path: a.path, size: a.size, mtime: a.mtime})
	if !ok || x.identity(a.path) != a.path || a.broken || a.listed.Sub(a.mtime) < racy {
		return
	}
	e.Archive = &indexedArchive{Members: a.members, Skipped: a.skipped}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.added[e.Path] = e
}

// complete reports whether every member of an archive is in entries, by the archive's size and time.
func complete(e indexed, entries map[string]indexed) bool {
	for _, name := range e.Archive.Members {
		if m, ok := entries[e.Path+memberMark+name]; !ok || m.Size != e.Size || m.MTimeNS != e.MTimeNS {
			return false
		}
	}
	return true
}

// save adds this run's entries to what the file holds by now and drops those whose content is no longer live, and archives of which a member
// is not known.
func (x *index) save(live func(content string) bool) error {
	if len(x.added) == 0 {
		return nil
	}
	entries := x.load()
	maps.DeleteFunc(entries, func(_ string, e indexed) bool { return e.Archive == nil && !live(e.Content) })
	maps.Copy(entries, x.added)
	maps.DeleteFunc(entries, func(_ string, e indexed) bool { return e.Archive != nil && !complete(e, entries) })
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
	return writeAside(path, append(b, '\n'))
}

// writeAside replaces a file as a whole.
func writeAside(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	aside, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("create file: %w", err)
	}
	defer os.Remove(aside.Name())
	_, err = aside.Write(b)
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
