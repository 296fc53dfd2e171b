package queries

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/queries/indicators"
	"github.com/pcaplake/pcaplake/schema"
)

// huntLake is a lake in which every kind of indicator shows: capture "now" with all tables, and "old" of which sums alone are left. Its files say whose rows they have, or not.
func huntLake(t *testing.T, told bool) *Session {
	t.Helper()
	l := newTestLake(t)
	const common = "'now' AS capture_id, 's' AS sensor, 0 AS ts_extra_ns, TIMESTAMP '2026-11-22 03:00:00' + INTERVAL (frame_no) SECOND AS ts, *"
	l.add("flows", `SELECT 'now' AS capture_id, 's' AS sensor, TIMESTAMP '2026-11-22 03:00:00' + INTERVAL (flow_id) SECOND AS first_ts, first_ts + INTERVAL 1 MINUTE AS last_ts, * FROM (VALUES
		(1, '10.0.0.5', '198.51.100.7', NULL, NULL), (2, '198.51.100.7', '10.0.0.6', NULL, NULL), (3, '10.0.0.5', '2001:db8::1', '192.0.2.1', '198.51.100.9'),
		(4, '198.51.100.1', '198.51.100.2', NULL, NULL), (5, '10.0.0.7', '10.0.0.8', NULL, NULL)) AS v(flow_id, src_ip, dst_ip, outer_src_ip, outer_dst_ip)`)
	l.add("dns", `SELECT `+common+` FROM (VALUES
		(1, 5, '10.0.0.5', '10.0.0.1', 7, false, 'Www.EVIL.example', NULL, NULL, NULL), (2, 5, '10.0.0.1', '10.0.0.5', 7, true, 'Www.EVIL.example', 'Www.EVIL.example', 'cdn.worse.example', NULL),
		(3, 6, '10.0.0.1', '10.0.0.6', 8, true, 'notevil.example', 'notevil.example', '198.51.100.7', '10.9.9.9,198.51.100.7'),
		(4, 7, '10.0.0.6', '10.0.0.1', 9, false, 'a\.evil.example.net', NULL, NULL, NULL), (5, 7, '10.0.0.1', '10.0.0.6', 9, true, 'mail.example', 'mail.example', '10 mx.evil.example', NULL)
		) AS v(frame_no, flow_id, src_ip, dst_ip, dns_id, is_response, qname, answer_names, answers, answer_ips)`)
	l.add("tls", `SELECT `+common+` FROM (VALUES
		(6, 1, '10.0.0.5', '198.51.100.7', 'client', 'evil.example', NULL, 'e7d705a3286e19ea42f587b344ee6865', NULL, 't13d1516h2_8daaf6152771_b186095e22b6', NULL),
		(7, 1, '198.51.100.7', '10.0.0.5', 'server', 'evil.example', 'x.example,*.evil.example', NULL, 'e7d705a3286e19ea42f587b344ee6866', NULL, '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08')
		) AS v(frame_no, flow_id, src_ip, dst_ip, kind, server_name, cert_names, ja3, ja3s, ja4, cert_sha256)`)
	l.add("http", `SELECT `+common+` FROM (VALUES
		(8, 2, '10.0.0.6', '198.51.100.7', 1, 'Evil.example:80', '/gate.php?id=1&password=***', 'Evil/1.0 (it''s, "me")'),
		(9, 2, '10.0.0.6', '198.51.100.7', 2, 'evil.example', '/gate.php', 'curl/8'), (10, 4, '10.0.0.7', '10.0.0.1', 1, 'evil.example', 'http://evil.example/x', 'curl/8'),
		(11, 4, '10.0.0.7', '10.0.0.1', 2, 'evil.example:8080', '/x', NULL)) AS v(frame_no, flow_id, src_ip, dst_ip, depth, host, uri, user_agent)`)
	for _, table := range []string{"rollup_1m", "rollup_1h"} {
		l.add(table, `SELECT 's' AS sensor, ts AS first_ts, ts + INTERVAL 5 SECOND AS last_ts, * FROM (VALUES
			('now', TIMESTAMP '2026-11-22 03:00:00', '10.0.0.5', '198.51.100.7', 443, 6, 'tls', 5), ('old', TIMESTAMP '2026-01-01 00:00:00', '10.0.0.9', '198.51.100.7', 443, 6, 'tls', 5)
			) AS v(capture_id, ts, src_ip, dst_ip, dst_port, ip_proto, service, packets)`)
	}
	for i := range l.files {
		if !told {
			l.files[i].Captures = nil
		}
	}
	return l.session(Dataset{Captures: []schema.Capture{{CaptureID: "now", Status: "ok"}, {CaptureID: "old", Status: "ok"}}})
}

