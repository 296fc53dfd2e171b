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
	stripRow   = 16  // pixels
	stripLabel = 150 // pixels, for the sensor's name
	labelMost  = 20  // characters of it
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
	sensors = sensors[:min(len(sensors), maxSensors)]
	var out strings.Builder
	height := len(sensors)*stripRow + 4
	fmt.Fprintf(&out, `<svg aria-hidden="true" focusable="false" width="%d" height="%d" viewBox="0 0 %d %d">`, wideWidth, height, wideWidth, height)
	for i, sensor := range sensors {
		y := i*stripRow + 2
		fmt.Fprintf(&out, `<text x="0" y="%d" font-size="%d" font-family="%s" fill="%s">%s</text>`, y+9, fontSize, fontMono, faint,
			template.HTMLEscapeString(cut(cellText(w, sensor, b.Table.Columns[0]), labelMost)))
		fmt.Fprintf(&out, `<rect x="%d" y="%d" width="%d" height="10" fill="%s"></rect>`, stripLabel, y, wideWidth-stripLabel, rule)
		stripSpans(&out, spans[sensor], first, last, y)
	}
	out.WriteString("</svg>")
	return template.HTML(out.String())
}

// stripSpans draws the times of one sensor; those that lie in one pixel are one.
func stripSpans(out *strings.Builder, spans []span, first, last float64, y int) {
	width := float64(wideWidth - stripLabel)
	at := func(ms float64) float64 { return stripLabel + (ms-first)/(last-first)*width }
	end := -1.0
	for _, s := range spans {
		x, to := at(s.from), max(at(s.to), at(s.from)+1.5)
		if to <= end {
			continue
		}
		x = max(x, end)
		end = to
		fmt.Fprintf(out, `<rect x="%.1f" y="%d" width="%.1f" height="10" fill="%s"></rect>`, x, y, to-x, palette[0])
	}
}
