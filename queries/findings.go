package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/schema"
)

// findingColumns are the columns that every detector returns. class, subclass and severity are NULL where those of the header hold. An address
// or a port is NULL where a finding has several, or none; the counts say how many.
var findingColumns = []Column{
	{"class", "VARCHAR"},
	{"subclass", "VARCHAR"},
	{"severity", "VARCHAR"},
	{"src_ip", "VARCHAR"},
	{"src_count", "BIGINT"},
	{"dst_ip", "VARCHAR"},
	{"dst_count", "BIGINT"},
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

// findingHeads are the columns in the place of the first of them: what the detector's header says, or the finding itself.
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
	all := &Table{Columns: slices.Concat(findingHeads, findingColumns[ownWords:])}
	if err := s.Hold(ctx, "exchanges", "attempts", "missed_targets"); err != nil {
		return nil, err
	}
	for _, q := range s.Detectors() {
		if len(s.dataset.past().Live(schema.Flows.Name)) == 0 && slices.Contains(words(q.SQL), pastFlows) {
			continue // it says what is new, and nothing is known of before
		}
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
		for _, row := range t.Rows {
			if err := q.checkWords(row); err != nil {
				return nil, fmt.Errorf("run detector %s: %w", q.Name, err)
			}
			all.Rows = append(all.Rows, slices.Concat(q.head(row), row[ownWords:]))
		}
	}
	slices.SortStableFunc(all.Rows, compareFindings)
	return all, nil
}

// ownWords is how many of findingColumns go before those of the header: class, subclass and severity.
const ownWords = 3

// head is what findingHeads say of a finding.
func (q *Query) head(row []any) []any {
	own := func(i int, header string) any { return cmp.Or(value[string](row[i]), header) }
	return []any{q.Name, own(0, q.Class), own(1, q.Subclass), own(2, q.Severity), strings.Join(q.Techniques, " ")}
}

// checkWords refuses a class or severity that is none.
func (q *Query) checkWords(row []any) error {
	for i, words := range map[int][]string{0: Classes, 2: Severities} {
		if w, ok := row[i].(string); ok && !slices.Contains(words, w) {
			return fmt.Errorf("%s %q is none of %s", findingColumns[i].Name, EscapeText(w), strings.Join(words, ", "))
		}
	}
	return nil
}

func compareFindings(a, b []any) int {
	const severity, start, bytes, score, finding = 3, 11, 14, 15, 16
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
