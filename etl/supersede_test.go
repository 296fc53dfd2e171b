package etl

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// frames are the frame numbers of all packets of a source, as the lake has them.
func frameNumbers(t *testing.T, n int) []string {
	t.Helper()
	out := make([]string, n)
	for i := range out {
		out[i] = strconv.Itoa(i + 1)
	}
	return out
}

// holdPackets fails the test unless the lake has the packets of one capture of n frames, once, and is sound.
func holdPackets(t *testing.T, n int) {
	t.Helper()
	if diff := cmp.Diff(frameNumbers(t, n), column(t, "lake", "packets", "frame_no")); diff != "" {
		t.Errorf("frames: -want +got\n%s", diff)
	}
	if v := verified(t, VerifyOptions{}); v.Broken > 0 {
		t.Errorf("%+v", v.Findings)
	}
}

func TestGrown(t *testing.T) {
	b := pcap(packetsOf(1, evening, time.Second, 90)...)
	cut := func(n int) []byte { return b[:len(pcap(packetsOf(1, evening, time.Second, n)...))] }
	t.Chdir(files(t, map[string][]byte{"a.pcap": cut(20)[:len(cut(20))-7]}))
	o := Options{Lake: "lake", Sources: []string{"a.pcap"}}
	if s := ingest(t, o); s.Committed != 1 || s.Truncated != 1 || s.Packets != 19 {
		t.Errorf("cut: %+v", s)
	}
	first := state(t, "lake").Manifests()[0].ContentHash
	for _, step := range []struct {
		name   string
		bytes  []byte
		frames int
		want   Summary
	}{
		{"a frame is whole", cut(20), 20, Summary{Committed: 1, Superseded: 1}},
		{"a night passes", cut(80), 80, Summary{Committed: 1, Superseded: 1}},
		{"nothing new", cut(80), 80, Summary{Known: 1}},
		{"packed", gzipped(t, b), 90, Summary{Committed: 1, Superseded: 1}},
		{"as it was before", cut(80), 90, Summary{Known: 1}},
	} {
		place(t, "a.pcap", step.bytes)
		dry := o
		dry.DryRun = true
		planned := ingest(t, dry)
		s := ingest(t, o)
		for _, s := range []Summary{planned, s} {
			got := Summary{Committed: s.Committed, Superseded: s.Superseded, Known: s.Known}
			if diff := cmp.Diff(step.want, got); diff != "" {
				t.Errorf("%s (dry %v): -want +got\n%s", step.name, s.DryRun, diff)
			}
		}
		if want := map[bool]string{true: ActionSupersede, false: ActionKnown}[step.want.Superseded > 0]; planned.Plan[0].Action != want {
			t.Errorf("%s: planned %+v", step.name, planned.Plan)
		}
		holdPackets(t, step.frames)
	}
	if _, live := state(t, "lake").ByContent(first); live || len(state(t, "lake").Manifests()) != 1 {
		t.Error("an earlier part is live")
	}
	place(t, "a.pcap", pcap(packetsOf(2, evening, time.Second, 40)...))
	if s := ingest(t, o); s.Committed != 1 || s.Superseded != 0 || len(column(t, "lake", "packets", "frame_no")) != 130 {
		t.Errorf("another capture of that name: %+v", s)
	}
}

// TestGrownDeterministic: whatever is read first, the changes are numbered by the order of the sources.
func TestGrownDeterministic(t *testing.T) {
	dir := files(t, nil)
	t.Chdir(dir)
	const sources = 12
	write := func(frames int) {
		for i := range sources {
			n := frames + (sources-i)*100 // the first takes longest
			place(t, "in/"+strconv.Itoa(100+i)+".pcap", pcap(packetsOf(byte(i), evening, time.Second, n)...))
		}
	}
	var want map[string]string
	for _, jobs := range []int{1, 8} {
		os.RemoveAll("lake")
		for round, frames := range []int{10, 60} {
			write(frames)
			s := ingest(t, Options{Lake: "lake", Sources: []string{"in"}, Jobs: jobs})
			if s.Committed != sources || s.Superseded != round*sources {
				t.Fatalf("%+v", s)
			}
		}
		got := contents(t, "lake")
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("at %d jobs\n%s", jobs, diff)
		}
	}
}

