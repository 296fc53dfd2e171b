package etl

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// extracted is what must come back of a frame.
type extracted struct {
	capture.Frame
	Comments []string
}

// framesOf reads the frames of stored bytes with the comments on them.
func framesOf(tb testing.TB, stored []byte) []extracted {
	tb.Helper()
	r, err := capture.NewReader(bytes.NewReader(stored))
	if err != nil {
		tb.Fatal(err)
	}
	defer r.Close()
	var all []extracted
	for r.Scan() {
		f := extracted{Frame: *r.Frame()}
		f.Data = bytes.Clone(f.Data)
		for _, c := range r.Comments() {
			if c.Scope == capture.ScopeFrame {
				f.Comments = append(f.Comments, c.Text)
			}
		}
		all = append(all, f)
	}
	return all
}

// extractOf are the options of an extraction from the lake in a folder.
func extractOf(tb testing.TB, root string, out io.Writer) ExtractOptions {
	tb.Helper()
	l, err := lake.Open(context.Background(), root)
	if err != nil {
		tb.Fatal(err)
	}
	return ExtractOptions{Lake: l, State: state(tb, root), Out: out}
}

// allPicks names all frames of a lake, whose captures have the bytes that stored gives.
func allPicks(tb testing.TB, root string, stored func(*lake.Manifest) []byte) iter.Seq2[Pick, error] {
	return func(yield func(Pick, error) bool) {
		for _, m := range state(tb, root).Manifests() {
			for p := range picksOf(m, framesOf(tb, stored(m))) {
				if !yield(p, nil) {
					return
				}
			}
		}
	}
}

// whereItWas reads a capture at its source.
func whereItWas(tb testing.TB) func(*lake.Manifest) []byte {
	return func(m *lake.Manifest) []byte {
		stored, err := os.ReadFile(m.Source)
		if err != nil {
			tb.Fatal(err)
		}
		return stored
	}
}

