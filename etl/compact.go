package etl

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// CompactOptions are the knobs of Compact. Lake is required.
type CompactOptions struct {
	Lake     string
	Table    string    // "": all
	MinFiles int       // a file is made of at least this many; below 2 is 2
	Jobs     int       // columns encoded at once; 0 means one per CPU
	DryRun   bool      // plan and do nothing
	Now      time.Time // by which captures are young; zero: the time of the clock

	ToolVersion string
	Show        func([]Merging) error // is told the plan before anything is done, and can refuse; nil: is not
	Progress    func(Progress)        // as that of Options, of files
	Log         *slog.Logger          // nil: silent
}

// Merging is one file that Compact makes of others.
type Merging struct {
	Table  string
	Sensor string
	Date   string // UTC day, "" for the default partition
	Name   string // of the new file, within the lake
	Files  int    // that it takes the place of
	Rows   int64
	Bytes  int64 // of these files
}

// Compaction is what Compact did, or would do: one JSON object, its fields in this order.
type Compaction struct {
	Command     string        `json:"command"`           // "compact"
	Run         string        `json:"run,omitempty"`     // name of the record under _runs; none in a dry run, or when there was nothing to do
	Status      string        `json:"status"`            // one of the constants Status…
	DryRun      bool          `json:"dry_run,omitempty"` // nothing was written: the counts tell what would be
	Merged      int           `json:"merged"`            // files made
	Files       int           `json:"files"`             // that these take the place of
	Rows        int64         `json:"rows"`              // in them
	BytesBefore int64         `json:"bytes_before"`      // of the files that are replaced
	BytesAfter  int64         `json:"bytes_after"`       // of those made; 0 in a dry run
	Failed      int           `json:"failed"`            // merges that could not be made: errors says why
	Errors      []SourceError `json:"errors"`            // by file
	Seconds     float64       `json:"seconds"`
	ToolVersion string        `json:"tool_version,omitempty"`
}

// Compact merges small files of one table, sensor and date into larger ones, whose rows are in the order that the table declares. What is
// live changes in one step for each gigabyte or less: a reader sees every row once before and after. The replaced files stay on the disk until
// Expire deletes them. A file that is damaged, with those it was to be merged with, is left as it is and told. The errors are
// ErrUsage, *IOError, those of Show, those of package lake, and that of ctx. After one, the steps before it stay done.
func Compact(ctx context.Context, o CompactOptions) (Compaction, error) {
	c := &compactor{CompactOptions: o, began: time.Now()}
	c.sum = Compaction{Command: "compact", DryRun: o.DryRun, Errors: []SourceError{}, ToolVersion: o.ToolVersion}
	c.normalise()
	err := c.run(ctx)
	if left := c.end(); err == nil {
		err = left
	}
	c.settle(err)
	if recorded := c.record(); err == nil {
		err = recorded
	}
	return c.sum, err
}

// A compactor is one call of Compact.
type compactor struct {
	CompactOptions
	lake    *lake.Lake
	staging *lake.Staging
	began   time.Time
	ready   []merged // staged and to be committed
	sum     Compaction
}

// merged is a merge that was made.
type merged struct {
	*rewrite
	file lake.File
}

// compactStep is how many bytes are staged before what is made so far is committed: they take room twice until then.
const compactStep = 1 << 30

