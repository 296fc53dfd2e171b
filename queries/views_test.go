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

// TestContacts holds the views that detectors count in against contacts, over flows of every outcome, and to and from what is no host.
func TestContacts(t *testing.T) {
	l := newTestLake(t)
	l.add("flows", `SELECT * EXCLUDE (n) REPLACE (CAST([6, 17, 132, 1][n % 4 + 1] AS INTEGER) AS ip_proto, 8 AS icmp_type, n // 4 % 3 AS fwd_packets, n // 12 % 3 AS rev_packets,
		CASE WHEN n % 4 = 0 THEN n // 36 % 2 END AS fwd_syns, n // 72 % 2 AS rev_synacks, [0, 2, 16, 18, 41][n % 5 + 1] AS fwd_tcp_flags, n // 144 % 2 AS rev_rsts, n // 288 % 2 AS icmp_errors,
		n // 576 % 2 AS fwd_payload_bytes, 0 AS rev_payload_bytes, 0 AS rev_tcp_flags,
		CASE n % 7 WHEN 0 THEN '224.0.0.9' WHEN 1 THEN 'fd00::1' WHEN 2 THEN '203.0.113.9' ELSE '10.0.0.9' END AS dst_ip, CASE n % 11 WHEN 0 THEN '0.0.0.0' ELSE '10.0.0.1' END AS src_ip)
		FROM (SELECT n, `+flowRow+` FROM (SELECT range AS n FROM range(20000)))`)
	s := l.session(Dataset{})
	for name, sql := range map[string]string{
		"exchanges": "SELECT * FROM (FROM exchanges EXCEPT ALL SELECT * FROM contacts WHERE outcome IN ('used', 'midstream')) UNION ALL (SELECT * FROM contacts WHERE outcome IN ('used', 'midstream') EXCEPT ALL FROM exchanges)",
		"attempts": `WITH a AS (SELECT CASE marks & 191 WHEN 3 THEN 'used' WHEN 2 THEN 'unused' WHEN 146 THEN 'half-open' WHEN 132 THEN 'refused' WHEN 136 THEN 'stealth' WHEN 32 THEN 'midstream' WHEN 128 THEN 'unanswered' END AS outcome,
			marks & 256 <> 0 AS from_us, marks & 512 <> 0 AS to_us, dst_key, count(*) AS n FROM attempts WHERE marks < 1024 GROUP BY ALL),
			c AS (SELECT outcome, ip_scope(src_ip) = 'internal', ip_scope(dst_ip) = 'internal', text_hash(dst_ip), count(*) FROM contacts WHERE ip_proto IN (6, 17, 132) GROUP BY ALL)
			(FROM a EXCEPT FROM c) UNION ALL (FROM c EXCEPT FROM a)`,
	} {
		if rows := collect(t, s, sql).Rows; len(rows) > 0 {
			t.Errorf("%s: %d rows differ from contacts, such as %v", name, len(rows), rows[0])
		}
	}
	if n := collect(t, s, "SELECT count(DISTINCT outcome), count(*) FILTER (outcome IN ('used', 'midstream')) FROM contacts").Rows[0]; n[0] != int64(7) || n[1].(int64) < 100 {
		t.Errorf("%v outcomes and rows of exchanges: too few to compare", n)
	}
}
