package reports

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/queries"
)

// TestAcross holds which lines lie across a chart: limits that its amounts come near to, with room for them, and the marked rows with the greatest steps.
func TestAcross(t *testing.T) {
	table := points(40) // 900 to 1,099 bytes
	table.Columns = append(table.Columns, queries.Column{Name: "change", Type: "VARCHAR"})
	for i, row := range table.Rows {
		change := any(nil)
		if i > 0 && i <= maxMarks+1 {
			change = "up"
		}
		table.Rows[i] = append(row, change)
	}
	table.Rows[7][1] = table.Rows[6][1] // no step
	b := &Block{
		Chart: &queries.Chart{Type: "line", X: "ts", Y: "payload_bytes", Mark: "change"}, Table: table,
		Limits: []Limit{{"flood", "min_rate", 950}, {"flood", "min_minute", 2000}, {"upload", "min_bytes", 1e6}},
	}
	d := drawLine(english, b, nil)
	var got []any
	for _, line := range d.option["series"].([]any)[0].(object)["markLine"].(object)["data"].([]any) {
		l := line.(object)
		if at, ok := l["xAxis"].(float64); ok {
			got = append(got, time.UnixMicro(int64(at*1000)).Sub(evening).Seconds())
		} else {
			got = append(got, l["yAxis"])
		}
	}
	if diff := cmp.Diff([]any{950.0, 2000.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0}, got); diff != "" {
		t.Error(diff)
	}
	if top := d.option["yAxis"].(object)["max"]; top != 2200.0 {
		t.Errorf("the axis ends at %v", top)
	}
	var kinds []string
	for _, item := range legend(english, d) {
		kinds = append(kinds, item.Kind+": "+item.Text)
	}
	if diff := cmp.Diff([]string{"limit: threshold of flood min_rate: 950", "limit: threshold of flood min_minute: 2,000", "change: change point"}, kinds); diff != "" {
		t.Error(diff)
	}
}
