package etl

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// ErrCap says that a lake cannot be brought under its cap by what may be removed.
var ErrCap = errors.New("the lake cannot be kept under its cap")

// ExpireOptions are the knobs of Expire. Lake is required; without Keep and MaxBytes only what is removed already is deleted.
type ExpireOptions struct {
	Lake     string
	Keep     map[string]time.Duration // how long rows are kept, by table; those of other tables for ever
	MaxBytes int64                    // cap on all that lies in the lake's folder, in bytes of whole blocks; 0: none
	Grace    time.Duration            // how long removed files stay on the disk for queries that run
	DryRun   bool                     // plan and do nothing
	Now      time.Time                // zero: the time of the clock
	Show     func([]Expiring) error   // is told the plan before anything is done, and can refuse; nil: is not
}

// Expiring is one file of the plan of Expire.
type Expiring struct {
	Action string // one of the constants Expire…
	Reason string // one of the constants Reason…
	Table  string
	Name   string // within the lake
	Sensor string // of live files
	Date   string // UTC day of live files, "" for the default partition
	Rows   int64  // of live files
	Bytes  int64
	MaxTS  int64 // latest time of its rows, microseconds since 1970-01-01 UTC; schema.NoTime: none
}

// What is done with a file, and why.
const (
	ExpireRemove = "remove" // from the lake, and from the disk after the grace
	ExpireDelete = "delete" // from the disk

	ReasonAge     = "age"     // all its rows are older than they are kept
	ReasonCap     = "cap"     // the lake would be over its cap
	ReasonRemoved = "removed" // a change removed it
	ReasonUnnamed = "unnamed" // no manifest names it
)

// Expiry is what Expire did, or would do.
type Expiry struct {
	Plan        []Expiring
	BytesBefore int64 // of all that lay in the lake's folder, in whole blocks
	BytesAfter  int64 // the same now; in a dry run as it would be
	Removed     int   // files that are no longer live
	Deleted     int   // files that are no longer on the disk
}

// Expire removes whole files whose rows are all older than they are kept, and the oldest ones of a lake that is over its cap; and deletes
// what was removed longer ago than the grace. Where many captures stand outside a checkpoint it writes one. To meet the cap removed files go without grace. Sources are never touched, and captures stay
// known when no row of them is left. The errors are ErrUsage, ErrCap, *IOError, those of Show, and those of package lake. After ErrCap what
// is too old is gone, and nothing was removed for the cap.
func Expire(ctx context.Context, o ExpireOptions) (Expiry, error) {
	if err := o.check(); err != nil {
		return Expiry{}, err
	}
	l, err := lake.Open(ctx, o.Lake)
	if err != nil {
		return Expiry{}, err
	}
	e := &expirer{ExpireOptions: o, lake: l}
	if e.Now.IsZero() {
		e.Now = time.Now()
	}
	if !o.DryRun {
		if _, err := l.Checkpoint(ctx); err != nil {
			return e.done, disk(err)
		}
	}
	err = e.run(ctx)
	return e.done, err
}

func (o *ExpireOptions) check() error {
	for _, table := range slices.Sorted(maps.Keys(o.Keep)) {
		if _, err := lake.SafeName(table); err != nil || o.Keep[table] < 0 {
			return fmt.Errorf("%w: keep %s for %s", ErrUsage, table, o.Keep[table])
		}
	}
	if o.MaxBytes < 0 || o.Grace < 0 {
		return fmt.Errorf("%w: a cap of %d bytes, a grace of %s", ErrUsage, o.MaxBytes, o.Grace)
	}
	return nil
}

// An expirer is one call of Expire.
type expirer struct {
	ExpireOptions
	lake *lake.Lake
	done Expiry
}

// maxExpiries bounds how often a cap is tried again when the lake grew meanwhile.
const maxExpiries = 5

func (e *expirer) run(ctx context.Context) error {
	for try := range maxExpiries {
		p, err := planExpiry(ctx, e.lake, &e.ExpireOptions)
		if err != nil {
			return err
		}
		if try == 0 {
			e.done.BytesBefore, e.done.BytesAfter = p.disk.Bytes, p.bytes
		}
		list := p.list()
		e.done.Plan = append(e.done.Plan, list...)
		if e.Show != nil && try == 0 {
			if err := e.Show(list); err != nil {
				return err
			}
		}
		if !e.DryRun {
			if err := e.carryOut(ctx, p); err != nil {
				return err
			}
		}
		if p.short > 0 {
			return fmt.Errorf("%w of %d bytes: %d too many would be left", ErrCap, e.MaxBytes, p.short)
		}
		if e.DryRun || e.MaxBytes == 0 || e.done.BytesAfter <= e.MaxBytes {
			return nil
		}
	}
	return fmt.Errorf("%w of %d bytes: it grows as fast as it is emptied", ErrCap, e.MaxBytes)
}

// carryOut removes from the lake what the plan says, as far as it is still live, and deletes what may go.
func (e *expirer) carryOut(ctx context.Context, p *expiryPlan) error {
	if p.expires() {
		removed := 0
		_, err := e.lake.Change(ctx, nil, func(s *lake.State) (*lake.Change, error) {
			c := new(lake.Change)
			for _, f := range s.LiveFiles() {
				if p.reasons[f.Name] != "" {
					c.Removes = append(c.Removes, f.Name)
				}
			}
			if removed = len(c.Removes); removed == 0 {
				return nil, nil
			}
			return c, nil
		})
		if err != nil {
			return disk(err)
		}
		e.done.Removed += removed
	}
	if err := e.lake.Sweep(ctx, p.deleted, func(lake.Leftover) { e.done.Deleted++ }); err != nil {
		return disk(err)
	}
	if err := e.sweepPoints(ctx); err != nil {
		return disk(err)
	}
	now, err := e.lake.Disk(ctx)
	if err != nil {
		return disk(err)
	}
	e.done.BytesAfter = now.Bytes
	return nil
}

// sweepPoints removes points of captures that are no longer in the lake.
func (e *expirer) sweepPoints(ctx context.Context) error {
	began := time.Now()
	state, err := e.lake.Load(ctx)
	if err != nil {
		return err
	}
	return sweepPoints(e.lake.WorkDir(), state, began)
}
