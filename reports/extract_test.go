package reports

import (
	"context"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/queries"
)

// TestChartsHavePackets holds that every chart tells how to get the packets behind it, and that these are the packets it counts.
func TestChartsHavePackets(t *testing.T) {
	s, charts, counted := demo(t), 0, 0
	for _, blocks := range demoReport(t).blocks() {
		for i := range blocks {
			b := &blocks[i]
			if b.Chart == nil {
				continue
			}
			charts++
			condition, ok := strings.CutPrefix(b.Extract, `pcaplake extract --where "`)
			condition, name, cut := strings.Cut(condition, `" -w `)
			if !ok || !cut || name != b.ID()+".pcapng" && name != b.Query+".pcapng" || strings.ContainsAny(condition, "$`") {
				t.Errorf("%s: its packets: %q", b.ID(), b.Extract)
				continue
			}
			result, err := s.Query(context.Background(), "SELECT count(*) AS n FROM packets WHERE "+condition, nil)
			if err != nil {
				t.Errorf("%s: %v", b.ID(), err)
				continue
			}
			table, err := queries.Collect(result, 1)
			if err != nil {
				t.Fatal(err)
			}
			got, want := table.Rows[0][0].(int64), countedBy(b)
			if got == 0 && len(b.Table.Rows) > 0 || want >= 0 && got != want {
				t.Errorf("%s: %s names %d packets; the chart has %d", b.ID(), condition, got, want)
			}
			if want > 0 {
				counted++
			}
		}
	}
	if charts < 15 || counted < 8 {
		t.Errorf("%d charts, of which %d count packets", charts, counted)
	}
}

// countedBy adds up the packets of a block's rows; -1 where they do not say, or are not all there.
func countedBy(b *Block) int64 {
	total, found := int64(0), false
	for _, name := range []string{"packets", "packets_sent", "packets_received"} {
		at := columnIndex(b.Table, name)
		for _, row := range b.Table.Rows {
			if at < 0 || b.Table.More || name == b.Chart.X {
				break
			}
			if n, ok := row[at].(int64); ok {
				total, found = total+n, true
			}
		}
	}
	if !found || b.Query == "activity" { // of which the last hours are shown
		return -1
	}
	return total
}
