package etl

import (
	"context"
	"errors"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// A group of captures is committed at once, since each commit waits for the disk.
const (
	groupSize = 256             // captures
	groupTime = 5 * time.Second // since the first of the group
)

// commit takes what the workers load, commits it in groups and books it, until all workers are done; then come the captures that take the
// place of others. After a failure it only drains.
func (r *run) commit(ctx context.Context) {
	c := &checkpointer{run: r, outside: r.state.Outside()}
	defer c.end(ctx)
	var group, waiting []*loaded
	timer := time.NewTimer(groupTime)
	timer.Stop()
	flush := func() {
		timer.Stop()
		if len(group) > 0 && ctx.Err() == nil {
			if err := r.commitGroup(ctx, group); err != nil {
				r.stop(disk(err))
			}
			c.committed(ctx, len(group))
		}
		group = group[:0]
	}
	for {
		select {
		case done, more := <-r.loaded:
			if !more {
				flush()
				if err := r.supersede(ctx, waiting); err != nil {
					r.stop(disk(err))
				}
				return
			}
			switch {
			case done.changes() && r.o.Plan != nil:
				r.leaveToPublish(done)
				continue
			case done.changes():
				waiting = append(waiting, done)
				continue
			}
			if len(group) == 0 {
				timer.Reset(groupTime)
			}
			if group = append(group, done); len(group) == groupSize {
				flush()
			}
		case <-timer.C:
			flush()
		}
	}
}

func (r *run) commitGroup(ctx context.Context, group []*loaded) error {
	var manifests []*lake.Manifest
	for _, done := range group {
		if done.manifest != nil {
			manifests = append(manifests, done.manifest)
		}
	}
	var outcomes []lake.Outcome
	if len(manifests) > 0 {
		var err error
		if outcomes, err = r.lake.Commit(ctx, r.staging, manifests); err != nil {
			return err
		}
	}
	for _, done := range group {
		committed := false
		if done.manifest != nil {
			committed = outcomes[0] == lake.Committed
			outcomes = outcomes[1:]
		}
		r.book(ctx, done, committed)
	}
	return nil
}

// book gives a durable capture its verdict, and its source what is to become of it.
func (r *run) book(ctx context.Context, done *loaded, committed bool) {
	s := done.source
	if committed {
		r.judge(s, verdict{action: ActionCommit})
		r.count(done.manifest)
		r.tell(done.manifest)
		r.keepPoints(done)
	} else if r.recognise(done) {
		return
	}
	r.quarantine.clear(r.o.identity(s.name))
	err := errPacketsGone
	if committed || r.after.action != deleteSource || r.packetsLive(done.content) {
		err = r.after.apply(ctx, s, done.whole)
	}
	if err != nil {
		r.o.Log.Warn("source left in place", "source", s.name, "error", reason(err))
	}
	if r.after.action == keepSource || s.member != nil {
		r.index.add(s, done.content, done.opened)
	}
}

// errPacketsGone keeps a source that is the only place where its packets still are.
var errPacketsGone = errors.New("its packets are in the lake no longer")

// packetsLive reports whether all packets of a known capture are in the lake, whatever file they are in by now.
func (r *run) packetsLive(content string) bool {
	if m, live := r.state.ByContent(content); live {
		return r.state.Packets(m) == m.Rows
	}
	return !r.state.Known(content) // an earlier source of this run brought it
}
