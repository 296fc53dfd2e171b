package queries

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/queries/indicators"
	"github.com/pcaplake/pcaplake/schema"
)

// BenchmarkHunt looks for lists of indicators in a lake of 10 million flows in 40 captures, whose addresses repeat in all of them, so that no statistics help, with a tenth as
// many sums by the minute, and reports seconds a hunt and what it read. Of the last quarter of the captures sums alone are left.
func BenchmarkHunt(b *testing.B) {
	const flows, captures = 10_000_000, 40
	l := newTestLake(b)
	d := Dataset{Memory: "2GB", Stats: true}
	for i := range captures {
		rows := fmt.Sprintf(benchFlows, i, flows/captures, 10)
		if i < captures-captures/4 {
			l.add("flows", rows)
		}
		l.add("rollup_1m", "SELECT capture_id, sensor, date_trunc('minute', first_ts) AS ts, src_ip, dst_ip, dst_port, ip_proto, first_ts, last_ts, 17 AS packets FROM ("+rows+") WHERE flow_id % 10 = 0")
		first := int64(i) * 1000e6
		d.Captures = append(d.Captures, schema.Capture{CaptureID: fmt.Sprintf("%032d", i), Source: fmt.Sprint(i), Sensor: "default", Status: "ok", FirstTS: &first})
	}
	many := strings.Builder{}
	for i := range 10_000 {
		fmt.Fprintf(&many, "10.%d.%d.%d\nname%d.example\n", i%256, i/256, i%251, i)
	}
	for _, c := range []struct{ name, list string }{
		{"an address that was seen", "10.7.3.1"},
		{"one beyond all that were", "203.0.113.7"},
		{"a network", "10.7.0.0/16"},
		{"10,000 addresses and as many domains", many.String()},
	} {
		b.Run(c.name, func(b *testing.B) {
			list, err := indicators.Read(strings.NewReader(c.list))
			if err != nil {
				b.Fatal(err)
			}
			var read []string
			for b.Loop() {
				s := l.session(d)
				if _, err := s.Hunt(context.Background(), list.Indicators, HuntOptions{}); err != nil {
					b.Fatal(err)
				}
				stats, err := s.Stats(context.Background())
				if err != nil {
					b.Fatal(err)
				}
				read = read[:0]
				for i := range stats {
					read = append(read, stats[i].String())
				}
			}
			b.Log(strings.Join(read, "\n"))
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/hunt")
		})
	}
}
