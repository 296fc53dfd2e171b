package etl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// PlanOptions are the knobs of MakePlan.
type PlanOptions struct {
	Options         // Lake and Sources are required; what rows captures give goes into the plan
	MaxShards int   // at most so many; 0 means 1,000
	Target    int64 // bytes of captures that a shard has at least, as stored; 0 means 2 GiB
	Keep      func(id string, text []byte) error
	// Keep is given the plan's text; nil: the lake keeps it.
}

// Defaults of PlanOptions.
const (
	DefaultShards      = 1000 // Airflow maps a task over 1,024 items at most unless told otherwise (core.max_map_length)
	DefaultShardTarget = 2 << 30
)

// PlanSummary is what MakePlan did: one JSON object.
type PlanSummary struct {
	Command   string        `json:"command"` // "plan"
	Status    string        `json:"status"`  // StatusOK, StatusNothingNew, StatusPartial
	Plan      string        `json:"plan"`    // its id; "" when there is nothing to do
	Shards    int           `json:"shards"`
	Captures  int           `json:"captures"` // to be read: an archive counts as one
	Bytes     int64         `json:"bytes"`    // of these
	Known     int           `json:"known"`    // sources that the lake has, which the plan leaves out
	Unsettled int           `json:"unsettled"`
	Skipped   int           `json:"skipped"`
	Errors    []SourceError `json:"errors"` // sources and folders that cannot be listed
	Seconds   float64       `json:"seconds"`
}

// MakePlan lists captures, leaves out those that the lake has, and packs the others into shards, each for a call of Ingest. No capture is read but for samples of those
// whose name and size a live one has. The error is nil unless the plan as a whole failed: ErrUsage, ErrNoInput, or one of package lake's.
func MakePlan(ctx context.Context, o PlanOptions) (PlanSummary, error) {
	began := time.Now()
	sum := PlanSummary{Command: "plan", Status: StatusNothingNew, Errors: []SourceError{}}
	if o.MaxShards <= 0 {
		o.MaxShards = DefaultShards
	}
	if o.Target <= 0 {
		o.Target = DefaultShardTarget
	}
	o.DryRun = true
	r := &run{o: o.Options, began: began, sum: newSummary(&o.Options)}
	captures, err := r.listPlan(ctx, &sum)
	if err == nil && len(captures) > 0 {
		shards := pack(captures, o.MaxShards, o.Target)
		sum.Status, sum.Shards, sum.Captures = StatusOK, len(shards), len(captures)
		for _, c := range captures {
			sum.Bytes += c.Bytes
		}
		var text []byte
		header := PlanHeader{Sensor: r.o.Sensor, Options: r.o.fingerprinted(), SHA256: r.o.SHA256}
		if sum.Plan, text, err = header.encode(shards); err == nil {
			err = o.keep(ctx, sum.Plan, text)
		}
	}
	if len(sum.Errors) > 0 {
		sum.Status = StatusPartial
	}
	if err != nil {
		sum.Status = StatusFailed
	}
	sum.Seconds = time.Since(began).Seconds()
	return sum, err
}

// keep puts the plan where it is told to.
func (o *PlanOptions) keep(ctx context.Context, id string, text []byte) error {
	if o.Keep != nil {
		return o.Keep(id, text)
	}
	l, err := lake.Create(ctx, o.Lake)
	if err != nil {
		return err
	}
	if err := l.PutPlan(id+".json", text); err != nil && !errors.Is(err, fs.ErrExist) {
		return disk(fmt.Errorf("write plan: %w", err))
	}
	return nil
}

