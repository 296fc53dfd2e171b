package queries

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/schema"
)

// hostile are values, as SQL, that a column of a type may hold in a lake made of hostile captures; addresses repeat, so that groups form.
func hostile(column, typ string) []string {
	switch {
	case strings.HasSuffix(column, "_ip"):
		return []string{"'10.0.0.1'", "'10.0.0.2'", "'10.0.0.3'", "'2001:db8::1'", "'fe80::1'"}
	case column == "ip_version":
		return []string{"4", "6"}
	case column == "capture_id":
		return []string{"'a'", "'b'"}
	case column == "sensor":
		return []string{"'default'"}
	case column == "frame_no":
		return []string{"n"}
	case column == "protocols":
		return []string{"'eth:ip:udp:dns'", "'eth:ip:tcp'", "''", "':'", "'a::b'"}
	}
	switch typ {
	case "BOOLEAN":
		return []string{"true", "false"}
	case "VARCHAR":
		return []string{"'x'", "''", "'</script>'", "chr(27) || '[2J'", "chr(8238) || 'x'", "'日本'", "repeat('long', 100)"}
	case "BLOB":
		return []string{"'\\x00'::BLOB", "''::BLOB", "unhex('89504e470d0a1a0a')"}
	case "TIMESTAMP":
		return []string{
			"TIMESTAMP '2026-11-22' + INTERVAL (n * 37) SECOND", "TIMESTAMP '1970-01-01'", "TIMESTAMP '1904-01-01'",
			"make_timestamp(9223372036854775806)", "make_timestamp(-9223372022400000000)",
		}
	case "INTEGER":
		return []string{"0", "1", "17", "53", "65535", "2147483647"}
	}
	return []string{"0", "1", "1500", "4294967295", "n"}
}

// randomLake fills every table with such values and NULLs, deterministically, in three files of each.
func randomLake(t testing.TB, order []int) *Session {
	l := newTestLake(t)
	for _, table := range schema.Tables() {
		for file := range 3 {
			var columns []string
			for i, c := range table.Columns {
				values := hostile(c.Name, fmt.Sprint(c.Type))
				pick := fmt.Sprintf("hash(n * 31 + %d)", i)
				expression := fmt.Sprintf("CASE %s %% %d", pick, len(values)+1)
				for j, v := range values {
					expression += fmt.Sprintf(" WHEN %d THEN %s", j, v)
				}
				expression += " END"
				switch { // never NULL, and each once: the row's key
				case slices.Contains([]string{"capture_id", "sensor", "frame_no"}, c.Name):
					expression = values[file%len(values)]
				case table.Name == "flows" && c.Name == "flow_id":
					expression = "n"
				}
				columns = append(columns, expression+" AS "+identifier(c.Name))
			}
			l.add(table.Name, fmt.Sprintf("SELECT %s FROM (SELECT range AS n FROM range(%d, %d))", strings.Join(columns, ", "), file*1000, file*1000+1000))
		}
	}
	files := make([]schema.File, 0, len(l.files))
	for i := range l.files {
		f := l.files[(i*101+order[0])%len(l.files)] // in another order: 101 is prime, so each file comes once
		files = append(files, f)
	}
	first, last := int64(-9223372022400000000), int64(9223372036854775806)
	l.files = nil
	return l.session(Dataset{Files: files, Threads: order[1], Captures: []schema.Capture{
		{CaptureID: "a", Sensor: "default", FirstTS: &first, LastTS: &last, Status: "ok", Source: "x\x1b[2J", Rewritten: []schema.Rewritten{{A: "10.0.0.1", B: "10.0.0.2"}}},
		{CaptureID: "b", Sensor: "default", FirstTS: &last, LastTS: &last, Status: "ok", Source: "\xff\xfe"},
	}})
}

// TestNamedQueriesOnHostileRows runs every query over rows full of NULLs and extremes; the order of files and the number of threads
// change nothing in the results, so the ORDER BY of each is total.
func TestNamedQueriesOnHostileRows(t *testing.T) {
	sessions := []*Session{randomLake(t, []int{0, 1}), randomLake(t, []int{7, 4}), randomLake(t, []int{0, 1})}
	if err := sessions[2].Hold(t.Context(), "traffic"); err != nil {
		t.Fatal(err)
	}
	for _, q := range sessions[0].Catalog() {
		t.Run(q.Name, func(t *testing.T) {
			var results []string
			for _, s := range sessions {
				r, err := s.Run(context.Background(), q, nil)
				if err != nil {
					t.Fatal(err)
				}
				var b bytes.Buffer
				if _, err := Write(context.Background(), &b, "ndjson", r, FormatOptions{}); err != nil {
					t.Fatal(err)
				}
				results = append(results, b.String())
			}
			for i, of := range []string{"rows in another order", "traffic held"} {
				if diff := cmp.Diff(results[0], results[i+1]); diff != "" {
					t.Errorf("%s: %s", of, diff)
				}
			}
		})
	}
	collect(t, sessions[0], "SELECT * FROM scapy")
	if _, err := sessions[0].Findings(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestHistoryIsBinned holds that bins keep every byte, are no more than asked for, and leave no hole.
func TestHistoryIsBinned(t *testing.T) {
	l := newTestLake(t)
	l.add("packets", `SELECT 'c' AS capture_id, 'default' AS sensor, range AS frame_no, 4 AS ip_version, '10.0.0.1' AS src_ip, '10.0.0.2' AS dst_ip, 100 AS payload_len,
		TIMESTAMP '2026-11-22' + INTERVAL (range * range) MILLISECOND AS ts, 0 AS ts_extra_ns FROM range(5000)`)
	s := l.session(Dataset{})
	for _, bins := range []int{1, 2, 100, 2000, 5000} {
		got := run(t, s, "history-of-bytes-sent", fmt.Sprintf("bins=%d", bins))
		if n := len(got.Rows); n > bins+1 || bins < 5000 && bins > 2 && n < bins/5 {
			t.Errorf("%d bins: %d rows", bins, n)
		}
		var sum int64
		for _, row := range got.Rows {
			sum += row[1].(int64)
		}
		if sum != 500_000 {
			t.Errorf("%d bins hold %d bytes of 500,000", bins, sum)
		}
		if width, ok := got.Rows[0][3].(float64); (bins == 5000) == ok || ok && len(got.Rows) > 1 {
			if !ok {
				continue
			}
			for i := 1; i < len(got.Rows); i++ {
				step := timeOf(got.Rows[i][0]).Sub(timeOf(got.Rows[i-1][0])).Seconds()
				if step != width {
					t.Fatalf("%d bins: bins %d and %d are %v s apart, not %v", bins, i-1, i, step, width)
				}
			}
		}
	}
}

func timeOf(v any) time.Time { return v.(time.Time) }
