package lake

import (
	"cmp"
	"context"
	"fmt"
	"slices"

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
	h := newHistory()
	for _, o := range objects {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		kind := manifestKind(o.Name)
		if kind == "" {
			return nil, fmt.Errorf("%w: it holds %s, of a kind that this program does not know", ErrNewer, o.Name)
		}
		text, err := l.store.Read(o.Name)
		if err != nil {
			return nil, fmt.Errorf("read manifest: %w", err)
		}
		if err := h.parse(kind, text); err != nil {
			return nil, fmt.Errorf("read manifest %s: %w", l.store.Path(o.Name), err)
		}
	}
	return l.state(h), nil
}

func (l *Lake) state(h *history) *State {
	s := &State{byContent: make(map[string]*Manifest), heads: make(map[string]bool)}
	for m := range h.live() {
		s.manifests = append(s.manifests, m)
		s.byContent[m.ContentHash] = m
		s.heads[m.HeadHash] = true
	}
	for f, m := range h.files() {
		version := schema.Version
		if m != nil {
			version = m.SchemaVersion
		}
		s.files = append(s.files, l.live(f, version))
	}
	slices.SortFunc(s.manifests, func(a, b *Manifest) int {
		return cmp.Or(cmp.Compare(start(a), start(b)), cmp.Compare(a.CaptureID, b.CaptureID), cmp.Compare(a.ContentHash, b.ContentHash))
	})
	slices.SortFunc(s.files, func(a, b schema.File) int { return cmp.Or(cmp.Compare(a.MinTS, b.MinTS), cmp.Compare(a.Name, b.Name)) })
	return s
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
