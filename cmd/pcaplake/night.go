package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/classify"
	"github.com/urfave/cli/v2"
)

// A night is one call of run.
type night struct {
	c         *cli.Context
	s         streams
	log       *slog.Logger
	began     time.Time
	ingest    etl.Options
	compact   etl.CompactOptions
	expire    etl.ExpireOptions
	reportDir string
	minFree   int64
	data      queries.Dataset // what reports are made with, without files
	allowed   []classify.Allowed
	judged    []judgedStretch // by the classify step

	lineage *lineage
	plan    [][]any // rows of a dry run
	broken  map[string]bool
	sum     nightSummary
	exits   []int // of the steps
}

// A step is one part of the night.
type step struct {
	name   string
	needs  string // is skipped where this one broke
	always bool   // runs although the time is up
	do     func(*night, context.Context) outcome
}

// steps are those of a night, in their order.
var steps = []step{
	{name: "ingest", always: true, do: (*night).doIngest},
	{name: "classify", needs: "ingest", always: true, do: (*night).doClassify},
	{name: "hunt", needs: "ingest", always: true, do: (*night).doHunt},
	{name: "report", needs: "ingest", always: true, do: (*night).doReport},
	{name: "compact", needs: "ingest", do: (*night).doCompact},
	expiry,
}

var expiry = step{name: "expire", always: true, do: (*night).doExpire}

// An outcome is what became of a step.
type outcome struct {
	status  string // one of etl's Status…, or of those below
	reason  string // in words, where there is something to say
	details any
	exit    int
	broken  bool // what needs the step cannot run
}

// Statuses of steps and of nights beside those of package etl.
const (
	statusSkipped   = "skipped"
	statusPostponed = "postponed" // for want of time
	statusBusy      = "busy"      // another run is at work
)

// failed is the outcome of a step that came to an error.
func failed(err error, details any) outcome {
	o := outcome{status: etl.StatusFailed, reason: oneLine(err), details: details, exit: exitStatus(err), broken: true}
	if errors.Is(err, context.Canceled) {
		o.status = etl.StatusInterrupted
	}
	return o
}

// run does the steps. An error is of what comes before them.
func (n *night) run() error {
	ctx := n.c.Context
	if !n.sum.DryRun {
		l, err := lake.Create(ctx, n.ingest.Lake)
		if err != nil {
			return n.fail(err)
		}
		lock, err := l.Lock()
		if err != nil {
			return n.fail(err)
		}
		defer func() { _ = lock.Release() }() // the system releases it as well
		if n.lineage, err = startLineage(n.c.String("lineage"), n.ingest.Lake); err != nil {
			return n.fail(err)
		}
		if n.lineage != nil {
			n.ingest.Committed = n.lineage.committed
		}
	}
	n.broken = map[string]bool{}
	todo := steps
	if n.short() {
		n.log.Warn("free space is short, expiry goes first", "free", n.sum.FreeBytes, "min_free", n.minFree)
		urgent := expiry
		urgent.do = (*night).doUrgentExpiry
		todo = slices.Insert(slices.Clone(steps), 0, urgent)
	}
	for _, s := range todo {
		n.step(ctx, s)
	}
	n.short() // for the summary
	n.settle()
	if n.sum.DryRun {
		return nil
	}
	return n.publish(ctx)
}

// publish tells others of the night. None of them keeps the others from being told.
func (n *night) publish(ctx context.Context) error {
	told := []error{n.lineage.end(&n.sum)}
	if path := n.c.String("metrics"); path != "" {
		told = append(told, writeMetrics(path, &n.sum))
	}
	if address := n.c.String("webhook"); address != "" {
		told = append(told, postSummary(ctx, address, &n.sum))
	}
	return errors.Join(told...)
}

// fail ends a night before its first step.
func (n *night) fail(err error) error {
	n.sum.Status, n.sum.Error = etl.StatusFailed, oneLine(err)
	if errors.As(err, new(*lake.BusyError)) {
		n.sum.Status = statusBusy
	}
	n.sum.Seconds = time.Since(n.began).Seconds()
	return err
}

// step does one step, or says why not.
func (n *night) step(ctx context.Context, s step) {
	began, out := time.Now(), outcome{status: statusSkipped}
	switch {
	case ctx.Err() != nil:
		out = outcome{status: statusSkipped, reason: "interrupted", exit: exitInterrupted}
	case n.broken[s.needs]:
		out.reason = s.needs + " failed"
	case !s.always && n.ingest.Late():
		out = outcome{status: statusPostponed, reason: "the time was up"}
	default:
		out = s.do(n, ctx)
	}
	n.broken[s.name] = out.broken
	n.exits = append(n.exits, out.exit)
	sum := stepSummary{Step: s.name, Status: out.status, Reason: out.reason, Seconds: time.Since(began).Seconds(), Details: out.details}
	n.sum.Steps = append(n.sum.Steps, sum)
	level := slog.LevelInfo
	if out.status == etl.StatusFailed {
		level = slog.LevelError
	}
	n.log.Log(ctx, level, "step", "step", s.name, "status", out.status, "reason", out.reason, "seconds", sum.Seconds)
}

// short reports whether the lake's disk has less free space than asked for, and notes how much it has.
func (n *night) short() bool {
	free, err := lake.Free(n.ingest.Lake)
	if err != nil {
		return false // where there is no lake yet, or the system does not tell
	}
	n.sum.FreeBytes = &free
	return free < n.minFree
}

// gravest orders exit statuses: that of a night is the first of these that a step came to.
var gravest = []int{exitInterrupted, exitIO, exitUsage, exitFailed, exitNoInput, exitFound, exitPartial}

// exit is the exit status of a night whose steps are done.
func (n *night) exit() int {
	if e := n.c.Int("exit-when-empty"); e != 0 && n.sum.Status == etl.StatusNothingNew && !slices.Contains(n.exits, exitFound) {
		return e
	}
	for _, e := range gravest {
		if slices.Contains(n.exits, e) {
			return e
		}
	}
	return 0
}

// tell prints the plan of a dry run, and the summary as the last line.
func (n *night) tell() error {
	if n.sum.DryRun && n.sum.Error == "" {
		if err := print(n.c, n.s, (&queries.Table{Columns: planColumns, Rows: n.plan}).Result()); err != nil {
			return err
		}
	}
	return writeSummary(n.c, n.s, &n.sum)
}

// planColumns are those of the plan of a dry run.
var planColumns = []queries.Column{
	{Name: "step", Type: "VARCHAR"},
	{Name: "action", Type: "VARCHAR"},
	{Name: "name", Type: "VARCHAR"},
	{Name: "dates", Type: "VARCHAR"},
	{Name: "rows", Type: "BIGINT"},
	{Name: "bytes", Type: "BIGINT"},
}

// date is the day that the night is called by: that of --from, with its time where that is not midnight, or of the run's begin, in UTC.
func (n *night) date() string {
	from := n.ingest.From
	switch {
	case from.IsZero():
		return n.began.UTC().Format(time.DateOnly)
	case from.Truncate(24 * time.Hour).Equal(from):
		return from.Format(time.DateOnly)
	}
	return fmt.Sprintf("%sT%s", from.Format(time.DateOnly), from.Format("1504"))
}
