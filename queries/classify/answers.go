package classify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

// Subjects are what Answers can be given for.
var Subjects = []string{"capture", "address"}

// answer is what is said of one capture or address.
type answer struct {
	subject, source string
	verdicts        []*Verdict
	lacks           string
	targeted        int64 // of an address: verdicts that count and that it is the target of
}

// Answers says of every capture or address, one of Subjects, whether it is malicious, normal or not judged. An address is malicious when it
// is the source of a verdict above info; what lies below the limit of coverage is not judged, never normal.
func Answers(ctx context.Context, s *queries.Session, per string, verdicts []Verdict) (*queries.Table, error) {
	captures, err := readCaptures(ctx, s)
	if err != nil {
		return nil, err
	}
	var answers []answer
	switch per {
	case "capture":
		answers = perCapture(captures, verdicts)
	case "address":
		answers, err = perAddress(ctx, s, captures, verdicts)
	default:
		err = fmt.Errorf("answers per %q: one of %s", per, strings.Join(Subjects, ", "))
	}
	if err != nil {
		return nil, err
	}
	t := &queries.Table{Columns: []queries.Column{
		{Name: per, Type: "VARCHAR"},
		{Name: "source", Type: "VARCHAR"},
		{Name: "answer", Type: "VARCHAR"},
		{Name: "class", Type: "VARCHAR"},
		{Name: "subclass", Type: "VARCHAR"},
		{Name: "severity", Type: "VARCHAR"},
		{Name: "verdicts", Type: "BIGINT"},
		{Name: "target_of", Type: "BIGINT"},
		{Name: "reason", Type: "VARCHAR"},
	}}
	for i := range answers {
		t.Rows = append(t.Rows, answers[i].row())
	}
	return t, nil
}

// row says it; the gravest verdict, which stands first, gives the class. Those that are suppressed stand last and do not count.
func (a *answer) row() []any {
	counted := int64(0)
	for _, v := range a.verdicts {
		if v.SuppressedBy == "" {
			counted++
		}
	}
	row := []any{a.subject, null(a.source), "normal", nil, nil, nil, counted, a.targeted, nil}
	if len(a.verdicts) > 0 {
		v := a.verdicts[0]
		row[3], row[4], row[5], row[8] = v.Class, null(v.Subclass), v.Severity, v.finding
		if v.SuppressedBy != "" {
			row[8] = "suppressed by " + v.SuppressedBy + ": " + v.finding
		}
		if v.AtLeast("low") {
			row[2] = "malicious"
			return row
		}
	}
	if a.lacks != "" {
		row[2], row[8] = "not judged", a.lacks
	}
	return row
}

func perCapture(captures []capture, verdicts []Verdict) []answer {
	var out []answer
	for _, c := range captures {
		a := answer{subject: c.id, source: c.source, lacks: c.lacks}
		for i := range verdicts {
			if slices.Contains(strings.Split(verdicts[i].CaptureIDs, ","), c.id) {
				a.verdicts = append(a.verdicts, &verdicts[i])
			}
		}
		out = append(out, a)
	}
	return out
}

func perAddress(ctx context.Context, s *queries.Session, captures []capture, verdicts []Verdict) ([]answer, error) {
	t, err := ask(ctx, s, `SELECT address, string_agg(DISTINCT capture_id, ',' ORDER BY capture_id) FROM (
  SELECT src_ip AS address, capture_id FROM flows WHERE fwd_packets > 0
  UNION SELECT dst_ip, capture_id FROM flows WHERE rev_packets > 0
  UNION SELECT sender_ip, capture_id FROM arp)
WHERE address IS NOT NULL AND ip_scope(address) IN ('internal', 'external') GROUP BY address ORDER BY address`)
	if err != nil {
		return nil, err
	}
	lacks := map[string]string{}
	for _, c := range captures {
		lacks[c.id] = c.lacks
	}
	var out []answer
	for _, row := range t.Rows {
		a := answer{}
		a.subject, _ = row[0].(string)
		ids, _ := row[1].(string)
		for id := range strings.SplitSeq(ids, ",") {
			if a.lacks == "" {
				a.lacks = lacks[id]
			}
		}
		for i := range verdicts {
			if verdicts[i].SrcIP == a.subject {
				a.verdicts = append(a.verdicts, &verdicts[i])
			}
			if verdicts[i].DstIP == a.subject && verdicts[i].SuppressedBy == "" {
				a.targeted++
			}
		}
		out = append(out, a)
	}
	return out, nil
}
