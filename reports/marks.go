package reports

import (
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// maxMarks is how many verdicts and how many gaps one chart shows.
const maxMarks = 12

// marks are what charts over time show behind their lines.
type marks struct {
	gaps     []span
	verdicts []span
}

// span is a stretch of time in milliseconds since 1970-01-01 UTC.
type span struct{ from, to float64 }

// marks of a report: gaps between captures, and the verdicts above info; of one address where it is given.
func (r *Report) marks(address string) *marks {
	m := &marks{}
	if b := r.block("coverage-gaps"); b != nil {
		for i := range b.Table.Rows {
			from, ok := b.value(i, "gap_from").(time.Time)
			to, ok2 := b.value(i, "gap_to").(time.Time)
			if ok && ok2 && len(m.gaps) < maxMarks {
				m.gaps = append(m.gaps, span{milliseconds(from), milliseconds(to)})
			}
		}
	}
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		from, err := time.Parse(time.RFC3339Nano, v.From)
		to, err2 := time.Parse(time.RFC3339Nano, v.To)
		about := address == "" || v.SrcIP == address || v.DstIP == address
		if err == nil && err2 == nil && about && v.Severity != "info" && v.Suppressed == "" && len(m.verdicts) < maxMarks {
			m.verdicts = append(m.verdicts, span{milliseconds(from), milliseconds(to)})
		}
	}
	return m
}

// inGap reports whether nothing was captured at a time.
func (m *marks) inGap(t time.Time) bool {
	at := milliseconds(t)
	return m != nil && slices.ContainsFunc(m.gaps, func(s span) bool { return s.from < at && at < s.to })
}

func milliseconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1000 }

// areas are the marks as ECharts takes them, cut to the chart's time: a gap is grey, a verdict red, the band of usual amounts green.
func (m *marks) areas(w *language, c *queries.Chart, t *queries.Table) []any {
	areas := []any{}
	if low, high := columnIndex(t, c.Low), columnIndex(t, c.High); low >= 0 && high >= 0 && len(t.Rows) > 0 && t.Rows[0][high] != nil {
		areas = append(areas, []any{
			object{"name": w.say("mark.usual"), "yAxis": t.Rows[0][low], "itemStyle": object{"color": palette[2], "opacity": 0.12}},
			object{"yAxis": t.Rows[0][high]},
		})
	}
	if m == nil {
		return areas
	}
	first, last, ok := reach(t, columnIndex(t, c.X))
	if !ok {
		return areas
	}
	add := func(spans []span, name, color string, opacity float64) {
		for _, s := range spans {
			if s.to >= first && s.from <= last {
				areas = append(areas, []any{
					object{"name": w.say(name), "xAxis": max(s.from, first), "itemStyle": object{"color": color, "opacity": opacity}},
					object{"xAxis": min(s.to, last)},
				})
			}
		}
	}
	add(m.gaps, "mark.gap", muted, 0.35)
	add(m.verdicts, "mark.verdict", palette[1], 0.16)
	return areas
}

// reach is the time from the first to the last row.
func reach(t *queries.Table, x int) (first, last float64, ok bool) {
	for _, row := range t.Rows {
		at, is := row[x].(time.Time)
		if !is {
			continue
		}
		ms := milliseconds(at)
		if !ok || ms < first {
			first = ms
		}
		if !ok || ms > last {
			last = ms
		}
		ok = true
	}
	return first, last, ok
}
