package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/classify"
	"github.com/pcaplake/pcaplake/schema"
)

// classifiedMark is a file with the content hashes of the captures that the lake had when it was read for the last night that was classified to its end, one a line.
// It only saves work. It holds no time, so that a clock that leaps leaves no capture out.
const classifiedMark = "_index/classified"

// judgedDays is what the classify step did.
type judgedDays struct {
	Days       int            `json:"days"`              // UTC days that were judged anew, in whole
	From       string         `json:"from,omitempty"`    // the first of them
	To         string         `json:"to,omitempty"`      // the last
	Verdicts   int            `json:"verdicts"`          // of these days
	Severities map[string]int `json:"severities"`        // those of them that nothing suppresses, by severity
	Gravest    string         `json:"gravest,omitempty"` // of these
	Suppressed int            `json:"suppressed"`        // verdicts that the allowlist suppresses
	Changed    int            `json:"changed"`           // stretches of days of which the lake has other verdicts now
}

// doClassify judges the days that captures committed since the last time have packets of, each as a whole: once for every stretch of days, of which the verdicts in the lake
// change in one step. It does so again where an earlier run broke off.
func (n *night) doClassify(ctx context.Context) outcome {
	if n.sum.DryRun {
		return outcome{status: statusSkipped, reason: "nothing is judged in a dry run"}
	}
	days, all, err := n.unjudged(ctx)
	if err != nil {
		return failed(err, nil)
	}
	if len(days) == 0 {
		return outcome{status: statusSkipped, reason: "nothing was committed since the last time"}
	}
	j := &judgedDays{Days: len(days), From: days[0].Format(time.DateOnly), To: days[len(days)-1].Format(time.DateOnly), Severities: map[string]int{}}
	for _, stretch := range stretches(days) {
		if err := n.judge(ctx, stretch[0], stretch[1], j); err != nil {
			return failed(err, j)
		}
	}
	if err := n.markClassified(ctx, all); err != nil {
		return failed(err, j)
	}
	out := outcome{status: etl.StatusOK, details: j}
	if grave := n.c.String("fail-on"); grave != "" && slices.Index(queries.Severities, j.Gravest) >= slices.Index(queries.Severities, grave) {
		out.exit, out.reason = exitFound, fmt.Sprintf("a verdict is %s", j.Gravest)
	}
	return out
}

// A judgedStretch is a stretch of days with its verdicts.
type judgedStretch struct {
	from, to time.Time
	verdicts []classify.Verdict
}

// verdictsOf are the verdicts of a period as the classify step has told them, where that judged a stretch of days of which the lake has nothing beyond the
// period; nil: the period is to be judged by itself.
func (n *night) verdictsOf(state *lake.State, from, to time.Time) []classify.Verdict {
	for _, s := range n.judged {
		if s.from.After(from) || s.to.Before(to) {
			continue
		}
		for _, m := range state.Manifests() {
			if m.FirstTS == nil {
				continue
			}
			first, last := time.UnixMicro(*m.FirstTS), time.UnixMicro(*m.LastTS)
			if (first.Before(from) || !last.Before(to)) && first.Before(s.to) && !last.Before(s.from) {
				return nil
			}
		}
		return s.verdicts
	}
	return nil
}

// judge classifies from one time to before another and puts the verdicts into the lake.
func (n *night) judge(ctx context.Context, from, to time.Time, j *judgedDays) error {
	d := n.data
	d.From, d.To = from, to
	sum, verdicts, err := judgeLake(ctx, n.ingest.Lake, d, n.allowed)
	if err != nil {
		return err
	}
	n.judged = append(n.judged, judgedStretch{from, to, append([]classify.Verdict{}, verdicts...)})
	for i := range verdicts {
		if verdicts[i].AtLeast(j.Gravest) {
			j.Gravest = verdicts[i].Severity
		}
	}
	j.Verdicts, j.Suppressed = j.Verdicts+sum.Verdicts, j.Suppressed+sum.Suppressed
	for severity, count := range sum.Severities {
		j.Severities[severity] += count
	}
	if sum.Status == etl.StatusOK {
		j.Changed++
	}
	return nil
}

// unjudged are the UTC days, in order, of the packets of captures that came since the last night that was classified, or where that is not known since midnight. With --from
// or --to it is the days between, as far as the lake has packets of them; with --fail-on also what was judged today, since a run after a failure is to fail as well. All are the
// content hashes of all captures.
func (n *night) unjudged(ctx context.Context) (list []time.Time, all []string, err error) {
	var d queries.Dataset
	l, state, err := loadLake(ctx, n.ingest.Lake, &d)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range state.Manifests() {
		all = append(all, m.ContentHash)
	}
	young, err := n.sinceClassified(ctx, l, all)
	if err != nil {
		return nil, nil, err
	}
	bounded := !n.ingest.From.IsZero() || !n.ingest.To.IsZero()
	ids := map[string]bool{}
	for _, m := range state.Manifests() {
		if bounded || young[m.ContentHash] {
			ids[m.CaptureID] = true
		}
	}
	days := map[time.Time]bool{}
	for _, f := range state.LiveOf(ids) {
		day, err := time.Parse(time.DateOnly, f.Date)
		if err != nil || f.Table != schema.Packets.Name && f.Table != schema.Flows.Name || !n.ingest.From.IsZero() && !day.Add(24*time.Hour).After(n.ingest.From) || !n.ingest.To.IsZero() && !day.Before(n.ingest.To) {
			continue // rows without a time, sums that outlived what is judged, or beyond what is asked for
		}
		days[day] = true
	}
	return slices.SortedFunc(maps.Keys(days), time.Time.Compare), all, nil
}

// sinceClassified are those captures that were not there when the lake was read for the last night that was classified.
func (n *night) sinceClassified(ctx context.Context, l *lake.Lake, all []string) (young map[string]bool, err error) {
	text, err := os.ReadFile(filepath.Join(l.WorkDir(), classifiedMark))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read mark: %w", err)
	}
	known := err == nil
	young = map[string]bool{}
	if !known || n.c.String("fail-on") != "" {
		if young, err = l.CommittedSince(ctx, n.began.UTC().Truncate(24*time.Hour)); err != nil {
			return nil, err
		}
	}
	if !known {
		return young, nil
	}
	judged := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		judged[strings.TrimSuffix(line, "\n")] = true
	}
	for _, content := range all {
		if !judged[content] {
			young[content] = true
		}
	}
	return young, nil
}

// markClassified notes that these captures are judged. A night of --from and --to judges its own days only.
func (n *night) markClassified(ctx context.Context, all []string) error {
	if !n.ingest.From.IsZero() || !n.ingest.To.IsZero() {
		return nil
	}
	work, err := lake.WorkDir(ctx, n.ingest.Lake)
	path := filepath.Join(work, classifiedMark)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o750)
	}
	if err == nil {
		err = writeText(path, []byte(strings.Join(all, "\n")+"\n"))
	}
	if err != nil {
		return fmt.Errorf("write mark: %w", err)
	}
	return nil
}

// stretches are begin and end of what days in a row make together.
func stretches(days []time.Time) (out [][2]time.Time) {
	for _, day := range days {
		next := day.AddDate(0, 0, 1)
		if last := len(out) - 1; last >= 0 && out[last][1].Equal(day) {
			out[last][1] = next
			continue
		}
		out = append(out, [2]time.Time{day, next})
	}
	return out
}
