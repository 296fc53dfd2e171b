package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

const (
	maxBars       = 40 // drawn of one table, others included
	labelCells    = 47 // of a bar's label in one line: an IPv6 address in brackets with its port fits
	labelLines    = 8  // of a bar's label at most; the table has longer texts whole
	valueRoom     = 72 // pixels right of the longest bar, for its value
	lineHeight    = 14 // pixels of a label
	widestHalf    = 4  // columns of a table that stands in half the page
	fewestForHalf = 2
)

// drawBars draws one horizontal bar a row in the table's order, the row of the others last and muted. Labels are whole: those too long
// for one line are broken.
func drawBars(w *language, c *queries.Chart, t *queries.Table) *drawing {
	x, y := columnIndex(t, c.X), columnIndex(t, c.Y)
	rows, d := t.Rows, &drawing{}
	if len(rows) > maxBars {
		rows = slices.Clone(rows[:maxBars])
		if t.Others > 0 {
			rows[maxBars-1] = t.Rows[len(t.Rows)-1]
		}
		d.cut = w.say("chart.cut", grouped(int64(maxBars)), w.count(int64(len(t.Rows)), "row"))
	}
	labels, data := []string{}, []any{}
	longest, lines := 0, 1
	for i, row := range rows {
		others := t.Others > 0 && i == len(rows)-1
		parts := wrap(cut(barLabel(w, row[x], t.Columns[x], others), labelLines*labelCells), labelCells)
		for _, p := range parts {
			longest = max(longest, cells(p))
		}
		lines = max(lines, len(parts))
		labels = append(labels, strings.Join(parts, "\n"))
		data = append(data, barValue(row[y], others))
	}
	left := int(math.Ceil(float64(longest)*fontSize*emMono)) + 12
	d.option = barOption(t.Columns[y], left, labels, data)
	d.height = len(rows)*(lines*lineHeight+9) + 34
	d.width = wideWidth
	if len(t.Columns) <= widestHalf && lines < fewestForHalf {
		d.width = halfWidth
	}
	d.minWidth = left + valueRoom + 90
	d.summary = barSummary(w, c, t)
	return d
}

func barOption(y queries.Column, left int, labels []string, data []any) object {
	option := baseOption("shadow")
	option["grid"] = object{"left": left, "right": valueRoom, "top": 4, "bottom": 28, "outerBoundsMode": "none"}
	option["xAxis"] = amountAxis(y)
	option["yAxis"] = object{
		"type": "category", "inverse": true, "data": labels,
		"axisLabel": object{"color": ink, "fontSize": fontSize, "fontFamily": fontMono, "lineHeight": lineHeight, "interval": 0, "margin": 8},
		"axisLine":  object{"lineStyle": object{"color": baseline}},
		"axisTick":  object{"show": false},
	}
	option["series"] = []any{object{
		"type": "bar", "data": data, "barMaxWidth": 15, "barCategoryGap": "30%", "barMinHeight": 1,
		"emphasis": object{"disabled": true},
		"label": object{
			"show": true, "position": "right", "color": ink, "fontSize": fontSize, "formatter": "value:" + unitOf(y.Name), "textBorderWidth": 0,
		},
	}}
	return option
}

// barLabel is the text of a bar: a value as the tables show it.
func barLabel(w *language, value any, c queries.Column, others bool) string {
	text := cellText(w, value, c)
	switch {
	case others:
		return w.say("others")
	case text == "":
		return w.say("none")
	}
	return text
}

func barValue(value any, others bool) any {
	n := amount(value)
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return nil
	}
	if others {
		return object{"value": n, "itemStyle": object{"color": muted}}
	}
	return n
}

// barSummary says the greatest bar and its part of the whole.
func barSummary(w *language, c *queries.Chart, t *queries.Table) string {
	x, y := columnIndex(t, c.X), columnIndex(t, c.Y)
	total, most := 0.0, 0.0
	var greatest []any
	for i, row := range t.Rows {
		n := amount(row[y])
		if math.IsNaN(n) || n <= 0 {
			continue
		}
		total += n
		if others := t.Others > 0 && i == len(t.Rows)-1; !others && n > most {
			most, greatest = n, row
		}
	}
	if greatest == nil {
		return ""
	}
	return w.say("chart.greatest", barLabel(w, greatest[x], t.Columns[x], false), grouped(greatest[y]), w.heading(c.Y),
		fmt.Sprintf("%.1f", 100*most/total), grouped(total))
}
