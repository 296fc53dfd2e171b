package reports

import (
	"math"

	"github.com/pcaplake/pcaplake/queries"
)

const (
	maxLinks    = 24 // drawn of one table
	nodeRoom    = 26 // pixels for a node and its gap, on average
	sankeyCells = 39 // of a label: an IPv6 address fits
	nodeWidth   = 12 // pixels
	nodeGap     = 15 // pixels between nodes: a label is no higher
	leastFlow   = 90 // pixels between the two sides
)

// drawSankey draws amounts from the names on the left to those on the right, the largest pairs of the table. The others are not drawn: they have no name.
func drawSankey(w *language, c *queries.Chart, t *queries.Table) *drawing {
	from, to, y := columnIndex(t, c.X), columnIndex(t, c.Series), columnIndex(t, c.Y)
	d := &drawing{width: wideWidth}
	var nodes, links []any
	sides := map[string]int{} // cells of the longest label
	count := map[string]int{}
	seen := map[string]bool{}
	node := func(side string, value any, column queries.Column) string {
		label := cut(barLabel(w, value, column, false), sankeyCells)
		name := side + ":" + label
		if !seen[name] {
			seen[name] = true
			count[side]++
			sides[side] = max(sides[side], cells(label))
			nodes = append(nodes, object{"name": name, "itemStyle": object{"color": palette[(count[side]-1)%len(palette)], "borderWidth": 0}})
		}
		return name
	}
	for i, row := range t.Rows {
		n := amount(row[y])
		others := t.Others > 0 && i == len(t.Rows)-1
		if others || math.IsNaN(n) || n <= 0 {
			continue
		}
		if len(links) == maxLinks {
			break
		}
		links = append(links, object{"source": node("s", row[from], t.Columns[from]), "target": node("t", row[to], t.Columns[to]), "value": n})
	}
	if len(links) == 0 {
		return nil
	}
	if all := int64(len(t.Rows)) + max(t.Others-1, 0); all > int64(len(links)) {
		d.cut = w.say("chart.cut", grouped(int64(len(links))), w.count(all, "pair"))
	}
	room := func(side string) int { return int(math.Ceil(float64(sides[side])*fontSize*emMono)) + 10 }
	d.height = max(count["s"], count["t"])*nodeRoom + 12
	d.minWidth = room("s") + room("t") + leastFlow
	d.option = sankeyOption(c, nodes, links, room("s"), room("t"))
	d.summary = sankeySummary(w, c, t)
	return d
}

func sankeyOption(c *queries.Chart, nodes, links []any, left, right int) object {
	label := func(position string) object {
		return object{"position": position, "color": ink, "fontSize": fontSize, "fontFamily": fontMono, "formatter": "node", "textBorderWidth": 0}
	}
	option := baseOption("none")
	option["tooltip"].(object)["trigger"] = "item"
	option["series"] = []any{object{
		"type": "sankey", "name": unitOf(c.Y), "data": nodes, "links": links, "left": left, "right": right, "top": 6, "bottom": 6,
		"nodeWidth": nodeWidth, "nodeGap": nodeGap, "layoutIterations": 24, "draggable": false, "emphasis": object{"disabled": true},
		"lineStyle": object{"color": baseline, "opacity": 0.28, "curveness": 0.5}, "label": label("right"),
		"levels": []any{object{"depth": 0, "label": label("left")}, object{"depth": 1, "label": label("right")}},
	}}
	return option
}

// sankeySummary says which pair has most.
func sankeySummary(w *language, c *queries.Chart, t *queries.Table) string {
	from, to, y := columnIndex(t, c.X), columnIndex(t, c.Series), columnIndex(t, c.Y)
	most := t.Rows[0]
	return w.say("chart.pair", barLabel(w, most[from], t.Columns[from], false), barLabel(w, most[to], t.Columns[to], false), grouped(most[y]), w.heading(c.Y))
}
