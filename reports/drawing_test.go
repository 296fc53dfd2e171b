package reports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

const longIPv6 = "2001:0db8:1111:2222:3333:4444:5555:6666"

var (
	barChart  = &queries.Chart{Type: "bar", X: "address", Y: "payload_bytes"}
	lineChart = &queries.Chart{Type: "line", X: "ts", Y: "payload_bytes"}
	evening   = time.Date(2018, 7, 21, 18, 55, 30, 917674000, time.UTC)
)

// bars is a table of addresses and bytes; others above 0 make its last row their sum.
func bars(others int64, rows ...[]any) *queries.Table {
	return &queries.Table{Columns: []queries.Column{{Name: "address", Type: "VARCHAR"}, {Name: "payload_bytes", Type: "BIGINT"}}, Rows: rows, Others: others}
}

// points is a table of n packets, one a second.
func points(n int) *queries.Table {
	t := &queries.Table{Columns: []queries.Column{{Name: "ts", Type: "TIMESTAMP"}, {Name: "payload_bytes", Type: "BIGINT"}, {Name: "direction", Type: "VARCHAR"}}}
	for i := range n {
		t.Rows = append(t.Rows, []any{evening.Add(time.Duration(i) * time.Second), int64(900 + i*37%200), []string{"sent", "received"}[i%2]})
	}
	return t
}

// drawings are charts of every kind that the named queries may ask for.
var drawings = []struct {
	name  string
	chart *queries.Chart
	table *queries.Table
	drawn bool
}{
	{"bar", barChart, bars(0, []any{"10.1.10.53", int64(28053)}, []any{"84.54.22.33", int64(1624)}, []any{"75.75.75.75", int64(166)}), true},
	{"bar-others", barChart, bars(117, []any{longIPv6, int64(500)}, []any{nil, int64(20)}, []any{"others", int64(3000)}), true},
	{"bar-one", barChart, bars(0, []any{"10.0.0.1", int64(1)}), true},
	{"bar-empty", barChart, bars(0), false},
	{"bar-zero", barChart, bars(0, []any{"10.0.0.1", int64(0)}, []any{"10.0.0.2", nil}), false},
	{"bar-many", barChart, manyBars(10_000), true},
	{"bar-long", barChart, bars(0, []any{"[" + longIPv6 + "]:65535 - [" + longIPv6 + "]:65535 tcp", int64(7)}), true},
	{"bar-unicode", barChart, bars(0, []any{strings.Repeat("日本語", 60), int64(7)}, []any{"a\u202eb\x1b[2J\n<b>", int64(5)}), true},
	{"line", lineChart, points(31), true},
	{"line-series", &queries.Chart{Type: "line", X: "ts", Y: "payload_bytes", Series: "direction"}, points(58), true},
	{"line-one", lineChart, points(1), true},
	{"line-empty", lineChart, points(0), false},
	{"line-sliding", lineChart, points(2000), true},
	{"line-many", lineChart, points(10_000), true},
	{"line-beyond-dates", lineChart, &queries.Table{Columns: points(0).Columns, Rows: [][]any{{nil, int64(1), ""}, {time.UnixMicro(1<<63 - 2).UTC(), int64(1), ""}, {evening, int64(4), ""}}}, true},
	{"line-numbers", &queries.Chart{Type: "line", X: "n", Y: "score"}, &queries.Table{Columns: []queries.Column{{Name: "n", Type: "INTEGER"}, {Name: "score", Type: "DOUBLE"}}, Rows: [][]any{{int64(1), 0.5}, {int64(2), nil}, {int64(3), 1.5}}}, true},
	{"line-band", &queries.Chart{Type: "line", X: "ts", Y: "payload_bytes", Low: "low", High: "high"}, banded(points(40)), true},
	{"heat", &queries.Chart{Type: "heat", X: "ts", Y: "payload_bytes"}, hours(60), true},
	{"heat-few", &queries.Chart{Type: "heat", X: "ts", Y: "payload_bytes"}, hours(2), false},
	{"heat-many", &queries.Chart{Type: "heat", X: "ts", Y: "payload_bytes"}, hours(10_000), true},
	{"sankey", sankeyChart, pairs(3), true},
	{"sankey-one", sankeyChart, pairs(1), true},
	{"sankey-many", sankeyChart, pairs(10_000), true},
	{"none", nil, bars(0, []any{"10.0.0.1", int64(1)}), false},
}

