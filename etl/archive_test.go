package etl

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A packedFile is a member of an archive that a test makes.
type packedFile struct {
	name  string
	bytes []byte
}

func tarOf(tb testing.TB, members ...packedFile) []byte {
	tb.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Typeflag: tar.TypeReg, Mode: 0o600, Size: int64(len(m.bytes)), ModTime: evening}
		if err := w.WriteHeader(h); err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write(m.bytes); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func zipOf(tb testing.TB, members ...packedFile) []byte {
	tb.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, m := range members {
		f, err := w.Create(m.name)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := f.Write(m.bytes); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// night are the members of the archives in these tests: three captures, one of them in another, and what is none.
func night(tb testing.TB) []packedFile {
	a, b := pcap(packetsOf(1, evening, time.Second, 90)...), pcap(packetsOf(2, evening, time.Second, 30)...)
	return []packedFile{
		{"README", []byte("what was captured that night, and where")},
		{"tap/a.pcap", a},
		{"../../b.pcap.gz", gzipped(tb, b)},
		{"/etc/c", pcap(packetsOf(3, evening, time.Second, 9)...)},
		{"nested.tar", tarOf(tb, packedFile{"a.pcap", a})},
		{"bad.pcap", []byte("no capture, whatever its name says")},
		{"tap/a.pcap", pcap(packetsOf(4, evening, time.Second, 6)...)},
		{"empty.bin", nil},
	}
}

// sourcesOf are the names of all captures in a lake, in the order of names.
func sourcesOf(tb testing.TB, root string) []string {
	tb.Helper()
	var names []string
	for _, m := range state(tb, root).Manifests() {
		names = append(names, fmt.Sprintf("%s %d", m.Source, m.Rows))
	}
	slices.Sort(names)
	return names
}

func TestArchives(t *testing.T) {
	members := night(t)
	for name, content := range map[string][]byte{
		"n.tar": tarOf(t, members...), "n.tar.gz": gzipped(t, tarOf(t, members...)), "n.zip": zipOf(t, members...), "night": tarOf(t, members...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(files(t, map[string][]byte{"in/" + name: content}))
			at := "in/" + name + memberMark
			want := []string{at + "../../b.pcap.gz 30", at + "/etc/c 9", at + "tap/a.pcap 90", at + "tap/a.pcap#2 6"}
			var first map[string]string
			for _, jobs := range []int{1, 4} {
				root := fmt.Sprint("lake", jobs)
				s := ingest(t, Options{Lake: root, Sources: []string{"in"}, Jobs: jobs})
				if s.Committed != 4 || s.Failed != 1 || s.Packets != 135 || s.Skipped < 2 || s.Errors[0].Source != at+"bad.pcap" {
					t.Errorf("summary %+v", s)
				}
				if diff := cmp.Diff(want, sourcesOf(t, root)); diff != "" {
					t.Errorf("sources: -want +got\n%s", diff)
				}
				if first == nil {
					first = contents(t, root)
				} else if diff := cmp.Diff(first, contents(t, root)); diff != "" {
					t.Errorf("at %d jobs: %s", jobs, diff)
				}
			}
			if outside, _ := filepath.Glob("../*"); len(outside) != 1 {
				t.Errorf("a member left the archive: %v", outside)
			}
			if s := ingest(t, Options{Lake: "dry", Sources: []string{"in"}, DryRun: true}); s.Committed != 4 || s.Failed != 1 {
				t.Errorf("dry run: %+v", s)
			}
		})
	}
}

// TestArchiveSameCapture: the id and the rows of a capture do not depend on the archive that it lies in, nor is it read twice for it.
func TestArchiveSameCapture(t *testing.T) {
	a := pcap(packetsOf(1, evening, time.Second, 90)...)
	t.Chdir(files(t, map[string][]byte{"a.pcap": a, "z.zip": zipOf(t, packedFile{"a.pcap", a}), "z.tar": tarOf(t, packedFile{"b", gzipped(t, a)})}))
	if s := ingest(t, Options{Lake: "lake", Sources: []string{"."}}); s.Committed != 1 || s.Known != 2 {
		t.Errorf("summary %+v", s)
	}
	var ids []string
	for _, source := range []string{"a.pcap", "z.zip"} {
		ingest(t, Options{Lake: source + ".lake", Sources: []string{source}})
		ids = append(ids, state(t, source+".lake").Manifests()[0].CaptureID)
	}
	if ids[0] != ids[1] {
		t.Errorf("capture ids %v", ids)
	}
}

// TestArchiveKnown: an archive whose captures are all in the lake is not opened again until its size or time changes.
func TestArchiveKnown(t *testing.T) {
	members := []packedFile{{"a.pcap", pcap(packetsOf(1, evening, time.Second, 9)...)}, {"notes", []byte("no capture at all")}}
	for _, name := range []string{"n.tgz", "n.zip"} {
		t.Run(name, func(t *testing.T) {
			content := zipOf(t, members...)
			if name == "n.tgz" {
				content = gzipped(t, tarOf(t, members...))
			}
			t.Chdir(files(t, map[string][]byte{name: content}))
			o := Options{Lake: "lake", Sources: []string{"."}}
			ingest(t, o)
			place(t, name, bytes.Repeat([]byte{1}, len(content))) // same size, same time as far as the index can see
			past := state(t, "lake").Manifests()[0]
			info := loadIndex("lake")
			for _, e := range info.entries {
				if e.Archive != nil {
					if err := os.Chtimes(name, time.Unix(0, e.MTimeNS), time.Unix(0, e.MTimeNS)); err != nil {
						t.Fatal(err)
					}
				}
			}
			if s := ingest(t, o); s.Known != 1 || s.Skipped != 1 || s.Failed != 0 {
				t.Errorf("unchanged: %+v, was %+v", s, past)
			}
			place(t, name, content)
			now := time.Now().Add(-10 * time.Second)
			if err := os.Chtimes(name, now, now); err != nil {
				t.Fatal(err)
			}
			if s := ingest(t, o); s.Known != 1 || s.Skipped != 1 || s.Failed != 0 {
				t.Errorf("touched: %+v", s)
			}
		})
	}
}

func TestArchiveDamage(t *testing.T) {
	a, b := pcap(packetsOf(1, evening, time.Second, 30)...), pcap(packetsOf(2, evening, time.Second, 400)...)
	whole := tarOf(t, packedFile{"a.pcap", a}, packedFile{"b.pcap", b})
	zipped := zipOf(t, packedFile{"a.pcap", a}, packedFile{"b.pcap", b})
	encrypted := bytes.Clone(zipped)
	wrong := bytes.Clone(zipped)
	for i := range zipped {
		switch {
		case bytes.HasPrefix(zipped[i:], []byte("PK\x01\x02")) && bytes.HasPrefix(zipped[i+46:], []byte("a.pcap")):
			encrypted[i+8] |= 1
			wrong[i+16]++ // its CRC-32
		case bytes.HasPrefix(zipped[i:], []byte("PK\x03\x04")) && bytes.HasPrefix(zipped[i+30:], []byte("a.pcap")):
			encrypted[i+6] |= 1
		}
	}
	cut := gzipped(t, whole)
	tests := []struct {
		name   string
		bytes  []byte
		want   Summary // of the counts
		errors string  // of the first error
	}{
		{"cut.tar", whole[:1536+len(a)+5000], Summary{Committed: 2, Truncated: 1, Failed: 1}, "breaks off"},
		{"cut.tar.gz", cut[:len(cut)-60], Summary{Committed: 2, Truncated: 1, Failed: 1}, "breaks off"},
		{"encrypted.zip", encrypted, Summary{Committed: 1, Failed: 1}, "encrypted"},
		{"wrong.zip", wrong, Summary{Committed: 1, Failed: 1}, "checksum"},
		{"cut.zip", zipped[:len(zipped)-30], Summary{Failed: 1}, "zip"},
		{"empty.tar", tarOf(t, packedFile{"x", []byte("nothing")}), Summary{Failed: 1, Skipped: 1}, "no capture"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(files(t, map[string][]byte{test.name: test.bytes}))
			s, err := Ingest(t.Context(), Options{Lake: "lake", Sources: []string{test.name}})
			if err != nil {
				t.Fatal(err)
			}
			got := Summary{Committed: s.Committed, Truncated: s.Truncated, Failed: s.Failed, Skipped: s.Skipped}
			if diff := cmp.Diff(test.want, got); diff != "" || len(s.Errors) != s.Failed || !strings.Contains(s.Errors[0].Error, test.errors) {
				t.Errorf("summary: -want +got\n%s%v", diff, s.Errors)
			}
		})
	}
}