// picksOf names frames of a capture in the lake.
func picksOf(m *lake.Manifest, frames []extracted) iter.Seq2[Pick, error] {
	return func(yield func(Pick, error) bool) {
		for _, f := range frames {
			p := Pick{
				CaptureID: m.CaptureID, FrameNo: f.No, FrameOffset: f.Offset, InterfaceID: f.InterfaceID, HasTS: f.HasTS, TS: f.TS, TSExtraNS: f.TSExtraNS,
				CapLen: int64(len(f.Data)),
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

// sameFrame compares all that a frame is, its place in its file aside.
func sameFrame(a, b *extracted) bool {
	return a.TS == b.TS && a.TSExtraNS == b.TSExtraNS && a.HasTS == b.HasTS && a.LinkType == b.LinkType && a.FCSLen == b.FCSLen && a.Dir == b.Dir &&
		a.WireLen == b.WireLen && bytes.Equal(a.Data, b.Data) && slices.Equal(a.Comments, b.Comments)
}

// TestExtractCollection takes all frames of all captures out of the lake again, as pcapng, and reads them: capture by capture the same frames, and
// merged by time none more and none less.
func TestExtractCollection(t *testing.T) {
	root := filepath.Join(t.TempDir(), "lake")
	ingest(t, Options{Lake: root, Sources: []string{filepath.Join(shared.Dir(t), "captures")}})
	var want []extracted
	captures := 0
	all := func(yield func(Pick, error) bool) {
		want, captures = nil, 0
		for _, m := range state(t, root).Manifests() {
			if m.Rows == 0 {
				continue
			}
			stored, err := os.ReadFile(m.Source)
			if err != nil {
				t.Fatal(err)
			}
			frames := framesOf(t, stored)
			for p := range picksOf(m, frames) {
				if !yield(p, nil) {
					return
				}
			}
			want, captures = append(want, frames...), captures+1
		}
	}
	for _, merged := range []bool{false, true} {
		var out bytes.Buffer
		o := extractOf(t, root, &out)
		o.ByCapture = !merged
		x, err := Extract(context.Background(), o, all)
		if err != nil || x.Lost != 0 {
			t.Fatalf("%+v, %v", x, err)
		}
		got := framesOf(t, out.Bytes())
		if len(got) != len(want) {
			t.Fatalf("%d frames, want %d", len(got), len(want))
		}
		if merged {
			order := func(a, b extracted) int {
				return cmp.Or(cmp.Compare(a.TS, b.TS), bytes.Compare(a.Data, b.Data), cmp.Compare(a.LinkType, b.LinkType), cmp.Compare(a.WireLen, b.WireLen))
			}
			slices.SortStableFunc(want, order)
			slices.SortStableFunc(got, order)
		}
		for i := range want {
			if !want[i].HasTS { // an interface beyond the first has no block that says so
				want[i].HasTS = got[i].HasTS
			}
			if !sameFrame(&want[i], &got[i]) {
				t.Fatalf("merged %v, frame %d (-want +got):\n%s", merged, i, gocmp.Diff(want[i], got[i]))
			}
		}
	}
	shared.Report(t, "%d frames of %d captures extracted and compared", len(want), captures)
	if captures < 1000 {
		t.Errorf("only %d captures", captures)
	}
}

// TestExtractMerges: frames of overlapping captures come by time, each capture's in its own order.
func TestExtractMerges(t *testing.T) {
	dir := files(t, map[string][]byte{
		"a.pcap": pcap(packetsOf(1, evening, 3*time.Second, 40)...),
		"b.pcap": pcap(packetsOf(2, evening.Add(time.Second), 2*time.Second, 40)...),
		"c.pcap": pcap(packetsOf(3, evening.Add(time.Hour), time.Second, 5)...),
	})
	root := filepath.Join(t.TempDir(), "lake")
	ingest(t, Options{Lake: root, Sources: []string{dir}})
	all := allPicks(t, root, whereItWas(t))
	for _, c := range []struct {
		name            string
		pcap, byCapture bool
	}{{"time", false, false}, {"pcap", true, false}, {"capture", false, true}} {
		var out bytes.Buffer
		o := extractOf(t, root, &out)
		o.Pcap, o.ByCapture = c.pcap, c.byCapture
		x, err := Extract(context.Background(), o, all)
		if err != nil || x.Frames != 85 || x.Captures != 3 {
			t.Fatalf("%s: %+v, %v", c.name, x, err)
		}
		got := framesOf(t, out.Bytes())
		sorted := slices.IsSortedFunc(got, func(a, b extracted) int { return int(a.TS - b.TS) })
		if len(got) != 85 || sorted == c.byCapture {
			t.Errorf("%s: %d frames, by time: %v", c.name, len(got), sorted)
		}
	}
}

// TestExtractOriginals: a capture that moved is found by its content, packed or not; one that is gone or is another by now is told, and the
// rest comes.
func TestExtractOriginals(t *testing.T) {
	kept, moved := pcap(packetsOf(1, evening, time.Second, 10)...), pcap(packetsOf(2, evening, time.Second, 20)...)
	cases := []struct {
		name    string
		change  func(t *testing.T, dir string)
		archive string
		frames  int64
		lost    int64
		told    string
	}{
		{"gone", func(t *testing.T, dir string) { remove(t, dir, "moved.pcap") }, "", 10, 20, "no longer there: tell with --archive"},
		{"moved", func(t *testing.T, dir string) { rename(t, dir, "moved.pcap", "old/x/other-name") }, "old", 30, 0, ""},
		{"packed", func(t *testing.T, dir string) {
			remove(t, dir, "moved.pcap")
			place(t, filepath.Join(dir, "old/moved.pcap.gz"), gzipped(t, moved))
		}, "old", 30, 0, ""},
		{"another", func(t *testing.T, dir string) {
			place(t, filepath.Join(dir, "moved.pcap"), pcap(packetsOf(3, evening, time.Second, 20)...))
		}, "", 10, 20, "other content by now"},
		{"not a capture", func(t *testing.T, dir string) { place(t, filepath.Join(dir, "moved.pcap"), []byte("text")) }, "", 10, 20, "other content by now"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := files(t, map[string][]byte{"kept.pcap": kept, "moved.pcap": moved})
			root := filepath.Join(t.TempDir(), "lake")
			ingest(t, Options{Lake: root, Sources: []string{dir}})
			c.change(t, dir)
			all := allPicks(t, root, func(m *lake.Manifest) []byte {
				if filepath.Base(m.Source) == "moved.pcap" {
					return moved
				}
				return kept
			})
			var out bytes.Buffer
			o := extractOf(t, root, &out)
			if c.archive != "" {
				o.Archives = []string{filepath.Join(dir, c.archive)}
			}
			x, err := Extract(context.Background(), o, all)
			if err != nil || x.Frames != c.frames || x.Lost != c.lost {
				t.Fatalf("%+v, %v", x, err)
			}
			if told := len(x.Errors) == 1 && strings.Contains(x.Errors[0].Error, c.told); (c.told != "") != told {
				t.Errorf("told %v, want %q", x.Errors, c.told)
			}
			if want := map[bool]int{true: exitPartial, false: exitDone}[c.lost > 0]; x.ExitStatus() != want {
				t.Errorf("exit status %d, want %d", x.ExitStatus(), want)
			}
		})
	}
}

// TestExtractMember takes frames out of captures in archives.
func TestExtractMember(t *testing.T) {
	inner := pcap(packetsOf(1, evening, time.Second, 10)...)
	for name, pack := range map[string][]byte{
		"night.tar": tarOf(t, packedFile{"a.pcap", inner}), "night.zip": zipOf(t, packedFile{"a.pcap", inner}),
		"night.tar.gz": gzipped(t, tarOf(t, packedFile{"a.pcap", inner})),
	} {
		dir := files(t, map[string][]byte{name: pack})
		root := filepath.Join(t.TempDir(), "lake")
		ingest(t, Options{Lake: root, Sources: []string{dir}})
		var out bytes.Buffer
		x, err := Extract(context.Background(), extractOf(t, root, &out), picksOf(state(t, root).Manifests()[0], framesOf(t, inner)))
		if err != nil || x.Frames != 10 {
			t.Errorf("%s: %+v, %v", name, x, err)
		}
	}
}

// TestRepairMember: files are made again from a capture in an archive, which repair finds as extraction does.
func TestRepairMember(t *testing.T) {
	dir := files(t, map[string][]byte{"night.tar": tarOf(t, packedFile{"a.pcap", pcap(packetsOf(1, evening, time.Second, 10)...)})})
	root := filepath.Join(t.TempDir(), "lake")
	ingest(t, Options{Lake: root, Sources: []string{dir}})
	before := contents(t, root)
	lost := state(t, root).Files("packets")[0]
	if err := os.Remove(lost.Path); err != nil {
		t.Fatal(err)
	}
	v, err := Verify(context.Background(), VerifyOptions{Lake: root, Repair: true})
	if err != nil || v.Repaired != 1 || v.Broken != 0 {
		t.Fatalf("%d repaired, %d broken, %v: %+v", v.Repaired, v.Broken, err, v.Findings)
	}
	if contents(t, root)[lost.Name] != before[lost.Name] {
		t.Error("the file has other bytes than before")
	}
}

func TestExtractPcapOfTwoLinkTypes(t *testing.T) {
	raw := pcap(packetsOf(2, evening, time.Second, 1)...)
	raw[20] = 101 // LINKTYPE_RAW
	dir := files(t, map[string][]byte{"a.pcap": raw, "b.pcap": pcap(packetsOf(1, evening, time.Second, 1)...)})
	root := filepath.Join(t.TempDir(), "lake")
	ingest(t, Options{Lake: root, Sources: []string{dir}})
	o := extractOf(t, root, new(bytes.Buffer))
	o.Pcap = true
	_, err := Extract(context.Background(), o, allPicks(t, root, whereItWas(t)))
	if !errors.Is(err, capture.ErrLinkTypes) {
		t.Errorf("got %v", err)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func rename(t *testing.T, dir, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, to)), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
		t.Fatal(err)
	}
}
