package lake

import (
	"context"
	"slices"
	"sync"
)

// Wanted are captures that somebody asks for.
type Wanted struct {
	Sources  map[string]bool // read from one of these
	Contents map[string]bool // of one of these content hashes
	// Days are those on which captures begin (2026-11-22; "": those without a time), and with each come all that stand with it. It is asked only where the last
	// checkpoint has more than Whole captures, since others are read whole, which is sooner than asking; nil: no days.
	Days  func(ctx context.Context) (map[string]bool, error)
	Whole int
}

// LoadWanted reads the captures that are asked for, and of the last checkpoint no more than tells them from others. Its State has no files, and does not
// have all captures, unless it is not Partial.
func (l *Lake) LoadWanted(ctx context.Context, w Wanted) (*State, error) {
	h, err := l.read(ctx, func(h *history) reading {
		if w.Days == nil || h.base == nil || h.base.captures() > w.Whole {
			return reading{}
		}
		return reading{captures: whole(h).captures}
	})
	if err != nil {
		return nil, err
	}
	if h.base == nil || h.base.old || len(h.rows) > 0 {
		return l.stateOf(h), nil
	}
	days := map[string]bool{}
	if w.Days != nil {
		if days, err = w.Days(ctx); err != nil {
			return nil, err
		}
	}
	if err := l.readWanted(ctx, h, w, days); err != nil {
		return nil, err
	}
	s := l.stateOf(h)
	s.lacks = func(day string) bool {
		at := h.base.partOf(day)
		return at < len(h.base.Parts) && !slices.ContainsFunc(h.daysRead(days), func(i int) bool { return i == at })
	}
	return s, nil
}

// captures is how many stand in the checkpoint.
func (c *checkpoint) captures() int {
	n := 0
	for i := range c.Parts {
		n += c.Parts[i].Captures.Rows
	}
	return n
}

// daysRead are the parts that have days.
func (h *history) daysRead(days map[string]bool) []int {
	return h.partsWith(func(p *part) bool {
		for day := range days {
			if p == &h.base.Parts[h.base.partOf(day)] {
				return true
			}
		}
		return false
	})
}

// readWanted reads those that stand in the checkpoint: all of the parts that have the days; of the others first those whose sources are about those asked
// for, then, for contents that were not there, the rest.
func (l *Lake) readWanted(ctx context.Context, h *history, w Wanted, days map[string]bool) error {
	sources := make([]string, 0, len(w.Sources))
	for s := range w.Sources {
		sources = append(sources, s)
	}
	slices.Sort(sources)
	read := h.daysRead(days)
	if err := l.readParts(ctx, h, reading{captures: read}); err != nil {
		return err
	}
	left := h.partsBeside(read)
	likely := slices.DeleteFunc(slices.Clone(left), func(i int) bool {
		p := &h.base.Parts[i]
		at, _ := slices.BinarySearch(sources, p.Sources[0])
		return at >= len(sources) || sources[at] > p.Sources[1]
	})
	missing := make(map[string]bool, len(w.Contents))
	for hash := range w.Contents {
		missing[hash] = true
	}
	for _, r := range h.rows {
		for i := range r.captures {
			delete(missing, r.captures[i].ContentHash)
		}
	}
	for _, m := range h.captures {
		delete(missing, m.ContentHash)
	}
	if err := l.pickCaptures(ctx, h, likely, w, missing); err != nil || len(missing) == 0 {
		return err
	}
	return l.pickCaptures(ctx, h, h.partsBeside(append(read, likely...)), w, missing)
}

// partsBeside are the parts that are not among these.
func (h *history) partsBeside(some []int) []int {
	return h.partsWith(func(p *part) bool {
		return !slices.ContainsFunc(some, func(i int) bool { return p == &h.base.Parts[i] })
	})
}

// pickCaptures reads, of some parts, the captures that are asked for, and takes their contents out of those that are missing.
func (l *Lake) pickCaptures(ctx context.Context, h *history, parts []int, w Wanted, missing map[string]bool) error {
	var mu sync.Mutex
	return l.atOnce(ctx, len(parts), func(i int) error {
		o := h.base.Parts[parts[i]].Captures
		picked := &rows{part: parts[i]}
		if err := l.readObject(o, func(text []byte) error {
			naming := new(rows)
			if err := naming.decodeCaptures(ctx, text, o.Rows, namingFields); err != nil {
				return err
			}
			wanted := func(m *Manifest) bool { return w.Sources[m.Source] || w.Contents[m.ContentHash] }
			if !slices.ContainsFunc(naming.captures, func(c checkpointCapture) bool { return wanted(&c.Manifest) }) {
				return nil
			}
			if err := picked.decodeCaptures(ctx, text, o.Rows, captureFields); err != nil {
				return err
			}
			picked.captures = slices.DeleteFunc(picked.captures, func(c checkpointCapture) bool { return !wanted(&c.Manifest) })
			return nil
		}); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		h.rows = append(h.rows, picked)
		for i := range picked.captures {
			delete(missing, picked.captures[i].ContentHash)
		}
		return nil
	})
}
