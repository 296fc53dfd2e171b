// Package reports makes one page of a lake: what it covers, what was concluded, what changed, and the named queries that declare a place in the
// report, each with its chart, its table and its SQL.
//
// A Report is data; HTML, JSON, Markdown, Images and CSVs write it, and Read reads its JSON back. Everything that comes out of packets is hostile:
// it becomes text, never markup, script or style, and characters that would change how text is read are shown as escapes. The page makes no request
// of the network.
package reports

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/classify"
)

// SchemaVersion is the version of the shape of report.json. It is raised when a member changes its meaning or goes; a new member does not.
const SchemaVersion = 2

const (
	maxRows     = 10_000  // of a result that are kept; the page says when there were more
	maxCompared = 200_000 // of one that reports are compared by
)

// Options are what a report says of itself.
type Options struct {
	Title       string             // "": Packet report
	Command     string             // what the user typed; "": left out
	ToolVersion string             // of pcaplake; "": left out
	Generated   time.Time          // zero: left out, and the same lake gives the same page
	Previous    *Report            // the report to say what changed since; nil: none
	Judging     classify.Options   // as package classify judges
	Pseudonyms  Pseudonyms         // to anonymise the report, and the one before where it is not; nil: addresses and names as they are
	Anonymized  string             // fingerprint of the key that the lake itself is anonymised with; "": it is not
	Verdicts    []classify.Verdict // of the same data, where they are known; nil: it is judged
}

// Report is all that the page shows. Its JSON form is report.json.
type Report struct {
	Schema      int        `json:"schema"` // SchemaVersion
	Title       string     `json:"title"`
	Summary     Summary    `json:"summary"`
	Coverage    string     `json:"coverage"` // one sentence: the period, the captures read of those found, what is missing
	Highlights  []string   `json:"highlights"`
	Verdicts    []Verdict  `json:"verdicts"`  // the gravest first
	Detectors   []Detector `json:"detectors"` // those that ran, in name order
	Suspects    []Suspect  `json:"suspects"`  // addresses that section suspects looks into
	Sections    []Section  `json:"sections"`  // in the order of queries.Sections, those without a block left out
	Tables      []Block    `json:"tables"`    // those that stand in files only: what a later report is compared with, and all verdicts
	Cube        *Cube      `json:"cube,omitempty"`
	ToolVersion string     `json:"tool_version,omitempty"`
	Command     string     `json:"command,omitempty"`
	Generated   string     `json:"generated,omitempty"`  // RFC 3339 in UTC
	Anonymized  string     `json:"anonymized,omitempty"` // fingerprint of the key of its pseudonyms; absent: addresses and names are as they were
	TimeZone    string     `json:"time_zone"`            // of every time in the report: UTC
}

// Section is a part of the report.
type Section struct {
	Name   string  `json:"name"`  // one of queries.Sections
	Title  string  `json:"title"` // in English
	Blocks []Block `json:"blocks"`
}

// Build judges the lake and runs every named query that has a place in the report.
func Build(ctx context.Context, s *queries.Session, o Options) (*Report, error) {
	r := &Report{
		Schema: SchemaVersion, Title: o.Title, ToolVersion: o.ToolVersion, Command: o.Command, TimeZone: "UTC",
		Verdicts: []Verdict{}, Detectors: []Detector{}, Suspects: []Suspect{}, Sections: []Section{}, Tables: []Block{},
	}
	if r.Title == "" {
		r.Title = "Packet report"
	}
	if !o.Generated.IsZero() {
		r.Generated = o.Generated.UTC().Format(time.RFC3339)
	}
	if err := r.fill(ctx, s, &o); err != nil {
		return nil, fmt.Errorf("build report: %w", err)
	}
	if r.Anonymized = o.Anonymized; r.Anonymized != "" {
		r.Command = plainCommand(r.Command)
	}
	if o.Pseudonyms != nil {
		if err := r.Anonymize(o.Pseudonyms); err != nil {
			return nil, fmt.Errorf("build report: %w", err)
		}
	}
	if err := r.compare(o.Previous, o.Pseudonyms); err != nil {
		return nil, fmt.Errorf("build report: %w", err)
	}
	r.Summary = r.summarise()
	r.Coverage = r.coverage()
	r.Highlights = r.highlights()
	return r, nil
}

