package queries

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/schema"
)

func TestScapyView(t *testing.T) {
	l := newTestLake(t)
	l.add("packets", `SELECT 'c' AS capture_id, 'default' AS sensor, * FROM (VALUES
		(1, TIMESTAMP '2018-07-21 18:55:30.917674', 123, 4, 24, 16, 60, 7, 3, 1480, 64, 6, 4660, 2, '10.0.0.1', '10.0.0.2', 1024, 80, 4294967295, 1, 32, 7, 18, 8192, 48879, 5, 3, 8),
		(2, TIMESTAMP '2300-01-01', 0, 6, 40, 0, 48, NULL, NULL, NULL, 1, 17, NULL, NULL, '::1', '::2', 53, 53, NULL, NULL, NULL, NULL, NULL, NULL, 1, NULL, NULL, 0),
		(3, TIMESTAMP '2018-07-21 18:55:31', 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '10.0.0.1', '10.0.0.9', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
	) AS v(frame_no, ts, ts_extra_ns, ip_version, ip_hdr_len, ip_tos, ip_len, ip_id, ip_flags, ip_frag_offset, ip_ttl, ip_proto, ip_chksum, ip_options_count, src_ip, dst_ip,
		src_port, dst_port, tcp_seq, tcp_ack, tcp_hdr_len, tcp_reserved, tcp_flags, tcp_window, l4_chksum, tcp_urgent, tcp_options_count, payload_len)`)
	l.add("payloads", `SELECT 'c' AS capture_id, 'default' AS sensor, 1 AS frame_no, 8 AS payload_len, unhex('474554202f0d0a00') AS payload`)
	s := l.session(Dataset{})
	got, rows := write(t, s, "SELECT * FROM scapy ORDER BY version", "json", FormatOptions{})
	if rows != 2 {
		t.Errorf("%d rows: only IP packets belong here", rows)
	}
	golden(t, "scapy.json", []byte(got))
	if typ := collect(t, s, `SELECT "time" FROM scapy`).Columns[0].Type; typ != "TIMESTAMP_NS" {
		t.Errorf("time is %s", typ)
	}
}

func TestCapturesTable(t *testing.T) {
	columns := schema.CaptureColumns()
	if len(columns) != len(captureValues) {
		t.Errorf("%d columns, %d values", len(columns), len(captureValues))
	}
	for _, c := range columns {
		if captureValues[c.Name] == nil {
			t.Errorf("column %s has no value", c.Name)
		}
	}
	s := smallLake(t)
	got, _ := write(t, s, "SELECT * FROM captures ORDER BY capture_id", "json", FormatOptions{})
	golden(t, "captures.json", []byte(got))
	if n := collect(t, s, "SELECT sum(v) FROM (SELECT unnest(map_values(rejected_by)) AS v FROM captures)").Rows[0][0]; n != int64(1) {
		t.Errorf("%v rejected by reason", n)
	}
	many := Dataset{}
	for range 2*captureBatch + 1 {
		many.Captures = append(many.Captures, s.dataset.Captures...)
	}
	if n := collect(t, openSession(t, many), "SELECT count(*) FROM captures").Rows[0][0]; n != int64(len(many.Captures)) {
		t.Errorf("%v rows of %d captures", n, len(many.Captures))
	}
}

func TestFindings(t *testing.T) {
	s := smallLake(t)
	got, err := s.Findings(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Rows) != 1 || len(got.Columns) != len(got.Rows[0]) {
		t.Fatalf("%v", got)
	}
	want := []any{"dns-trailing-bytes", "theft", "dns-exfiltration", "high", "T1048.003 T1071.004", "10.0.0.66", int64(1), "203.0.113.7", int64(1), int64(53), int64(17)}
	if diff := cmp.Diff(want, got.Rows[0][:len(want)]); diff != "" {
		t.Error(diff)
	}
	rows := [][]any{{"b", "", "", "low"}, {"a", "", "", "critical"}}
	for i := range rows {
		rows[i] = append(rows[i], make([]any, 14)...)
	}
	if compareFindings(rows[0], rows[1]) <= 0 || compareFindings(rows[0], rows[0]) != 0 {
		t.Error("findings are not ordered by severity")
	}
}

// TestDNSTrailingBytes holds what makes a finding and what does not.
func TestDNSTrailingBytes(t *testing.T) {
	cases := []struct {
		name                string
		transport, trailing string // SQL over n, the number of the message from 0
		messages            int
		want                int
	}{
		{"different lengths", "NULL", "20 + n", 3, 1},
		{"constant", "'udp'", "20", 10, 0},
		{"too short", "'udp'", "n % 16", 50, 0},
		{"too few", "'udp'", "20 + n", 2, 0},
		{"unknown", "'udp'", "NULL", 10, 0},
		{"few among many", "'udp'", "CASE WHEN n % 10 = 0 THEN 100 + n ELSE 0 END", 30, 1},
		{"over TCP", "'tcp'", "20 + n", 10, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := newTestLake(t)
			const row = "'c' AS capture_id, 'default' AS sensor, n AS frame_no, TIMESTAMP '2026-11-22' + INTERVAL (n) SECOND AS ts, 0 AS ts_extra_ns, '10.0.0.1' AS src_ip, '10.0.0.2' AS dst_ip, "
			from := fmt.Sprintf(" FROM (SELECT range AS n FROM range(%d))", c.messages)
			l.add("packets", "SELECT "+row+"4 AS ip_version, 500 AS payload_len"+from)
			l.add("dns", "SELECT "+row+"n AS dns_id, n + 1000 AS src_port, 53 AS dst_port, false AS is_response, "+c.transport+" AS transport, "+c.trailing+" AS trailing_bytes"+from)
			if got := run(t, l.session(Dataset{}), "dns-trailing-bytes"); len(got.Rows) != c.want {
				t.Errorf("%d findings, want %d: %v", len(got.Rows), c.want, got.Rows)
			}
		})
	}
}

// TestConversationOfTCP: a segment that ends several DNS messages is one row.
func TestConversationOfTCP(t *testing.T) {
	l := newTestLake(t)
	const row = "'c' AS capture_id, 'default' AS sensor, 1 AS frame_no, TIMESTAMP '2026-11-22' AS ts, 0 AS ts_extra_ns, '10.0.0.1' AS src_ip, '10.0.0.2' AS dst_ip, "
	l.add("packets", "SELECT "+row+"4 AS ip_version, 500 AS payload_len")
	l.add("dns", "SELECT "+row+"'tcp' AS transport, qname, 3 AS trailing_bytes FROM (VALUES ('b'), ('a'), ('b')) AS names(qname)")
	got := project(t, run(t, l.session(Dataset{}), "suspicious-conversation"), "payload_len", "qname", "trailing_bytes")
	if want := [][]any{{int64(500), "a b", int64(9)}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
