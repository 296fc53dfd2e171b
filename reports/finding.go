package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

// Finding is what a detector found.
type Finding struct {
	Detector   string   `json:"detector"` // name of its query
	Severity   string   `json:"severity"` // one of queries.Severities
	Class      string   `json:"class"`    // one of queries.Classes
	Subclass   string   `json:"subclass"`
	Techniques []string `json:"techniques"` // ATT&CK ids
	Text       string   `json:"finding"`    // a sentence with the figures
	From       string   `json:"from"`       // first packet, as the text formats of queries have it; "": unknown
	To         string   `json:"to"`         // last packet
	Evidence   []Fact   `json:"evidence"`   // in the detector's order
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
	Findings int    `json:"findings"` // how many it has
}

// find runs every detector.
func (r *Report) find(ctx context.Context, s *queries.Session) error {
	table, err := s.Findings(ctx)
	if err != nil {
		return err
	}
	r.findings = table
	counts := map[string]int{}
	for i := range table.Rows {
		f := newFinding(table, i)
		r.Findings = append(r.Findings, f)
		counts[f.Detector]++
	}
	for _, q := range s.Detectors() {
		r.Detectors = append(r.Detectors, Detector{q.Name, q.Title, q.Doc, "pcaplake query " + q.Name, q.SQL, counts[q.Name]})
	}
	return nil
}

func newFinding(t *queries.Table, row int) Finding {
	text := func(column string) string {
		i := columnIndex(t, column)
		if i < 0 {
			return ""
		}
		return queries.Text(t.Rows[row][i], t.Columns[i])
	}
	return Finding{
		Detector:   text("detector"),
		Severity:   text("severity"),
		Class:      text("class"),
		Subclass:   text("subclass"),
		Techniques: strings.Fields(text("techniques")),
		Text:       text("finding"),
		From:       text("start_ts"),
		To:         text("end_ts"),
		Evidence:   facts(text("evidence")),
	}
}

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
