package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/etl"
)

// nightSummary is what a run did: one JSON object, its fields in this order. docs/summary.md describes it.
type nightSummary struct {
	Command     string        `json:"command"`              // "run"
	Status      string        `json:"status"`               // that of the gravest step; busy: another run is at work
	DryRun      bool          `json:"dry_run,omitempty"`    // nothing was written
	Night       string        `json:"night"`                // day that the report is called by
	Started     time.Time     `json:"started"`              // UTC
	Error       string        `json:"error,omitempty"`      // why no step was begun
	Report      string        `json:"report,omitempty"`     // the page that was written
	Totals      *totals       `json:"totals,omitempty"`     // of ingest; none where no step was begun
	FreeBytes   *int64        `json:"free_bytes,omitempty"` // on the lake's disk at the end, where the system tells
	Steps       []stepSummary `json:"steps"`                // in the order in which they were done
	Seconds     float64       `json:"seconds"`
	ToolVersion string        `json:"tool_version"`
}

// totals are the counts of a night that are looked at most.
type totals struct {
	CapturesFound int            `json:"captures_found"`
	Committed     int            `json:"committed"`
	Known         int            `json:"known"`
	Failed        int            `json:"failed"`
	Truncated     int            `json:"truncated"`
	Unsettled     int            `json:"unsettled"`
	Postponed     int            `json:"postponed"`
	Packets       int64          `json:"packets"`
	Bytes         int64          `json:"bytes"`              // of the committed captures, decompressed
	FilesMerged   int            `json:"files_merged"`       // by compaction
	FilesRemoved  int            `json:"files_removed"`      // from the lake, by expiry
	FilesDeleted  int            `json:"files_deleted"`      // from the disk
	LakeBytes     int64          `json:"lake_bytes"`         // on the disk after expiry; 0: not known
	Verdicts      map[string]int `json:"verdicts,omitempty"` // of the days judged, by severity
}

// stepSummary is what became of one step.
type stepSummary struct {
	Step    string  `json:"step"`
	Status  string  `json:"status"`
	Reason  string  `json:"reason,omitempty"`
	Seconds float64 `json:"seconds"`
	Details any     `json:"details,omitempty"` // of ingest and compact: the summary of that command
}

// reported is what the report step did.
type reported struct {
	Page       string   `json:"page"`
	From       string   `json:"from"` // RFC 3339; the period that it covers
	To         string   `json:"to"`
	Highlights []string `json:"highlights,omitempty"`
}

// expiredFiles is what the expire step did, or would do.
type expiredFiles struct {
	Removed     int   `json:"removed"` // files that are no longer live
	Deleted     int   `json:"deleted"` // files that are no longer on the disk
	BytesBefore int64 `json:"bytes_before"`
	BytesAfter  int64 `json:"bytes_after"`
}

// settle draws the conclusion from the steps.
func (n *night) settle() {
	n.sum.Totals, n.sum.Status = new(totals), etl.StatusOK
	for _, s := range n.sum.Steps {
		n.sum.Totals.add(s.Details)
		if r, ok := s.Details.(*reported); ok && s.Status == etl.StatusOK {
			n.sum.Report = r.Page
		}
	}
	has := func(status string) bool {
		return slices.ContainsFunc(n.sum.Steps, func(s stepSummary) bool { return s.Status == status })
	}
	switch {
	case n.c.Context.Err() != nil:
		n.sum.Status = etl.StatusInterrupted
	case has(etl.StatusFailed):
		n.sum.Status = etl.StatusFailed
	case has(etl.StatusPartial):
		n.sum.Status = etl.StatusPartial
	case has(etl.StatusNothingNew) && n.sum.Totals.Committed == 0 && n.sum.Report == "" && !n.judgedAnew():
		n.sum.Status = etl.StatusNothingNew
	}
	n.sum.Seconds = time.Since(n.began).Seconds()
}

// judgedAnew reports whether the lake has other verdicts than before.
func (n *night) judgedAnew() bool {
	return slices.ContainsFunc(n.sum.Steps, func(s stepSummary) bool {
		j, ok := s.Details.(*judgedDays)
		return ok && j.Changed > 0
	})
}

// firstFailure says why the night failed.
func (s *nightSummary) firstFailure() string {
	for _, step := range s.Steps {
		if step.Status == etl.StatusFailed {
			return step.Step + ": " + cmp.Or(step.Reason, "no input could be read")
		}
	}
	return s.Error
}

// add takes what a step did into the totals.
func (t *totals) add(details any) {
	switch d := details.(type) {
	case *etl.Summary:
		t.CapturesFound, t.Committed, t.Known, t.Failed, t.Truncated = d.CapturesFound, d.Committed, d.Known, d.Failed, d.Truncated
		t.Unsettled, t.Postponed, t.Packets, t.Bytes = d.Unsettled, d.Postponed, d.Packets, d.Bytes
	case *judgedDays:
		t.Verdicts = d.Severities
	case *etl.Compaction:
		t.FilesMerged = d.Files
	case *expiredFiles:
		t.FilesRemoved += d.Removed
		t.FilesDeleted += d.Deleted
		t.LakeBytes = d.BytesAfter
	}
}