// fill runs what the report consists of.
func (r *Report) fill(ctx context.Context, s *queries.Session, o *Options) error {
	found, err := o.Verdicts, error(nil)
	if found == nil {
		if found, err = classify.Verdicts(ctx, s, o.Judging); err != nil {
			return err
		}
	}
	if err := r.judge(ctx, s, found); err != nil {
		return err
	}
	if err := s.Hold(ctx, "traffic"); err != nil {
		return err
	}
	if r.Cube, err = readCube(ctx, s); err != nil {
		return err
	}
	for _, name := range comparedQueries {
		b, err := runNamed(ctx, s, name, maxCompared)
		if err != nil {
			return err
		}
		r.Tables = append(r.Tables, b)
	}
	if err := r.countHosts(ctx, s); err != nil {
		return err
	}
	for _, name := range queries.Sections {
		if err := r.section(ctx, s, name); err != nil {
			return err
		}
	}
	return nil
}

// section adds the blocks of a section: of its queries and, for some, of what no query knows.
func (r *Report) section(ctx context.Context, s *queries.Session, name string) error {
	if name == "suspects" {
		blocks, err := r.investigate(ctx, s)
		r.add(name, blocks)
		return err
	}
	for _, q := range places(s, name) {
		b, err := runQuery(ctx, s, q, r.known(q), maxRows)
		if err != nil {
			return err
		}
		r.add(name, []Block{b}) // at once: what it answers is known to the next
	}
	return nil
}

// add puts blocks at the end of a section; sections stand in the order of queries.Sections.
func (r *Report) add(name string, blocks []Block) {
	if len(blocks) == 0 {
		return
	}
	for i := range r.Sections {
		if r.Sections[i].Name == name {
			r.Sections[i].Blocks = append(r.Sections[i].Blocks, blocks...)
			return
		}
	}
	r.Sections = append(r.Sections, Section{Name: name, Title: english.say("section." + name), Blocks: blocks})
	slices.SortStableFunc(r.Sections, func(a, b Section) int {
		return slices.Index(queries.Sections, a.Name) - slices.Index(queries.Sections, b.Name)
	})
}

// places are the queries of a section in their order.
func places(s *queries.Session, section string) []*queries.Query {
	var out []*queries.Query
	for _, q := range s.Catalog() {
		if q.Report != nil && q.Report.Section == section {
			out = append(out, q)
		}
	}
	slices.SortStableFunc(out, func(a, b *queries.Query) int { return a.Report.Order - b.Report.Order })
	return out
}

// countHosts says how many hosts there are; where they are more than the table of them has, the lake is asked.
func (r *Report) countHosts(ctx context.Context, s *queries.Session) error {
	b := compared(r, "active-hosts")
	if r.Summary.Hosts = int64(len(b.Table.Rows)); r.Summary.Hosts < maxCompared {
		return nil
	}
	b.Table.More = true // the query has that limit too
	all, err := runNamed(ctx, s, "host-count", 1)
	r.Summary.Hosts = all.count("hosts")
	return err
}

// runNamed runs a query of the catalog by its name.
func runNamed(ctx context.Context, s *queries.Session, name string, rows int) (Block, error) {
	q, err := s.Lookup(name)
	if err != nil {
		return Block{}, err
	}
	return runQuery(ctx, s, q, nil, rows)
}

// answered are values that queries choose by themselves where parameters are not given, as the texts of these say, and which queries of the report have
// answered before.
var answered = []struct{ param, unless, query, column string }{
	{"address", "the most frequent source address when not given", "most-frequent-address", "address"},
	{"peer", "the peer with most payload bytes both ways when not given", "suspicious-address", "suspicious_address"},
}

// known are values of parameters that were asked for before: to choose them again would take longer than the rest of many a query.
func (r *Report) known(q *queries.Query) map[string]string {
	out := map[string]string{}
	for _, a := range answered {
		chosen := slices.ContainsFunc(q.Params, func(p queries.Param) bool {
			return p.Name == a.param && p.Default == nil && strings.HasSuffix(p.Doc, a.unless)
		})
		b := r.block(a.query)
		if b == nil || !chosen {
			continue
		}
		if value, ok := b.value(0, a.column).(string); ok {
			out[a.param] = value
		}
	}
	return out
}

// runQuery runs a query and keeps that many rows.
func runQuery(ctx context.Context, s *queries.Session, q *queries.Query, params map[string]string, rows int) (Block, error) {
	result, err := s.Run(ctx, q, params)
	if err != nil {
		return Block{}, err
	}
	table, err := queries.Collect(result, rows)
	if err != nil {
		return Block{}, fmt.Errorf("run query %s: %w", q.Name, err)
	}
	condition, err := q.Extraction(params)
	if err != nil {
		return Block{}, fmt.Errorf("run query %s: %w", q.Name, err)
	}
	b := Block{
		Query: q.Name, Title: q.Title, Doc: q.Doc, SQL: q.SQL, Chart: q.Chart, Limits: limitsOf(s, q.Chart), Cube: q.Cube, Table: table, Extract: extractWhere(condition, q.Name),
	}
	return b, b.check()
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
