package etl

import (
	"context"
	"fmt"
	"sync"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// wholeLake is up to how many captures of a checkpoint a run reads them all. Beyond that it reads those that its sources can be: captures with the same beginning
// begin on the same day. Tests make it smaller.
var wholeLake = 100_000

// want has the lake asked for these sources alone: who plans a night need not read what all others were.
func (r *run) want(ctx context.Context, found []*source) error {
	if err := r.loadIndex(ctx); err != nil {
		return err
	}
	r.wanted = &lake.Wanted{Sources: make(map[string]bool, len(found)), Contents: map[string]bool{}, Whole: wholeLake}
	for _, s := range found {
		r.wanted.Sources[r.o.identity(s.name)] = true
		if e, ok := r.index.find(s); ok && e.Content != "" {
			r.wanted.Contents[e.Content] = true
		}
	}
	return nil
}

// narrow has the lake asked for what the sources can be, unless that cannot be told of one before it is read, or files are to be known as well.
func (r *run) narrow(ctx context.Context, found []*source) error {
	if r.o.Live != nil || r.o.Replace || r.after.action == deleteSource {
		return nil
	}
	if err := r.want(ctx, found); err != nil {
		return err
	}
	for _, s := range found {
		if s.fifo || r.bundleOf(ctx, s) != nil {
			r.wanted = nil
			return nil
		}
	}
	r.wanted.Days = func(ctx context.Context) (map[string]bool, error) { return r.days(ctx, found) }
	return nil
}

// days are those on which the sources begin that the index does not know, and those about them, as stamps need not be in order; "" where one has no time.
func (r *run) days(ctx context.Context, found []*source) (map[string]bool, error) {
	days := map[string]bool{}
	var mu sync.Mutex
	err := lookAt(ctx, found, func(i int) {
		if r.index.content(found[i]) != "" {
			return
		}
		day := r.firstDay(ctx, found[i])
		mu.Lock()
		defer mu.Unlock()
		if day == undated {
			days[""] = true
			return
		}
		for d := day - 1; d <= day+1; d++ {
			days[dateOf(d)] = true
		}
	})
	return days, err
}

// firstDay is the UTC day of a source's first frame; undated also for what cannot be read, as the taking of it will tell.
func (r *run) firstDay(ctx context.Context, s *source) int64 {
	l, done, err := r.openBriefly(ctx, s)
	if err != nil {
		return undated
	}
	defer done()
	in, err := capture.NewReader(l.stored)
	if err != nil {
		return undated
	}
	defer in.Close()
	if !in.Scan() || !in.Frame().HasTS {
		return undated
	}
	return dayOf(in.Frame().TS)
}

// known reports whether a content is in the lake, or was, as far as can be told.
func (r *run) known(content string) bool { return r.state.Partial() || r.state.Known(content) }

// lookAgain looks for a capture that was read among those of the day on which it begins, where that is not about the day of its first frame. It is read once more
// where others have its id.
func (l *load) lookAgain(ctx context.Context, done *loaded) (*loaded, error) {
	first := done.manifest.FirstTS
	state, err := l.lake.LoadWanted(ctx, lake.Wanted{Days: func(context.Context) (map[string]bool, error) {
		if first == nil || dayOf(*first) == undated {
			return map[string]bool{"": true}, nil
		}
		return map[string]bool{dateOf(dayOf(*first)): true}, nil
	}})
	if err != nil {
		return nil, disk(fmt.Errorf("look for %s in the lake: %w", l.source.name, err))
	}
	if state.Known(done.content) {
		return &loaded{source: l.source, opened: l.opened, content: done.content, whole: done.whole, known: true}, nil
	}
	if other, ok := state.Contents()[l.id]; ok && other != done.content {
		l.id = salted(l.id, done.content)
		return l.decode(ctx)
	}
	return done, nil
}
