// Package classify turns what detectors find into verdicts: episodes merged, one class for each thing that happened, evidence that anyone can
// run again, and an answer for every capture and address. It also scores verdicts against labels.
package classify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/schema"
)

// Options are what verdicts depend on beside the dataset.
type Options struct {
	Baseline  *Baseline // nil: nothing is known of what is usual, and defaults hold
	Allowlist []Allowed // what is suppressed
}

// Verdicts runs every detector of the session and returns its verdicts, the gravest first, and last those that the allowlist suppresses.
func Verdicts(ctx context.Context, s *queries.Session, o Options) ([]Verdict, error) {
	found, err := findings(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := o.Baseline.apply(ctx, found); err != nil {
		return nil, err
	}
	found = grave(found)
	captures, err := readCaptures(ctx, s)
	if err != nil {
		return nil, err
	}
	detectors := map[string]*queries.Query{}
	for _, q := range s.Detectors() {
		detectors[q.Name] = q
	}
	for i := range found {
		if err := found[i].prove(detectors[found[i].Detector], o.Baseline); err != nil {
			return nil, err
		}
		found[i].suppress(o.Allowlist)
	}
	slices.SortStableFunc(found, func(a, b Verdict) int { return cmp.Compare(min(len(a.SuppressedBy), 1), min(len(b.SuppressedBy), 1)) })
	return found, locate(ctx, s, found, captures)
}

// findings are the verdicts as the dataset alone gives them: episodes merged, one class each.
func findings(ctx context.Context, s *queries.Session) ([]Verdict, error) {
	table, err := s.Findings(ctx)
	if err != nil {
		return nil, err
	}
	found, err := newVerdicts(table)
	if err != nil {
		return nil, err
	}
	return explain(fold(merge(found))), nil
}

// Verdict is a row of schema.Verdicts with what its making needs.
type Verdict struct {
	schema.Verdict
	finding  string
	measured string     // the detector's evidence, JSON
	explains []*Verdict // verdicts that this one explains
	usual    *usual     // what the baseline has of it; nil: there is none
	parts    int        // findings that were merged or folded into it
}

// newVerdicts reads the table of findings.
func newVerdicts(t *queries.Table) ([]Verdict, error) {
	column := map[string]int{}
	for i, c := range t.Columns {
		column[c.Name] = i
	}
	out := make([]Verdict, 0, len(t.Rows))
	for _, row := range t.Rows {
		at := func(name string) any { return row[column[name]] }
		text := func(name string) string { s, _ := at(name).(string); return s }
		number := func(name string) int64 { n, _ := at(name).(int64); return n }
		v := Verdict{finding: text("finding"), measured: text("evidence"), parts: 1}
		start, ok := at("start_ts").(time.Time)
		end, ok2 := at("end_ts").(time.Time)
		if !ok || !ok2 {
			return nil, fmt.Errorf("read finding of %s: it has no time", text("detector"))
		}
		v.Verdict = schema.Verdict{
			Detector: text("detector"), Class: text("class"), Subclass: text("subclass"), Severity: text("severity"), Techniques: text("techniques"),
			SrcIP: text("src_ip"), SrcCount: number("src_count"), DstIP: text("dst_ip"), DstCount: number("dst_count"),
			StartTS: start.UnixMicro(), EndTS: end.UnixMicro(), Packets: number("packets"), Bytes: number("bytes"),
		}
		v.Score, _ = at("score").(float64)
		v.HasPort, v.DstPort = at("dst_port") != nil, int32(number("dst_port"))
		v.HasProto, v.IPProto = at("ip_proto") != nil, int32(number("ip_proto"))
		out = append(out, v)
	}
	return out, nil
}

// Table has verdicts as rows with the columns of schema.Verdicts.
func Table(verdicts []Verdict) *queries.Table {
	t := &queries.Table{}
	for _, c := range schema.Verdicts.Columns {
		t.Columns = append(t.Columns, queries.Column{Name: c.Name, Type: c.Type.String()})
	}
	for i := range verdicts {
		t.Rows = append(t.Rows, verdicts[i].row())
	}
	return t
}

// row is the verdict as a result has it, in the order of schema.Verdicts.
func (v *Verdict) row() []any {
	port, proto := any(nil), any(nil)
	if v.HasPort {
		port = int64(v.DstPort)
	}
	if v.HasProto {
		proto = int64(v.IPProto)
	}
	return []any{
		v.ID, v.Detector, v.DetectorVersion, v.Class, null(v.Subclass), null(v.SeedClass()), v.Severity, v.Score, null(v.Techniques),
		null(v.Sensor), null(v.CaptureIDs),
		null(v.SrcIP), v.SrcCount, null(v.DstIP), v.DstCount, port, proto, time.UnixMicro(v.StartTS).UTC(), time.UnixMicro(v.EndTS).UTC(),
		v.Packets, v.Bytes, v.Evidence, v.EvidenceSQL, v.Extract, null(v.Coverage), null(v.SuppressedBy),
	}
}

// null is s, or NULL where there is none.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// AtLeast reports whether a verdict is as grave as the severity or graver, and not suppressed.
func (v *Verdict) AtLeast(severity string) bool {
	return v.SuppressedBy == "" && slices.Index(queries.Severities, v.Severity) >= slices.Index(queries.Severities, severity)
}