// listPlan returns the captures that the lake does not have, in the order of the sources.
func (r *run) listPlan(ctx context.Context, sum *PlanSummary) ([]PlannedCapture, error) {
	var err error
	if r.after, err = r.o.normalise(); err != nil {
		return nil, err
	}
	if err := r.o.unplanned(); err != nil {
		return nil, err
	}
	f, err := r.find(ctx)
	if err != nil {
		return nil, err
	}
	sum.Skipped, sum.Errors = f.skipped, append(sum.Errors, f.errors...)
	if len(f.found) == 0 {
		return nil, r.noInput(f)
	}
	if err := r.want(ctx, f.found); err != nil {
		return nil, err
	}
	if err := r.open(ctx); err != nil {
		return nil, err
	}
	return r.unknown(ctx, f.found, sum)
}

// unknown are the captures among sources that the lake does not have, to be planned; those that it has and that are not settled are counted.
func (r *run) unknown(ctx context.Context, found []*source, sum *PlanSummary) ([]PlannedCapture, error) {
	known, err := r.knownSources(ctx, found)
	if err != nil {
		return nil, err
	}
	var captures []PlannedCapture
	for i, s := range found {
		switch {
		case s.fifo:
			return nil, fmt.Errorf("%w: %s: a stream cannot be planned", ErrUsage, s.name)
		case known[i]:
			sum.Known++
			continue
		case !r.settled(s):
			sum.Unsettled++
			continue
		}
		c := PlannedCapture{Source: s.name, Named: s.named, Order: len(captures), Bytes: s.size}
		if !lake.IsURL(s.path) {
			path, err := filepath.Abs(s.path)
			if err != nil {
				return nil, fmt.Errorf("plan %s: %w", s.name, err)
			}
			if path != s.name {
				c.Path = path
			}
		}
		captures = append(captures, c)
	}
	return captures, nil
}

// lookAtOnce is how many captures are sampled at a time: on a store it is the waiting that takes time.
const lookAtOnce = 16

// knownSources tells of each source whether the lake has it.
func (r *run) knownSources(ctx context.Context, found []*source) ([]bool, error) {
	known := make([]bool, len(found))
	err := lookAt(ctx, found, func(i int) { known[i] = r.knows(ctx, found[i]) })
	return known, err
}

// lookAt looks at each source by its place, several at once, unless the context ends.
func lookAt(ctx context.Context, found []*source, look func(i int)) error {
	queue := make(chan int)
	var lookers sync.WaitGroup
	for range min(lookAtOnce, len(found)) {
		lookers.Go(func() {
			for i := range queue {
				look(i)
			}
		})
	}
	for i := range found {
		if ctx.Err() != nil {
			break
		}
		queue <- i
	}
	close(queue)
	lookers.Wait()
	return ctx.Err()
}

// knows reports whether the lake has a source: by the index of what was read, or because a live capture was read from it that has its size and its id. Known
// archives are those all of whose captures are.
func (r *run) knows(ctx context.Context, s *source) bool {
	if s.fifo {
		return false
	}
	e, found := r.index.find(s)
	switch {
	case found && e.Archive != nil:
		return complete(e, r.index.entries)
	case found && r.state.Known(e.Content):
		return true
	}
	for _, m := range r.bySource[r.o.Sensor+"/"+s.name] {
		if m.StoredBytes == s.size && r.hasID(ctx, s, m) {
			return true
		}
	}
	return false
}

// openBriefly opens the stored bytes of a source to look at them; it is loaded, if at all, by another load. The caller calls done.
func (r *run) openBriefly(ctx context.Context, s *source) (l *load, done func(), err error) {
	l = &load{worker: &worker{run: r}, source: &source{name: s.name, path: s.path, size: s.size, mtime: s.mtime}}
	done, err = l.openStored(ctx)
	return l, done, err
}

// hasID reports whether a source is the capture of a manifest by its id.
func (r *run) hasID(ctx context.Context, s *source, m *lake.Manifest) bool {
	l, done, err := r.openBriefly(ctx, s)
	if err != nil {
		return false // the taking of it will tell
	}
	defer done()
	id, err := capture.Fingerprint(l.stored, l.source.size)
	return err == nil && (id == m.CaptureID || salted(id, m.ContentHash) == m.CaptureID)
}
