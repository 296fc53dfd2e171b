package etl

import (
	"errors"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// brokenRecords are complaints of tcpdump about records, not about what it cannot decode: the capture is damaged then.
var brokenRecords = regexp.MustCompile(`truncated (pcapng )?dump file|invalid packet capture length|unknown pcapng savefile major version`)

var damagedAt = regexp.MustCompile(`^at byte (\d+)\b`)

// TestCorrupt ingests each corrupt file of the collection into a lake of its own: it gives at least the packets that the better of tcpdump
// and capinfos gets out of it, says where it is damaged, and the lake is sound.
func TestCorrupt(t *testing.T) {
	committed, refused, damaged := 0, 0, 0
	for _, c := range shared.Corrupts(t) {
		root := filepath.Join(t.TempDir(), "lake")
		s, err := Ingest(t.Context(), Options{Lake: root, Sources: []string{c.Path}, Payload: -1})
		if err != nil {
			t.Errorf("%s: %v", c.Rel, err)
			continue
		}
		if s.Committed == 0 {
			refused++
			holdRefused(t, c, s)
			continue
		}
		committed++
		m := state(t, root).Manifests()[0]
		if m.Rows < c.Packets {
			t.Errorf("%s (%s): %d packets; tcpdump or capinfos gets %d", c.Rel, c.Format, m.Rows, c.Packets)
		}
		if brokenRecords.MatchString(c.TcpdumpSays) && !damagedManifest(t, c, m) {
			t.Errorf("%s: damaged by tcpdump (%s), whole by us", c.Rel, c.TcpdumpSays)
		}
		want := exitDone
		if damagedManifest(t, c, m) {
			want = exitPartial
			damaged++
		}
		if got := ExitStatus(s, err); got != want {
			t.Errorf("%s: exit status %d, want %d: %v", c.Rel, got, want, m.Damage)
		}
		if v, err := Verify(t.Context(), VerifyOptions{Lake: root}); err != nil || len(v.Findings) > 0 {
			t.Errorf("%s: the lake: %v %+v", c.Rel, err, v.Findings)
		}
	}
	shared.Report(t, "%d files committed, %d of them damaged; %d refused", committed, damaged, refused)
}

// damagedManifest reports whether a capture is damaged, and holds what its manifest says of that: each sentence says where, within the
// file, and nothing is missing or rejected without a sentence.
func damagedManifest(t *testing.T, c shared.Corrupt, m *lake.Manifest) bool {
	t.Helper()
	if err := m.Check(); err != nil {
		t.Errorf("%s: %v", c.Rel, err)
	}
	if (m.Truncated || len(m.Rejected) > 0) && len(m.Damage) == 0 {
		t.Errorf("%s: truncated %v, rejected %v, and no word of the damage", c.Rel, m.Truncated, m.Rejected)
	}
	for _, text := range m.Damage {
		at := damagedAt.FindStringSubmatch(text)
		if at == nil {
			if text != "and more" {
				t.Errorf("%s: %q does not say where", c.Rel, text)
			}
			continue
		}
		if n, err := strconv.ParseInt(at[1], 10, 64); err != nil || n > m.Bytes {
			t.Errorf("%s: %q lies beyond its %d bytes", c.Rel, text, m.Bytes)
		}
	}
	return m.Truncated || len(m.Damage) > 0
}

// holdRefused: what is refused is so with a reason and holds nothing that tcpdump or capinfos would read, unless it is of a kind that is
// refused by name.
func holdRefused(t *testing.T, c shared.Corrupt, s Summary) {
	t.Helper()
	if s.Failed != 1 || len(s.Errors) != 1 || strings.TrimSpace(s.Errors[0].Error) == "" || ExitStatus(s, nil) != exitFailed {
		t.Errorf("%s: %+v", c.Rel, s)
		return
	}
	r, err := capture.Open(c.Path)
	if err == nil {
		t.Errorf("%s: refused by ingest (%s), opened by capture", c.Rel, s.Errors[0].Error)
		r.Close()
		return
	}
	if c.Packets > 0 && !errors.As(err, new(*capture.UnsupportedError)) {
		t.Errorf("%s (%s): refused: %v; tcpdump or capinfos gets %d packets", c.Rel, c.Format, err, c.Packets)
	}
	t.Logf("refused: %s (%s): %s; tcpdump or capinfos gets %d packets", c.Rel, c.Format, s.Errors[0].Error, c.Packets)
}
