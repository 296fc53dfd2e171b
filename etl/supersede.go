package etl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// superseded returns the live captures that the source takes the place of: those read from it before whose whole frames it begins with, and
// with Options.Replace all that were read from it. Content is that of the source.
func (l *load) superseded(content string) []*lake.Manifest {
	var before []*lake.Manifest
	for _, m := range l.bySource[l.o.Sensor+"/"+l.o.identity(l.source.name)] {
		if m.ContentHash != content && (l.replaces() && l.source.name != stdinSource || l.grew(m)) {
			before = append(before, m)
		}
	}
	return before
}

// grew reports whether the source begins with all whole frames of a capture that was read from it before. Where a file is written anew each
// night there are many of those, and most of them differ in their heads.
func (l *load) grew(before *lake.Manifest) bool {
	if before.Rows == 0 || before.PrefixEnd >= headSize && before.HeadHash != l.head {
		return false
	}
	return l.o.identity(prefixHash(l.stored, l.source.size, before.PrefixEnd)) == before.PrefixHash
}

// doubtful reports whether a live capture may be an earlier part of another one from its source: two runs at once may bring in both.
func (l *load) doubtful(content string) bool {
	m, live := l.state.ByContent(content)
	return live && slices.ContainsFunc(l.bySource[l.o.Sensor+"/"+l.o.identity(l.source.name)], func(other *lake.Manifest) bool {
		return other != m && other.Rows > 0 && (other.Bytes < headSize || other.HeadHash == m.HeadHash)
	})
}

// replaces reports whether the source was told to take the place of what is in the lake.
func (l *load) replaces() bool { return l.o.Replace && l.source.named }

// stale reports whether a capture is in the lake otherwise than the run's options say.
func (r *run) stale(m *lake.Manifest) bool {
	return m.Sensor != r.o.Sensor || !maps.Equal(m.Options, r.o.fingerprinted())
}

// supersede makes the changes that bring captures in the place of others, each by itself and in the order of the sources, so that the lake
// does not depend on which was read first. Behind a source that was not read to its end none is made: it may have a change of its own.
func (r *run) supersede(ctx context.Context, waiting []*loaded) error {
	slices.SortFunc(waiting, func(a, b *loaded) int { return cmp.Compare(a.source.order, b.source.order) })
	for _, done := range waiting {
		if ctx.Err() != nil {
			return nil
		}
		if r.dropped >= 0 && r.dropped < done.source.order {
			r.drop(done.source)
			continue
		}
		made, err := r.change(ctx, done)
		if errors.Is(err, errOvertaken) || errors.Is(err, errInput) {
			r.o.Log.Warn("capture failed", "source", done.source.name, "error", reason(err))
			r.judge(done.source, verdict{action: ActionFail, err: reason(err)})
			continue
		}
		if err != nil {
			return err
		}
		if made != nil {
			r.mu.Lock()
			r.sum.Superseded += max(len(made.Drops), 1)
			r.mu.Unlock()
		}
		r.book(ctx, done, made != nil && len(made.Captures) > 0)
	}
	return nil
}

// errOvertaken says that another run was faster.
var errOvertaken = errors.New("another run took in more of it meanwhile: run again")

// change brings a capture in the place of those that it supersedes, in one step; nil when another run did.
func (r *run) change(ctx context.Context, done *loaded) (*lake.Change, error) {
	return r.lake.Change(ctx, r.staging, func(s *lake.State) (*lake.Change, error) {
		x := &exchange{run: r, state: s, done: done, ended: map[string]bool{}}
		return x.plan(ctx)
	})
}

// An exchange is the plan of a change by which one capture comes in the place of others.
type exchange struct {
	*run
	state *lake.State
	done  *loaded
	ended map[string]bool // ids of the captures that live no more
	lake.Change
}

func (x *exchange) plan(ctx context.Context) (*lake.Change, error) {
	for _, m := range x.done.supersedes {
		if live, ok := x.state.ByContent(m.ContentHash); ok && m.ContentHash != x.done.content {
			x.Drops, x.ended[live.CaptureID] = append(x.Drops, m.ContentHash), true
		}
	}
	before, live := x.state.ByContent(x.done.content)
	switch {
	case x.done.manifest == nil: // known: only what it supersedes goes
	case !live:
		if len(x.Drops) == 0 && len(x.done.supersedes) > 0 {
			return nil, errOvertaken
		}
		x.Captures = []*lake.Manifest{x.done.manifest}
	case x.stale(before):
		x.Captures, x.ended[before.CaptureID] = []*lake.Manifest{x.done.manifest}, true
	}
	if len(x.Drops)+len(x.Captures) == 0 {
		return nil, nil
	}
	for _, f := range x.state.LiveOf(x.ended) {
		if err := x.remove(ctx, &f); err != nil {
			return nil, err
		}
	}
	return &x.Change, nil
}

// remove takes the rows of captures that end out of a file: all of it, or what others have in it is written anew.
func (x *exchange) remove(ctx context.Context, f *lake.LiveFile) error {
	x.Removes = append(x.Removes, f.Name)
	others := false
	for id := range f.Captures {
		others = others || !x.ended[id]
	}
	if !others {
		return nil
	}
	rest, err := rewriteWithout(ctx, x.lake, x.staging, f, x.ended)
	if err != nil {
		return fmt.Errorf("take it out of %s: %w", f.Name, err)
	}
	x.Adds = append(x.Adds, rest)
	return nil
}