var sankeyChart = &queries.Chart{Type: "sankey", X: "source", Series: "destination", Y: "payload_bytes"}

// pairs is a table of n senders to one receiver and back.
func pairs(n int) *queries.Table {
	t := &queries.Table{Columns: []queries.Column{{Name: "source", Type: "VARCHAR"}, {Name: "destination", Type: "VARCHAR"}, {Name: "payload_bytes", Type: "BIGINT"}}}
	for i := range n {
		t.Rows = append(t.Rows, []any{fmt.Sprintf("10.0.%d.%d", i/256, i%256), longIPv6, int64(2*n - i)}, []any{longIPv6, fmt.Sprintf("10.0.%d.%d", i/256, i%256), int64(n - i)})
	}
	return t
}

// hours is a table of n hours.
func hours(n int) *queries.Table {
	t := &queries.Table{Columns: points(0).Columns}
	for i := range n {
		t.Rows = append(t.Rows, []any{evening.Truncate(time.Hour).Add(time.Duration(i) * time.Hour), int64(i * 37 % 1000), ""})
	}
	return t
}

// banded adds the columns of a band.
func banded(t *queries.Table) *queries.Table {
	t.Columns = append(slices.Clone(t.Columns), queries.Column{Name: "low", Type: "BIGINT"}, queries.Column{Name: "high", Type: "BIGINT"})
	for i := range t.Rows {
		t.Rows[i] = append(t.Rows[i], int64(950), int64(1000))
	}
	return t
}

// testMarks are a gap and a verdict inside of points.
var testMarks = &marks{
	gaps:     []span{{milliseconds(evening.Add(5 * time.Second)), milliseconds(evening.Add(8 * time.Second))}},
	verdicts: []span{{milliseconds(evening.Add(-time.Hour)), milliseconds(evening.Add(3 * time.Second))}, {0, 1}},
}

func manyBars(n int) *queries.Table {
	t := bars(0)
	for i := range n {
		t.Rows = append(t.Rows, []any{fmt.Sprintf("10.0.%d.%d", i/256, i%256), int64(n - i)})
	}
	return t
}

// TestDrawings holds every option to its golden file and draws it.
func TestDrawings(t *testing.T) {
	charts, err := newEngine()
	if err != nil {
		t.Fatal(err)
	}
	again, err := newEngine()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range drawings {
		t.Run(c.name, func(t *testing.T) {
			d := draw(english, &Block{Chart: c.chart, Table: c.table}, testMarks)
			if (d != nil) != c.drawn {
				t.Fatalf("drawn %v, want %v", d != nil, c.drawn)
			}
			if d == nil {
				return
			}
			if !strings.HasSuffix(c.name, "-many") && c.name != "line-sliding" {
				text, err := json.MarshalIndent(object{"option": d.option, "width": d.width, "height": d.height, "minWidth": d.minWidth, "summary": d.summary, "cut": d.cut}, "", " ")
				if err != nil {
					t.Fatal(err)
				}
				golden(t, "options/"+c.name+".json", append(text, '\n'))
			}
			picture := still(t, charts, d)
			if slices.Contains([]string{"bar-others", "line-series", "heat", "sankey"}, c.name) {
				golden(t, "pictures/"+c.name+".svg", []byte(picture+"\n"))
			}
			if !strings.HasSuffix(c.name, "-many") && picture != still(t, again, d) {
				t.Error("two engines draw it differently")
			}
			for _, hidden := range []string{"style=", "<style", "class=", "\u202e", "\x1b", "NaN", "undefined"} {
				if strings.Contains(picture, hidden) {
					t.Errorf("the picture holds %q", hidden)
				}
			}
			for _, label := range labelsOf(d) {
				for line := range strings.SplitSeq(label, "\n") {
					if !strings.Contains(picture, ">"+escapeMarkup(line)+"<") {
						t.Errorf("label %q is not whole in the picture", line)
					}
				}
			}
		})
	}
}

