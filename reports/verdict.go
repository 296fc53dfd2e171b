package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/classify"
)

// Verdict is what was concluded of an address or a pair in a stretch of time, as schema.Verdicts has it.
type Verdict struct {
	ID         string   `json:"id"`
	Detector   string   `json:"detector"` // name of its query
	Severity   string   `json:"severity"` // one of queries.Severities
	Class      string   `json:"class"`    // one of queries.Classes
	Subclass   string   `json:"subclass"`
	Score      float64  `json:"score"`      // how sure it is, 0 to 1
	Techniques []string `json:"techniques"` // ATT&CK ids
	Text       string   `json:"finding"`    // a sentence with the figures, in English
	SrcIP      string   `json:"src_ip"`     // who did it; "": several or none
	DstIP      string   `json:"dst_ip"`     // to whom
	From       string   `json:"from"`       // first packet, RFC 3339 in UTC
	To         string   `json:"to"`         // last packet
	Packets    int64    `json:"packets"`
	Bytes      int64    `json:"bytes"`
	Measured   []Fact   `json:"measured"`   // in the detector's order
	Thresholds []Fact   `json:"thresholds"` // in name order
	Explains   []string `json:"explains"`   // what other detectors found that this one accounts for
	Coverage   string   `json:"coverage"`   // "full", or what the captures lack
	Suppressed string   `json:"suppressed"` // line of the allowlist, reason and expiry; "": nothing suppresses it, and only then it counts
	SQL        string   `json:"sql"`        // gives it again
	Extract    string   `json:"extract"`    // command that writes its packets
}

// Fact is a named value, as text.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Detector is a detector that ran.
type Detector struct {
	Query    string `json:"query"`
	Title    string `json:"title"`
	Doc      string `json:"doc"`
	Command  string `json:"command"`
	SQL      string `json:"sql"`
	Verdicts int    `json:"verdicts"` // how many it has that count
}

// judge fills in the verdicts, the detectors, and what is answered of every capture.
func (r *Report) judge(ctx context.Context, s *queries.Session, found []classify.Verdict) error {
	counts := map[string]int{}
	for i := range found {
		v, err := newVerdict(&found[i])
		if err != nil {
			return err
		}
		r.Verdicts = append(r.Verdicts, v)
		if v.Suppressed == "" {
			counts[v.Detector]++
		}
	}
	for _, q := range s.Detectors() {
		r.Detectors = append(r.Detectors, Detector{q.Name, q.Title, q.Doc, "pcaplake query " + q.Name, q.SQL, counts[q.Name]})
	}
	answers, err := classify.Answers(ctx, s, "capture", found)
	if err != nil {
		return err
	}
	r.add("verdicts", []Block{{
		Query: "answers", Title: english.say("title.answers"), Doc: english.say("doc.answers"), Run: "pcaplake classify --per capture", Table: reordered(answers, answerColumns),
	}})
	r.Tables = append(r.Tables, Block{
		Query: "verdicts", Title: english.say("title.verdicts"), Doc: english.say("doc.verdicts"), Run: "pcaplake classify", Table: classify.Table(found),
	})
	return nil
}

// answerColumns are those of the answers as a reader wants them: what they are about, the answer and why.
var answerColumns = []string{"source", "answer", "reason", "class", "subclass", "severity", "verdicts", "target_of", "capture"}

// reordered has the columns of a table in another order.
func reordered(t *queries.Table, columns []string) *queries.Table {
	out := &queries.Table{Rows: make([][]any, len(t.Rows)), Others: t.Others, More: t.More}
	for _, name := range columns {
		at := columnIndex(t, name)
		out.Columns = append(out.Columns, t.Columns[at])
		for i, row := range t.Rows {
			out.Rows[i] = append(out.Rows[i], row[at])
		}
	}
	return out
}

func newVerdict(in *classify.Verdict) (Verdict, error) {
	v := Verdict{
		ID: in.ID, Detector: in.Detector, Severity: in.Severity, Class: in.Class, Subclass: in.Subclass, Score: in.Score,
		Techniques: strings.Fields(in.Techniques), SrcIP: in.SrcIP, DstIP: in.DstIP, From: instant(in.StartTS), To: instant(in.EndTS),
		Packets: in.Packets, Bytes: in.Bytes, Coverage: in.Coverage, Suppressed: in.SuppressedBy, SQL: in.EvidenceSQL, Extract: in.Extract, Explains: []string{}, Thresholds: []Fact{},
	}
	var e struct {
		Finding    string                            `json:"finding"`
		Measured   json.RawMessage                   `json:"measured"`
		Thresholds map[string]struct{ Value string } `json:"thresholds"`
		Explains   []struct{ Finding string }        `json:"explains"`
	}
	if err := json.Unmarshal([]byte(in.Evidence), &e); err != nil {
		return v, fmt.Errorf("read evidence of %s: %w", in.Detector, err)
	}
	v.Text, v.Measured = e.Finding, facts(string(e.Measured))
	for name, t := range e.Thresholds {
		v.Thresholds = append(v.Thresholds, Fact{name, t.Value})
	}
	sort.Slice(v.Thresholds, func(i, j int) bool { return v.Thresholds[i].Name < v.Thresholds[j].Name })
	for _, w := range e.Explains {
		v.Explains = append(v.Explains, w.Finding)
	}
	return v, nil
}

// instant is microseconds since 1970-01-01 UTC as RFC 3339.
func instant(us int64) string { return time.UnixMicro(us).UTC().Format("2006-01-02T15:04:05.000000Z") }

// facts reads a JSON object, members in their order. Text that is none is one fact, so that nothing a detector says is lost.
func facts(text string) []Fact {
	out := []Fact{}
	if text == "" {
		return out
	}
	in := json.NewDecoder(strings.NewReader(text))
	in.UseNumber()
	if t, err := in.Token(); err != nil || t != json.Delim('{') {
		return append(out, Fact{"evidence", text})
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return []Fact{{"evidence", text}}
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return []Fact{{"evidence", text}}
		}
		if !bytes.Equal(value, []byte("null")) {
			out = append(out, Fact{fmt.Sprint(name), plain(value)})
		}
	}
	return out
}

// plain is a JSON value as text: a string without its quotes, anything else as it is written.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}
