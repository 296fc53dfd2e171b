package etl

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// A record is what the lake keeps of a run under _runs: the only place for clock and host.
type record struct {
	Summary
	whereabouts
	Captures []recorded `json:"captures"` // committed and failed, in the order of the sources
}

// whereabouts are host and clock of a record; they follow the summary of what was done.
type whereabouts struct {
	Host     string    `json:"host"`
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
}

func whereaboutsOf(began, finished time.Time) whereabouts {
	host, _ := os.Hostname() // "" where the system does not tell
	return whereabouts{host, began.UTC(), finished.UTC()}
}

// keepRecord keeps what a run did under its name in _runs; one without a name did nothing.
func keepRecord(l *lake.Lake, run string, record any) error {
	if run == "" {
		return nil
	}
	if err := l.WriteRun(run, record); err != nil {
		return disk(fmt.Errorf("record run: %w", err))
	}
	return nil
}

// recorded is one capture of a record.
type recorded struct {
	Source string `json:"source"`
	Status string `json:"status"` // ok or failed, as in captures
	Error  string `json:"error,omitempty"`
}

// newRunName names a run that began at a time; no two runs have the same name.
func newRunName(began time.Time) string {
	var id [4]byte
	rand.Read(id[:]) // never fails
	return began.UTC().Format("20060102T150405Z-") + hex.EncodeToString(id[:])
}

// finish completes the summary and records it, unless the run did not get as far as having a name.
func (r *run) finish(err error) error {
	for order, v := range r.verdicts {
		if v.action == ActionFail {
			r.sum.Errors = append(r.sum.Errors, SourceError{r.sources[order].name, v.err})
		}
		if r.o.DryRun && v.action != "" {
			r.sum.Plan = append(r.sum.Plan, Planned{r.sources[order].name, r.sources[order].size, v.action, v.dates})
		}
	}
	finished := time.Now()
	r.sum.Seconds = finished.Sub(r.began).Seconds()
	if r.sum.Seconds > 0 {
		r.sum.PacketsPerSecond = float64(r.sum.Packets) / r.sum.Seconds
	}
	r.sum.settle(r.interrupted, err)
	return keepRecord(r.lake, r.sum.Run, record{r.o.concealed(r.sum), whereaboutsOf(r.began, finished), r.recorded()})
}

func (r *run) recorded() []recorded {
	list := []recorded{}
	for order, v := range r.verdicts {
		switch v.action {
		case ActionCommit:
			list = append(list, recorded{Source: r.o.identity(r.sources[order].name), Status: "ok"})
		case ActionFail:
			list = append(list, recorded{Source: r.o.identity(r.sources[order].name), Status: "failed", Error: v.err})
		}
	}
	return list
}