func (c *compactor) normalise() {
	if c.Now.IsZero() {
		c.Now = c.began
	}
	if c.Jobs <= 0 {
		c.Jobs = runtime.GOMAXPROCS(0)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Progress == nil {
		c.Progress = func(Progress) {}
	}
}

func (c *compactor) run(ctx context.Context) (err error) {
	if _, ok := mergeable(c.Table); c.Table != "" && !ok {
		return fmt.Errorf("%w: table %q: none of that name is compacted", ErrUsage, c.Table)
	}
	if c.lake, err = lake.Open(ctx, c.Lake); err != nil {
		return err
	}
	merges, err := c.plan(ctx)
	if err != nil {
		return err
	}
	if c.Show != nil {
		if err := c.Show(mergings(merges)); err != nil {
			return err
		}
	}
	if c.DryRun {
		for _, m := range mergings(merges) {
			c.count(m)
		}
		return nil
	}
	return c.merge(ctx, merges)
}

func (c *compactor) plan(ctx context.Context) ([]*rewrite, error) {
	// What is young is asked last: it holds every young capture of the state.
	state, err := c.lake.Load(ctx)
	if err != nil {
		return nil, err
	}
	young, err := c.lake.CommittedSince(ctx, c.Now.Add(-compactAge))
	if err != nil {
		return nil, err
	}
	return planCompaction(state, young, &c.CompactOptions), nil
}

func mergings(merges []*rewrite) []Merging {
	list := make([]Merging, len(merges))
	for i, m := range merges {
		list[i] = Merging{Table: m.table.Name, Sensor: m.sensor, Date: m.date, Name: m.name(), Files: len(m.inputs)}
		for _, f := range m.inputs {
			list[i].Rows += f.Rows
			list[i].Bytes += f.Bytes
		}
	}
	return list
}

func (c *compactor) count(m Merging) {
	c.sum.Merged++
	c.sum.Files += m.Files
	c.sum.Rows += m.Rows
	c.sum.BytesBefore += m.Bytes
}

// merge makes the merges and commits them, step by step. What is staged when it fails is given up: done again, it makes the same changes.
func (c *compactor) merge(ctx context.Context, merges []*rewrite) (err error) {
	if len(merges) == 0 {
		return nil
	}
	c.sum.Run = newRunName(c.began)
	if c.staging, err = c.lake.Stage(c.sum.Run); err != nil {
		return disk(err)
	}
	meter := newMeter(c.Progress, len(merges), bytesOf(merges))
	defer meter.close()
	for _, m := range merges {
		name := m.name()
		meter.current.Store(&name)
		if err := c.make(ctx, m); err != nil {
			return err
		}
		meter.done.Add(1)
		meter.read.Add(bytesOf([]*rewrite{m}))
	}
	return c.commit(ctx)
}

func bytesOf(merges []*rewrite) int64 {
	bytes := int64(0)
	for _, m := range mergings(merges) {
		bytes += m.Bytes
	}
	return bytes
}

// make makes one merge; one whose inputs are damaged is told and no error.
func (c *compactor) make(ctx context.Context, m *rewrite) error {
	file, err := m.run(ctx, c.lake, c.staging)
	if errors.Is(err, errInput) {
		return c.fail(ctx, m, err)
	}
	if err != nil {
		return err
	}
	c.ready = append(c.ready, merged{m, file})
	staged := int64(0)
	for i := range c.ready {
		staged += c.ready[i].file.Bytes
	}
	if staged < compactStep {
		return nil
	}
	return c.commit(ctx)
}

// fail tells of a merge that could not be made, unless that is because its inputs are live no more.
func (c *compactor) fail(ctx context.Context, m *rewrite, err error) error {
	state, loadErr := c.lake.Load(ctx)
	if loadErr != nil {
		return loadErr
	}
	if !allLive(liveNames(state), m.inputs) {
		return nil
	}
	c.sum.Failed++
	c.sum.Errors = append(c.sum.Errors, SourceError{m.inputs[0].Name, reason(err)})
	c.Log.Warn("files not compacted", "table", m.table.Name, "sensor", m.sensor, "date", m.date, "error", reason(err))
	return nil
}

// commit puts what is made in the place of its inputs, as far as these are still live.
func (c *compactor) commit(ctx context.Context) error {
	var taken []merged
	_, err := c.lake.Change(ctx, c.staging, func(s *lake.State) (*lake.Change, error) {
		live, change := liveNames(s), new(lake.Change)
		taken = taken[:0]
		for _, m := range c.ready {
			if !allLive(live, m.inputs) {
				continue
			}
			taken = append(taken, m)
			change.Adds = append(change.Adds, m.file)
			for _, f := range m.inputs {
				change.Removes = append(change.Removes, f.Name)
			}
		}
		if len(taken) == 0 {
			return nil, nil
		}
		return change, nil
	})
	c.ready = nil
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return disk(err)
	}
	for _, m := range taken {
		c.count(mergings([]*rewrite{m.rewrite})[0])
		c.sum.BytesAfter += m.file.Bytes
		c.Log.Info("compacted", "file", m.file.Name, "files", len(m.inputs), "rows", m.file.Rows, "bytes", m.file.Bytes)
	}
	return nil
}

func liveNames(s *lake.State) map[string]bool {
	live := map[string]bool{}
	for _, f := range s.LiveFiles() {
		live[f.Name] = true
	}
	return live
}

func allLive(live map[string]bool, files []lake.LiveFile) bool {
	for i := range files {
		if !live[files[i].Name] {
			return false
		}
	}
	return true
}

// end removes the staging folder.
func (c *compactor) end() error {
	if c.staging == nil {
		return nil
	}
	return disk(c.staging.Discard())
}

// settle draws the conclusion.
func (c *compactor) settle(err error) {
	c.sum.Seconds = time.Since(c.began).Seconds()
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		c.sum.Status = StatusInterrupted
	case err != nil, c.sum.Failed > 0 && c.sum.Merged == 0:
		c.sum.Status = StatusFailed
	case c.sum.Failed > 0:
		c.sum.Status = StatusPartial
	case c.sum.Merged == 0:
		c.sum.Status = StatusNothingNew
	default:
		c.sum.Status = StatusOK
	}
}

// record keeps what was done under _runs.
func (c *compactor) record() error {
	return keepRecord(c.lake, c.sum.Run, struct {
		Compaction
		whereabouts
	}{c.sum, whereaboutsOf(c.began, time.Now())})
}

// ExitStatus returns the process exit status that the compaction and the error of its call come to, as of Ingest.
func (c *Compaction) ExitStatus(err error) int {
	return ExitStatus(Summary{Status: c.Status}, err)
}
