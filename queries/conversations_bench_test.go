package queries

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/schema"
)

// BenchmarkConversations asks the view of lakes of 10 million flows in 40 captures that follow each other, of which every tenth or every hundredth goes
// on in the next one, within 2 GB.
func BenchmarkConversations(b *testing.B) {
	const flows, captures = 10_000_000, 40
	for _, every := range []int{10, 100} {
		l := newTestLake(b)
		d := Dataset{Memory: "2GB"}
		for i := range captures {
			l.add("flows", fmt.Sprintf(benchFlows, i, flows/captures, every))
			first := int64(i) * 1000e6
			d.Captures = append(d.Captures, schema.Capture{CaptureID: fmt.Sprintf("%032d", i), Source: fmt.Sprint(i), Sensor: "default", FirstTS: &first})
		}
		s := l.session(d)
		for name, sql := range map[string]string{
			"count": "SELECT count(*) FROM conversations",
			"top":   "SELECT src_ip, dst_ip, dst_port, fwd_ip_bytes + rev_ip_bytes AS bytes FROM conversations ORDER BY bytes DESC LIMIT 20",
			"all":   "SELECT count(COLUMNS(* EXCLUDE (members))) FROM conversations",
		} {
			b.Run(fmt.Sprintf("%d/%s", every, name), func(b *testing.B) {
				for b.Loop() {
					r, err := s.Query(context.Background(), sql, nil)
					if err != nil {
						b.Fatal(err)
					}
					t, err := Collect(r, 0)
					if err != nil {
						b.Fatal(err)
					}
					if want := int64(flows - flows/captures/every*(captures-1)); name == "count" && t.Rows[0][0] != want {
						b.Fatalf("%v conversations, want %d", t.Rows[0][0], want)
					}
				}
				b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/query")
				b.ReportMetric(float64(peakMemory(b)), "peak-MB")
			})
		}
	}
}

// benchFlows are the flows of one capture: of every so many one goes on in the next capture, and one
// comes from the capture before.
const benchFlows = `SELECT printf('%%032d', %[1]d) AS capture_id, 'default' AS sensor, n + 1 AS flow_id,
  CAST(hash(k) >> 1 AS BIGINT) AS flow_hash, '1:' || hash(k) AS community_id,
  make_timestamp(1000000 * (1000 * %[1]d + CASE n %% %[3]d WHEN 0 THEN 990 WHEN 1 THEN 5 ELSE 5 + n %% 900 END)) AS first_ts, first_ts + INTERVAL 8 SECOND AS last_ts,
  0 AS first_ts_extra_ns, 0 AS last_ts_extra_ns, 4 AS ip_version, '10.' || k %% 200 || '.' || k // 200 %% 250 || '.' || k // 50000 %% 250 AS src_ip,
  '198.51.100.' || k %% 256 AS dst_ip, 1024 + k %% 60000 AS src_port, 443 AS dst_port, 6 AS ip_proto,
  8 AS fwd_packets, 9 AS rev_packets, 900 AS fwd_wire_bytes, 9000 AS rev_wire_bytes, 800 AS fwd_ip_bytes, 8000 + k %% 1000 AS rev_ip_bytes,
  first_ts AS fwd_first_ts, last_ts AS fwd_last_ts, first_ts AS rev_first_ts, last_ts AS rev_last_ts, 1 AS fwd_syns, 1 AS rev_synacks, 0 AS rev_syns, 0 AS fwd_synacks,
  0 AS fwd_fins, 0 AS rev_fins, 0 AS fwd_rsts, 0 AS rev_rsts, k %% 4294967296 AS fwd_isn, k * 7 %% 4294967296 AS rev_isn,
  (k + 1) %% 4294967296 AS fwd_first_seq, (k + 801) %% 4294967296 AS fwd_next_seq, 800 AS fwd_unique_bytes, 800 AS fwd_stream_bytes, 0 AS fwd_missed_bytes,
  'SF' AS conn_state, 'ShADad' AS history, 'capture-end' AS end_reason, n %% %[3]d = 1 AS open_at_start, n %% %[3]d = 0 AS open_at_end, false AS evicted
FROM (SELECT n, CASE WHEN n %% %[3]d = 1 THEN n - 1 + (%[1]d - 1) * 10000000 ELSE n + %[1]d * 10000000 END AS k FROM range(%[2]d) AS r(n))`

// peakMemory is the most that the process has had in memory, in MB.
func peakMemory(b *testing.B) int64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("no /proc/self/status here")
	}
	var kB int64
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kB); err == nil {
			break
		}
	}
	return kB / 1024
}
