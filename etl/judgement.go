package etl

import (
	"context"
	"errors"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// JudgementOptions are the knobs of Judge. Lake and Verdicts are required, the latter may be empty.
type JudgementOptions struct {
	Lake        string
	Verdicts    []schema.Verdict
	From, To    time.Time // the period that was judged, from the one time to before the other; zero: no limit
	ToolVersion string
}

// Judgement is what Judge did, or would do: one JSON object, its fields in this order.
type Judgement struct {
	Command      string         `json:"command"`       // "classify"
	Run          string         `json:"run,omitempty"` // name of the record under _runs; none when there was nothing to do
	Status       string         `json:"status"`        // one of the constants Status…
	Verdicts     int            `json:"verdicts"`      // of the period
	Severities   map[string]int `json:"severities"`    // those of them that nothing suppresses, by severity
	Suppressed   int            `json:"suppressed"`    // those that an allowlist suppresses
	FilesAdded   int            `json:"files_added"`
	FilesRemoved int            `json:"files_removed"`
	Seconds      float64        `json:"seconds"`
	ToolVersion  string         `json:"tool_version,omitempty"`
}

// Judge puts verdicts in the place of those that the lake has of a period: rows of table verdicts that begin in it, and those with the ids of the new ones.
// What is live changes in one step, so that no reader sees old and new together, and the same verdicts again change nothing but put back a
// file that is damaged. The rows of a day lie in one file, and a verdict that began before the period with the period's first day.
// The errors are *IOError, those of package lake, and that of ctx; after one the lake is as it was before or as it is after.
func Judge(ctx context.Context, o JudgementOptions) (Judgement, error) {
	j := &judge{JudgementOptions: o, began: time.Now()}
	j.sum = Judgement{Command: "classify", Severities: map[string]int{}, Verdicts: len(o.Verdicts), ToolVersion: o.ToolVersion}
	for i := range o.Verdicts {
		if o.Verdicts[i].SuppressedBy != "" {
			j.sum.Suppressed++
			continue
		}
		j.sum.Severities[o.Verdicts[i].Severity]++
	}
	err := j.run(ctx)
	j.sum.Seconds = time.Since(j.began).Seconds()
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		j.sum.Status = StatusInterrupted
	case err != nil:
		j.sum.Status = StatusFailed
	case j.sum.FilesAdded+j.sum.FilesRemoved == 0:
		j.sum.Status = StatusNothingNew
	default:
		j.sum.Status = StatusOK
	}
	if recorded := j.record(); err == nil {
		err = recorded
	}
	return j.sum, err
}

// A judge is one call of Judge.
type judge struct {
	JudgementOptions
	lake    *lake.Lake
	staging *lake.Staging
	began   time.Time
	sum     Judgement
}

func (j *judge) run(ctx context.Context) (err error) {
	if j.lake, err = lake.Open(ctx, j.Lake); err != nil {
		return err
	}
	run := newRunName(j.began)
	if j.staging, err = j.lake.Stage(run); err != nil {
		return disk(err)
	}
	change, err := j.lake.Change(ctx, j.staging, func(s *lake.State) (*lake.Change, error) { return j.change(ctx, s) })
	if change != nil {
		j.sum.Run = run
	}
	if left := disk(j.staging.Discard()); err == nil {
		err = left
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return disk(err)
	}
	return nil
}

// record keeps what was done under _runs.
func (j *judge) record() error {
	return keepRecord(j.lake, j.sum.Run, struct {
		Judgement
		whereabouts
	}{j.sum, whereaboutsOf(j.began, time.Now())})
}
