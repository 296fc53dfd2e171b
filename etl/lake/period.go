package lake

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// Period is what a reader wants of a lake: what reaches into a time.
type Period struct {
	From, To time.Time     // rows at From or later and before To; zero: no bound
	Before   time.Duration // files that are so much earlier as well
	// Around says by how much the period is wider at both ends, by the options with which captures were read; nil: it is not.
	Around func(options []map[string]string) time.Duration
}

// intervals are those of files and of captures.
func (p *Period) intervals(options []map[string]string) (files, captures interval) {
	from, to, before := p.From, p.To, p.From
	if p.Around != nil {
		around := p.Around(options)
		if !from.IsZero() {
			from = from.Add(-around)
		}
		if !to.IsZero() {
			to = to.Add(around)
		}
	}
	if before = before.Add(-p.Before); p.From.IsZero() || from.Before(before) {
		before = from
	}
	return spanOf(before, to), spanOf(from, to)
}

// spanOf is the time from one moment to another; zero ones are none.
func spanOf(from, to time.Time) interval {
	s := interval{math.MinInt64, math.MaxInt64}
	if !from.IsZero() {
		s[0] = from.UnixMicro()
	}
	if !to.IsZero() {
		s[1] = to.UnixMicro()
	}
	return s
}

// LoadPeriod reads what reaches into a period, and of the last checkpoint no other days. Its State may have more than was asked for, and does not have
// all that the lake has, nor of which captures the rows of a checkpoint's files are: it is for readers. Captures are read when they are first asked for: Err tells whether that failed.
func (l *Lake) LoadPeriod(ctx context.Context, p Period) (*State, error) {
	var files, captures interval
	h, err := l.read(ctx, func(h *history) reading {
		files, captures = p.intervals(h.options())
		return reading{files: h.partsWith(func(p *part) bool { return p.hasFiles(files) }), lean: true}
	})
	if err != nil {
		return nil, err
	}
	if h.base == nil || h.base.old {
		return l.stateOf(h), nil
	}
	if err := l.dropVoid(ctx, h, interval{min(files[0], captures[0]), max(files[1], captures[1])}); err != nil {
		return nil, err
	}
	s := l.state(h.replay().within(files))
	s.options = h.options()
	s.captures = sync.OnceValues(func() (*replay, error) {
		of := &history{base: h.base, captures: h.captures, changes: h.changes}
		if err := l.readParts(ctx, of, reading{captures: h.partsWith(func(p *part) bool { return p.hasCaptures(captures) })}); err != nil {
			return newReplay(), err
		}
		return of.replay(), nil
	})
	s.manifests = sync.OnceValue(func() []*Manifest {
		r, _ := s.captures() // Err tells
		return r.liveCaptures()
	})
	return s, nil
}

// options are those of all captures, and of some that live no more, each once.
func (h *history) options() []map[string]string {
	var all []map[string]string
	if h.base != nil {
		all = slices.Clone(h.base.Options)
	}
	for _, r := range h.rows {
		for i := range r.captures {
			all = withOptions(all, r.captures[i].Options)
		}
	}
	for _, m := range h.captures {
		all = withOptions(all, m.Options)
	}
	for _, c := range h.changes {
		for _, m := range c.Captures {
			all = withOptions(all, m.Options)
		}
	}
	return all
}

// partsWith are the numbers of the checkpoint's parts of which something holds.
func (h *history) partsWith(holds func(*part) bool) []int {
	var out []int
	if h.base == nil {
		return nil
	}
	for i := range h.base.Parts {
		if holds(&h.base.Parts[i]) {
			out = append(out, i)
		}
	}
	return out
}

// within is the replay without files that cannot have rows in an interval.
func (r *replay) within(in interval) *replay {
	for name, f := range r.files {
		if f.MinTS == nil || f.MaxTS == nil {
			if in != spanOf(time.Time{}, time.Time{}) {
				delete(r.files, name)
			}
			continue
		}
		if !in.meets(interval{*f.MinTS, *f.MaxTS}) {
			delete(r.files, name)
		}
	}
	return r
}

// dropVoid takes out of the captures that were committed after the checkpoint those that stand in it, as far as they reach into an interval. The same
// content has the same times, so that it can only be in the part of its day.
func (l *Lake) dropVoid(ctx context.Context, h *history, in interval) error {
	suspects := map[int][]*Manifest{}
	for _, m := range h.captures {
		if m.FirstTS == nil || m.LastTS == nil || in.meets(interval{*m.FirstTS, *m.LastTS}) {
			at := h.base.partOf(dayOf(m.FirstTS))
			suspects[at] = append(suspects[at], m)
		}
	}
	for at, ms := range suspects {
		if at >= len(h.base.Parts) {
			continue
		}
		known := new(rows)
		if err := l.readCaptures(ctx, h.base, at, contentFields, known); err != nil {
			return err
		}
		contents := make(map[string]bool, len(known.captures))
		for i := range known.captures {
			contents[known.captures[i].ContentHash] = true
		}
		h.captures = slices.DeleteFunc(h.captures, func(m *Manifest) bool { return slices.Contains(ms, m) && contents[m.ContentHash] })
	}
	return nil
}
