package reports

import (
	"fmt"
	"html/template"
	"strings"
)

// Sizes of a sparkline, in pixels.
const (
	sparkWidth  = 72
	sparkHeight = 16
)

// sparkline is a small picture of amounts over time, for a cell of a table; empty where there is nothing to see.
func sparkline(values []int64) template.HTML { return sparkPicture(values, sparkWidth, sparkHeight) }

func sparkPicture(values []int64, width, height int) template.HTML {
	most := int64(0)
	for _, v := range values {
		most = max(most, v)
	}
	if most == 0 || len(values) < 2 {
		return ""
	}
	step := float64(width) / float64(len(values)-1)
	var line strings.Builder
	for i, v := range values {
		fmt.Fprintf(&line, "%s%.1f %.1f", map[bool]string{true: "M", false: "L"}[i == 0], float64(i)*step, float64(height)-1-float64(v)/float64(most)*float64(height-2))
	}
	area := line.String() + fmt.Sprintf("L%d %dL0 %dZ", width, height, height)
	return template.HTML(fmt.Sprintf(`<svg class="spark" aria-hidden="true" focusable="false" width="%d" height="%d" viewBox="0 0 %d %d"><path d="%s" fill="%s" fill-opacity="0.18"></path>`+
		`<path d="%s" fill="none" stroke="%s"></path></svg>`, width, height, width, height, area, palette[0], line.String(), palette[0]))
}
