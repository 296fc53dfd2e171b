package etl

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// inMembers packs a capture in pieces, as bgzip and pzstd do.
func inMembers(tb testing.TB, content []byte, pack func(testing.TB, []byte) []byte) []byte {
	tb.Helper()
	var out []byte
	for len(content) > 0 {
		n := min(len(content), 200<<10)
		out, content = append(out, pack(tb, content[:n])...), content[n:]
	}
	return out
}

func zstdPacked(tb testing.TB, b []byte) []byte {
	tb.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return w.EncodeAll(b, nil)
}

// noise is a capture of so many frames of 1,000 random bytes that compress a little.
func noise(frames int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	list := packetsOf(1, evening, time.Millisecond, frames)
	for i := range list {
		data := make([]byte, 1000)
		for j := range data {
			data[j] = byte(random.Uint32() & 0x3f) // packs to three quarters
		}
		list[i].frame = append(list[i].frame[:len(list[i].frame):len(list[i].frame)], data...)
	}
	return pcap(list...)
}

// readOf counts what is read of stored bytes.
type readOf struct {
	in io.ReaderAt
	n  int64
}

func (r *readOf) ReadAt(b []byte, at int64) (int, error) {
	n, err := r.in.ReadAt(b, at)
	r.n += int64(n)
	return n, err
}

// TestPointsOfIngest: of captures in members and frames ingest keeps where they begin, the same each time, and the last frame is read from there; of a single stream it
// keeps nothing. Damaged, they are not believed; when the capture goes, so do they.
func TestPointsOfIngest(t *testing.T) {
	content := noise(6000)
	cases := []struct {
		name   string
		stored []byte
		points bool
	}{
		{"plain.pcap", content, false},
		{"one.pcap.gz", gzipped(t, content), false},
		{"members.pcap.gz", inMembers(t, content, gzipped), true},
		{"one.pcap.zst", zstdPacked(t, content), false},
		{"frames.pcap.zst", inMembers(t, content, zstdPacked), true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := files(t, map[string][]byte{c.name: c.stored})
			root := filepath.Join(t.TempDir(), "lake")
			ingest(t, Options{Lake: root, Sources: []string{dir}})
			m := state(t, root).Manifests()[0]
			kept := pointsPath(root, m.CaptureID)
			text, err := os.ReadFile(kept)
			if (err == nil) != c.points {
				t.Fatalf("points: %v", err)
			}
			last := framesOf(t, c.stored)[m.Frames-1]
			n := readToPick(t, root, c.stored, last)
			if total := int64(len(c.stored)); c.points && n > 3<<20 || !c.points && m.Compression != "" && n < total*9/10 {
				t.Errorf("%d of %d bytes read", n, total)
			}
			if !c.points {
				return
			}
			again := filepath.Join(t.TempDir(), "lake")
			ingest(t, Options{Lake: again, Sources: []string{dir}, Jobs: 1})
			if other, err := os.ReadFile(pointsPath(again, m.CaptureID)); !bytes.Equal(other, text) {
				t.Errorf("other points the second time: %v", err)
			}
			if err := os.WriteFile(kept, bytes.Replace(text, []byte("1"), []byte("2"), 1), 0o640); err != nil {
				t.Fatal(err)
			}
			if n := readToPick(t, root, c.stored, last); n < int64(len(c.stored))*9/10 {
				t.Errorf("damaged points were believed: %d bytes read", n)
			}
			goesWithCapture(t, root, filepath.Join(dir, c.name), kept, c.stored)
		})
	}
}

// readToPick picks a frame of the lake's capture and returns how many of the stored bytes were read for it.
func readToPick(t *testing.T, root string, stored []byte, want extracted) int64 {
	t.Helper()
	l, err := lake.Open(context.Background(), root)
	if err != nil {
		t.Fatal(err)
	}
	in := &readOf{in: bytes.NewReader(stored)}
	p, err := newOriginals(l, nil).picker(state(t, root).Manifests()[0], &original{io.NewSectionReader(in, 0, int64(len(stored))), "", func() {}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	f, _, err := p.Pick(t.Context(), want.Offset)
	if err != nil || !bytes.Equal(f.Data, want.Data) {
		t.Fatalf("another frame, %v", err)
	}
	return in.n
}

// goesWithCapture has a capture replaced by one that goes on from it, whose points then are the only ones.
func goesWithCapture(t *testing.T, root, path, kept string, stored []byte) {
	t.Helper()
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(kept, old, old); err != nil {
		t.Fatal(err)
	}
	more := pcap(packetsOf(2, evening.Add(time.Hour), time.Second, 10)...)[24:]
	pack := gzipped
	if filepath.Ext(path) == ".zst" {
		pack = zstdPacked
	}
	place(t, path, append(bytes.Clone(stored), pack(t, more)...))
	ingest(t, Options{Lake: root, Sources: []string{path}})
	captures := state(t, root).Manifests()
	if len(captures) != 1 || captures[0].Frames != 6010 {
		t.Fatalf("%d captures", len(captures))
	}
	if pointsOf(root, captures[0]) == nil {
		t.Error("the capture that grew has no points")
	}
	if err := sweepPoints(root, state(t, root), time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); !os.IsNotExist(err) {
		t.Errorf("points of a capture that went are still there: %v", err)
	}
}

// BenchmarkExtract reads the last frame of a capture of 300 MB again, by how it is packed.
func BenchmarkExtract(b *testing.B) {
	content := noise(300_000)
	for _, c := range []struct {
		name   string
		stored []byte
	}{
		{"plain", content},
		{"gzip", gzipped(b, content)},
		{"gzip members", inMembers(b, content, gzipped)},
		{"zstd", zstdPacked(b, content)},
		{"zstd frames", inMembers(b, content, zstdPacked)},
	} {
		b.Run(c.name, func(b *testing.B) {
			dir := files(b, map[string][]byte{"capture": c.stored})
			root := filepath.Join(b.TempDir(), "lake")
			ingest(b, Options{Lake: root, Sources: []string{dir}})
			m := state(b, root).Manifests()[0]
			picks := picksOf(m, []extracted{lastFrame(b, content)})
			for b.Loop() {
				x, err := Extract(b.Context(), extractOf(b, root, io.Discard), picks)
				if err != nil || x.Frames != 1 {
					b.Fatalf("%+v, %v", x, err)
				}
			}
		})
	}
}

func lastFrame(tb testing.TB, content []byte) extracted {
	tb.Helper()
	r, err := capture.NewReader(bytes.NewReader(content))
	if err != nil {
		tb.Fatal(err)
	}
	defer r.Close()
	var last extracted
	for r.Scan() {
		last.Frame = *r.Frame()
	}
	return last
}
