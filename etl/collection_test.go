package etl

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
)

// inReach reports whether captures of a format of the collection's manifest are read; the others are refused.
func inReach(format string) bool {
	return !strings.HasPrefix(format, "unknown:") && format != "pcap-us-le-v1.4"
}

// TestCollection ingests the whole collection into one lake and holds it against what capinfos counts.
func TestCollection(t *testing.T) {
	if testing.Short() {
		t.Skip("ingests 59 MB in 1,685 captures: not in short mode")
	}
	captures := shared.Captures(t)
	root := filepath.Join(t.TempDir(), "lake")
	dir := filepath.Join(shared.Dir(t), "captures")
	s := ingest(t, Options{Lake: root, Sources: []string{dir}, Payload: -1, Jobs: runtime.GOMAXPROCS(0)})
	shared.Report(t, "%d found, %d committed, %d known, %d failed, %d truncated, %d skipped; %d packets in %.1f s",
		s.CapturesFound, s.Committed, s.Known, s.Failed, s.Truncated, s.Skipped, s.Packets, s.Seconds)

	delivered := map[string]int64{} // frames, by source
	var rows, filed int64
	lake := state(t, root)
	for _, m := range lake.Manifests() {
		if m.Frames != m.Rows+sum(m.Rejected) || lake.Packets(m) != m.Rows { // not Check: a manifest that stands in a checkpoint names no files
			t.Errorf("%s: %d frames, %d rows, rejected %v, %d rows in files of packets", m.Source, m.Frames, m.Rows, m.Rejected, lake.Packets(m))
		}
		delivered[m.Source] = m.Rows
		rows += m.Frames - sum(m.Rejected)
	}
	for _, f := range lake.Files("packets") {
		filed += f.Rows
	}
	if rows != filed || rows != s.Packets {
		t.Errorf("%d rows by the ledgers, %d in files, %d in the summary", rows, filed, s.Packets)
	}
	failed := map[string]string{}
	for _, e := range s.Errors {
		failed[e.Source] = e.Error
	}
	compared, unseen := 0, 0
	for _, c := range captures {
		n, committed := delivered[c.Path]
		switch {
		case !committed && failed[c.Path] == "" && inReach(c.Format):
			unseen++
		case committed && c.Capinfos >= 0 && n > c.Capinfos && strings.Contains(c.Note, "capinfos: "):
			t.Logf("%s (%s): %d frames, capinfos gives up after %d; %s", c.Rel, c.Format, n, c.Capinfos, c.Note)
		case committed && c.Capinfos >= 0 && n != c.Capinfos:
			t.Errorf("%s (%s): %d frames, capinfos counts %d; %s", c.Rel, c.Format, n, c.Capinfos, c.Note)
		case committed && c.Capinfos >= 0:
			compared++
		case !committed && c.Capinfos >= 0 && inReach(c.Format) && failed[c.Path] != "":
			t.Errorf("%s (%s): %s", c.Rel, c.Format, failed[c.Path])
		}
	}
	if unseen > s.Known {
		t.Errorf("%d captures are neither committed nor failed, %d are known", unseen, s.Known)
	}
	for _, e := range s.Errors {
		t.Logf("refused: %s: %s", strings.TrimPrefix(e.Source, dir), e.Error)
	}
	shared.Report(t, "frames as capinfos counts them in %d captures", compared)
}

func sum(counts map[string]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}
