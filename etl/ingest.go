package etl

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// Ingest brings the captures that the sources hold into the lake, each content once, and says in its Summary what it did, on failure too.
//
// A capture that cannot be read is counted and told in Summary.Errors, and the others go on; only a failure of the lake's own disk stops
// the run (IOError). Cancelling ctx takes no new source and drops what is being read, except streams, whose frames never come again: they
// end there and are kept. What was read whole is committed. The error is nil unless the run as a whole failed: ErrUsage, ErrNoInput,
// ErrConflict, *IOError, or one of package lake's.
func Ingest(ctx context.Context, o Options) (Summary, error) {
	r := &run{o: o, began: time.Now(), sum: newSummary(&o)}
	err := r.ingest(ctx)
	if err != nil && errors.Is(err, ctx.Err()) {
		r.interrupted, err = true, nil
	}
	if unrecorded := r.finish(err); unrecorded != nil {
		err = errors.Join(err, unrecorded)
		r.sum.settle(r.interrupted, err)
	}
	return r.sum, err
}

// A run is one call of Ingest.
type run struct {
	o          Options
	after      after
	name       string // of its record
	began      time.Time
	lake       *lake.Lake   // nil in a dry run without a lake
	wanted     *lake.Wanted // what of the lake is of use; nil: all
	state      *lake.State
	staging    *lake.Staging
	optionsID  string
	contents   map[string]string           // content hash by capture id, of known captures
	bySource   map[string][]*lake.Manifest // live captures by sensor and source
	index      *index
	quarantine *quarantine
	claims     *claims
	meter      *meter
	loaded     chan *loaded // to the committer
	archives   []*bundle
	stop       func(error) // ends the run when the disk fails

	mu          sync.Mutex // of what follows
	sum         Summary
	sources     []*source
	verdicts    []verdict // of the sources, by order
	interrupted bool      // a source was dropped or not taken
	dropped     int       // the first of these, by order; -1: none
	conflicts   []string  // named sources that are committed with other options
	warned      bool      // of other options
}

func (r *run) ingest(ctx context.Context) error {
	var err error
	planned := r.o.Plan != nil
	if planned {
		if err := r.o.unplanned(); err != nil {
			return err
		}
		if err := r.o.Plan.apply(&r.o); err != nil {
			return err
		}
	}
	if r.after, err = r.o.normalise(); err != nil {
		return err
	}
	if len(r.o.Sources) == 0 && r.o.Live == nil && !planned && r.o.captures == nil {
		return fmt.Errorf("%w: no source told", ErrUsage)
	}
	f, err := r.find(ctx)
	if err != nil {
		return err
	}
	switch {
	case len(f.found) == 0 && planned && len(f.errors) == 0 && r.o.Shard >= len(r.o.Plan.Header.Shards):
		return nil
	case len(f.found) == 0 && r.o.Live == nil && !planned:
		r.note(f)
		return r.noInput(f)
	}
	if err := r.narrow(ctx, f.found); err != nil {
		return err
	}
	if err := r.open(ctx); err != nil {
		return err
	}
	defer r.discard()
	if r.o.Live != nil && !r.o.DryRun {
		s, err := r.live(ctx, *r.o.Live)
		if err != nil {
			return err
		}
		f.addFirst(s)
	}
	r.expand(ctx, f)
	r.note(f)
	if err := r.work(ctx, f.found); err != nil {
		return err
	}
	return r.conclude(f)
}

// note takes what the finder could not list into the summary.
func (r *run) note(f *finder) {
	r.sum.Skipped, r.sum.Errors, r.sum.Failed = f.skipped, append(r.sum.Errors, f.errors...), len(f.errors)
}

// open opens the lake, or makes it, and reads what it holds.
func (r *run) open(ctx context.Context) error {
	r.name = newRunName(r.began)
	r.optionsID = lake.OptionsID(r.o.fingerprinted(), r.o.Sensor)
	var err error
	if r.o.DryRun {
		r.lake, err = lake.Open(ctx, r.o.Lake)
	} else {
		r.lake, err = lake.Create(ctx, r.o.Lake)
	}
	switch {
	case r.o.DryRun && errors.Is(err, lake.ErrNoLake):
		r.state = new(lake.State)
	case err != nil:
		return err
	default:
		if r.state, err = r.load(ctx); err != nil {
			return err
		}
	}
	if err := r.o.unmixed(r.state); err != nil {
		return err
	}
	r.contents, r.bySource, r.dropped = r.state.Contents(), map[string][]*lake.Manifest{}, -1
	for _, m := range r.state.Manifests() {
		from := m.Sensor + "/" + m.Source
		r.bySource[from] = append(r.bySource[from], m)
	}
	if err := r.loadIndex(ctx); err != nil {
		return err
	}
	if r.o.DryRun {
		return nil
	}
	r.sum.Run = r.name
	if r.staging, err = r.lake.Stage(r.name); err != nil {
		return disk(err)
	}
	return nil
}

