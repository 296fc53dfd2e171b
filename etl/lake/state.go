package lake

import (
	"cmp"
	"context"
	"sync"

	"github.com/pcaplake/pcaplake/schema"
)

// State is what a lake consists of at one moment: its live captures and files. The zero State is that of an empty lake.
type State struct {
	at       *replay                 // nil in the zero State
	options  []map[string]string     // of all captures
	outside  int                     // captures that no checkpoint holds
	lacks    func(day string) bool   // whether not all captures that begin on a day were read; nil: all were
	captures func() (*replay, error) // of a period: what reads its captures

	// What follows is made when it is asked for: of many captures it takes a while.
	manifests func() []*Manifest
	heads     func() map[string]bool
	live      func() []LiveFile
	files     func() []schema.File // as readers need them
	packets   func() map[string]int64
}

// Load reads the manifests: live files are all that were added without those that were removed. It never lists the folders of the tables.
func (l *Lake) Load(ctx context.Context) (*State, error) {
	h, err := l.read(ctx, whole)
	if err != nil {
		return nil, err
	}
	return l.stateOf(h), nil
}

// stateOf is the state that a history has come to.
func (l *Lake) stateOf(h *history) *State {
	s := l.state(h.replay())
	s.options, s.outside = h.options(), len(h.captures)
	return s
}

func (l *Lake) state(r *replay) *State {
	s := &State{at: r}
	s.manifests, s.heads = sync.OnceValue(r.liveCaptures), sync.OnceValue(r.heads)
	sorted := sync.OnceValue(r.sorted)
	s.live = sync.OnceValue(func() []LiveFile {
		files := make([]LiveFile, 0, len(r.files))
		for _, f := range sorted() {
			files = append(files, *f)
		}
		return files
	})
	s.files = sync.OnceValue(func() []schema.File {
		files := make([]schema.File, 0, len(r.files))
		for _, f := range sorted() {
			files = append(files, l.live(f))
		}
		return files
	})
	s.packets = sync.OnceValue(s.countPackets)
	return s
}

// countPackets returns the rows of packets that live files have, by capture id.
func (s *State) countPackets() map[string]int64 {
	rows := map[string]int64{}
	for _, f := range s.at.files {
		if f.Table == schema.Packets.Name {
			for id, n := range f.shares() {
				rows[id] += n
			}
		}
	}
	return rows
}

// Packets is how many packets of a live capture live files have: as many as its manifest says, less those that expired.
func (s *State) Packets(m *Manifest) int64 { return s.packets()[m.CaptureID] }

// byStart orders captures by first time stamp and capture id.
func byStart(a, b *Manifest) int {
	return cmp.Or(cmp.Compare(start(a), start(b)), cmp.Compare(a.CaptureID, b.CaptureID), cmp.Compare(a.ContentHash, b.ContentHash))
}

func start(m *Manifest) int64 {
	if m.FirstTS == nil {
		return schema.NoTime
	}
	return *m.FirstTS
}

// first is the first time of a file; NoTime when no row has one.
func (f *File) first() int64 {
	if f.MinTS == nil || f.MaxTS == nil {
		return schema.NoTime
	}
	return *f.MinTS
}

// Manifests returns the live captures, by first time stamp and capture id.
func (s *State) Manifests() []*Manifest {
	if s.at == nil {
		return nil
	}
	return s.manifests()
}

// Err is why captures of a period could not be read when they were asked for.
func (s *State) Err() error {
	if s.captures == nil {
		return nil
	}
	_, err := s.captures()
	return err
}

// Options returns the options by which captures were read, each once, in no order: those of all captures, also of a part of a lake, and of some that
// live no more.
func (s *State) Options() []map[string]string { return s.options }

// Captures returns the rows of captures, in the order of Manifests.
func (s *State) Captures() []schema.Capture {
	manifests := s.Manifests()
	rows := make([]schema.Capture, len(manifests))
	for i, m := range manifests {
		rows[i] = m.capture()
	}
	return rows
}

// Files returns the live files of a table, by first time stamp and name.
func (s *State) Files(table string) []schema.File {
	var files []schema.File
	for _, f := range s.AllFiles() {
		if f.Table == table {
			files = append(files, f)
		}
	}
	return files
}

// AllFiles returns the live files of all tables, by first time stamp and name.
func (s *State) AllFiles() []schema.File {
	if s.at == nil {
		return nil
	}
	return s.files()
}

// LiveFiles returns the live files of all tables as their manifests have them, by first time stamp and name.
func (s *State) LiveFiles() []LiveFile {
	if s.at == nil {
		return nil
	}
	return s.live()
}

// LiveOf returns the live files that have rows of captures, which are told by their ids, in no order.
func (s *State) LiveOf(ids map[string]bool) []LiveFile {
	var files []LiveFile
	if s.at == nil {
		return nil
	}
	for _, f := range s.at.files {
		if f.has(ids) {
			files = append(files, *f)
		}
	}
	return files
}

// has reports whether the file has rows of one of these captures.
func (f *LiveFile) has(ids map[string]bool) bool {
	if f.Capture != nil {
		return ids[f.Capture.CaptureID]
	}
	for id := range f.Captures {
		if ids[id] {
			return true
		}
	}
	return false
}

// ByContent finds the live capture with a content hash.
func (s *State) ByContent(hash string) (*Manifest, bool) {
	if s.at == nil {
		return nil, false
	}
	m := s.at.capture(hash)
	return m, m != nil
}

// Known reports whether a content is in the lake, or was until another capture took its place.
func (s *State) Known(hash string) bool { return s.at != nil && s.at.captures[hash] != nil }

// Contents returns the content hashes of all known captures, by capture id.
func (s *State) Contents() map[string]string {
	ids := map[string]string{}
	if s.at != nil {
		for hash, m := range s.at.captures {
			ids[m.CaptureID] = hash
		}
	}
	return ids
}

// ByHead reports whether a known capture begins like this one.
func (s *State) ByHead(hash string) bool { return s.at != nil && s.heads()[hash] }

// Partial reports whether it is of a part of the lake's captures: then what is not in it may still be known.
func (s *State) Partial() bool { return s.lacks != nil }

// Lacks reports whether captures may be missing in a partial State that begin on the day of a time, in microseconds since 1970-01-01 UTC; nil: that have none.
func (s *State) Lacks(first *int64) bool { return s.lacks != nil && s.lacks(dayOf(first)) }

// Outside is how many captures no checkpoint holds: where they are more than CheckpointAfter, it is time for Checkpoint.
func (s *State) Outside() int { return s.outside }

// Seq is the number of the last change; 0 when there was none.
func (s *State) Seq() int64 {
	if s.at == nil {
		return 0
	}
	return s.at.seq
}
