package reports

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

const (
	maxDays   = 62 // drawn of one table
	fewestFor = 3  // hours of a heat map below which it says no more than its table
)

// drawHeat draws amounts by hour of the day and by day, one row a day, the first day on top.
func drawHeat(w *language, c *queries.Chart, t *queries.Table) *drawing {
	x, y := columnIndex(t, c.X), columnIndex(t, c.Y)
	d := &drawing{width: wideWidth, minWidth: 420}
	days, most := []string{}, 0.0
	type cell struct {
		hour, day int
		amount    float64
	}
	var cells []cell
	for _, row := range t.Rows {
		at, ok := row[x].(time.Time)
		n := amount(row[y])
		if !ok || math.IsNaN(n) || math.Abs(float64(at.UnixMilli())) > lastMillisecond {
			continue
		}
		day := slices.Index(days, at.Format(time.DateOnly))
		if day < 0 {
			day = len(days)
			days = append(days, at.Format(time.DateOnly))
		}
		most = max(most, n)
		cells = append(cells, cell{at.Hour(), day, n})
		d.hours = append(d.hours, []any{at.UnixMilli(), n})
	}
	if len(cells) < fewestFor {
		return nil
	}
	first := max(0, len(days)-maxDays)
	if first > 0 {
		d.cut = w.say("chart.cut", w.count(maxDays, "day"), grouped(int64(len(days))))
	}
	data := []any{}
	for _, at := range cells {
		if at.day >= first {
			step := min(int(at.amount/most*float64(len(steps))), len(steps)-1)
			data = append(data, object{"value": []any{at.hour, at.day - first, at.amount}, "itemStyle": object{"color": steps[step]}})
		}
	}
	days = days[first:]
	d.height = len(days)*22 + 34
	d.option = heatOption(days, data, unitOf(c.Y))
	d.summary = heatSummary(w, c, t)
	return d
}

func heatOption(days []string, data []any, unit string) object {
	hours := make([]string, 24)
	for i := range hours {
		hours[i] = fmt.Sprintf("%02d", i)
	}
	label := object{"color": faint, "fontSize": fontSize, "fontFamily": fontMono}
	option := baseOption("none")
	option["tooltip"].(object)["trigger"] = "item"
	option["grid"] = object{"left": 84, "right": 12, "top": 4, "bottom": 24, "outerBoundsMode": "none"}
	option["xAxis"] = object{"type": "category", "data": hours, "axisLabel": label, "axisLine": object{"show": false}, "axisTick": object{"show": false}}
	option["yAxis"] = object{"type": "category", "data": days, "inverse": true, "axisLabel": label, "axisLine": object{"show": false}, "axisTick": object{"show": false}}
	option["series"] = []any{object{
		"type": "heatmap", "data": data, "name": unit, "itemStyle": object{"borderColor": paper, "borderWidth": 2}, "emphasis": object{"disabled": true},
	}}
	return option
}

// heatSummary says which hour has most.
func heatSummary(w *language, c *queries.Chart, t *queries.Table) string {
	x, y := columnIndex(t, c.X), columnIndex(t, c.Y)
	var most []any
	for _, row := range t.Rows {
		if _, ok := row[x].(time.Time); ok && (most == nil || amount(row[y]) > amount(most[y])) {
			most = row
		}
	}
	return w.say("chart.hour", most[x].(time.Time).Format("2006-01-02 15:04"), grouped(most[y]), w.heading(c.Y))
}
