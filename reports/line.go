package reports

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

const (
	maxPoints   = 5000 // drawn of one table; time series are binned below it by their queries
	maxSeries   = 12   // drawn of one table
	dottedUpTo  = 200  // points that are marked one by one
	slidingFrom = 300  // points from which the page has a slider to look closer
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
func drawLine(c *queries.Chart, t *queries.Table) *drawing {
	d := &drawing{width: wideWidth, height: 220, minWidth: 300}
	lines, points := d.collect(c, t)
	if points == 0 {
		return nil
	}
	option := baseOption("line")
	grid := object{"left": lineRoom, "right": 24, "top": 26, "bottom": 28, "outerBoundsMode": "none"}
	option["grid"] = grid
	option["xAxis"] = object{
		"type": xType(c, t), "axisLabel": object{"color": faint, "fontSize": fontSize, "hideOverlap": true},
		"axisLine": object{"lineStyle": object{"color": baseline}}, "axisTick": object{"lineStyle": object{"color": baseline}},
		"splitLine": object{"show": false},
	}
	y := amountAxis(t.Columns[columnIndex(t, c.Y)])
	y["name"] = heading(c.Y)
	y["nameTextStyle"] = object{"color": faint, "fontSize": fontSize, "align": "left", "padding": []int{0, 0, 0, -lineRoom + 8}}
	y["nameGap"] = 10
	option["yAxis"] = y
	drawn := []any{}
	for i, line := range lines {
		color := palette[i%len(palette)]
		drawn = append(drawn, object{
			"type": "line", "name": line.name, "data": line.points, "color": color, "showSymbol": points <= dottedUpTo, "symbolSize": 4,
			"symbol": "circle", "lineStyle": object{"width": 1.4, "color": color}, "itemStyle": object{"color": color, "borderWidth": 0},
			"emphasis": object{"disabled": true},
		})
	}
	option["series"] = drawn
	if len(lines) > 1 {
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
	d.summary = lineSummary(c, t, points)
	return d
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
func (d *drawing) collect(c *queries.Chart, t *queries.Table) (lines []series, points int) {
	x, y, by := columnIndex(t, c.X), columnIndex(t, c.Y), columnIndex(t, c.Series)
	places := map[string]int{}
	left := 0
	for _, row := range t.Rows {
		name := heading(c.Y)
		if by >= 0 {
			name = barLabel(row[by], t.Columns[by], false)
		}
		at, ok := abscissa(row[x], t.Columns[x])
		place, seen := places[name]
		if !ok || points == maxPoints || !seen && len(lines) == maxSeries {
			left++
			continue
		}
		if !seen {
			place = len(lines)
			places[name] = place
			lines = append(lines, series{name: name})
		}
		lines[place].points = append(lines[place].points, []any{at, barValue(row[y], false)})
		points++
	}
	if left > 0 {
		d.cut = fmt.Sprintf("%s of %s are drawn.", grouped(int64(points)), plural(int64(len(t.Rows)), "row"))
	}
	return lines, points
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
func abscissa(value any, c queries.Column) (any, bool) {
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
	return cellText(value, c), true
}

// lineSummary says how much is drawn, over which time, and between which amounts.
func lineSummary(c *queries.Chart, t *queries.Table, points int) string {
	x, y := columnIndex(t, c.X), columnIndex(t, c.Y)
	var first, last, least, greatest any
	for _, row := range t.Rows {
		if row[x] != nil {
			if first == nil {
				first = row[x]
			}
			last = row[x]
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
	text := plural(int64(points), "point")
	if from, ok := first.(time.Time); ok {
		to, layout := last.(time.Time), time.DateTime
		if to.Sub(from) < 10*time.Second {
			layout += ".000000"
		}
		text += " from " + from.Format(layout) + " to " + to.Format(layout) + " UTC"
	}
	if least != nil {
		text += fmt.Sprintf(", %s between %s and %s", heading(c.Y), grouped(least), grouped(greatest))
	}
	return text + "."
}