// TestGrownElsewhere: the whole capture came first by another path; its earlier part goes all the same.
func TestGrownElsewhere(t *testing.T) {
	whole := pcap(packetsOf(1, evening, time.Second, 50)...)
	t.Chdir(files(t, map[string][]byte{"a.pcap": pcap(packetsOf(1, evening, time.Second, 20)...)}))
	ingest(t, Options{Lake: "lake", Sources: []string{"a.pcap"}})
	place(t, "0/copy.pcap", whole)
	place(t, "a.pcap", whole)
	if s := ingest(t, Options{Lake: "lake", Sources: []string{"0", "a.pcap"}}); s.Committed != 1 || s.Known != 1 || s.Superseded != 1 {
		t.Errorf("%+v", s)
	}
	holdPackets(t, 50)
}

func TestReplace(t *testing.T) {
	first, second := pcap(packetsOf(1, evening, time.Second, 20)...), pcap(packetsOf(2, evening, time.Second, 30)...)
	t.Chdir(files(t, map[string][]byte{"a.pcap": first}))
	steps := []struct {
		name    string
		bytes   []byte
		o       Options
		want    Summary
		frames  int
		sensors int // captures by sensor dmz
	}{
		{"at first", first, Options{}, Summary{Committed: 1}, 20, 0},
		{"the same", first, Options{Replace: true}, Summary{Known: 1}, 20, 0},
		{"other bytes", second, Options{Replace: true}, Summary{Committed: 1, Superseded: 1}, 30, 0},
		{"as at first, not told", first, Options{}, Summary{Known: 1}, 30, 0},
		{"as at first", first, Options{Replace: true}, Summary{Committed: 1, Superseded: 1}, 20, 0},
		{"with payload", first, Options{Replace: true, Payload: 9}, Summary{Committed: 1, Superseded: 1}, 20, 0},
		{"with payload again", first, Options{Replace: true, Payload: 9, Explicit: true}, Summary{Known: 1}, 20, 0},
		{"at another sensor", first, Options{Replace: true, Sensor: "dmz", Explicit: true}, Summary{Committed: 1, Superseded: 1}, 20, 1},
	}
	for i, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			place(t, "a.pcap", step.bytes)
			o := step.o
			o.Lake, o.Sources = "lake", []string{"a.pcap"}
			s := ingest(t, o)
			got := Summary{Committed: s.Committed, Superseded: s.Superseded, Known: s.Known}
			if diff := cmp.Diff(step.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			holdPackets(t, step.frames)
			ms := state(t, "lake").Manifests()
			if len(ms) != 1 || (ms[0].Sensor == "dmz") != (step.sensors == 1) {
				t.Errorf("step %d: captures %+v", i, ms)
			}
		})
	}
	payloads := slices.DeleteFunc(state(t, "lake").AllFiles(), func(f schema.File) bool { return f.Table != "payloads" })
	if len(payloads) > 0 {
		t.Errorf("payloads are left: %+v", payloads)
	}
	os.RemoveAll("lake/_index")
	if s, err := Ingest(t.Context(), Options{Lake: "lake", Sources: []string{"a.pcap"}, Payload: 3, Explicit: true}); !errors.Is(err, ErrConflict) {
		t.Errorf("without being told: %v, %+v", err, s)
	}
	place(t, "in/b.pcap", first)
	if s := ingest(t, Options{Lake: "lake", Sources: []string{"in"}, Payload: 3, Replace: true}); s.Known != 1 || s.KnownOtherOptions != 1 {
		t.Errorf("found in a folder: %+v", s)
	}
}

// TestReplaceEqual: of two named files of the same content one replaces, and the other is known by it.
func TestReplaceEqual(t *testing.T) {
	b := pcap(packetsOf(1, evening, time.Second, 20)...)
	t.Chdir(files(t, map[string][]byte{"a.pcap": b, "b.pcap": b}))
	ingest(t, Options{Lake: "lake", Sources: []string{"a.pcap", "b.pcap"}})
	s := ingest(t, Options{Lake: "lake", Sources: []string{"a.pcap", "b.pcap"}, Replace: true, Payload: -1, Explicit: true, Jobs: 2})
	if s.Committed != 1 || s.Superseded != 1 || s.Known != 1 || s.KnownOtherOptions != 0 {
		t.Errorf("%+v", s)
	}
	holdPackets(t, 20)
}