const huntList = `198.51.100.7
198.51.100.0/24
203.0.113.0/24
evil.example
cdn.worse.example
http://evil.example/gate.php?id=1&password=secret
https://evil.example/x
/gate.php
e7d705a3286e19ea42f587b344ee6865
ja3s: e7d705a3286e19ea42f587b344ee6866
t13d1516h2_8daaf6152771_b186095e22b6
9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
user-agent: Evil/1.0 (it's, "me")
`

func readList(t *testing.T, text string) []indicators.Indicator {
	t.Helper()
	list, err := indicators.Read(strings.NewReader(text))
	if err != nil || len(list.Refused) > 0 {
		t.Fatal(err, list.Refused)
	}
	return list.Indicators
}

func TestHunt(t *testing.T) {
	for _, told := range []bool{true, false} {
		testHunt(t, huntLake(t, told))
	}
}

func testHunt(t *testing.T, s *Session) {
	t.Helper()
	found, err := s.Hunt(context.Background(), readList(t, huntList), HuntOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"198.51.100.7 flows 2 rows, 2 flows, 2 hosts: 10.0.0.5 10.0.0.6; 03:00:01 to 03:01:02",
		"198.51.100.7 dns 1 rows, 1 flows, 1 hosts: 10.0.0.6; 03:00:03 to 03:00:03",
		"198.51.100.7 rollup_1m 1 rows, <nil> flows, 1 hosts: 10.0.0.9; 00:00:00 to 00:00:05",
		"198.51.100.0/24 flows 4 rows, 4 flows, 5 hosts: 10.0.0.5 10.0.0.6 192.0.2.1 198.51.100.1 198.51.100.2; 03:00:01 to 03:01:04",
		"198.51.100.0/24 dns 1 rows, 1 flows, 1 hosts: 10.0.0.6; 03:00:03 to 03:00:03",
		"198.51.100.0/24 rollup_1m 1 rows, <nil> flows, 1 hosts: 10.0.0.9; 00:00:00 to 00:00:05",
		"evil.example dns 3 rows, 2 flows, 2 hosts: 10.0.0.5 10.0.0.6; 03:00:01 to 03:00:05",
		"evil.example tls 2 rows, 1 flows, 1 hosts: 10.0.0.5; 03:00:06 to 03:00:07",
		"evil.example http 4 rows, 2 flows, 2 hosts: 10.0.0.6 10.0.0.7; 03:00:08 to 03:00:11",
		"cdn.worse.example dns 1 rows, 1 flows, 1 hosts: 10.0.0.5; 03:00:02 to 03:00:02",
		"http://evil.example/gate.php?id=1&password=secret http 1 rows, 1 flows, 1 hosts: 10.0.0.6; 03:00:08 to 03:00:08",
		"https://evil.example/x http 1 rows, 1 flows, 1 hosts: 10.0.0.7; 03:00:10 to 03:00:10",
		"/gate.php http 2 rows, 1 flows, 1 hosts: 10.0.0.6; 03:00:08 to 03:00:09",
		"e7d705a3286e19ea42f587b344ee6865 tls 1 rows, 1 flows, 1 hosts: 10.0.0.5; 03:00:06 to 03:00:06",
		"e7d705a3286e19ea42f587b344ee6866 tls 1 rows, 1 flows, 1 hosts: 10.0.0.5; 03:00:07 to 03:00:07",
		"t13d1516h2_8daaf6152771_b186095e22b6 tls 1 rows, 1 flows, 1 hosts: 10.0.0.5; 03:00:06 to 03:00:06",
		"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 tls 1 rows, 1 flows, 1 hosts: 10.0.0.5; 03:00:07 to 03:00:07",
		`Evil/1.0 (it's, "me") http 1 rows, 1 flows, 1 hosts: 10.0.0.6; 03:00:08 to 03:00:08`,
	}
	var got []string
	for _, row := range found.Rows {
		clock := func(v any) string { return Text(v, found.Columns[4])[11:19] }
		got = append(got, fmt.Sprintf("%v %v %v rows, %v flows, %v hosts: %v; %s to %s", row[0], row[3], row[8], row[9], row[6], row[7], clock(row[4]), clock(row[5])))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestHuntExtracts holds that the statement of every extract command finds the flows that its row counts: it asks row by row, where the hunt joins.
func TestHuntExtracts(t *testing.T) {
	s := huntLake(t, true)
	found, err := s.Hunt(context.Background(), readList(t, huntList), HuntOptions{Command: "x"})
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, row := range found.Rows {
		command, ok := row[10].(string)
		if !ok {
			continue
		}
		sql, _, _ := strings.Cut(strings.TrimPrefix(command, "x "), " -w ")
		if quoted, single := strings.CutPrefix(sql, "'"); single {
			sql = strings.ReplaceAll(strings.TrimSuffix(quoted, "'"), `'\''`, "'")
		} else {
			sql = strings.Trim(sql, `"`)
		}
		flows := collect(t, s, "SELECT count(DISTINCT (capture_id, flow_id)), count(*) FROM ("+sql+")").Rows[0]
		if flows[0] != row[9] || flows[1] != row[8] {
			t.Errorf("%v in %v: %s finds %v rows of %v flows, the hunt %v of %v", row[0], row[3], sql, flows[1], flows[0], row[8], row[9])
		}
		checked++
	}
	if checked < 15 {
		t.Errorf("%d commands were checked", checked)
	}
}

func TestHuntInCaptures(t *testing.T) {
	s := huntLake(t, true)
	found, err := s.Hunt(context.Background(), readList(t, "198.51.100.7\nevil.example"), HuntOptions{Captures: []string{"old"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Rows) != 1 || found.Rows[0][3] != "rollup_1m" {
		t.Errorf("in the old capture: %v", found.Rows)
	}
}

// TestHuntUncovered holds that sums are read where a day of a capture has no flows left, and nowhere else: which files are read shows it.
func TestHuntUncovered(t *testing.T) {
	l := newTestLake(t)
	day := func(table, capture, date string) {
		columns := "'s' AS sensor, '10.0.0.5' AS src_ip, '198.51.100.7' AS dst_ip, 443 AS dst_port, 6 AS ip_proto, 'tls' AS service, "
		columns += fmt.Sprintf("'%s' AS capture_id, TIMESTAMP '%s 12:00:00' AS first_ts, first_ts + INTERVAL 1 MINUTE AS last_ts", capture, date)
		if table == "flows" {
			columns += ", 1 AS flow_id"
		} else {
			columns += ", first_ts AS ts, 5 AS packets"
		}
		l.add(table, "SELECT "+columns).Date = date
	}
	for _, table := range []string{"rollup_1m", "rollup_1h"} {
		day(table, "gone", "2026-11-20")
		day(table, "long", "2026-11-20")
		day(table, "long", "2026-11-21")
		day(table, "new", "2026-11-22")
	}
	day("flows", "long", "2026-11-21")
	day("flows", "new", "2026-11-22")
	cases := []struct {
		captures []string
		want     []string // where it was seen, in how many rows, and of which files
	}{
		{nil, []string{"flows 2", "rollup_1m 2", "flows: read 2 of 2", "rollup_1m: read 2 of 4"}},
		{[]string{"long"}, []string{"flows 1", "rollup_1m 1", "flows: read 1 of 2", "rollup_1m: read 1 of 4"}},
		{[]string{"new"}, []string{"flows 1", "flows: read 1 of 2"}},
		{[]string{"gone"}, []string{"rollup_1m 1", "rollup_1m: read 1 of 4"}},
		{[]string{"none"}, nil},
	}
	for _, c := range cases {
		s := l.session(Dataset{Stats: true})
		found, err := s.Hunt(context.Background(), readList(t, "198.51.100.0/24"), HuntOptions{Captures: c.captures})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, row := range found.Rows {
			got = append(got, fmt.Sprint(row[3], " ", row[8]))
		}
		stats, err := s.Stats(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, read := range stats {
			text, _, _ := strings.Cut(read.String(), " files")
			got = append(got, text)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("in %v:\n%s", c.captures, diff)
		}
	}
}

// TestHuntInParts holds that hits that do not fit into one statement give the same sums.
func TestHuntInParts(t *testing.T) {
	hits := [][]hit{nil, nil}
	for n := range 3 {
		for i := range hitsPerScan/2 + 1 {
			hits[i%2] = append(hits[i%2], hit{fmt.Sprint(n, i), n})
		}
	}
	parts := portions(hits)
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	for n, part := range parts {
		for v := range part {
			if want := slices.DeleteFunc(slices.Clone(hits[v]), func(h hit) bool { return h.indicator != n }); !slices.Equal(part[v], want) {
				t.Errorf("part %d of value %d has %d hits, not %d", n, v, len(part[v]), len(want))
			}
		}
	}
}
