package queries

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

// captureLake decodes one capture, payloads kept, into files for a session.
func captureLake(t testing.TB, path string) *Session {
	t.Helper()
	r, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var rows decode.Rows
	d := decode.New(decode.Options{CaptureID: "tutorial", Sensor: "default", Payload: -1})
	for r.Scan() {
		d.Decode(r.Frame(), &rows)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	var rewritten flow.Rewritten
	rewritten.Watch(rows.Packets)
	dir := t.TempDir()
	files := []schema.File{
		writeRows(t, dir, schema.Packets, rows.Packets),
		writeRows(t, dir, schema.DNSs, rows.DNSs),
		writeRows(t, dir, schema.Payloads, rows.Payloads),
	}
	return openSession(t, Dataset{Files: files, Captures: []schema.Capture{{
		CaptureID: "tutorial", Source: path, Sensor: "default", Status: "ok", Frames: r.Info().Frames, Rows: int64(len(rows.Packets)),
		FirstTS: &files[0].MinTS, LastTS: &files[0].MaxTS, Rewritten: rewritten.Pairs(),
	}}})
}

func writeRows[R any](t testing.TB, dir string, table *schema.Rows[R], rows []R) schema.File {
	t.Helper()
	return writeFile(t, filepath.Join(dir, table.Name+".parquet"), "default", table, rows)
}

// writeFile writes rows of a sensor as a file of a lake.
func writeFile[R any](t testing.TB, path, sensor string, table *schema.Rows[R], rows []R) schema.File {
	t.Helper()
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := table.NewWriter(io.Writer(out), schema.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(rows); err != nil {
		t.Fatal(err)
	}
	stats, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return schema.File{Table: table.Name, Path: path, Sensor: sensor, Rows: stats.Rows, MinTS: stats.MinTS, MaxTS: stats.MaxTS, SchemaVersion: schema.Version}
}

// TestTutorial holds the named queries against the figures that others published for the tutorial's capture (GOLDEN.md).
func TestTutorial(t *testing.T) {
	s := captureLake(t, filepath.Join(shared.Dir(t), "captures", "secdevopsai+Packet-Analytics", "suspicious.pcap"))
	cases := []struct {
		query   string
		columns []string
		want    [][]any
	}{
		{"addresses-sending-payloads", []string{"address", "payload_bytes"}, [][]any{{"10.1.10.53", int64(28053)}, {"84.54.22.33", int64(1624)}, {"75.75.75.75", int64(166)}}},
		{"addresses-receiving-payloads", []string{"address", "payload_bytes"}, [][]any{{"84.54.22.33", int64(27979)}, {"10.1.10.53", int64(1790)}, {"75.75.75.75", int64(74)}}},
		{"source-ports-by-bytes-sent", []string{"port", "payload_bytes"}, [][]any{{int64(53), int64(29769)}, {int64(15812), int64(37)}, {int64(23903), int64(37)}}},
		{"destination-ports-by-bytes-received", []string{"port", "payload_bytes"}, [][]any{{int64(53), int64(29677)}, {int64(23903), int64(89)}, {int64(15812), int64(77)}}},
		{"most-frequent-address", []string{"address", "packets_sent", "packets_received", "peers"}, [][]any{{"10.1.10.53", int64(31), int64(31), int64(2)}}},
		{"peers-of-most-frequent-address", []string{"peer", "own_ports", "peer_ports"}, [][]any{{"84.54.22.33", "53", "53"}, {"75.75.75.75", "15812 23903", "53"}}},
		{"suspicious-address", []string{"suspicious_address", "peer_of"}, [][]any{{"84.54.22.33", "10.1.10.53"}}},
		{"address-summary", []string{"side", "count", "top", "freq", "peer_list", "source_ports", "destination_ports"}, [][]any{
			{"source", int64(62), "10.1.10.53", int64(31), "75.75.75.75 84.54.22.33", "53 15812 23903", "53"},
			{"destination", int64(62), "10.1.10.53", int64(31), "75.75.75.75 84.54.22.33", "53", "53 15812 23903"},
		}},
		{"coverage", []string{"coverage"}, [][]any{{"2018-07-21 18:55:30 to 2018-07-21 18:55:59 UTC: 1 of 1 capture read, 1 sensor, 62 frames, no gaps, none truncated, duplicates 0.0 %."}}},
	}
	for _, c := range cases {
		t.Run(c.query, func(t *testing.T) {
			if diff := cmp.Diff(c.want, project(t, run(t, s, c.query), c.columns...)); diff != "" {
				t.Error(diff)
			}
		})
	}
	var history []int64
	for _, row := range project(t, run(t, s, "history-of-bytes-sent"), "payload_bytes") {
		history = append(history, row[0].(int64))
	}
	want := []int64{
		933, 947, 984, 970, 975, 1017, 980, 951, 931, 964, 1023, 37, 37, 978, 958, 976, 1009, 976, 1011, 1009, 1007, 982, 978, 978, 985,
		991, 977, 989, 999, 941, 560,
	}
	if diff := cmp.Diff(want, history); diff != "" {
		t.Errorf("history: %s", diff)
	}
	if n := len(run(t, s, "suspicious-conversation").Rows); n != 58 {
		t.Errorf("the suspicious conversation has %d packets, not 58", n)
	}
}

// TestTutorialIsToldUnasked holds what the detectors and the data quality say of the tutorial's capture.
func TestTutorialIsToldUnasked(t *testing.T) {
	s := captureLake(t, filepath.Join(shared.Dir(t), "captures", "secdevopsai+Packet-Analytics", "suspicious.pcap"))
	want := [][]any{{
		"84.54.22.33", int64(29), int64(27979),
		"10.1.10.53 sent 29 DNS queries (same id 0x000c, source port 53, every 1.02 s) to 84.54.22.33: 27,979 payload bytes, " +
			"of which 27,167 follow the last record (532-995 each, median 950), beginning with a PNG header.",
	}}
	if diff := cmp.Diff(want, project(t, run(t, s, "dns-trailing-bytes"), "dst_ip", "packets", "bytes", "finding")); diff != "" {
		t.Error(diff)
	}
	const statement = "In 58 packets between 10.1.10.53 and 84.54.22.33, both ways, IP and UDP checksums are off by one constant ("
	quality := project(t, run(t, s, "data-quality"), "issue", "statement")
	if !slices.ContainsFunc(quality, func(row []any) bool {
		return row[0] == "address rewritten" && strings.HasPrefix(row[1].(string), statement)
	}) {
		t.Errorf("data quality does not say %q: %v", statement, quality)
	}
	if head := run(t, s, "suspicious-payload").Rows[1][1].(string); !strings.Contains(head, "50") {
		t.Errorf("the hexdump's second line is %q", head)
	}
}

// project keeps some columns of a table.
func project(t testing.TB, table *Table, columns ...string) [][]any {
	t.Helper()
	var out [][]any
	for _, row := range table.Rows {
		var kept []any
		for _, name := range columns {
			i := columnIndex(table.Columns, name)
			if i < 0 {
				t.Fatalf("no column %s in %v", name, table.Columns)
			}
			kept = append(kept, row[i])
		}
		out = append(out, kept)
	}
	return out
}
