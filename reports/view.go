package reports

import (
	"fmt"
	"html/template"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// mostRows is how many rows of a table the page has at most; the CSV has the rest.
const mostRows = 200

// maxCell is how much of one value the page shows, in characters; the CSV has all of it.
const maxCell = 1000

// longCell is how long a text is that may break across lines, in bytes: more than an IPv6 address with its port.
const longCell = 48

// hash matches hashes and ids of captures, of which the page shows the first shortHash digits; the whole is in the cell's title.
var hash = regexp.MustCompile(`^[0-9a-f]{32,}$`)

const shortHash = 12

// shortCell is how long a text is that stays in one line, in bytes.
const shortCell = 24

// humanFrom is the number from which an amount is shown with a prefix; its exact value is in the cell's title.
const humanFrom = 1e6

// view is a table as the page shows it: fewer columns and rows than there are, and sentences that say so.
type view struct {
	Columns []viewColumn
	Rows    []viewRow
	Facts   []Fact // of one row, which stands as a list; then Columns and Rows are empty
	Same    []Fact // columns with one value in every row
	Empty   []string
	Hex     string // of a table that is a hexdump; then Columns and Rows are empty
	Notes   []note // what the query and the chart cut off
	Below   []note // what the page cut off
}

// note says what is not there, and which file has it.
type note struct {
	Text string // escaped for display
	File string // of the folder of tables, named behind the text; "": none has it
	Rest string // behind that
}

// fileMark stands in a text where the name of a file goes.
const fileMark = "\x00"

// noteOf is a text that names the CSV of a block where it has fileMark.
func noteOf(text string, b *Block) note {
	before, after, _ := strings.Cut(text, fileMark)
	return note{before, b.ID() + ".csv", after}
}

type viewColumn struct {
	Name, Raw string // as shown, and as the column is called
	Number    bool
}

type viewRow struct {
	Cells  []cell
	Others bool // the sum of the rows that parameter top cut off
}

// cell is a value; its text is escaped for display.
type cell struct {
	Text  string
	Class string // of the style sheet: n a number, t a time or a few words, a an address, c text without spaces, w such a one that may break, l a long text
	Raw   string // the exact value, where the text is not; "": it is
	Time  string // RFC 3339; "": no time
	Spark template.HTML
	Null  bool
}

// viewer lays tables out for one page.
type viewer struct {
	words  *language
	rows   int                // of a table at most
	sparks map[string][]int64 // of addresses
}

// view lays a table out.
func (o *viewer) view(b *Block, d *drawing) view {
	t, w := b.Table, o.words
	v := view{Notes: notes(w, b, d), Below: o.below(b)}
	switch {
	case len(t.Rows) == 0:
		return v
	case isHexdump(t):
		v.Hex = hexdump(w, t)
		v.Same = same(w, t, []string{"offset", "hex", "ascii"})
		return v
	case len(t.Rows) == 1 && len(t.Columns) > 3:
		for i, c := range t.Columns {
			if text := cellText(w, t.Rows[0][i], c); text != "" {
				v.Facts = append(v.Facts, Fact{w.heading(c.Name), cut(text, maxCell)})
			}
		}
		return v
	}
	v.Same = same(w, t, keyColumns(b))
	shown := v.choose(w, t)
	for n, row := range t.Rows {
		others := t.Others > 0 && n == len(t.Rows)-1
		if n >= o.rows && !others {
			continue
		}
		r := viewRow{Others: others}
		for _, i := range shown {
			r.Cells = append(r.Cells, newCell(w, row[i], t.Columns[i]))
		}
		if others {
			r.Cells[0].Text, r.Cells[0].Null = w.say("others"), false
		} else if name, ok := row[shown[0]].(string); ok {
			r.Cells[0].Spark = sparkline(o.sparks[name])
		}
		v.Rows = append(v.Rows, r)
	}
	return v
}

// choose fills Columns and Empty and returns the places of the columns to show.
func (v *view) choose(w *language, t *queries.Table) []int {
	var shown []int
	for i, c := range t.Columns {
		switch {
		case slices.ContainsFunc(v.Same, func(f Fact) bool { return f.Name == w.heading(c.Name) }):
		case i > 0 && !slices.ContainsFunc(t.Rows, func(row []any) bool { return row[i] != nil }):
			v.Empty = append(v.Empty, w.heading(c.Name))
		default:
			shown = append(shown, i)
			v.Columns = append(v.Columns, viewColumn{w.heading(c.Name), queries.EscapeText(c.Name), c.Numeric()})
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
func same(w *language, t *queries.Table, except []string) []Fact {
	var facts []Fact
	if len(t.Rows) < 3 || t.Others > 0 {
		return nil
	}
	for i, c := range t.Columns {
		first := cellText(w, t.Rows[0][i], c)
		differs := func(row []any) bool { return cellText(w, row[i], c) != first }
		if !c.Numeric() && first != "" && !slices.Contains(except, c.Name) && !slices.ContainsFunc(t.Rows, differs) {
			facts = append(facts, Fact{w.heading(c.Name), cut(first, maxCell)})
		}
	}
	return facts
}

// notes say what the query and the chart leave out.
func notes(w *language, b *Block, d *drawing) []note {
	var out []note
	t := b.Table
	if t.Others > 0 {
		top := int64(len(t.Rows)) - 1
		out = append(out, note{Text: w.say("table.top", grouped(top), w.count(top+t.Others, "row"), grouped(t.Others))})
	}
	if d != nil && d.cut != "" {
		out = append(out, noteOf(d.cut+" "+w.say("chart.all", fileMark), b))
	}
	return out
}

// below says which rows the page does not show, and where they are.
func (o *viewer) below(b *Block) []note {
	var out []note
	t := b.Table
	more := len(t.Rows) - o.rows
	if t.Others > 0 {
		more-- // that of the others is shown
	}
	if more > 0 && !isHexdump(t) {
		out = append(out, noteOf(o.words.say("table.below", o.words.count(int64(more), "more_row"), fileMark), b))
	}
	if t.More {
		out = append(out, note{Text: o.words.say("table.cut", grouped(int64(len(t.Rows))), b.Command())})
	}
	return out
}

// newCell is a value of a table.
func newCell(w *language, value any, c queries.Column) cell {
	out := cell{Text: cut(cellText(w, value, c), maxCell), Null: value == nil}
	switch v := value.(type) {
	case time.Time:
		out.Time = v.Format(time.RFC3339Nano)
	case int64, float64:
		if n := amount(v); !isIdentifier(c.Name) && math.Abs(n) >= humanFrom {
			out.Raw, out.Text = queries.Text(value, c), human(n, unitOf(c.Name))
		}
	}
	if text, ok := value.(string); ok && hash.MatchString(text) {
		out.Raw, out.Text = text, text[:shortHash]+"…"
	}
	_, noAddress := netip.ParseAddr(out.Text)
	switch {
	case c.Numeric():
		out.Class = "n"
	case strings.HasPrefix(c.Type, "TIMESTAMP"):
		out.Class = "t"
	case noAddress == nil:
		out.Class = "a"
	case len(out.Text) > longCell:
		out.Class = "l"
	case !strings.Contains(out.Text, " ") && len(out.Text) > shortCell:
		out.Class = "w"
	case !strings.Contains(out.Text, " "):
		out.Class = "c"
	case len(out.Text) <= shortCell:
		out.Class = "t"
	}
	return out
}

// cellText is a value as the page shows it: amounts with commas between thousands, times without the zone that every time here has,
// hostile text escaped; "" for NULL.
func cellText(w *language, value any, c queries.Column) string {
	switch v := value.(type) {
	case nil:
		return ""
	case time.Time:
		return strings.TrimSuffix(plainTime(queries.Text(v, c)), ".000000")
	case bool:
		if v {
			return w.say("yes")
		}
		return w.say("no")
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

// isHexdump reports whether a table is the lines of a hexdump.
func isHexdump(t *queries.Table) bool {
	return columnIndex(t, "offset") >= 0 && columnIndex(t, "hex") >= 0 && columnIndex(t, "ascii") >= 0
}

// hexdump writes the lines as hexdump -C does.
func hexdump(w *language, t *queries.Table) string {
	offset, hex, ascii := columnIndex(t, "offset"), columnIndex(t, "hex"), columnIndex(t, "ascii")
	var b strings.Builder
	for _, row := range t.Rows {
		at, _ := row[offset].(int64)
		fmt.Fprintf(&b, "%08x  %-47s  |%s|\n", at, cellText(w, row[hex], t.Columns[hex]), cellText(w, row[ascii], t.Columns[ascii]))
	}
	return b.String()
}
