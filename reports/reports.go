// Package reports makes one page of a lake: what it covers, what was found in it, and the named queries that declare a place in the
// report, each with its chart, its table and its SQL.
//
// A Report is data; HTML, JSON and CSVs write it. Everything that comes out of packets is hostile: it becomes text, never markup, script
// or style, and characters that would change how text is read are shown as escapes. The page makes no request of the network.
package reports

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// SchemaVersion is the version of the shape of report.json. It is raised when a member changes its meaning or goes; a new member does not.
const SchemaVersion = 1

// maxRows is how many rows of a result are kept; the page says when there were more.
const maxRows = 10_000

// Options are what a report says of itself.
type Options struct {
	Title       string    // "": Packet report
	Command     string    // what the user typed; "": left out
	ToolVersion string    // of pcaplake; "": left out
	Generated   time.Time // zero: left out, and the same lake gives the same page
}

// Report is all that the page shows. Its JSON form is report.json.
type Report struct {
	Schema      int        `json:"schema"` // SchemaVersion
	Title       string     `json:"title"`
	Coverage    string     `json:"coverage"` // one sentence: the period, the captures read of those found, what is missing
	Highlights  []string   `json:"highlights"`
	Findings    []Finding  `json:"findings"`  // the gravest first
	Detectors   []Detector `json:"detectors"` // those that ran, in name order
	Sections    []Section  `json:"sections"`  // in the order of queries.Sections, those without a query left out
	ToolVersion string     `json:"tool_version,omitempty"`
	Command     string     `json:"command,omitempty"`
	Generated   string     `json:"generated,omitempty"` // RFC 3339 in UTC
	TimeZone    string     `json:"time_zone"`           // of every time in the report: UTC

	findings *queries.Table
}

// Section is a part of the report.
type Section struct {
	Name   string  `json:"name"` // one of queries.Sections
	Title  string  `json:"title"`
	Blocks []Block `json:"blocks"` // by their place
}

// sectionTitles are the headings of queries.Sections.
var sectionTitles = map[string]string{
	"coverage":   "Coverage",
	"findings":   "Findings",
	"who":        "Addresses",
	"ports":      "Ports",
	"history":    "History",
	"suspicious": "Suspicious address",
	"protocols":  "Protocols and conversations",
	"captures":   "Captures",
	"quality":    "Data quality",
	"provenance": "Provenance",
}

// Build runs the detectors and every named query that has a place in the report.
func Build(ctx context.Context, s *queries.Session, o Options) (*Report, error) {
	r := &Report{
		Schema: SchemaVersion, Title: o.Title, ToolVersion: o.ToolVersion, Command: o.Command, TimeZone: "UTC",
		Findings: []Finding{}, Detectors: []Detector{}, Sections: []Section{},
	}
	if r.Title == "" {
		r.Title = "Packet report"
	}
	if !o.Generated.IsZero() {
		r.Generated = o.Generated.UTC().Format(time.RFC3339)
	}
	if err := r.find(ctx, s); err != nil {
		return nil, fmt.Errorf("build report: %w", err)
	}
	for _, name := range queries.Sections {
		blocks, err := runSection(ctx, s, name)
		if err != nil {
			return nil, fmt.Errorf("build report: %w", err)
		}
		if len(blocks) > 0 {
			r.Sections = append(r.Sections, Section{Name: name, Title: sectionTitles[name], Blocks: blocks})
		}
	}
	r.Coverage = r.coverage()
	r.Highlights = r.highlights()
	return r, nil
}

// runSection runs the queries of a section in their order.
func runSection(ctx context.Context, s *queries.Session, name string) ([]Block, error) {
	var places []*queries.Query
	for _, q := range s.Catalog() {
		if q.Report != nil && q.Report.Section == name {
			places = append(places, q)
		}
	}
	slices.SortStableFunc(places, func(a, b *queries.Query) int { return a.Report.Order - b.Report.Order })
	var blocks []Block
	for _, q := range places {
		result, err := s.Run(ctx, q, nil)
		if err != nil {
			return nil, err
		}
		table, err := queries.Collect(result, maxRows)
		if err != nil {
			return nil, fmt.Errorf("run query %s: %w", q.Name, err)
		}
		b, err := newBlock(q, table)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

// block returns the block of a named query; nil when it is not in the report.
func (r *Report) block(query string) *Block {
	for i := range r.Sections {
		for j := range r.Sections[i].Blocks {
			if b := &r.Sections[i].Blocks[j]; b.Query == query {
				return b
			}
		}
	}
	return nil
}

// coverage is the first text of the first row of query coverage.
func (r *Report) coverage() string {
	if b := r.block("coverage"); b != nil {
		if text, ok := b.value(0, "coverage").(string); ok {
			return text
		}
	}
	return "What the lake covers is not known: no query named coverage is in the report."
}
