package etl

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// TestNarrow: a run that reads only those captures of a checkpoint that its sources can be does what one does that reads all.
func TestNarrow(t *testing.T) {
	defer func(whole, rows int) { wholeLake, lake.PartRows = whole, rows }(wholeLake, lake.PartRows)
	lake.PartRows = 60
	day := func(n int) time.Time { return time.Date(2026, 11, n, 12, 0, 0, 0, time.UTC) }
	astray := append(packetsOf(201, day(20), time.Second, 3), packetsOf(202, day(5), time.Second, 2)...) // begins on the 20th with its first frame, on the 5th by time
	first := map[string][]byte{"astray.pcap": pcap(astray...)}
	for i := range lake.CheckpointAfter + 10 {
		first[fmt.Sprintf("%03d.pcap", i)] = pcap(packetsOf(byte(i), day(1+i%20).Add(time.Duration(i)*time.Second), time.Second, 1+i%3)...)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(first["007.pcap"]); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	second := map[string][]byte{
		"copy.pcap": first["003.pcap"], "packed.pcap.gz": packed.Bytes(), "astray-copy.pcap": first["astray.pcap"],
		"new.pcap": pcap(packetsOf(99, day(25), time.Second, 2)...), "late.pcap": pcap(packetsOf(98, day(4), time.Second, 2)...),
		"004.pcap": pcap(packetsOf(4, day(5).Add(4*time.Second), time.Second, 9)...), // grew
	}
	dir, work := files(t, first), t.TempDir()
	want := map[string]Summary{}
	var states []*lake.State
	before := filepath.Join(work, "before")
	ingest(t, Options{Lake: before, Sources: []string{dir}})
	if _, err := Expire(t.Context(), ExpireOptions{Lake: before, Now: time.Now().Add(48 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(before, "_manifests", "c-*")); err != nil || len(left) > 0 {
		t.Fatalf("%d manifests are left, %v", len(left), err)
	}
	if err := os.RemoveAll(filepath.Join(before, indexFolder)); err != nil {
		t.Fatal(err)
	}
	var sources []string
	for _, file := range slices.Sorted(maps.Keys(second)) {
		sources = append(sources, filepath.Join(dir, file))
		place(t, filepath.Join(dir, file), second[file])
	}
	for name, whole := range map[string]int{"all": 1 << 30, "some": 0} {
		root := filepath.Join(work, name)
		if err := os.CopyFS(root, os.DirFS(before)); err != nil {
			t.Fatal(err)
		}
		wholeLake = whole
		got := ingest(t, Options{Lake: root, Sources: sources})
		got.Run, got.Seconds, got.PacketsPerSecond = "", 0, 0
		want[name] = got
		l, err := lake.Open(t.Context(), root)
		if err != nil {
			t.Fatal(err)
		}
		state, err := l.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, state)
	}
	if diff := cmp.Diff(want["all"], want["some"]); diff != "" || want["all"].Committed != 3 || want["all"].Superseded != 1 {
		t.Errorf("-all +some\n%s%+v", diff, want["all"])
	}
	if diff := cmp.Diff(states[0].Captures(), states[1].Captures()); diff != "" {
		t.Errorf("captures differ\n%s", diff)
	}
	names := func(s *lake.State) (names []string) {
		for _, f := range s.AllFiles() {
			names = append(names, f.Name)
		}
		return names
	}
	if diff := cmp.Diff(names(states[0]), names(states[1])); diff != "" {
		t.Errorf("files differ\n%s", diff)
	}
}
