package etl

import (
	"context"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// A group of captures is committed at once, since each commit waits for the disk.
const (
	groupSize = 256             // captures
	groupTime = 5 * time.Second // since the first of the group
)

// commit takes what the workers load, commits it in groups and books it, until all workers are done. After a failure it only drains.
func (r *run) commit(ctx context.Context) {
	var group []*loaded
	timer := time.NewTimer(groupTime)
	timer.Stop()
	flush := func() {
		timer.Stop()
		if len(group) > 0 && ctx.Err() == nil {
			if err := r.commitGroup(ctx, group); err != nil {
				r.stop(disk(err))
			}
		}
		group = group[:0]
	}
	defer flush()
	for {
		select {
		case done, more := <-r.loaded:
			if !more {
				return
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
		r.book(done, committed)
	}
	return nil
}

// book gives a durable capture its verdict, and its source what is to become of it.
func (r *run) book(done *loaded, committed bool) {
	s := done.source
	if committed {
		r.judge(s, verdict{action: ActionCommit})
		r.count(done.manifest)
		r.tell(done.manifest)
	} else if r.recognise(done) {
		return
	}
	r.quarantine.clear(s.name)
	if err := r.after.apply(s, done.whole); err != nil {
		r.o.Log.Warn("source left in place", "source", s.name, "error", reason(err))
	}
	if r.after.action == keepSource || s.member != nil {
		r.index.add(s, done.content, done.opened)
	}
}
