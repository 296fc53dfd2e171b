package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// pageRows is how many rows of a table the page shows; the CSV has the rest.
const pageRows = 25

// maxCell is how much of one value the page shows, in characters; the CSV has all of it.
const maxCell = 1000

// longCell is how long a text is that may break across lines, in bytes: more than an IPv6 address with its port.
const longCell = 48

// view is a table as the page shows it: fewer columns and rows than there are, and sentences that say so.
type view struct {
	Columns []viewColumn
	Rows    []viewRow
	Facts   []Fact // of one row, which stands as a list; then Columns and Rows are empty
	Same    []Fact // columns with one value in every row
	Empty   []string
	Hex     string   // of a table that is a hexdump; then Columns and Rows are empty
	Notes   []string // what the query cut off
	Below   []string // what the page cut off
}

type viewColumn struct {
	Name   string
	Number bool
}

type viewRow struct {
	Cells  []cell
	Others bool // the sum of the rows that parameter top cut off
}

// cell is a value; its text is escaped for display.
type cell struct {
	Text  string
	Class string // of the style sheet: n a number, t a time, c text without spaces such as an address, l a long text
	Null  bool
}

// newView lays a table out.
func newView(b *Block) view {
	t := b.Table
	v := view{Notes: notes(b), Below: below(b)}
	switch {
	case len(t.Rows) == 0:
		return v
	case isHexdump(t):
		v.Hex = hexdump(t)
		v.Same = same(t, []string{"offset", "hex", "ascii"})
		return v
	case len(t.Rows) == 1 && len(t.Columns) > 3:
		for i, c := range t.Columns {
			if text := cellText(t.Rows[0][i], c); text != "" {
				v.Facts = append(v.Facts, Fact{heading(c.Name), text})
			}
		}
		return v
	}
	v.Same = same(t, keyColumns(b))
	shown := v.choose(t)
	for n, row := range t.Rows {
		others := t.Others > 0 && n == len(t.Rows)-1
		if n >= pageRows && !others {
			continue
		}
		r := viewRow{Others: others}
		for _, i := range shown {
			r.Cells = append(r.Cells, newCell(row[i], t.Columns[i]))
		}
		if others {
			r.Cells[0].Text, r.Cells[0].Null = "others", false
		}
		v.Rows = append(v.Rows, r)
	}
	return v
}

// choose fills Columns and Empty and returns the places of the columns to show.
func (v *view) choose(t *queries.Table) []int {
	var shown []int
	for i, c := range t.Columns {
		switch {
		case slices.ContainsFunc(v.Same, func(f Fact) bool { return f.Name == heading(c.Name) }):
		case i > 0 && !slices.ContainsFunc(t.Rows, func(row []any) bool { return row[i] != nil }):
			v.Empty = append(v.Empty, heading(c.Name))
		default:
			shown = append(shown, i)
			v.Columns = append(v.Columns, viewColumn{heading(c.Name), c.Numeric()})
		}
	}
	return shown
}

// keyColumns are the columns that stay whatever they hold: the first and those of the chart.
func keyColumns(b *Block) []string {
	keep := []string{b.Table.Columns[0].Name}
	if b.Chart != nil {
		keep = append(keep, b.Chart.X, b.Chart.Y, b.Chart.Series)
	}
	return keep
}

// same are the columns of text that say the same in every row, of at least three: to say it once is enough.
func same(t *queries.Table, except []string) []Fact {
	var facts []Fact
	if len(t.Rows) < 3 || t.Others > 0 {
		return nil
	}
	for i, c := range t.Columns {
		first := cellText(t.Rows[0][i], c)
		differs := func(row []any) bool { return cellText(row[i], c) != first }
		if !c.Numeric() && first != "" && !slices.Contains(except, c.Name) && !slices.ContainsFunc(t.Rows, differs) {
			facts = append(facts, Fact{heading(c.Name), first})
		}
	}
	return facts
}

// notes say what the query and the chart leave out.
func notes(b *Block) []string {
	var out []string
	t := b.Table
	if t.Others > 0 {
		top := int64(len(t.Rows)) - 1
		out = append(out, fmt.Sprintf("Top %s of %s; “others” adds up the other %s.", grouped(top), plural(top+t.Others, "row"), grouped(t.Others)))
	}
	if b.drawing != nil && b.drawing.cut != "" {
		out = append(out, "Chart: "+b.drawing.cut)
	}
	return out
}

// below says which rows the page does not show, and where they are.
func below(b *Block) []string {
	var out []string
	t := b.Table
	more := len(t.Rows) - pageRows
	if t.Others > 0 {
		more-- // that of the others is shown
	}
	if more > 0 && !isHexdump(t) {
		out = append(out, fmt.Sprintf("%s in %s.csv.", plural(int64(more), "more row"), b.Query))
	}
	if t.More {
		out = append(out, fmt.Sprintf("Only the first %s rows are in this report and its files: %s gives all.", grouped(int64(maxRows)), b.Command()))
	}
	return out
}

// newCell is a value of a table.
func newCell(value any, c queries.Column) cell {
	out := cell{Text: cut(cellText(value, c), maxCell), Null: value == nil}
	switch {
	case c.Numeric():
		out.Class = "n"
	case strings.HasPrefix(c.Type, "TIMESTAMP"):
		out.Class = "t"
	case len(out.Text) > longCell:
		out.Class = "l"
	case !strings.Contains(out.Text, " "):
		out.Class = "c"
	}
	return out
}

// cellText is a value as the page shows it: amounts with commas between thousands, times without the zone that every time here has,
// hostile text escaped; "" for NULL.
func cellText(value any, c queries.Column) string {
	switch v := value.(type) {
	case nil:
		return ""
	case time.Time:
		return strings.TrimSuffix(strings.Replace(queries.Text(v, c), "T", " ", 1), "Z")
	case bool:
		if v {
			return "yes"
		}
		return "no"
	}
	if c.Numeric() && !isIdentifier(c.Name) {
		return grouped(value)
	}
	return queries.EscapeText(queries.Text(value, c))
}

// cut ends a text that takes more than limit cells with an ellipsis.
func cut(text string, limit int) string {
	n := 0
	for i, r := range text {
		if n += runeCells(r); n > limit {
			return text[:i] + "…"
		}
	}
	return text
}

// heading is the name of a column in words.
func heading(column string) string {
	return queries.EscapeText(strings.ReplaceAll(column, "_", " "))
}

// isHexdump reports whether a table is the lines of a hexdump.
func isHexdump(t *queries.Table) bool {
	return columnIndex(t, "offset") >= 0 && columnIndex(t, "hex") >= 0 && columnIndex(t, "ascii") >= 0
}

// hexdump writes the lines as hexdump -C does.
func hexdump(t *queries.Table) string {
	offset, hex, ascii := columnIndex(t, "offset"), columnIndex(t, "hex"), columnIndex(t, "ascii")
	var b strings.Builder
	for _, row := range t.Rows {
		at, _ := row[offset].(int64)
		fmt.Fprintf(&b, "%08x  %-47s  |%s|\n", at, cellText(row[hex], t.Columns[hex]), cellText(row[ascii], t.Columns[ascii]))
	}
	return b.String()
}
