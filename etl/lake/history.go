package lake

import (
	"encoding/json"
	"iter"
	"strings"
)

// A history is all manifests of a lake: what every capture and every change said. What is live follows from it.
type history struct {
	captures []*Manifest
	changes  []*Change
	removed  map[string]bool // names of files
	claimed  map[string]bool // content hashes of captures that live by a change
	dropped  map[string]bool // content hashes of captures that live no more
}

func newHistory() *history {
	return &history{removed: map[string]bool{}, claimed: map[string]bool{}, dropped: map[string]bool{}}
}

// The kinds of manifests, by what their names begin with.
const (
	captureKind = "c-"
	changeKind  = "m-"
)

// manifestKind is the kind of manifest that a name stands for, or "".
func manifestKind(name string) string {
	base := strings.TrimPrefix(name, manifestFolder+"/")
	for _, kind := range []string{captureKind, changeKind} {
		if strings.HasPrefix(base, kind) && strings.HasSuffix(base, ".json") {
			return kind
		}
	}
	return ""
}

// parse reads a manifest from its text and adds it.
func (h *history) parse(kind string, text []byte) error {
	if kind == captureKind {
		m := new(Manifest)
		if err := json.Unmarshal(text, m); err != nil {
			return err
		}
		h.captures = append(h.captures, m)
		return nil
	}
	c := new(Change)
	if err := json.Unmarshal(text, c); err != nil {
		return err
	}
	h.changes = append(h.changes, c)
	mark(h.removed, c.Removes)
	mark(h.claimed, c.Claims)
	mark(h.dropped, c.Drops)
	return nil
}

func mark(set map[string]bool, names []string) {
	for _, n := range names {
		set[n] = true
	}
}

// exists reports whether a capture is part of the lake, be it only for files that are left of it.
func (h *history) exists(m *Manifest) bool { return m.Via == "" || h.claimed[m.ContentHash] }

// live are the captures that the lake has.
func (h *history) live() iter.Seq[*Manifest] {
	return func(yield func(*Manifest) bool) {
		for _, m := range h.captures {
			if h.exists(m) && !h.dropped[m.ContentHash] && !yield(m) {
				return
			}
		}
	}
}

// files are the live files, each with the capture that added it; nil for a change.
func (h *history) files() iter.Seq2[File, *Manifest] {
	return func(yield func(File, *Manifest) bool) {
		for _, m := range h.captures {
			for _, f := range m.Adds {
				if h.exists(m) && !h.removed[f.Name] && !yield(f, m) {
					return
				}
			}
		}
		for _, c := range h.changes {
			for _, f := range c.Adds {
				if !h.removed[f.Name] && !yield(f, nil) {
					return
				}
			}
		}
	}
}
