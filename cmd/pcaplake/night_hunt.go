package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/zeebo/blake3"
)

// huntSummary is what the hunt step did.
type huntSummary struct {
	Indicators int       `json:"indicators"`
	Refused    int       `json:"refused"`        // entries of the lists that are no indicators
	Whole      bool      `json:"whole"`          // all captures of the lake were looked at: the lists are others than before
	Captures   int       `json:"captures"`       // that were looked at
	Seen       int       `json:"seen"`           // indicators that were seen
	File       string    `json:"file,omitempty"` // all hits as CSV; none where there is no hit or no --report-dir
	Hits       []huntHit `json:"hits"`           // at most hitsTold
}

// huntHit is one row of a hunt.
type huntHit struct {
	Indicator string `json:"indicator"`
	Type      string `json:"type"`
	SeenIn    string `json:"seen_in"`
	First     string `json:"first_ts"`
	Last      string `json:"last_ts"`
	Hosts     string `json:"hosts"`
	Rows      any    `json:"rows"`
	Extract   any    `json:"extract"`
}

// hitsTold bounds the hits in a summary.
const hitsTold = 100

// hunted is what was hunted before, kept in the lake's _index. Without it the whole lake is looked at again, which only costs time.
type hunted struct {
	List     string   `json:"list"`     // BLAKE3 of the lists
	Captures []string `json:"captures"` // ids, in order
}

// doHunt looks for the indicators of --ioc in captures that were not looked at before, and in all when the lists have changed.
func (n *night) doHunt(ctx context.Context) outcome {
	paths := n.c.StringSlice("ioc")
	if len(paths) == 0 {
		return outcome{status: statusSkipped, reason: "no --ioc was told"}
	}
	var read bytes.Buffer
	list, err := readIndicators(paths, nil, &read)
	if err != nil {
		return failed(err, nil)
	}
	d := n.data
	l, state, err := loadLake(ctx, n.ingest.Lake, &d)
	if n.sum.DryRun && errors.Is(err, lake.ErrNoLake) {
		return outcome{status: statusSkipped, reason: "there is no lake yet"}
	}
	if err != nil {
		return failed(err, nil)
	}
	path := filepath.Join(l.WorkDir(), "_index", "hunted.json")
	now, before := hunted{List: digest(read.Bytes())}, readHunted(path)
	for _, m := range state.Manifests() {
		now.Captures = append(now.Captures, m.CaptureID)
	}
	slices.Sort(now.Captures)
	sum := &huntSummary{Indicators: len(list.Indicators), Refused: len(list.Refused), Whole: now.List != before.List, Hits: []huntHit{}}
	todo := now.Captures
	if !sum.Whole {
		todo = slices.DeleteFunc(slices.Clone(todo), func(id string) bool { _, known := slices.BinarySearch(before.Captures, id); return known })
	}
	sum.Captures = len(todo)
	switch {
	case n.sum.DryRun:
		return outcome{status: statusSkipped, reason: "nothing is looked for in a dry run", details: sum}
	case len(todo) == 0:
		return outcome{status: etl.StatusNothingNew, details: sum}
	}
	if err := n.hunt(ctx, d, list.Indicators, todo, sum); err != nil {
		return failed(err, sum)
	}
	if err := writeHunted(path, &now); err != nil {
		return failed(err, sum)
	}
	if sum.Refused > 0 {
		return outcome{status: etl.StatusPartial, reason: fmt.Sprintf("%d entries of the lists are no indicators: pcaplake hunt names them", sum.Refused), details: sum, exit: exitPartial}
	}
	return outcome{status: etl.StatusOK, details: sum}
}

func digest(b []byte) string {
	sum := blake3.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// readHunted returns what was hunted before; nothing where that is not known.
func readHunted(path string) (h hunted) {
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &h) != nil {
		return hunted{}
	}
	slices.Sort(h.Captures)
	return h
}

func writeHunted(path string, h *hunted) error {
	text, err := json.Marshal(h)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o750)
	}
	if err != nil {
		return fmt.Errorf("note what was hunted: %w", err)
	}
	return writeText(path, append(text, '\n'))
}
