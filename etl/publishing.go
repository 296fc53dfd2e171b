package etl

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// PublishSummary is what Publish did: one JSON object.
type PublishSummary struct {
	Command      string        `json:"command"` // "publish"
	Status       string        `json:"status"`  // as that of Summary
	Plan         string        `json:"plan"`
	Shards       int           `json:"shards"`
	Missing      []int         `json:"missing"`       // shards that are not done, ascending
	Captures     int           `json:"captures"`      // that have a verdict
	Changed      int           `json:"changed"`       // of these, that took the place of others just now
	Failed       int           `json:"failed"`        // of these, that cannot be read
	Errors       []SourceError `json:"errors"`        // why
	Checkpointed bool          `json:"checkpointed"`  // a checkpoint was written
	Seconds      float64       `json:"seconds"`       // the duration
	CapturesLive int           `json:"captures_live"` // in the lake, after it
}

// Publish ends the work on a plan, once all its shards are done: it makes the changes that shards left to it, in the order of the plan, keeps what they
// found out about sources, and writes a checkpoint when it is time. It may be done again. The errors are ErrUnfinished when shards are missing, and those of Ingest.
func Publish(ctx context.Context, p *Plan, o Options) (PublishSummary, error) {
	began := time.Now()
	sum := PublishSummary{
		Command: "publish", Status: StatusFailed, Plan: p.ID, Shards: len(p.Header.Shards), Missing: []int{}, Errors: []SourceError{},
	}
	err := publish(ctx, p, o, &sum)
	sum.Seconds = time.Since(began).Seconds()
	switch {
	case err != nil:
	case sum.Failed == 0:
		sum.Status = StatusOK
	case sum.Failed < sum.Captures:
		sum.Status = StatusPartial
	}
	return sum, err
}

func publish(ctx context.Context, p *Plan, o Options, sum *PublishSummary) error {
	l, err := lake.Open(ctx, o.Lake)
	if err != nil {
		return err
	}
	if err := p.apply(&o); err != nil {
		return err
	}
	x, q := loadIndex(l.WorkDir()), loadQuarantine(l.WorkDir())
	deferred, err := gather(ctx, l, x, q, sum)
	if err != nil {
		return err
	}
	state, err := l.Load(ctx)
	if err != nil {
		return err
	}
	if err := errors.Join(x.save(state.Known), q.save()); err != nil {
		return disk(err)
	}
	if err := changeDeferred(ctx, o, deferred, sum); err != nil {
		return err
	}
	if sum.Checkpointed, err = l.Checkpoint(ctx); err != nil {
		return disk(err)
	}
	if state, err = l.Load(ctx); err != nil {
		return err
	}
	sum.CapturesLive = len(state.Manifests())
	return nil
}

// gather takes the records of all shards and returns what they left.
func gather(ctx context.Context, l *lake.Lake, x *index, q *quarantine, sum *PublishSummary) ([]PlannedCapture, error) {
	var deferred []PlannedCapture
	for i := range sum.Shards {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rec, err := readShard(l, sum.Plan, i)
		if errors.Is(err, fs.ErrNotExist) {
			sum.Missing = append(sum.Missing, i)
			continue
		}
		if err != nil {
			return nil, disk(err)
		}
		sum.Captures += rec.Captures
		sum.Errors, deferred = append(sum.Errors, rec.Errors...), append(deferred, rec.Deferred...)
		for _, e := range rec.Index {
			x.added[e.Path] = e
		}
		for _, b := range rec.Bad {
			q.add(b)
		}
	}
	sum.Failed = len(sum.Errors)
	if len(sum.Missing) > 0 {
		return nil, fmt.Errorf("%w: of %d shards, %d have no record: %s", ErrUnfinished, sum.Shards, len(sum.Missing), someOf(sum.Missing))
	}
	return deferred, nil
}

// changeDeferred ingests what shards left for now.
func changeDeferred(ctx context.Context, o Options, deferred []PlannedCapture, sum *PublishSummary) error {
	if len(deferred) == 0 {
		return nil
	}
	slices.SortFunc(deferred, func(a, b PlannedCapture) int { return cmp.Compare(a.Order, b.Order) })
	o.captures = deferred
	done, err := Ingest(ctx, o)
	sum.Changed = done.Committed
	sum.Failed, sum.Errors = sum.Failed+done.Failed, append(sum.Errors, done.Errors...)
	if err == nil && done.Status == StatusInterrupted {
		err = ctx.Err()
	}
	return err
}

func readShard(l *lake.Lake, plan string, shard int) (*shardRecord, error) {
	text, err := l.ReadPlan(shardName(plan, shard))
	if err != nil {
		return nil, fmt.Errorf("read record of shard %d: %w", shard, err)
	}
	rec := new(shardRecord)
	if err := json.Unmarshal(text, rec); err != nil || rec.Plan != plan || rec.Shard != shard {
		return nil, fmt.Errorf("read record of shard %d: it is damaged: remove it and do the shard again", shard)
	}
	return rec, nil
}

// someOf lists numbers, the first ten of many.
func someOf(numbers []int) string {
	const most = 10
	text := strings.Trim(fmt.Sprint(numbers[:min(most, len(numbers))]), "[]")
	if len(numbers) > most {
		text += " …"
	}
	return text
}

// ExitStatus returns the process exit status that a Publish calls for: 0 done; 1 failed; 3 some captures cannot be read; 75 shards are missing.
func (s *PublishSummary) ExitStatus(err error) int {
	return ExitStatus(Summary{Status: s.Status}, err)
}
