package reports

import (
	"math"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

// object is a JSON object; encoding/json sorts its members.
type object = map[string]any

// drawing is a chart: an option of Apache ECharts without functions, drawn alike by the engine and by the page.
//
// Where ECharts takes a function, the option has a name of echarts/charts.js: "tick:UNIT" for the labels of an axis, "value:UNIT" for
// those of values. All text of the option is escaped for display.
type drawing struct {
	option        object
	width, height int // of the still picture, in pixels; the page draws as wide as there is room
	minWidth      int // below it labels would be cut: the page scrolls the chart
	summary       string
	cut           string  // what is not drawn; "": nothing
	limits        []Limit // that lie among the amounts
	hours         []any   // of a heat map: pairs of milliseconds and amount, for the page to lay out in another time zone
}

// Sizes of pictures, in pixels.
const (
	wideWidth = 1120
	halfWidth = 540
	fontSize  = 11
)

// The colours of pictures: Okabe and Ito's, which people who see colours differently tell apart, and greys. The page's style sheet knows
// each of them and has its counterpart for dark screens.
const (
	ink      = "#1f2328" // values
	faint    = "#59636e" // labels of axes
	rule     = "#e4e7eb" // lines across
	baseline = "#9aa4af" // axes
	muted    = "#a8b0ba" // what stands for others
	paper    = "#ffffff" // what is behind
)

// steps are the colours of a heat map, from least to most: one hue, so that they also differ in print.
var steps = []string{"#e3eef6", "#bcd7e9", "#8fbcd9", "#5e9fc6", "#3382b2", "#12649a", "#08436d"}

var palette = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"}

// draw makes the chart that a block declares. Nil when it declares none or there is nothing to draw.
func draw(w *language, b *Block, m *marks) *drawing {
	c, t := b.Chart, b.Table
	if c == nil || !hasAmounts(t, columnIndex(t, c.Y)) {
		return nil
	}
	switch c.Type {
	case "line":
		return drawLine(w, b, m)
	case "heat":
		return drawHeat(w, c, t)
	case "sankey":
		return drawSankey(w, c, t)
	}
	return drawBars(w, c, t)
}

// hasAmounts reports whether a column has any number but 0.
func hasAmounts(t *queries.Table, column int) bool {
	return slices.ContainsFunc(t.Rows, func(row []any) bool {
		n := amount(row[column])
		return n != 0 && !math.IsNaN(n) && !math.IsInf(n, 0)
	})
}

// baseOption is what every chart has.
func baseOption(pointer string) object {
	return object{
		"animation": false,
		"useUTC":    true,
		"color":     palette,
		"textStyle": object{"fontFamily": fontSans, "fontSize": fontSize},
		"tooltip": object{
			"trigger": "axis", "confine": true, "className": "tip", "transitionDuration": 0,
			"axisPointer": object{"type": pointer, "lineStyle": object{"color": baseline}, "shadowStyle": object{"color": baseline, "opacity": 0.15}},
		},
	}
}

// amountAxis is the axis of a chart's amounts.
func amountAxis(c queries.Column) object {
	axis := object{
		"type":      "value",
		"axisLabel": object{"color": faint, "fontSize": fontSize, "formatter": "tick:" + unitOf(c.Name), "hideOverlap": true},
		"axisLine":  object{"show": false},
		"axisTick":  object{"show": false},
		"splitLine": object{"lineStyle": object{"color": rule}},
	}
	if strings.HasSuffix(c.Type, "INT") || strings.HasSuffix(c.Type, "INTEGER") {
		axis["minInterval"] = 1 // there is no half a byte
	}
	return axis
}
