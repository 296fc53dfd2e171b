package reports

import (
	"math"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

const (
	maxPoints   = 5000 // drawn of one table
	maxBins     = 2000 // drawn of one line; time series are binned below it by their queries
	maxSeries   = 12   // drawn of one table
	dottedUpTo  = 200  // points that are marked one by one
	slidingFrom = 300  // points from which the page has a slider to look closer
	legendRow   = 20   // pixels of a row of names
	lineName    = 24   // cells of the name of a line
	categoryMax = 110  // pixels of a label of an x axis of texts
	lineRoom    = 64   // pixels left of a line chart, for the labels of its amounts
)

// lastMillisecond is the last instant of an ECMAScript Date; the first is as far before 1970.
const lastMillisecond = 8.64e15

// series is a line: pairs of x and y.
type series struct {
	name   string
	points []any
}

// drawLine draws the table's rows in their order, one line for each value of the series column.
func drawLine(w *language, b *Block, m *marks) *drawing {
	c, t := b.Chart, b.Table
	d := &drawing{width: wideWidth, height: 220, minWidth: 300}
	lines, points := d.collect(w, c, t, m)
	if points == 0 {
		return nil
	}
	option := baseOption("line")
	grid := object{"left": lineRoom, "right": 42, "top": 26, "bottom": 28, "outerBoundsMode": "none"}
	option["grid"] = grid
	option["xAxis"] = object{
		"type": xType(c, t), "axisLabel": object{"color": faint, "fontSize": fontSize, "hideOverlap": true},
		"axisLine": object{"lineStyle": object{"color": baseline}}, "axisTick": object{"lineStyle": object{"color": baseline}},
		"splitLine": object{"show": false},
	}
	shortenLabels(c, t, option)
	y := amountAxis(t.Columns[columnIndex(t, c.Y)])
	y["name"] = w.heading(c.Y)
	y["nameTextStyle"] = object{"color": faint, "fontSize": fontSize, "align": "left", "padding": []int{0, 0, 0, -lineRoom + 8}}
	y["nameGap"] = 10
	option["yAxis"] = y
	drawn := []any{}
	for i, line := range lines {
		drawn = append(drawn, lineSeries(line, palette[i%len(palette)], points <= dottedUpTo))
	}
	first := drawn[0].(object)
	d.behind(w, b, m, first, y)
	option["series"] = drawn
	if len(lines) == 1 && points > dottedUpTo {
		first["areaStyle"] = object{"color": palette[0], "opacity": 0.14}
	}
	if len(lines) > 1 {
		room := legendRows(lines) * legendRow
		grid["top"] = 26 + room
		d.height += room
		option["legend"] = object{
			"top": 0, "right": 20, "icon": "roundRect", "itemWidth": 12, "itemHeight": 4, "selectedMode": false,
			"textStyle": object{"color": ink, "fontSize": fontSize},
		}
	}
	if points >= slidingFrom {
		grid["bottom"] = 66
		d.height += 38
		option["dataZoom"] = []any{slider()}
	}
	d.option = option
	d.summary = lineSummary(w, c, t, points)
	return d
}

// behind adds to the first line of a chart the areas behind it and the lines across it.
func (d *drawing) behind(w *language, b *Block, m *marks, first, axis object) {
	if areas := m.areas(w, b.Chart, b.Table); len(areas) > 0 && xType(b.Chart, b.Table) == "time" {
		first["markArea"] = object{"silent": true, "label": object{"show": false}, "data": areas}
	}
	if across := d.across(b, axis); len(across) > 0 {
		first["markLine"] = object{"silent": true, "symbol": "none", "label": object{"show": false}, "data": across}
	}
}

// shortenLabels bounds the labels of an x axis of texts.
func shortenLabels(c *queries.Chart, t *queries.Table, option object) {
	if xType(c, t) == "category" {
		label := option["xAxis"].(object)["axisLabel"].(object)
		label["width"], label["overflow"] = categoryMax, "truncate"
	}
}

// legendRows is how many rows the names of the lines take besides the first, in a picture of wideWidth.
func legendRows(lines []series) int {
	width := 0
	for _, line := range lines {
		width += 34 + 7*cells(line.name)
	}
	return width / (wideWidth - 320)
}

// lineSeries is a line of a chart.
func lineSeries(line series, color string, dotted bool) object {
	return object{
		"type": "line", "name": line.name, "data": line.points, "color": color, "showSymbol": dotted, "symbolSize": 4,
		"symbol": "circle", "lineStyle": object{"width": 1.4, "color": color}, "itemStyle": object{"color": color, "borderWidth": 0},
		"emphasis": object{"disabled": true},
	}
}

// slider chooses a part of the x axis; the page scrolls by the wheel as everywhere.
func slider() object {
	return object{
		"type": "slider", "filterMode": "none", "height": 22, "bottom": 6, "showDetail": false, "brushSelect": false, "borderColor": rule,
		"fillerColor": "rgba(0,114,178,0.08)", "handleStyle": object{"borderColor": baseline}, "moveHandleSize": 0,
		"dataBackground":         object{"lineStyle": object{"color": baseline, "width": 0.5}, "areaStyle": object{"color": rule}},
		"selectedDataBackground": object{"lineStyle": object{"color": baseline, "width": 0.5}, "areaStyle": object{"color": rule}},
	}
}

// collect parts the rows into lines, in the order in which the lines begin.
func (d *drawing) collect(w *language, c *queries.Chart, t *queries.Table, m *marks) (lines []series, points int) {
	x, y, by := columnIndex(t, c.X), columnIndex(t, c.Y), columnIndex(t, c.Series)
	places := map[string]int{}
	left := 0
	for _, row := range t.Rows {
		name := w.heading(c.Y)
		if by >= 0 {
			name = cut(barLabel(w, row[by], t.Columns[by], false), lineName)
		}
		at, ok := abscissa(w, row[x], t.Columns[x])
		place, seen := places[name]
		if !ok || points == maxPoints || seen && len(lines[place].points) == maxBins || !seen && len(lines) == maxSeries {
			left++
			continue
		}
		if !seen {
			place = len(lines)
			places[name] = place
			lines = append(lines, series{name: name})
		}
		value := barValue(row[y], false)
		if t, ok := row[x].(time.Time); ok && m.inGap(t) && amount(row[y]) == 0 {
			value = nil // nothing was captured: that is not 0
		}
		lines[place].points = append(lines[place].points, []any{at, value})
		points++
	}
	for i := range lines {
		if points > dottedUpTo {
			lines[i].stand()
		}
	}
	if left > 0 {
		d.cut = w.say("chart.cut", grouped(int64(points)), w.count(int64(len(t.Rows)), "row"))
	}
	return lines, points
}

// stand gives an amount that is alone between gaps zeros to rise from: a line of one point without a dot would not be seen.
func (s *series) stand() {
	at := func(i int) []any {
		if i < 0 || i >= len(s.points) {
			return []any{nil, nil}
		}
		return s.points[i].([]any)
	}
	for i := range s.points {
		if before, after := at(i-1), at(i+1); at(i)[1] != nil && before[1] == nil && after[1] == nil {
			before[1], after[1] = 0, 0
		}
	}
}

// xType is the kind of an x axis.
func xType(c *queries.Chart, t *queries.Table) string {
	column := t.Columns[columnIndex(t, c.X)]
	switch {
	case strings.HasPrefix(column.Type, "TIMESTAMP"):
		return "time"
	case column.Numeric():
		return "value"
	}
	return "category"
}

// abscissa is a value of the x axis; false where it has no place there.
func abscissa(w *language, value any, c queries.Column) (any, bool) {
	switch v := value.(type) {
	case nil:
		return nil, false
	case time.Time:
		ms := float64(v.Unix())*1000 + float64(v.Nanosecond())/1e6
		return ms, math.Abs(ms) <= lastMillisecond
	}
	if c.Numeric() {
		n := amount(value)
		return n, !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	return cellText(w, value, c), true
}

// lineSummary says how much is drawn, over which time, and between which amounts.
func lineSummary(w *language, c *queries.Chart, t *queries.Table, points int) string {
	x, y := columnIndex(t, c.X), columnIndex(t, c.Y)
	var first, last time.Time
	var least, greatest any
	for _, row := range t.Rows {
		if at, ok := row[x].(time.Time); ok {
			if first.IsZero() || at.Before(first) {
				first = at
			}
			if at.After(last) {
				last = at
			}
		}
		if n := amount(row[y]); !math.IsNaN(n) {
			if least == nil || n < amount(least) {
				least = row[y]
			}
			if greatest == nil || n > amount(greatest) {
				greatest = row[y]
			}
		}
	}
	text := w.count(int64(points), "point")
	if !first.IsZero() {
		layout := time.DateTime
		if last.Sub(first) < 10*time.Second {
			layout += ".000000"
		}
		text = w.say("chart.over", text, first.Format(layout), last.Format(layout))
	}
	if least != nil {
		text = w.say("chart.between", text, w.heading(c.Y), grouped(least), grouped(greatest))
	}
	return text + w.say("stop")
}
