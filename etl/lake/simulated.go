package lake

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Simulate writes the next checkpoint with captures and files as if they had been committed and their manifests swept: how a lake of millions of
// captures opens can be measured without making it. Captures bring the files in Adds; the others are of several captures. No file need exist.
func (l *Lake) Simulate(ctx context.Context, captures []*Manifest, files []File) error {
	parts := func(h *history) map[int]bool {
		in := map[int]bool{}
		for _, m := range captures {
			in[h.base.partOf(dayOf(m.FirstTS))] = true
		}
		for i := range files {
			in[h.base.partOf(files[i].Date)] = true
		}
		return in
	}
	h, err := l.read(ctx, func(h *history) reading {
		if h.base == nil || len(h.base.Parts) == 0 {
			return reading{}
		}
		at := slices.Sorted(maps.Keys(parts(h)))
		return reading{captures: at, files: at}
	})
	if err != nil {
		return err
	}
	h.captures = append(h.captures, captures...)
	h.changes = append(h.changes, &Change{Seq: h.lastSeq() + 1, Adds: files})
	c, err := l.writeParts(h)
	if err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	text, err := encode(c, &c.Digest)
	if err != nil {
		return err
	}
	if err := l.store.PutIfAbsent(c.name(), text); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	return nil
}
