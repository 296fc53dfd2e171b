package etl

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
	"github.com/zeebo/blake3"
)

// allSensors is the sensor by which files of verdicts are named: what one of them tells may have been seen by several.
const allSensors = "all"

// change plans what becomes of the files of verdicts. Each is made anew as bytes, which its name says, so that what did not change keeps its file.
func (j *judge) change(ctx context.Context, s *lake.State) (*lake.Change, error) {
	byDate, ids := j.dates(), map[string]bool{}
	for i := range j.Verdicts {
		ids[j.Verdicts[i].ID] = true
	}
	live := map[string][]lake.LiveFile{}
	for _, f := range s.LiveFiles() {
		if f.Table == schema.Verdicts.Name {
			live[f.Date] = append(live[f.Date], f)
			if _, judged := byDate[f.Date]; !judged {
				byDate[f.Date] = nil // so that the day is looked at
			}
		}
	}
	c := new(lake.Change)
	for _, date := range slices.Sorted(maps.Keys(byDate)) {
		text, stats, err := j.rows(ctx, date, live[date], byDate[date], ids)
		if err != nil {
			return nil, err
		}
		if err := j.put(ctx, c, date, text, stats, live[date]); err != nil {
			return nil, err
		}
	}
	j.sum.FilesAdded, j.sum.FilesRemoved = len(c.Adds), len(c.Removes)
	if len(c.Adds)+len(c.Removes) == 0 {
		return nil, nil
	}
	return c, nil
}

// dates are the verdicts by the day that they begin in, or the period does, whichever is later.
func (j *judge) dates() map[string][]schema.Verdict {
	out := map[string][]schema.Verdict{}
	for i := range j.Verdicts {
		at := j.Verdicts[i].StartTS
		if !j.From.IsZero() {
			at = max(at, j.From.UnixMicro())
		}
		date := ""
		if day := dayOf(at); day != undated {
			date = dateOf(day)
		}
		out[date] = append(out[date], j.Verdicts[i])
	}
	return out
}

// rows are a day's file: what stays of the live ones, and the new verdicts.
func (j *judge) rows(ctx context.Context, date string, live []lake.LiveFile, verdicts []schema.Verdict, ids map[string]bool) ([]byte, schema.FileStats, error) {
	var text bytes.Buffer
	out, err := schema.Verdicts.NewMerger(&text, schema.Meta{Jobs: 1})
	if err != nil {
		return nil, schema.FileStats{}, err
	}
	for i := range live {
		if err := j.keep(ctx, date, &live[i], ids, out); err != nil {
			out.Abandon()
			return nil, schema.FileStats{}, fmt.Errorf("read %s: %w", live[i].Name, err)
		}
	}
	if err := appendVerdicts(out, verdicts); err != nil {
		out.Abandon()
		return nil, schema.FileStats{}, err
	}
	stats, err := out.Close()
	return text.Bytes(), stats, err
}

// keep takes over the rows of a live file that are not made anew. One that all of the period's are is not read.
func (j *judge) keep(ctx context.Context, date string, f *lake.LiveFile, ids map[string]bool, out *schema.Merger) error {
	from, to := j.replaced(date)
	if f.MinTS != nil && from <= *f.MinTS && *f.MaxTS < to {
		return nil
	}
	findings := j.lake.CheckFile(ctx, *f, func(int) {})
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(findings) > 0 {
		return fmt.Errorf("%w: %s: classify the whole lake, which makes it anew", errInput, findings[0].Problem)
	}
	content, err := j.lake.OpenFile(&f.File)
	if err != nil {
		return err
	}
	defer content.Close()
	in, err := schema.Verdicts.NewReader(content)
	if err != nil {
		return err
	}
	for b, err := range in.All() {
		if err != nil {
			return err
		}
		b.DropBetween(schema.Verdicts.FirstTS, from, to)
		for id := range ids {
			b.Drop("verdict_id", id)
		}
		if err := out.Append(b); err != nil {
			return err
		}
	}
	return nil
}

// replaced are the starts, in microseconds, of the verdicts of a day's file that are made anew: from the one to before the other. Rows that began
// before the day belong to its first moment.
func (j *judge) replaced(date string) (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if !j.From.IsZero() {
		from = j.From.UnixMicro()
	}
	if !j.To.IsZero() {
		to = j.To.UnixMicro()
	}
	day, err := time.Parse(time.DateOnly, date)
	switch {
	case err != nil: // the default partition
	case day.UnixMicro() >= to:
		return 0, 0
	case day.UnixMicro() >= from:
		from = math.MinInt64
	}
	return from, to
}

// appendVerdicts adds new rows, by way of a file, since a merger takes what was read.
func appendVerdicts(out *schema.Merger, verdicts []schema.Verdict) error {
	if len(verdicts) == 0 {
		return nil
	}
	var text bytes.Buffer
	w, err := schema.Verdicts.NewWriter(&text, schema.Meta{Jobs: 1})
	if err != nil {
		return err
	}
	if err := w.Append(verdicts); err != nil {
		w.Abandon()
		return err
	}
	if _, err := w.Close(); err != nil {
		return err
	}
	in, err := schema.Verdicts.NewReader(bytes.NewReader(text.Bytes()))
	if err != nil {
		return err
	}
	for b, err := range in.All() {
		if err != nil {
			return err
		}
		if err := out.Append(b); err != nil {
			return err
		}
	}
	return nil
}

// put has a day's file replace the live ones. A file that is live and whole stays; one that is damaged gets its bytes again.
func (j *judge) put(ctx context.Context, c *lake.Change, date string, text []byte, stats schema.FileStats, live []lake.LiveFile) error {
	sum := blake3.Sum256(text)
	base := lake.BaseName(hex.EncodeToString(sum[:16]), lake.OptionsID(nil, allSensors), 0)
	same := -1
	for i := range live {
		if name := live[i].Name; stats.Rows > 0 && path.Base(name) == base+".parquet" {
			same = i
		} else {
			c.Removes = append(c.Removes, name)
		}
	}
	if stats.Rows == 0 {
		return nil
	}
	if same >= 0 && len(j.lake.CheckFile(ctx, live[same], func(int) {})) == 0 {
		return ctx.Err()
	}
	file, err := j.staging.Create(schema.Verdicts.Name, allSensors, date, base)
	if err != nil {
		return disk(fmt.Errorf("create file of %s: %w", schema.Verdicts.Name, err))
	}
	if _, err := file.Write(text); err != nil {
		return disk(errors.Join(err, file.Discard()))
	}
	added, err := file.Finish(stats)
	if err != nil {
		return disk(fmt.Errorf("close file of %s: %w", schema.Verdicts.Name, err))
	}
	if same >= 0 {
		return disk(j.lake.Publish(j.staging, []lake.File{added}))
	}
	c.Adds = append(c.Adds, added)
	return nil
}