// TestGrownInCompacted: of a compacted file that is not what its manifest says nothing can be taken out: that is said, and the lake stays as it is.
func TestGrownInCompacted(t *testing.T) {
	smallLake(t)
	l, err := lake.Open(t.Context(), "lake")
	if err != nil {
		t.Fatal(err)
	}
	staging, err := l.Stage("compact")
	if err != nil {
		t.Fatal(err)
	}
	defer staging.Discard()
	if _, err := l.Change(t.Context(), staging, func(s *lake.State) (*lake.Change, error) {
		c := &lake.Change{}
		for _, f := range s.LiveFiles() {
			if f.Table == "arp" && f.Date == "2026-11-22" {
				c.Removes = append(c.Removes, f.Name)
				if c.Adds == nil {
					c.Adds = []lake.File{copied(t, staging, &f)}
				}
				c.Adds[0].Captures[f.Capture.CaptureID] += f.Rows
				c.Adds[0].Rows += f.Rows
			}
		}
		return c, nil
	}); err != nil {
		t.Fatal(err)
	}
	before := contents(t, "lake")
	place(t, "a.pcap", pcap(packetsOf(1, evening, 10*time.Second, 40)...))
	s := ingest(t, Options{Lake: "lake", Sources: []string{"a.pcap"}, Payload: -1, ToolVersion: "test"})
	if s.Failed != 1 || s.Superseded != 0 || !cmp.Equal(before, contents(t, "lake")) {
		t.Errorf("%+v", s)
	}
}

// copied stages the bytes of a file as one of several captures, of no rows yet.
func copied(t *testing.T, staging *lake.Staging, f *lake.LiveFile) lake.File {
	t.Helper()
	to, err := staging.Create(f.Table, f.Sensor, f.Date, "merged-0")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join("lake", f.Name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Write(b); err != nil {
		t.Fatal(err)
	}
	out, err := to.Finish(schema.FileStats{MinTS: *f.MinTS, MaxTS: *f.MaxTS})
	if err != nil {
		t.Fatal(err)
	}
	out.Captures = map[string]int64{}
	return out
}

// TestAfterDeleteExpired: a source whose packets expired is not deleted: they are nowhere else.
func TestAfterDeleteExpired(t *testing.T) {
	nights(t)
	expire(t, ExpireOptions{Keep: map[string]time.Duration{"packets": time.Hour}, Now: noon(1).Add(6 * time.Hour)})
	s := ingest(t, Options{Lake: "lake", Sources: []string{"."}, After: "delete"})
	left, _ := filepath.Glob("*.pcap")
	if s.Known != 3 || !slices.Equal(left, []string{"0.pcap", "1.pcap"}) {
		t.Errorf("%+v, left %v", s, left)
	}
}

// TestGrownBoth: two runs at once brought in a capture and its earlier part; the next one ends that, though nothing changed.
func TestGrownBoth(t *testing.T) {
	part, whole := pcap(packetsOf(1, evening, time.Second, 20)...), pcap(packetsOf(1, evening, time.Second, 50)...)
	t.Chdir(files(t, map[string][]byte{"a.pcap": part}))
	o := Options{Lake: "lake", Sources: []string{"a.pcap"}}
	ingest(t, o)
	manifest, err := os.ReadFile(glob(t, "lake/_manifests/c-*.json"))
	if err != nil {
		t.Fatal(err)
	}
	name := glob(t, "lake/_manifests/c-*.json")
	os.Rename(name, "aside")
	place(t, "a.pcap", whole)
	old := time.Now().Add(-time.Hour) // or the index would not know it
	os.Chtimes("a.pcap", old, old)
	ingest(t, o)
	place(t, name, manifest)
	if n := len(column(t, "lake", "packets", "frame_no")); n != 70 {
		t.Fatalf("%d packets", n)
	}
	if s := ingest(t, o); s.Known != 1 || s.Superseded != 1 {
		t.Errorf("%+v", s)
	}
	holdPackets(t, 50)
}
