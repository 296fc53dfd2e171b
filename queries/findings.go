package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// findingColumns are the columns that every detector returns.
var findingColumns = []Column{
	{"src_ip", "VARCHAR"},
	{"dst_ip", "VARCHAR"},
	{"dst_port", "INTEGER"},
	{"ip_proto", "INTEGER"},
	{"start_ts", "TIMESTAMP"},
	{"end_ts", "TIMESTAMP"},
	{"packets", "BIGINT"},
	{"bytes", "BIGINT"},
	{"score", "DOUBLE"},
	{"finding", "VARCHAR"},
	{"evidence", "VARCHAR"},
}

// findingHeads are the columns before them: what the detector's header says.
var findingHeads = []Column{
	{"detector", "VARCHAR"},
	{"class", "VARCHAR"},
	{"subclass", "VARCHAR"},
	{"severity", "VARCHAR"},
	{"techniques", "VARCHAR"}, // ATT&CK ids, separated by spaces
}

// Findings runs every detector and returns what they found, the gravest first: by severity, score, bytes, start, detector and text.
// Columns: detector, class, subclass, severity, techniques, then those of every detector (src_ip … evidence).
func (s *Session) Findings(ctx context.Context) (*Table, error) {
	all := &Table{Columns: slices.Concat(findingHeads, findingColumns)}
	for _, q := range s.Detectors() {
		r, err := s.Run(ctx, q, nil)
		if err != nil {
			return nil, err
		}
		t, err := Collect(r, 0)
		if err != nil {
			return nil, fmt.Errorf("run detector %s: %w", q.Name, err)
		}
		if !slices.Equal(t.Columns, findingColumns) {
			return nil, fmt.Errorf("run detector %s: its columns are %v, not %v", q.Name, t.Columns, findingColumns)
		}
		head := []any{q.Name, q.Class, q.Subclass, q.Severity, strings.Join(q.Techniques, " ")}
		for _, row := range t.Rows {
			all.Rows = append(all.Rows, slices.Concat(head, row))
		}
	}
	slices.SortStableFunc(all.Rows, compareFindings)
	return all, nil
}

func compareFindings(a, b []any) int {
	const severity, start, bytes, score, finding = 3, 9, 12, 13, 14
	rank := func(row []any) int { return slices.Index(Severities, row[severity].(string)) }
	return cmp.Or(
		cmp.Compare(rank(b), rank(a)),
		cmp.Compare(value[float64](b[score]), value[float64](a[score])),
		cmp.Compare(value[int64](b[bytes]), value[int64](a[bytes])),
		value[time.Time](a[start]).Compare(value[time.Time](b[start])),
		cmp.Compare(value[string](a[0]), value[string](b[0])),
		cmp.Compare(value[string](a[finding]), value[string](b[finding])),
	)
}

// value is v, or the zero value for NULL.
func value[T any](v any) T {
	t, _ := v.(T)
	return t
}
