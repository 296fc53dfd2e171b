package queries

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// timedRows is how many rows BenchmarkFunctions asks.
const timedRows = 10_000_000

// Texts that rows are made of, from the number of the row; making them takes time of its own, which the first cases tell.
const (
	rowAddress = "'10.' || range % 200 || '.1.' || range % 250"
	rowName    = "'www.n' || range % 1000 || '.co.uk'"
)

// timed are the functions of docs/sql.md and docs/enrichment.md, each over rows that make it work.
var timed = []struct{ function, sql string }{
	{"an address alone", rowAddress},
	{"a name alone", rowName},
	{"ip_in", "ip_in('10.7.0.0/16', " + rowAddress + ")"},
	{"ip_any", "ip_any('10.7.0.0/16', " + rowAddress + ", '192.0.2.7')"},
	{"ip_prefix", "ip_prefix(" + rowAddress + ", 24)"},
	{"ip_scope", "ip_scope(" + rowAddress + ")"},
	{"is_private", "is_private(" + rowAddress + ")"},
	{"domain_in", "domain_in('n7.co.uk', " + rowName + ")"},
	{"etld1", "etld1(" + rowName + ")"},
	{"url_in", "url_in('http://www.n7.co.uk/x', " + rowName + ", '/x')"},
	{"uri_in", "uri_in('/x', '/' || range % 1000)"},
	{"list_items", "list_items(range % 1000 || ',b')"},
	{"proto_name", "proto_name(range % 256)"},
	{"tcp_flags_text", "tcp_flags_text(range % 256)"},
	{"ip_flags_text", "ip_flags_text(range % 8)"},
	{"dscp_name", "dscp_name(range % 256)"},
	{"icmp_name", "icmp_name(58, range % 256)"},
	{"port_service", "port_service(range % 1024, 6)"},
	{"vendor", "vendor('00:00:0c:00:00:' || printf('%02x', range % 256))"},
	{"time_ns", "time_ns(make_timestamp(range), range % 1000)"},
	{"entropy_bits", "entropy_bits(" + rowName + ")"},
	{"hexdump", "hexdump(" + rowName + ")"},
}

// BenchmarkFunctions asks each function of 10 million rows, and reports seconds.
func BenchmarkFunctions(b *testing.B) {
	s := openSession(b, Dataset{})
	for _, f := range timed {
		b.Run(f.function, func(b *testing.B) {
			for b.Loop() {
				collect(b, s, fmt.Sprintf("SELECT count(%s) FROM range(%d)", f.sql, timedRows))
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/10M")
		})
	}
	b.Run("payload", benchmarkPayload)
}

// benchmarkPayload asks payload() of a lake that has 64 bytes of every packet.
func benchmarkPayload(b *testing.B) {
	l := newTestLake(b)
	l.add("packets", fmt.Sprintf("SELECT 'c' AS capture_id, 'default' AS sensor, range + 1 AS frame_no, 100 * range AS frame_offset, 118 AS cap_len, 64 AS payload_len, TIMESTAMP '2026-11-22' AS ts FROM range(%d)", timedRows))
	l.add("payloads", fmt.Sprintf("SELECT 'c' AS capture_id, 'default' AS sensor, range + 1 AS frame_no, TIMESTAMP '2026-11-22' AS ts, 64 AS payload_len, repeat(md5(range::VARCHAR), 2)::BLOB AS payload FROM range(%d)", timedRows))
	s := l.session(Dataset{})
	for b.Loop() {
		got := collect(b, s, "SELECT count(payload(capture_id, frame_no)) FROM packets")
		if got.Rows[0][0] != int64(timedRows) {
			b.Fatal(got.Rows)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/10M")
}

// TestFunctionsAreShown holds that every function of the documents has an example there, which a test runs, and its time over 10 million rows in docs/performance.md.
// Those that ask the user's own files are as fast as these.
func TestFunctionsAreShown(t *testing.T) {
	row := regexp.MustCompile("(?m)^\\| ((?:`[a-z0-9_]+\\([^`]*\\)` ?)+)\\|.*$")
	name := regexp.MustCompile("`([a-z0-9_]+)\\(")
	figures := readDocument(t, "performance.md")
	functions := 0
	for _, document := range []string{"sql.md", "enrichment.md"} {
		text := readDocument(t, document)
		for _, match := range row.FindAllStringSubmatch(text, -1) {
			for _, f := range name.FindAllStringSubmatch(match[1], -1) {
				functions++
				ownFiles := strings.Contains(match[0], "`--geoip`") // of which none comes with pcaplake
				if !ownFiles && !regexp.MustCompile(`(?m)^\$ .*\b`+f[1]+`\(`).MatchString(text) {
					t.Errorf("%s: %s has no example", document, f[1])
				}
				if strings.Contains(match[0], "`--networks`") && f[1] != "ip_scope" || ownFiles {
					continue
				}
				if f[1] != "payload" && !slices.ContainsFunc(timed, func(c struct{ function, sql string }) bool { return c.function == f[1] }) {
					t.Errorf("%s is not timed", f[1])
				}
				if !strings.Contains(figures, "| `"+f[1]) {
					t.Errorf("%s has no figure", f[1])
				}
			}
		}
	}
	if functions < 25 {
		t.Errorf("%d functions", functions)
	}
}

func readDocument(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestTimedFunctions holds that what is timed has an answer, in each of a few rows.
func TestTimedFunctions(t *testing.T) {
	s := openSession(t, Dataset{})
	for _, f := range timed {
		if got := collect(t, s, "SELECT count("+f.sql+") FROM range(10)"); got.Rows[0][0] != int64(10) && f.function != "port_service" {
			t.Errorf("%s: %v of 10 rows have an answer", f.function, got.Rows[0][0])
		}
	}
}
