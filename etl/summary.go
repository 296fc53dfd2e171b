package etl

import "errors"

// Outcomes of a run, in Summary.Status.
const (
	StatusOK          = "ok"          // captures were committed, and nothing was wrong
	StatusNothingNew  = "nothing-new" // all that was found is in the lake already
	StatusPartial     = "partial"     // some inputs were bad, or truncated tonight, or the time was up; the rest is in the lake
	StatusFailed      = "failed"      // every input was bad, or the lake could not be written
	StatusInterrupted = "interrupted" // told to stop; what was committed stays, the rest is as if never read
)

// Summary is what a run did: one JSON object, its fields in this order.
type Summary struct {
	Command           string           `json:"command"`             // "ingest"
	Run               string           `json:"run,omitempty"`       // name of the record under _runs; none in a dry run
	Shard             *int             `json:"shard,omitempty"`     // of the plan that was ingested
	Status            string           `json:"status"`              // one of the constants Status…
	DryRun            bool             `json:"dry_run,omitempty"`   // nothing was written: committed tells what would be
	CapturesFound     int              `json:"captures_found"`      // sources that are captures, or should be
	Committed         int              `json:"committed"`           // captures that this run added
	Known             int              `json:"known"`               // captures whose content the lake has, whatever the path or packing
	KnownOtherOptions int              `json:"known_other_options"` // of these: committed with another sensor or payload
	Failed            int              `json:"failed"`              // captures that cannot be read; errors says why
	Truncated         int              `json:"truncated"`           // of the committed: cut or damaged, every whole frame is there
	Unsettled         int              `json:"unsettled"`           // files too young for --settle, left for later
	Outside           int              `json:"outside"`             // captures that are not of the time asked for
	Postponed         int              `json:"postponed"`           // files that were not taken for want of time
	Skipped           int              `json:"skipped"`             // files in folders that are no captures
	Deferred          int              `json:"deferred,omitempty"`  // of a shard: captures that publish puts in the place of others
	Superseded        int              `json:"superseded"`          // captures in whose place those came: earlier parts that grew, and what was replaced
	Packets           int64            `json:"packets"`             // rows of packets that this run added
	Rows              map[string]int64 `json:"rows"`                // rows that this run added, by table
	Bytes             int64            `json:"bytes"`               // of the captures that this run added, decompressed
	Rejected          map[string]int64 `json:"rejected"`            // frames without a row, by reason
	Malformed         map[string]int64 `json:"malformed"`           // rows whose decoding ended early, by reason
	Snapped           int64            `json:"snapped"`             // frames captured in part
	OutOfOrder        int64            `json:"out_of_order"`        // frames stamped earlier than the one before
	Errors            []SourceError    `json:"errors"`              // what failed, in the order of the sources
	Plan              []Planned        `json:"plan,omitempty"`      // of a dry run, in the order of the sources
	Seconds           float64          `json:"seconds"`             // the run's duration
	PacketsPerSecond  float64          `json:"packets_per_second"`  // packets over seconds
	ToolVersion       string           `json:"tool_version,omitempty"`
}

// SourceError is why one source is not in the lake.
type SourceError struct {
	Source string `json:"source"`
	Error  string `json:"error"`
}

// Planned is what a dry run would do with one source.
type Planned struct {
	Source string   `json:"source"`
	Bytes  int64    `json:"bytes"` // as stored
	Action string   `json:"action"`
	Dates  []string `json:"dates,omitempty"` // UTC days of the packets that would be committed
}

// Actions of Planned.
const (
	ActionCommit    = "commit"
	ActionSupersede = "supersede" // commit in the place of what is in the lake
	ActionKnown     = "known"
	ActionFail      = "fail"
	ActionUnsettled = "unsettled"
	ActionDefer     = "defer" // of a shard: left for Publish
)

func newSummary(o *Options) Summary {
	return Summary{
		Command: "ingest", DryRun: o.DryRun, ToolVersion: o.ToolVersion,
		Rows: map[string]int64{}, Rejected: map[string]int64{}, Malformed: map[string]int64{}, Errors: []SourceError{},
	}
}

// settle draws the conclusion from the counts.
func (s *Summary) settle(interrupted bool, err error) {
	var ioError *IOError
	bad := err != nil || s.Failed > 0
	switch {
	case errors.As(err, &ioError), !interrupted && bad && s.Committed+s.Known == 0:
		s.Status = StatusFailed
	case interrupted:
		s.Status = StatusInterrupted
	case bad, s.Truncated > 0, s.Postponed > 0:
		s.Status = StatusPartial
	case s.Committed == 0:
		s.Status = StatusNothingNew
	default:
		s.Status = StatusOK
	}
}

// addAll adds the counts of from to those of to.
func addAll(to, from map[string]int64) {
	for reason, n := range from {
		to[reason] += n
	}
}
