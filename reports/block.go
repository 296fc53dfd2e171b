package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pcaplake/pcaplake/queries"
)

// Block is a named query and its answer.
type Block struct {
	Query string // its name; also the name of its CSV file
	Title string
	Doc   string
	SQL   string
	Chart *queries.Chart // nil: a table only
	Table *queries.Table

	drawing *drawing // nil: nothing to draw
}

func newBlock(q *queries.Query, t *queries.Table) (Block, error) {
	b := Block{Query: q.Name, Title: q.Title, Doc: q.Doc, SQL: q.SQL, Chart: q.Chart, Table: t}
	var err error
	b.drawing, err = draw(q.Chart, t)
	if err != nil {
		return b, fmt.Errorf("draw query %s: %w", q.Name, err)
	}
	return b, nil
}

// Command is how to ask the same on the command line.
func (b *Block) Command() string { return "pcaplake query " + b.Query }

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

// MarshalJSON writes the block as report.json has it: query, title, doc, command, sql, chart (type, x, y, series; absent without one),
// columns (name and DuckDB type), rows (objects, values as in the json format of queries), others (rows added up into the last one; 0:
// none) and more (true: rows beyond the first 10,000 were left out).
func (b Block) MarshalJSON() ([]byte, error) {
	type chart struct {
		Type   string `json:"type"`
		X      string `json:"x"`
		Y      string `json:"y"`
		Series string `json:"series,omitempty"`
	}
	type column struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	var rows bytes.Buffer
	if _, err := queries.Write(context.Background(), &rows, "json", b.Table.Result(), queries.FormatOptions{}); err != nil {
		return nil, err
	}
	columns := []column{}
	for _, c := range b.Table.Columns {
		columns = append(columns, column(c))
	}
	return json.Marshal(struct {
		Query   string          `json:"query"`
		Title   string          `json:"title"`
		Doc     string          `json:"doc"`
		Command string          `json:"command"`
		SQL     string          `json:"sql"`
		Chart   *chart          `json:"chart,omitempty"`
		Columns []column        `json:"columns"`
		Rows    json.RawMessage `json:"rows"`
		Others  int64           `json:"others"`
		More    bool            `json:"more"`
	}{b.Query, b.Title, b.Doc, b.Command(), b.SQL, (*chart)(b.Chart), columns, rows.Bytes(), b.Table.Others, b.Table.More})
}
