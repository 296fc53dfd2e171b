package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// A lineage appends the events of one run to a file, one JSON object a line, as OpenLineage 2-0-2 (openlineage.io/docs/spec) has them: START, a RUNNING for
// each capture that came into the lake, and COMPLETE, FAIL or ABORT. A nil lineage writes nothing.
type lineage struct {
	file *os.File
	run  string // UUID
	lake string // as told
	err  error  // the first; nothing is written behind it
}

const (
	lineageProducer = "https://github.com/pcaplake/pcaplake"
	lineageSchema   = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
	lineageStats    = "https://openlineage.io/spec/facets/1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet"
	lineageErrors   = "https://openlineage.io/spec/facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet"
)

type lineageEvent struct {
	EventType string           `json:"eventType"`
	EventTime time.Time        `json:"eventTime"`
	Producer  string           `json:"producer"`
	SchemaURL string           `json:"schemaURL"`
	Run       lineageRun       `json:"run"`
	Job       lineageName      `json:"job"`
	Inputs    []lineageName    `json:"inputs"`
	Outputs   []lineageDataset `json:"outputs"`
}

type lineageRun struct {
	RunID  string         `json:"runId"`
	Facets map[string]any `json:"facets,omitempty"`
}

type lineageName struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

type lineageDataset struct {
	lineageName
	OutputFacets map[string]any `json:"outputFacets"`
}

// lineageFacet is what every facet has.
type lineageFacet struct {
	Producer  string `json:"_producer"`
	SchemaURL string `json:"_schemaURL"`
}

// startLineage opens the file and writes the first event; no path is no lineage.
func startLineage(path, lakeRoot string) (*lineage, error) {
	if path == "" {
		return nil, nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("write lineage: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("write lineage: %w", err)
	}
	l := &lineage{file: f, run: id.String(), lake: strings.TrimSuffix(lakeRoot, "/")}
	l.write(lineageEvent{EventType: "START"})
	return l, l.err
}

// write completes an event and appends it in one piece.
func (l *lineage) write(e lineageEvent) {
	e.EventTime, e.Producer, e.SchemaURL = time.Now().UTC(), lineageProducer, lineageSchema
	e.Run.RunID, e.Job = l.run, lineageName{"pcaplake", "run"}
	if e.Inputs == nil {
		e.Inputs, e.Outputs = []lineageName{}, []lineageDataset{}
	}
	text, err := json.Marshal(e)
	if err == nil && l.err == nil {
		_, err = l.file.Write(append(text, '\n'))
	}
	if err != nil && l.err == nil {
		l.err = fmt.Errorf("write lineage: %w", err)
	}
}

// committed tells of a capture that is in the lake: from its file to the tables that have its rows.
func (l *lineage) committed(m *lake.Manifest) {
	type size struct{ rows, bytes int64 }
	tables := map[string]size{}
	for _, f := range m.Adds {
		of := tables[f.Table]
		tables[f.Table] = size{of.rows + f.Rows, of.bytes + f.Bytes}
	}
	e := lineageEvent{EventType: "RUNNING", Inputs: []lineageName{lineageOf(m.Source)}, Outputs: []lineageDataset{}}
	for table, of := range tables {
		e.Outputs = append(e.Outputs, lineageDataset{
			lineageOf(l.lake + "/" + table),
			map[string]any{"outputStatistics": struct {
				lineageFacet
				RowCount int64 `json:"rowCount"`
				Size     int64 `json:"size"`
			}{lineageFacet{lineageProducer, lineageStats}, of.rows, of.bytes}},
		})
	}
	slices.SortFunc(e.Outputs, func(a, b lineageDataset) int { return cmp.Compare(a.Name, b.Name) })
	l.write(e)
}

// lineageOf names a file or an object as OpenLineage's naming of datasets (openlineage.io/docs/spec/naming) has it: "file" and the absolute path, or s3://BUCKET and the key.
func lineageOf(path string) lineageName {
	if scheme, rest, ok := strings.Cut(path, "://"); ok && lake.IsURL(path) {
		bucket, key, _ := strings.Cut(rest, "/")
		return lineageName{scheme + "://" + bucket, key}
	}
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return lineageName{"file", path}
}

// end writes the last event of a run.
func (l *lineage) end(s *nightSummary) error {
	if l == nil {
		return nil
	}
	e := lineageEvent{EventType: "COMPLETE"}
	switch s.Status {
	case etl.StatusInterrupted:
		e.EventType = "ABORT"
	case etl.StatusFailed:
		e.EventType = "FAIL"
		e.Run.Facets = map[string]any{"errorMessage": struct {
			lineageFacet
			Message  string `json:"message"`
			Language string `json:"programmingLanguage"`
		}{lineageFacet{lineageProducer, lineageErrors}, s.firstFailure(), "Go"}}
	}
	l.write(e)
	return errors.Join(l.err, l.file.Close())
}
