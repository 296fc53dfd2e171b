package capture_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/internal/shared"
)

const formatsDir = "../../testdata/formats"

func TestFormats(t *testing.T) {
	type facts struct {
		Format, Variant, Compression string
		Frames, Rejected             int64
		Dropped                      int64 // -1: not told
		Comments, Names              int64
		Interfaces                   int
		Truncated                    bool
	}
	one := func(format, variant, compression string) facts {
		return facts{Format: format, Variant: variant, Compression: compression, Frames: 6, Dropped: -1, Interfaces: 1}
	}
	tests := []struct {
		name string
		want facts
		by   bool // tshark reads it too
	}{
		{"modified-be.pcap", one("pcap", "pcap-mod-be", ""), true},
		{"ixia-le.pcap", one("pcap", "pcap-ixia-le", ""), true},
		{"nanoseconds-be.pcap", one("pcap", "pcap-ns-be", ""), true},
		{"echo.snoop", facts{Format: "snoop", Variant: "snoop-v2", Frames: 6, Dropped: 7, Interfaces: 1}, true},
		{"echo.erf", facts{Format: "erf", Variant: "erf", Frames: 6, Dropped: 5, Interfaces: 3}, true},
		{"sections.pcapng", facts{Format: "pcapng", Variant: "pcapng-be", Frames: 6, Dropped: 7, Comments: 6, Names: 2, Interfaces: 2}, true},
		{"damaged.pcapng", facts{Format: "pcapng", Variant: "pcapng-le", Frames: 6, Rejected: 1, Dropped: -1, Comments: 2, Interfaces: 1}, false},
		{"members.pcap.gz", one("pcap", "pcap-us-le", "gzip"), true},
		{"frames.pcap.zst", one("pcap", "pcap-us-le", "zstd"), false},
		{"frames.pcap.lz4", one("pcap", "pcap-us-le", "lz4"), false},
		{"streams.pcap.xz", one("pcap", "pcap-us-le", "xz"), false},
		{"streams.pcap.bz2", one("pcap", "pcap-us-le", "bzip2"), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(formatsDir, test.name)
			frames, info, err := readAll(t, path)
			if err != nil {
				t.Fatal(err)
			}
			got := facts{
				Format: info.Format, Variant: info.Variant, Compression: info.Compression, Frames: info.Frames, Rejected: info.Frames - frames, Dropped: -1,
				Comments: info.Comments, Names: info.Names, Interfaces: len(info.Interfaces), Truncated: info.Truncated,
			}
			if info.Dropped != nil {
				got.Dropped = *info.Dropped
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if test.by {
				compareWithTshark(t, path)
			}
		})
	}
}

// compareWithTshark compares the times and lengths of frames. Not the numbers: tshark also numbers custom blocks, which have no bytes.
func compareWithTshark(t *testing.T, path string) {
	t.Helper()
	out, err := exec.Command(shared.Tool(t, "tshark"), "-n", "-r", path, "-Y", "frame.len > 0", "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.cap_len",
		"-e", "frame.len").Output()
	if err != nil {
		t.Fatalf("tshark: %v", err)
	}
	var got strings.Builder
	for _, line := range frameLines(t, path) {
		_, rest, _ := strings.Cut(line, "\t")
		got.WriteString(rest + "\n")
	}
	if diff := cmp.Diff(string(out), got.String()); diff != "" {
		t.Errorf("-tshark +got\n%s", diff)
	}
}

