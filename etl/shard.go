package etl

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// A shard of a plan is ingested as any captures are, but for two things. What would take the place of a live capture is left for Publish, since the numbers of
// such changes must not depend on which shard was faster. And when every capture has its verdict, that is written down beside the lake, for Publish to see that
// no shard is missing; captures that are no captures have theirs too, so that no engine tries them again and again.

// ErrUnfinished says that captures of a shard or shards of a plan have no verdict yet: try again.
var ErrUnfinished = errors.New("not all of it is done")

// shardRecord is what a shard came to.
type shardRecord struct {
	Plan     string           `json:"plan"`
	Shard    int              `json:"shard"`
	Captures int              `json:"captures"`           // that have a verdict, those in archives counted one by one
	Deferred []PlannedCapture `json:"deferred,omitempty"` // for Publish
	Errors   []SourceError    `json:"errors,omitempty"`   // sources that are no captures, or of a kind that cannot be read
	Index    []indexed        `json:"index,omitempty"`    // what was read
	Bad      []bad            `json:"bad,omitempty"`      // what could not be
}

// shardName is the name of a shard's record.
func shardName(plan string, shard int) string { return fmt.Sprintf("%s/%d.json", plan, shard) }

// find lists the sources that were told or planned. A URL of a scheme that no store is known for is ErrUsage.
func (r *run) find(ctx context.Context) (*finder, error) {
	switch {
	case r.o.Plan != nil:
		captures, err := r.o.Plan.shard(r.o.Shard)
		if err != nil {
			return nil, err
		}
		r.sum.Shard = &r.o.Shard
		return r.o.planned(captures), nil
	case r.o.captures != nil:
		return r.o.planned(r.o.captures), nil
	}
	f := newFinder(r.o.Lake)
	for _, told := range r.o.Sources {
		if lake.IsURL(told) {
			if _, err := lake.RemoteOf(ctx, told); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrUsage, err)
			}
		}
		f.find(ctx, told)
	}
	return f, nil
}

// leaveToPublish gives a capture that takes the place of another its verdict in a shard.
func (r *run) leaveToPublish(done *loaded) {
	r.judge(done.source, verdict{action: ActionDefer})
	r.o.Log.Info("left for publish", "source", done.source.name)
}

// recordShard writes down what the shard came to, once every source has a verdict that trying again would not change.
func (r *run) recordShard(f *finder) error {
	rec := shardRecord{Plan: r.o.Plan.ID, Shard: r.o.Shard}
	var open []string
	for _, e := range f.errors {
		open = append(open, e.Source+": "+e.Error)
	}
	for order, v := range r.verdicts {
		s := r.sources[order]
		switch {
		case v.action == ActionFail && !v.bad:
			open = append(open, s.name+": "+v.err)
		case v.action == ActionFail:
			rec.Errors = append(rec.Errors, SourceError{s.name, v.err})
		case v.action == ActionDefer && !slices.Contains(rec.Deferred, *s.planned): // an archive may have several
			rec.Deferred = append(rec.Deferred, *s.planned)
		}
		if v.action != "" {
			rec.Captures++
		}
	}
	if r.interrupted || r.sum.Postponed > 0 {
		open = append(open, "interrupted")
	}
	if len(open) > 0 {
		return fmt.Errorf("%w: shard %d: %s", ErrUnfinished, r.o.Shard, strings.Join(open, "; "))
	}
	rec.Index = slices.SortedFunc(maps.Values(r.index.added), func(a, b indexed) int { return cmp.Compare(a.Path, b.Path) })
	rec.Bad = slices.SortedFunc(maps.Values(r.quarantine.added), func(a, b bad) int { return cmp.Compare(a.CaptureID, b.CaptureID) })
	text, err := json.MarshalIndent(rec, "", " ")
	if err != nil {
		return fmt.Errorf("record shard: %w", err)
	}
	if err := r.lake.PutPlan(shardName(rec.Plan, rec.Shard), append(text, '\n')); err != nil && !errors.Is(err, fs.ErrExist) { // another task did it too
		return disk(fmt.Errorf("record shard: %w", err))
	}
	return nil
}
