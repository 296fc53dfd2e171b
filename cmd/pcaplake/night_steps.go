package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// doIngest brings in what is new. A source that is there and holds nothing is nothing new; one that is not there is no input.
func (n *night) doIngest(ctx context.Context) outcome {
	if !n.sum.DryRun && n.short() {
		return outcome{
			status: etl.StatusFailed, exit: exitIO, broken: true,
			reason: fmt.Sprintf("only %s are free on the lake's disk, --min-free asks for %s: free some, or keep less", humanize.IBytes(uint64(*n.sum.FreeBytes)), humanize.IBytes(uint64(n.minFree))),
		}
	}
	sum, err := ingestShown(ctx, n.s, n.ingest)
	for _, p := range sum.Plan {
		if p.Action != etl.ActionKnown {
			n.plan = append(n.plan, []any{"ingest", p.Action, p.Source, strings.Join(p.Dates, " "), nil, p.Bytes})
		}
	}
	out := outcome{status: sum.Status, details: &sum, exit: etl.ExitStatus(sum, err), broken: err != nil}
	if err != nil {
		out.reason = oneLine(err)
	}
	if errors.Is(err, etl.ErrNoInput) {
		out.broken = false
		if n.sourcesExist() {
			out.status, out.reason, sum.Status = etl.StatusNothingNew, "the sources hold no capture", etl.StatusNothingNew
		}
	}
	if sum.Postponed > 0 {
		out.reason = "the time was up"
	}
	return out
}

// sourcesExist reports whether every source is there: a folder that is not may be a disk that is not mounted.
func (n *night) sourcesExist() bool {
	for _, source := range n.ingest.Sources {
		if !sourceExists(source) {
			return false
		}
	}
	return true
}

// doCompact compacts until the time is up.
func (n *night) doCompact(ctx context.Context) outcome {
	if !n.ingest.Until.IsZero() {
		bounded, cancel := context.WithDeadline(ctx, n.ingest.Until)
		defer cancel()
		ctx = bounded
	}
	n.compact.Show = func(plan []etl.Merging) error {
		for _, m := range plan {
			n.planned("compact", "merge", m.Name, m.Date, m.Rows, m.Bytes)
		}
		return nil
	}
	sum, err := etl.Compact(ctx, n.compact)
	switch {
	case n.sum.DryRun && errors.Is(err, lake.ErrNoLake):
		return outcome{status: statusSkipped, reason: "there is no lake yet"}
	case errors.Is(err, context.DeadlineExceeded):
		return outcome{status: statusPostponed, reason: "the time was up", details: &sum}
	case err != nil:
		return failed(err, &sum)
	}
	return outcome{status: sum.Status, details: &sum, exit: sum.ExitStatus(nil)}
}

// planned adds a row to the plan of a dry run.
func (n *night) planned(step, action, name, date string, rows, bytes int64) {
	if n.sum.DryRun {
		n.plan = append(n.plan, []any{step, action, name, date, rows, bytes})
	}
}

func (n *night) doExpire(ctx context.Context) outcome {
	o := n.expire
	o.Show = func(plan []etl.Expiring) error {
		for _, f := range plan {
			n.planned("expire", f.Action, f.Name, f.Date, f.Rows, f.Bytes)
		}
		return nil
	}
	e, err := etl.Expire(ctx, o)
	done := &expiredFiles{e.Removed, e.Deleted, e.BytesBefore, e.BytesAfter}
	switch {
	case n.sum.DryRun && errors.Is(err, lake.ErrNoLake):
		return outcome{status: statusSkipped, reason: "there is no lake yet"}
	case err != nil:
		return failed(err, done)
	}
	return outcome{status: etl.StatusOK, details: done}
}

// doUrgentExpiry expires where free space is short: what was removed goes without its grace.
func (n *night) doUrgentExpiry(ctx context.Context) outcome {
	grace := n.expire.Grace
	n.expire.Grace = 0
	out := n.doExpire(ctx)
	n.expire.Grace = grace
	if out.reason == "" {
		out.reason = "free space was short"
	}
	return out
}