func TestComments(t *testing.T) {
	type comment struct {
		Frame int64 // after which Scan they were there
		capture.Comment
	}
	section, nic, frame := capture.ScopeSection, capture.ScopeInterface, capture.ScopeFrame
	want := []comment{
		{1, capture.Comment{Scope: section, InterfaceID: -1, Text: "first section"}},
		{1, capture.Comment{Scope: nic, InterfaceID: 0, Text: "the port of be0"}},
		{1, capture.Comment{Scope: frame, InterfaceID: 0, Text: "the first\uFFFD echo"}},
		{3, capture.Comment{Scope: section, InterfaceID: -1, Text: "second section"}},
		{3, capture.Comment{Scope: nic, InterfaceID: 1, Text: "the port of le0"}},
		{0, capture.Comment{Scope: nic, InterfaceID: 1, Text: "counted to the end"}},
	}
	r, err := capture.Open(filepath.Join(formatsDir, "sections.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var got []comment
	for more := true; more; {
		more = r.Scan()
		for _, c := range r.Comments() {
			got = append(got, comment{r.Frame().No, c})
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestCommentsAreBounded: a file of comments alone costs no memory, and all are counted.
func TestCommentsAreBounded(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(formatsDir, "sections.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	const sections = 5000
	r, err := capture.NewReader(bytes.NewReader(bytes.Repeat(b[:b[7]], sections))) // the first section header has one
	if err != nil {
		t.Fatal(err)
	}
	if r.Scan() || len(r.Comments()) != 1000 || r.Info().Comments != sections {
		t.Errorf("%d comments of %d", len(r.Comments()), r.Info().Comments)
	}
}

// TestRecovery damages each byte of a pcapng file in turn: what is whole behind it is read, whatever broke.
func TestRecovery(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join(formatsDir, "sections.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	for at := 28; at < len(whole); at++ {
		b := bytes.Clone(whole)
		b[at] ^= 0xa5
		frames := countFrames(t, b)
		if frames < 2 { // at worst a section's header or its interface is lost, and with it the frames of the section
			t.Errorf("byte %d damaged: %d frames", at, frames)
		}
	}
	for at := 200; at < len(whole)-200; at++ { // bytes lost: no block behind stands on a multiple of four any more
		if frames := countFrames(t, append(bytes.Clone(whole[:at]), whole[at+3:]...)); frames < 2 {
			t.Errorf("three bytes lost at %d: %d frames", at, frames)
		}
	}
}

func countFrames(t *testing.T, b []byte) (n int64) {
	t.Helper()
	r, err := capture.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for r.Scan() {
		n++
	}
	return n
}

// TestCutIsNoDamage: in a frame that is cut off by the end of the file, what looks like blocks is the frame's own, such as a capture that is
// being downloaded.
func TestCutIsNoDamage(t *testing.T) {
	inner, err := os.ReadFile(filepath.Join(formatsDir, "sections.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := capture.NewWriter(&out, "test")
	if _, err := w.AddInterface(capture.Interface{LinkType: 1}, -1); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteFrame(&capture.Frame{HasTS: true, Data: inner, WireLen: int64(len(inner))}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	for cut := 1; cut < len(inner); cut += 7 {
		if n := countFrames(t, out.Bytes()[:out.Len()-cut]); n != 0 {
			t.Fatalf("%d bytes cut: %d frames", cut, n)
		}
	}
}

// TestPackedDamage cuts packed captures at every byte: whole frames before the cut are read, and nothing panics.
func TestPackedDamage(t *testing.T) {
	for _, name := range []string{"members.pcap.gz", "frames.pcap.zst", "frames.pcap.lz4", "streams.pcap.xz", "streams.pcap.bz2"} {
		whole, err := os.ReadFile(filepath.Join(formatsDir, name))
		if err != nil {
			t.Fatal(err)
		}
		last := int64(0)
		for cut := range len(whole) {
			r, err := capture.NewReader(bytes.NewReader(whole[:cut]))
			if err != nil {
				continue
			}
			frames := int64(0)
			for r.Scan() {
				frames++
			}
			if frames < last {
				t.Errorf("%s cut at %d: %d frames, %d with fewer bytes", name, cut, frames, last)
			}
			last = frames
			if info := r.Info(); frames < 6 && !info.Truncated && info.Frames == frames && info.PrefixEnd != info.Bytes {
				t.Errorf("%s cut at %d: not marked: %+v", name, cut, info)
			}
		}
		if last == 0 {
			t.Errorf("%s: no cut leaves a frame", name)
		}
	}
}

// TestERFIsBelieved: only bytes that are records in every respect are taken for ERF.
func TestERFIsBelieved(t *testing.T) {
	erf, err := os.ReadFile(filepath.Join(formatsDir, "echo.erf"))
	if err != nil {
		t.Fatal(err)
	}
	second := int(erf[11])
	tests := []struct {
		name   string
		change func(b []byte) []byte
		want   bool
	}{
		{"unchanged", func(b []byte) []byte { return b }, true},
		{"one record", func(b []byte) []byte { return b[:second] }, true},
		{"one record and a half", func(b []byte) []byte { return b[:second+30] }, false},
		{"two records and a half", func(b []byte) []byte { return b[:2*second+30] }, true},
		{"unknown type", func(b []byte) []byte { b[second+8] = 99; return b }, false},
		{"shorter than its header", func(b []byte) []byte { b[second+11] = 15; return b }, false},
		{"shorter than its extension headers", func(b []byte) []byte { b[8] |= 0x80; b[11] = 20; return b }, false},
		{"a year later", func(b []byte) []byte { b[second+7] += 2; return b }, false},
		{"an hour earlier", func(b []byte) []byte { b[second+5] -= 15; return b }, false},
		{"no time", func(b []byte) []byte { clear(b[:8]); return b }, false},
	}
	for _, test := range tests {
		r, err := capture.NewReader(bytes.NewReader(test.change(bytes.Clone(erf))))
		if (err == nil) != test.want {
			t.Errorf("%s: error %v", test.name, err)
		}
		if err == nil {
			r.Close()
		}
	}
}

// TestPrograms reads what the programs themselves pack, with their filters, checks, large dictionaries and dependent blocks.
func TestPrograms(t *testing.T) {
	const plain = "../../testdata/web.pcap"
	want, _, err := readAll(t, plain)
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{
		"xz -c", "xz -9e -c", "xz -0 --check=sha256 --block-size=30000 -c", "xz --x86 --lzma2=preset=6 -c", "lz4 -c", "lz4 -9 -BD -B4 -c", "lz4 -l -c",
		"zstd -c", "zstd -19 --long=27 --check -c", "gzip -c", "gzip -1 -c",
	} {
		t.Run(command, func(t *testing.T) {
			words := strings.Fields(command)
			b, err := exec.Command(shared.Tool(t, words[0]), append(words[1:], plain)...).Output()
			if err != nil {
				t.Fatal(err)
			}
			if n := countFrames(t, b); n != want {
				t.Errorf("%d frames of %d", n, want)
			}
		})
	}
	t.Run("xz beyond the bound", func(t *testing.T) {
		b, err := exec.Command(shared.Tool(t, "xz"), "--lzma2=dict=512MiB", "-T1", "-M2GiB", "-c", plain).Output()
		if err != nil {
			t.Skipf("xz: %v: it has not the memory to ask for that much", err)
		}
		if _, err := capture.NewReader(bytes.NewReader(b)); !errors.Is(err, capture.ErrNotCapture) || !strings.Contains(err.Error(), "dictionary") {
			t.Errorf("error %v", err)
		}
	})
}