// TestArchiveAfter: nothing becomes of an archive, and that is said.
func TestArchiveAfter(t *testing.T) {
	content := tarOf(t, packedFile{"a.pcap", pcap(packetsOf(1, evening, time.Second, 9)...)})
	for _, after := range []string{"delete", "move=done"} {
		t.Chdir(files(t, map[string][]byte{"in/n.tar": content}))
		var log bytes.Buffer
		ingest(t, Options{Lake: "lake", Sources: []string{"in"}, After: after, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if got, err := os.ReadFile("in/n.tar"); err != nil || !bytes.Equal(got, content) {
			t.Errorf("after %s: %v", after, err)
		}
		if !strings.Contains(log.String(), "nothing becomes of archives") {
			t.Errorf("after %s: log %s", after, &log)
		}
	}
}

// TestBounded: a file made to fill disks is stopped.
func TestBounded(t *testing.T) {
	b := &boundedReader{in: bytes.NewReader(make([]byte, 100)), left: 99}
	if n, err := b.Read(make([]byte, 99)); n != 99 || err != nil {
		t.Errorf("within: %d, %v", n, err)
	}
	if n, err := b.Read(make([]byte, 99)); n != 0 || err != errExpands {
		t.Errorf("beyond: %d, %v", n, err)
	}
}

// TestComments: comments become rows, and those without a frame lie with the frame that follows, or the last one.
func TestComments(t *testing.T) {
	s := ingest(t, Options{Lake: filepath.Join(t.TempDir(), "none"), Sources: []string{"../testdata/dns.pcap"}})
	if s.Rows["comments"] != 0 {
		t.Errorf("rows %v", s.Rows)
	}
	root := filepath.Join(t.TempDir(), "lake")
	ingest(t, Options{Lake: root, Sources: []string{"../testdata/formats/sections.pcapng"}})
	// Frame 3, before which the second section begins, has no time: these comments lie in the default partition, whose file comes first.
	want := map[string][]string{
		"scope":        {"section", "interface", "section", "interface", "frame", "interface"},
		"frame_no":     {"", "", "", "", "1", ""},
		"interface_id": {"", "1", "", "0", "0", "1"},
		"comment":      {"second section", "the port of le0", "first section", "the port of be0", "the first\uFFFD echo", "counted to the end"},
		"ts_extra_ns":  {"", "", "", "", "0", ""},
	}
	for name, values := range want {
		if diff := cmp.Diff(values, column(t, root, "comments", name)); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}