// load reads what the lake holds: all of it, or what is wanted.
func (r *run) load(ctx context.Context) (*lake.State, error) {
	if r.wanted != nil {
		return r.lake.LoadWanted(ctx, *r.wanted)
	}
	return r.lake.Load(ctx)
}

// loadIndex reads what this machine knows of sources.
func (r *run) loadIndex(ctx context.Context) error {
	work, err := lake.WorkDir(ctx, r.o.Lake)
	if err != nil {
		return err
	}
	if r.index == nil {
		r.index, r.quarantine = loadIndex(work), loadQuarantine(work)
		r.index.identity = r.o.identity
	}
	return nil
}

func (r *run) discard() {
	if r.staging == nil {
		return
	}
	if err := r.staging.Discard(); err != nil {
		r.o.Log.Warn("staging left behind", "error", err)
	}
}

// work has all sources taken by workers, and what they load committed in groups, until all are done, ctx is cancelled or the disk fails.
func (r *run) work(ctx context.Context, found []*source) error {
	r.sources, r.verdicts, r.claims = found, make([]verdict, len(found)), newClaims(len(found))
	r.meter = newMeter(r.o.Progress, len(found), stored(found))
	defer r.meter.close()
	// Both contexts end when the disk fails; an interrupt ends only that of files, not that of streams and commits.
	streams, stopStreams := context.WithCancelCause(context.WithoutCancel(ctx))
	files, stopFiles := context.WithCancelCause(ctx)
	r.stop = func(err error) { stopStreams(err); stopFiles(err) }
	defer r.stop(nil)

	r.loaded = make(chan *loaded)
	var committer, takers sync.WaitGroup
	committer.Go(func() { r.commit(streams) })
	queue := make(chan *source)
	for range min(r.o.Jobs, len(found)) {
		takers.Go(func() {
			w := newWorker(r)
			for s := range queue {
				if s.once {
					w.take(streams, ctx, s)
				} else {
					w.take(files, ctx, s)
				}
			}
		})
	}
	for _, s := range found {
		queue <- s
	}
	close(queue)
	takers.Wait()
	close(r.loaded)
	committer.Wait()
	return context.Cause(streams)
}

// conclude writes down what saves work next time, and says what was wrong with the input as a whole.
func (r *run) conclude(f *finder) error {
	if !r.o.DryRun {
		for _, a := range r.archives {
			r.index.addArchive(a)
		}
		if err := errors.Join(r.index.save(r.known), r.quarantine.save(), sweepPoints(r.lake.WorkDir(), r.state, r.began)); err != nil {
			return disk(err)
		}
	}
	if r.o.Plan != nil && !r.o.DryRun {
		return r.recordShard(f)
	}
	if len(r.conflicts) > 0 {
		return fmt.Errorf("%w: %s: already in the lake with another sensor or payload; leave the flags out to keep that",
			ErrConflict, strings.Join(r.conflicts, ", "))
	}
	if r.sum.CapturesFound == 0 {
		return r.noInput(f)
	}
	return nil
}

func (r *run) noInput(f *finder) error {
	switch {
	case r.interrupted || r.o.Live != nil || r.sum.Outside+r.sum.Postponed > 0:
		return nil
	case f.absent > 0 && f.absent == len(f.errors):
		return fmt.Errorf("%w: %s: %s", ErrNoInput, f.errors[0].Source, f.errors[0].Error)
	case len(f.errors) > 0 || r.sum.Failed > 0:
		return nil // each has its own error
	}
	return fmt.Errorf("%w: no capture in %s", ErrNoInput, strings.Join(r.o.Sources, ", "))
}

// A worker takes one source at a time.
type worker struct {
	*run
	*pipeline
}

func newWorker(r *run) *worker { return &worker{run: r, pipeline: newPipeline(r.o.Jobs)} }
