package queries

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/schema"
)

// TestEmptyLake holds that every view and named query answers where there is nothing.
func TestEmptyLake(t *testing.T) {
	s := openSession(t, Dataset{})
	for _, v := range derivedViews() {
		if n := collect(t, s, "SELECT count(*) FROM "+v.Name).Rows[0][0]; n != int64(0) {
			t.Errorf("view %s has %v rows", v.Name, n)
		}
		if !strings.HasSuffix(v.Doc, ".") {
			t.Errorf("view %s: doc is no sentence", v.Name)
		}
	}
	for _, q := range s.Catalog() {
		run(t, s, q.Name)
	}
}

// TestZeekNames holds that zeek_conn has every column that flows declare under a name of Zeek.
func TestZeekNames(t *testing.T) {
	has := map[string]bool{}
	for _, c := range collect(t, openSession(t, Dataset{}), "SELECT * FROM zeek_conn").Columns {
		has[c.Name] = true
	}
	for _, c := range schema.Flows.Columns {
		if c.Zeek != "" && !has[c.Zeek] {
			t.Errorf("column %s is %s in Zeek, which zeek_conn has not", c.Name, c.Zeek)
		}
	}
}

// TestHosts holds hosts, resolutions and the queries over them to a lake of one client, its resolver and a web server.
func TestHosts(t *testing.T) {
	l := newTestLake(t)
	const flow = `'c' AS capture_id, 'default' AS sensor, 6 AS ip_proto, 1 AS fwd_packets, 1 AS rev_packets, 60 AS fwd_ip_bytes, 100 AS rev_ip_bytes,
		1 AS rev_payload_packets, TIMESTAMP '2026-11-22 03:00:05' AS first_ts, TIMESTAMP '2026-11-22 03:00:06' AS last_ts, false AS open_at_start, false AS open_at_end`
	l.add("flows", `SELECT `+flow+`, 1 AS flow_id, '10.0.0.5' AS src_ip, '198.51.100.7' AS dst_ip, 4000 AS src_port, 443 AS dst_port, '00:00:0c:00:00:05' AS src_mac, 'SF' AS conn_state`)
	l.add("dns", `SELECT 'c' AS capture_id, 'default' AS sensor, n AS frame_no, TIMESTAMP '2026-11-22 03:00:00' + INTERVAL (n) SECOND AS ts, '10.0.0.53' AS src_ip, '10.0.0.5' AS dst_ip,
		true AS is_response, 0 AS rcode, name AS qname, ips AS answer_ips FROM (VALUES (1, 'old.example', '198.51.100.7'), (2, 'www.example', '198.51.100.7,198.51.100.8'), (60, 'late.example', '198.51.100.7')) AS v(n, name, ips)`)
	l.add("dhcp", `SELECT 'c' AS capture_id, 'default' AS sensor, n AS frame_no, '00:00:0c:00:00:05' AS client_mac, name AS hostname, ip AS assigned_ips
		FROM (VALUES (1, 'laptop', NULL), (2, NULL, '10.0.0.5')) AS v(n, name, ip)`)
	s := l.session(Dataset{GeoIP: []string{testGeoIP(t)}, Networks: testNetworks(t)})
	got := collect(t, s, `SELECT address, scope, network, country, array_to_string(vendors, ','), array_to_string(dhcp_names, ','), array_to_string(dns_names, ','),
		bytes_sent, array_to_string(services_offered, ','), array_to_string(services_used, ',') FROM hosts ORDER BY address`)
	want := [][]any{
		{"10.0.0.5", "internal", "office", nil, "Cisco Systems, Inc", "laptop", nil, int64(60), nil, "https"},
		{"198.51.100.7", "external", nil, "TW", nil, nil, "late.example,old.example,www.example", int64(100), "https", nil},
	}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
	if name := collect(t, s, "SELECT resolved_name(src_ip, dst_ip, first_ts) FROM flows").Rows[0][0]; name != "www.example" {
		t.Errorf("the client had resolved %v", name)
	}
	if rows := run(t, s, "who-resolved", "address=198.51.100.8").Rows; len(rows) != 1 || rows[0][1] != "www.example" {
		t.Errorf("who resolved: %v", rows)
	}
	if rows := run(t, s, "new-hosts", "since=2026-11-22 03:00:00").Rows; len(rows) != 2 {
		t.Errorf("new hosts: %v", rows)
	}
	if rows := run(t, s, "conversations").Rows; len(rows) != 1 {
		t.Errorf("conversations: %v", rows)
	}
}
