package etl

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/internal/traffic"
)

// TestCompactedBytes holds compaction to the bytes that it is to save: packets take at most 85 % of those in the order of capture.
func TestCompactedBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("a million packets: not with -short")
	}
	t.Run("lab", func(t *testing.T) { holdBytes(t, filepath.Join(shared.Dir(t), "lab/A")) })
	t.Run("uplink", func(t *testing.T) {
		dir := t.TempDir()
		for i := range 4 {
			path := filepath.Join(dir, fmt.Sprintf("%d.pcap", i))
			if err := traffic.WriteCapture(path, 250_000, uint64(i+1), uint32(1768435200+i*300)); err != nil {
				t.Fatal(err)
			}
		}
		holdBytes(t, dir)
	})
}

func holdBytes(t *testing.T, dir string) {
	t.Helper()
	t.Chdir(t.TempDir())
	ingest(t, Options{Lake: "lake", Sources: []string{dir}})
	rows, before := sizeOf(t, "packets")
	c := compact(t, CompactOptions{})
	merged, after := sizeOf(t, "packets")
	shared.Report(t, "packets: %d rows, %.2f B/row before, %.2f compacted, %.1f %%; all tables %d to %d bytes, %d rows, %.2f us/row", rows,
		float64(before)/float64(rows), float64(after)/float64(rows), 100*float64(after)/float64(before), c.BytesBefore, c.BytesAfter, c.Rows, c.Seconds*1e6/float64(c.Rows))
	if merged != rows || float64(after) > 0.85*float64(before) {
		t.Errorf("%d rows, %d bytes; compacted %d rows, %d bytes: more than 85 %%", rows, before, merged, after)
	}
}

// sizeOf adds up the live files of a table.
func sizeOf(t *testing.T, table string) (rows, bytes int64) {
	t.Helper()
	for _, f := range state(t, "lake").Files(table) {
		rows, bytes = rows+f.Rows, bytes+f.Bytes
	}
	return rows, bytes
}
