package reports

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

// Block is a question and its answer: of a named query, or of what the report works out itself.
type Block struct {
	Query   string         // name of the query, or of what was worked out
	Address string         // that the query was asked of; "": of none
	Title   string         // in English
	Doc     string         // in English
	SQL     string         // "": no query
	Run     string         // how to ask the same on the command line; "": by the query's name
	Extract string         // command that writes the packets behind it; "": none is known
	Chart   *queries.Chart // nil: a table only
	Limits  []Limit        // of the chart, with their values
	Cube    *queries.Cube  // nil: the page cannot draw a part of it
	Table   *queries.Table
}

// Limit is a threshold of a detector among the amounts of a chart.
type Limit struct {
	Detector string  `json:"detector"`
	Param    string  `json:"param"`
	Value    float64 `json:"value"`
}

// limitsOf are the limits of a query's chart by the defaults of the detectors; without those that a catalog does not have, as it may be the user's own.
func limitsOf(s *queries.Session, c *queries.Chart) []Limit {
	var out []Limit
	if c == nil {
		return nil
	}
	for _, l := range c.Limits {
		q, err := s.Lookup(l.Detector)
		if err != nil {
			continue
		}
		for _, p := range q.Params {
			if value, err := strconv.ParseFloat(*cmp.Or(p.Default, new(string)), 64); p.Name == l.Param && err == nil {
				out = append(out, Limit{l.Detector, l.Param, value})
			}
		}
	}
	return out
}

// ID names the block among those of a report: it is its anchor in the page and the name of its CSV file. Of letters, digits, dots and hyphens.
func (b *Block) ID() string {
	if b.Address == "" {
		return b.Query
	}
	return b.Query + "-" + anchor(b.Address)
}

// anchor is an address as part of a name.
func anchor(address string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '.' {
			return r
		}
		return '-'
	}, address)
}

// Command is how to ask the same on the command line.
func (b *Block) Command() string {
	switch {
	case b.Run != "":
		return b.Run
	case b.Address != "":
		return "pcaplake query " + b.Query + " --param address=" + queries.EscapeText(b.Address)
	}
	return "pcaplake query " + b.Query
}

// check refuses a chart of columns that are not there.
func (b *Block) check() error {
	if b.Chart == nil {
		return nil
	}
	for _, name := range []string{b.Chart.X, b.Chart.Y, b.Chart.Series, b.Chart.Low, b.Chart.High, b.Chart.Mark} {
		if name != "" && columnIndex(b.Table, name) < 0 {
			return fmt.Errorf("draw query %s: its chart names column %q, which the result does not have", b.Query, name)
		}
	}
	return nil
}

// value is one value of the table; nil where it has no such row or column.
func (b *Block) value(row int, column string) any {
	i := columnIndex(b.Table, column)
	if i < 0 || row >= len(b.Table.Rows) {
		return nil
	}
	return b.Table.Rows[row][i]
}

func columnIndex(t *queries.Table, name string) int {
	return slices.IndexFunc(t.Columns, func(c queries.Column) bool { return c.Name == name })
}

// The parts of a block in report.json that Go names otherwise.
type (
	blockJSON struct {
		Query   string          `json:"query"`
		Address string          `json:"address,omitempty"`
		Title   string          `json:"title"`
		Doc     string          `json:"doc"`
		Command string          `json:"command"`
		Run     string          `json:"run,omitempty"`
		Extract string          `json:"extract,omitempty"`
		SQL     string          `json:"sql"`
		Chart   *chartJSON      `json:"chart,omitempty"`
		Limits  []Limit         `json:"limits,omitempty"`
		Cube    *cubeJSON       `json:"cube,omitempty"`
		Columns []columnJSON    `json:"columns"`
		Rows    json.RawMessage `json:"rows"`
		Others  int64           `json:"others"`
		More    bool            `json:"more"`
	}
	chartJSON struct {
		Type   string `json:"type"`
		X      string `json:"x"`
		Y      string `json:"y"`
		Series string `json:"series,omitempty"`
		Low    string `json:"low,omitempty"`
		High   string `json:"high,omitempty"`
		Mark   string `json:"mark,omitempty"`
	}
	cubeJSON struct {
		Key     string `json:"key"`
		Measure string `json:"measure"`
	}
	columnJSON struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
)

// chartOf is a chart as report.json has it; its limits stand beside it, with their values.
func chartOf(c *queries.Chart) *chartJSON {
	if c == nil {
		return nil
	}
	return &chartJSON{c.Type, c.X, c.Y, c.Series, c.Low, c.High, c.Mark}
}

func (c *chartJSON) chart() *queries.Chart {
	if c == nil {
		return nil
	}
	return &queries.Chart{Type: c.Type, X: c.X, Y: c.Y, Series: c.Series, Low: c.Low, High: c.High, Mark: c.Mark}
}

// MarshalJSON writes the block as report.json has it: query, address (absent without one), title, doc, command, extract (absent without one), sql, chart (type, x, y, series, low,
// high, mark), limits (detector, param, value) and cube (key, measure) where there are, columns (name and DuckDB type), rows (objects, values as in the json format of queries), others (rows
// added up into the last one; 0: none) and more (true: rows beyond the first 10,000 were left out).
func (b Block) MarshalJSON() ([]byte, error) {
	var rows bytes.Buffer
	if _, err := queries.Write(context.Background(), &rows, "json", b.Table.Result(), queries.FormatOptions{}); err != nil {
		return nil, err
	}
	columns := []columnJSON{}
	for _, c := range b.Table.Columns {
		columns = append(columns, columnJSON(c))
	}
	return json.Marshal(blockJSON{
		Query: b.Query, Address: b.Address, Title: b.Title, Doc: b.Doc, Command: b.Command(), Run: b.Run, Extract: b.Extract, SQL: b.SQL, Chart: chartOf(b.Chart), Limits: b.Limits,
		Cube: (*cubeJSON)(b.Cube), Columns: columns, Rows: rows.Bytes(), Others: b.Table.Others, More: b.Table.More,
	})
}

// UnmarshalJSON reads what MarshalJSON writes. Values of types that JSON has no word for become text as the page would show it.
func (b *Block) UnmarshalJSON(text []byte) error {
	var in blockJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	*b = Block{
		Query: in.Query, Address: in.Address, Title: in.Title, Doc: in.Doc, SQL: in.SQL, Run: in.Run, Extract: in.Extract, Chart: in.Chart.chart(), Limits: in.Limits,
		Cube: (*queries.Cube)(in.Cube), Table: &queries.Table{Others: in.Others, More: in.More},
	}
	for _, c := range in.Columns {
		b.Table.Columns = append(b.Table.Columns, queries.Column(c))
	}
	var rows []map[string]json.RawMessage
	if err := json.Unmarshal(in.Rows, &rows); err != nil {
		return fmt.Errorf("read rows of %s: %w", queries.EscapeText(in.Query), err)
	}
	for _, row := range rows {
		values := make([]any, len(in.Columns))
		for i, c := range in.Columns {
			value, err := readValue(row[c.Name], c.Type)
			if err != nil {
				return fmt.Errorf("read rows of %s: column %s: %w", queries.EscapeText(in.Query), queries.EscapeText(c.Name), err)
			}
			values[i] = value
		}
		b.Table.Rows = append(b.Table.Rows, values)
	}
	return b.check()
}
