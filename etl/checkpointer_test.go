package etl

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// TestCheckpointWhileIngesting: a run of many captures leaves no more manifests outside a checkpoint than make opening slow.
func TestCheckpointWhileIngesting(t *testing.T) {
	captures := map[string][]byte{}
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	n := lake.CheckpointAfter + groupSize
	for i := range n {
		captures[fmt.Sprintf("%04d.pcap", i)] = pcap(packetsOf(byte(i), at.Add(time.Duration(i)*time.Second), time.Second, 1)...)
	}
	dir, root := files(t, captures), filepath.Join(t.TempDir(), "lake")
	ingest(t, Options{Lake: root, Sources: []string{dir}})
	l, err := lake.Open(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	state, err := l.Load(t.Context())
	if err != nil || len(state.Manifests()) != n || state.Outside() > lake.CheckpointAfter {
		t.Errorf("%d captures of %d, %d outside a checkpoint, %v", len(state.Manifests()), n, state.Outside(), err)
	}
	audit, err := l.Audit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range audit.Findings {
		if f.Severity == lake.Broken {
			t.Errorf("%s: %s", f.Object, f.Problem)
		}
	}
}