func still(t *testing.T, charts *engine, d *drawing) string {
	t.Helper()
	picture, err := charts.draw(t.Context(), d.option, d.width, d.height)
	if err != nil {
		t.Fatal(err)
	}
	svg, err := cleanSVG(picture, "c")
	if err != nil {
		t.Fatal(err)
	}
	return string(svg)
}

func escapeMarkup(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

func labelsOf(d *drawing) []string {
	if axis, ok := d.option["yAxis"].(object); ok {
		labels, _ := axis["data"].([]string)
		return labels
	}
	var labels []string
	for _, node := range d.option["series"].([]any)[0].(object)["data"].([]any) {
		labels = append(labels, node.(object)["name"].(string)[2:])
	}
	return labels
}

func TestDrawRefusesColumnsThatAreNotThere(t *testing.T) {
	b := Block{Chart: &queries.Chart{Type: "bar", X: "address", Y: "bytes"}, Table: bars(0)}
	if err := b.check(); err == nil || !strings.Contains(err.Error(), `"bytes"`) {
		t.Errorf("got %v, want an error that names the column", err)
	}
}

func TestDrawEndsWithItsContext(t *testing.T) {
	charts, err := newEngine()
	if err != nil {
		t.Fatal(err)
	}
	d := draw(english, &Block{Chart: lineChart, Table: points(2000)}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := charts.draw(ctx, d.option, d.width, d.height); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if _, err := charts.draw(t.Context(), d.option, d.width, d.height); err != nil {
		t.Errorf("after an interruption: %v", err)
	}
}

// TestColoursHaveDarkCounterparts holds the style sheet to the palette.
func TestColoursHaveDarkCounterparts(t *testing.T) {
	for _, color := range slices.Concat([]string{ink, faint, muted}, palette, steps) {
		if !strings.Contains(pageStyle, `[fill="`+color+`"] { fill: `) {
			t.Errorf("fill %s has no counterpart on dark screens", color)
		}
	}
	for _, color := range append([]string{rule, baseline, paper}, palette...) {
		if !strings.Contains(pageStyle, `[stroke="`+color+`"] { stroke: `) {
			t.Errorf("stroke %s has no counterpart on dark screens", color)
		}
	}
}

// TestLineRises holds that an amount between two gaps is drawn: from zero and back.
func TestLineRises(t *testing.T) {
	table := &queries.Table{Columns: []queries.Column{{Name: "ts", Type: "TIMESTAMP"}, {Name: "wire_bytes", Type: "BIGINT"}}}
	for i := range int64(2 * dottedUpTo) {
		table.Rows = append(table.Rows, []any{evening.Add(time.Duration(i-3) * time.Second), map[bool]int64{true: 700}[i == 3]})
	}
	m := &marks{gaps: []span{
		{milliseconds(evening.Add(-time.Minute)), milliseconds(evening.Add(-200 * time.Millisecond))},
		{milliseconds(evening.Add(100 * time.Millisecond)), milliseconds(evening.Add(time.Hour))},
	}}
	lines, _ := new(drawing).collect(english, &queries.Chart{Type: "line", X: "ts", Y: "wire_bytes"}, table, m)
	var got []any
	for _, p := range lines[0].points[:7] {
		got = append(got, p.([]any)[1])
	}
	if want := "[<nil> <nil> 0 700 0 <nil> <nil>]"; fmt.Sprint(got) != want {
		t.Errorf("drawn %v, want %s", got, want)
	}
}
