package lake

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

// State is what a lake consists of at one moment: its live captures and files. The zero State is that of an empty lake.
type State struct {
	manifests []*Manifest
	files     []schema.File
	byContent map[string]*Manifest
	heads     map[string]bool
}

// Load reads the manifests: live files are all that were added without those that were removed. It never lists the folders of the tables.
func (l *Lake) Load(ctx context.Context) (*State, error) {
	objects, err := l.store.List(manifestFolder)
	if err != nil {
		return nil, fmt.Errorf("list manifests: %w", err)
	}
	var captures []*Manifest
	var changes []*Change
	for _, o := range objects {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		switch kind := strings.TrimPrefix(o.Name, manifestFolder+"/"); {
		case strings.HasPrefix(kind, "c-") && strings.HasSuffix(kind, ".json"):
			captures, err = read(l, o.Name, captures)
		case strings.HasPrefix(kind, "m-") && strings.HasSuffix(kind, ".json"):
			changes, err = read(l, o.Name, changes)
		default:
			err = fmt.Errorf("%w: it holds %s, of a kind that this program does not know", ErrNewer, o.Name)
		}
		if err != nil {
			return nil, err
		}
	}
	return l.state(captures, changes), nil
}

// read appends the manifest of that name.
func read[M any](l *Lake, name string, to []*M) ([]*M, error) {
	data, err := l.store.Read(name)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	m := new(M)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("read manifest %s: %w", l.store.Path(name), err)
	}
	return append(to, m), nil
}

func (l *Lake) state(captures []*Manifest, changes []*Change) *State {
	s := &State{byContent: make(map[string]*Manifest), heads: make(map[string]bool)}
	removed, claimed, dropped := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range changes {
		mark(removed, c.Removes)
		mark(claimed, c.Claims)
		mark(dropped, c.Drops)
	}
	add := func(files []File, version int32) {
		for _, f := range files {
			if !removed[f.Name] {
				s.files = append(s.files, l.live(f, version))
			}
		}
	}
	for _, m := range captures {
		if m.Via != "" && !claimed[m.ContentHash] {
			continue
		}
		add(m.Adds, m.SchemaVersion)
		if dropped[m.ContentHash] {
			continue
		}
		s.manifests = append(s.manifests, m)
		s.byContent[m.ContentHash] = m
		s.heads[m.HeadHash] = true
	}
	for _, c := range changes {
		add(c.Adds, schema.Version)
	}
	slices.SortFunc(s.manifests, func(a, b *Manifest) int {
		return cmp.Or(cmp.Compare(start(a), start(b)), cmp.Compare(a.CaptureID, b.CaptureID), cmp.Compare(a.ContentHash, b.ContentHash))
	})
	slices.SortFunc(s.files, func(a, b schema.File) int { return cmp.Or(cmp.Compare(a.MinTS, b.MinTS), cmp.Compare(a.Name, b.Name)) })
	return s
}

func mark(set map[string]bool, names []string) {
	for _, n := range names {
		set[n] = true
	}
}

func start(m *Manifest) int64 {
	if m.FirstTS == nil {
		return schema.NoTime
	}
	return *m.FirstTS
}

// Manifests returns the live captures, by first time stamp and capture id.
func (s *State) Manifests() []*Manifest { return s.manifests }

// Captures returns the rows of captures, in the order of Manifests.
func (s *State) Captures() []schema.Capture {
	rows := make([]schema.Capture, len(s.manifests))
	for i, m := range s.manifests {
		rows[i] = m.capture()
	}
	return rows
}

// Files returns the live files of a table, by first time stamp and name.
func (s *State) Files(table string) []schema.File {
	var files []schema.File
	for _, f := range s.files {
		if f.Table == table {
			files = append(files, f)
		}
	}
	return files
}

// AllFiles returns the live files of all tables, by first time stamp and name.
func (s *State) AllFiles() []schema.File { return s.files }

// ByContent finds the capture with a content hash.
func (s *State) ByContent(hash string) (*Manifest, bool) {
	m, ok := s.byContent[hash]
	return m, ok
}

// ByHead reports whether a live capture begins like this one.
func (s *State) ByHead(hash string) bool { return s.heads[hash] }
