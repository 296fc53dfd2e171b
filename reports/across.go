package reports

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// limitReach is how many times the greatest amount a limit may be to have a line: beyond it the amounts would be flat.
const limitReach = 4

// across are the lines through a chart: limits at their amounts, for which its axis makes room, and marked rows at their times, the greatest steps first.
func (d *drawing) across(b *Block, axis object) []any {
	var lines []any
	c, t := b.Chart, b.Table
	greatest := 0.0
	for _, row := range t.Rows {
		if n := amount(row[columnIndex(t, c.Y)]); n > greatest { // not NaN
			greatest = n
		}
	}
	for _, l := range b.Limits {
		if l.Value > limitReach*greatest {
			continue
		}
		if l.Value > greatest {
			axis["max"] = math.Ceil(1.1 * l.Value)
		}
		d.limits = append(d.limits, l)
		lines = append(lines, object{"name": "limit", "yAxis": l.Value, "lineStyle": object{"color": palette[1], "width": 1.2, "type": []int{6, 4}}})
	}
	if xType(c, t) != "time" {
		return lines
	}
	for _, at := range marked(b) {
		lines = append(lines, object{"name": "change", "xAxis": at, "lineStyle": object{"color": palette[3], "width": 1.2, "type": []int{2, 3}}})
	}
	return lines
}

// marked are the times of the marked rows in milliseconds, at most maxMarks: those with the greatest steps from the row before.
func marked(b *Block) []float64 {
	type step struct{ at, by float64 }
	var steps []step
	t := b.Table
	x, y, mark := columnIndex(t, b.Chart.X), columnIndex(t, b.Chart.Y), columnIndex(t, b.Chart.Mark)
	for i, row := range t.Rows {
		at, ok := row[x].(time.Time)
		if mark < 0 || row[mark] == nil || !ok || i == 0 {
			continue
		}
		steps = append(steps, step{milliseconds(at), math.Abs(amount(row[y]) - amount(t.Rows[i-1][y]))})
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(b.by, a.by) })
	var out []float64
	for _, s := range steps[:min(len(steps), maxMarks)] {
		out = append(out, s.at)
	}
	slices.Sort(out)
	return out
}
