package reports

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

const (
	maxSensors = 12  // rows of the strip
	stripWidth = 960 // units; the page stretches them
	labelMost  = 40  // characters of a sensor's name
)

// strip draws when each sensor captured, a row for each, gaps left blank, so that what is not covered is seen at a glance.
func (r *Report) strip(w *language) template.HTML {
	b := r.block("captures")
	if b == nil || len(b.Table.Rows) == 0 {
		return ""
	}
	spans := map[string][]span{}
	var sensors []string
	first, last := 0.0, 0.0
	for i := range b.Table.Rows {
		from, ok := b.value(i, "first_ts").(time.Time)
		to, ok2 := b.value(i, "last_ts").(time.Time)
		sensor, _ := b.value(i, "sensor").(string)
		if !ok || !ok2 {
			continue
		}
		if !slices.Contains(sensors, sensor) {
			sensors = append(sensors, sensor)
		}
		s := span{milliseconds(from), milliseconds(to)}
		if first == 0 || s.from < first {
			first = s.from
		}
		last = max(last, s.to)
		spans[sensor] = append(spans[sensor], s)
	}
	if len(sensors) == 0 || last <= first {
		return ""
	}
	var out strings.Builder
	for _, sensor := range sensors[:min(len(sensors), maxSensors)] {
		name := template.HTMLEscapeString(cut(cellText(w, sensor, b.Table.Columns[0]), labelMost))
		fmt.Fprintf(&out, `<span>%s</span><svg aria-hidden="true" focusable="false" width="%d" height="10" viewBox="0 0 %d 10" preserveAspectRatio="none">`+
			`<rect width="%d" height="10" fill="%s"></rect>`, name, stripWidth, stripWidth, stripWidth, rule)
		stripSpans(&out, spans[sensor], first, last)
		out.WriteString("</svg>")
	}
	return template.HTML(out.String())
}

// stripSpans draws the times of one sensor; those that lie in one pixel are one.
func stripSpans(out *strings.Builder, spans []span, first, last float64) {
	at := func(ms float64) float64 { return (ms - first) / (last - first) * stripWidth }
	end := -1.0
	for _, s := range spans {
		x, to := at(s.from), max(at(s.to), at(s.from)+1.5)
		if to <= end {
			continue
		}
		x = max(x, end)
		end = to
		fmt.Fprintf(out, `<rect x="%.1f" width="%.1f" height="10" fill="%s"></rect>`, x, to-x, palette[0])
	}
}
