package etl

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl/flow"
)

// TestFlowOptions: what is told of flows changes their rows and stands in the manifest, which gives it back; what cannot be meant is refused.
func TestFlowOptions(t *testing.T) {
	const source = "../testdata/web.pcap"
	told := Options{FlowIdle: time.Millisecond, FlowActive: time.Minute, FlowIgnoreVLAN: true, FlowMax: 9}
	rows := map[bool]int64{}
	for _, with := range []bool{false, true} {
		root := filepath.Join(t.TempDir(), "lake")
		o := Options{}
		if with {
			o = told
		}
		o.Lake, o.Sources = root, []string{source}
		rows[with] = ingest(t, o).Rows["flows"]
		m := state(t, root).Manifests()[0]
		if back, err := optionsOf(m); err != nil || with && (back.FlowIdle != told.FlowIdle || back.FlowActive != told.FlowActive || !back.FlowIgnoreVLAN || back.FlowMax != told.FlowMax) {
			t.Errorf("the manifest gives back %+v, %v", back, err)
		}
		if (m.FlowsEvicted > 0) != with || m.FlowsTCP == 0 || m.StreamSeen == 0 || m.FlowsOneWay > m.FlowsTCP/10 {
			t.Errorf("%d evicted, %d bytes seen, %d missed, %d of %d one-way", m.FlowsEvicted, m.StreamSeen, m.StreamMissed, m.FlowsOneWay, m.FlowsTCP)
		}
		if got := state(t, root).Files("flows"); len(got) == 0 || got[0].MinTS > got[0].MaxTS {
			t.Errorf("files of flows: %+v", got)
		}
	}
	if _, flows := flowsOf(t, source); rows[false] != int64(len(flows)) || rows[true] <= rows[false] {
		t.Errorf("%d rows, with short timeouts %d, want %d and more", rows[false], rows[true], len(flows))
	}
	for _, o := range []Options{{FlowIdle: -1}, {FlowActive: 400 * 24 * time.Hour}, {FlowMax: 1}, {FlowMax: 1 << 30}} {
		if _, err := o.normalise(); !errors.Is(err, ErrUsage) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	var o Options
	if _, err := o.normalise(); err != nil || o.FlowIdle != 120*time.Second || o.FlowActive != 30*time.Minute || o.FlowMax != flow.DefaultOpen {
		t.Errorf("defaults %+v, %v", o, err)
	}
}
