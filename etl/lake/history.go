package lake

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

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

// A history is the manifests of a lake as they were read: what every capture and every change said.
type history struct {
	captures []*Manifest
	changes  []*Change
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
	return nil
}

// read reads all manifests. Changes have numbers without gaps; one that is not listed was written while the folder was read, after some
// that are, and is read by its name.
func (l *Lake) read(ctx context.Context) (*history, error) {
	objects, err := l.store.List(manifestFolder)
	if err != nil {
		return nil, fmt.Errorf("list manifests: %w", err)
	}
	h := new(history)
	for _, o := range objects {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := l.readManifest(h, o.Name); err != nil {
			return nil, err
		}
	}
	h.sort()
	for i := 0; i < len(h.changes); i++ {
		if want := int64(i) + 1; h.changes[i].Seq > want {
			if err := l.readManifest(h, changeManifest(want)); err != nil {
				return nil, err
			}
			h.sort()
		}
		if h.changes[i].Seq != int64(i)+1 {
			return nil, fmt.Errorf("read manifests: change %d is there under two names", h.changes[i].Seq)
		}
	}
	return h, nil
}

func (h *history) sort() {
	slices.SortFunc(h.changes, func(a, b *Change) int { return cmp.Compare(a.Seq, b.Seq) })
}

func (l *Lake) readManifest(h *history, name string) error {
	kind := manifestKind(name)
	if kind == "" {
		return fmt.Errorf("%w: it holds %s, of a kind that this program does not know", ErrNewer, name)
	}
	text, err := l.store.Read(name)
	if err != nil {
		return fmt.Errorf("read manifest: %w", err)
	}
	if err := h.parse(kind, text); err != nil {
		return fmt.Errorf("read manifest %s: %w", l.store.Path(name), err)
	}
	return nil
}

// replay takes the manifests in the order in which they hold.
func (h *history) replay() *replay {
	r := newReplay()
	for _, m := range h.captures {
		r.add(m)
	}
	for _, c := range h.changes {
		r.change(c)
	}
	return r
}
