package etl

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/internal/shared"
)

// TestRollups: the sums of every capture are those of its packets and flows, and each lies in its minute or hour.
func TestRollups(t *testing.T) {
	var sources []string
	for _, pattern := range []string{"../testdata/*.pcap*", filepath.Join(shared.Dir(t), "captures/the-tcpdump-group+tcpdump/tests/d*.pcap")} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, found...)
	}
	root := t.TempDir()
	ingest(t, Options{Lake: root, Sources: sources})
	packets := sumsOf(t, root, "packets", "")
	bytes, flows := sumsOf(t, root, "packets", "wire_len"), sumsOf(t, root, "flows", "")
	if len(packets) < 20 {
		t.Fatalf("%d captures", len(packets))
	}
	for table, span := range map[string]time.Duration{"rollup_1m": time.Minute, "rollup_1h": time.Hour} {
		for name, want := range map[string]map[string]int64{"packets": packets, "bytes": bytes, "flows": flows} {
			got := sumsOf(t, root, table, name)
			for capture := range packets {
				if got[capture] != want[capture] {
					t.Errorf("%s of capture %s has %d %s, want %d", table, capture, got[capture], name, want[capture])
				}
			}
		}
		first, last := column(t, root, table, "first_ts"), column(t, root, table, "last_ts")
		for i, begin := range column(t, root, table, "ts") {
			if begin == "" && first[i] == "" && last[i] == "" {
				continue
			}
			at, from, to := stamp(t, begin), stamp(t, first[i]), stamp(t, last[i])
			if !at.Equal(at.Truncate(span)) || from.Before(at) || to.Before(from) || !to.Before(at.Add(span)) {
				t.Errorf("%s: %s to %s in the span of %s", table, first[i], last[i], begin)
			}
		}
	}
}

// sumsOf adds up a column of a table by capture; of no column it counts rows.
func sumsOf(t *testing.T, root, table, name string) map[string]int64 {
	t.Helper()
	sums := map[string]int64{}
	var values []string
	if name != "" {
		values = column(t, root, table, name)
	}
	for i, capture := range column(t, root, table, "capture_id") {
		n := int64(1)
		if name != "" {
			var err error
			if n, err = strconv.ParseInt(values[i], 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		sums[capture] += n
	}
	return sums
}

func stamp(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04:05", text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
