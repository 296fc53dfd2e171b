package etl

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestIndex shows that a known path, size and time is not read: other bytes behind them go unseen until the time changes.
func TestIndex(t *testing.T) {
	b := pcap(packetsOf(1, evening, time.Second, 9)...)
	t.Chdir(files(t, map[string][]byte{"a.pcap": b, "fresh.pcap": pcap(packetsOf(2, evening, time.Second, 9)...)}))
	now := time.Now()
	if err := os.Chtimes("fresh.pcap", now, now); err != nil {
		t.Fatal(err)
	}
	o := Options{Lake: "lake", Sources: []string{"a.pcap", "fresh.pcap"}}
	ingest(t, o)
	entries := loadIndex("lake").entries
	if len(entries) != 1 {
		t.Errorf("index: %v; a file that may change within its time stamp must not be there", entries)
	}
	info, err := os.Stat("a.pcap")
	if err != nil {
		t.Fatal(err)
	}
	place(t, "a.pcap", bytes.Repeat([]byte{'x'}, len(b)))
	if err := os.Chtimes("a.pcap", info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if s := ingest(t, o); s.Known != 2 || s.Failed != 0 {
		t.Errorf("same size and time: %+v", s)
	}
	place(t, "a.pcap", bytes.Repeat([]byte{'x'}, len(b)))
	if s := ingest(t, o); s.Known != 1 || s.Failed != 1 {
		t.Errorf("another time: %+v", s)
	}
	if err := os.WriteFile("lake/_index/sources.json", []byte("{broken"), 0o640); err != nil {
		t.Fatal(err)
	}
	if s := ingest(t, Options{Lake: "lake", Sources: []string{"fresh.pcap"}}); s.Known != 1 {
		t.Errorf("with a broken index: %+v", s)
	}
}

// TestConcurrentRuns has three runs ingest the same archive into one lake at once: together they do what one does.
func TestConcurrentRuns(t *testing.T) {
	t.Chdir(archive(t))
	alone := filepath.Join(t.TempDir(), "alone")
	want := ingest(t, Options{Lake: alone, Sources: []string{"."}, Jobs: 1})
	root := filepath.Join(t.TempDir(), "lake")
	var all sync.WaitGroup
	summaries := make([]Summary, 3)
	errs := make([]error, 3)
	for i := range summaries {
		all.Go(func() {
			summaries[i], errs[i] = Ingest(t.Context(), Options{Lake: root, Sources: []string{"."}, Jobs: 1})
		})
	}
	all.Wait()
	committed := 0
	for i, s := range summaries {
		if errs[i] != nil || s.Failed != want.Failed || s.Committed+s.Known != want.Committed+want.Known {
			t.Errorf("run %d: %v, %+v", i, errs[i], s)
		}
		committed += s.Committed
	}
	if committed != want.Committed {
		t.Errorf("%d captures committed together, %d alone", committed, want.Committed)
	}
	if diff := cmp.Diff(contents(t, alone), contents(t, root)); diff != "" {
		t.Errorf("lake: -of one run +got\n%s", diff)
	}
}
