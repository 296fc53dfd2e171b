package capture

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// inPieces packs content piece by piece.
func inPieces(content []byte, size int, pack func([]byte) []byte) []byte {
	var out []byte
	for at := 0; at < len(content); at += size {
		out = append(out, pack(content[at:min(at+size, len(content))])...)
	}
	return out
}

func gzipMember(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

// zstdFrames returns a packer of frames as options make them.
func zstdFrames(tb testing.TB, options ...zstd.EOption) func([]byte) []byte {
	tb.Helper()
	w, err := zstd.NewWriter(nil, options...)
	if err != nil {
		tb.Fatal(err)
	}
	return func(b []byte) []byte { return w.EncodeAll(b, nil) }
}

// zstdStreamed makes a frame that does not say how long its content is.
func zstdStreamed(b []byte) []byte {
	var out bytes.Buffer
	w, _ := zstd.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

// someCapture is a capture of frames of random sizes, some of which compress.
func someCapture(tb testing.TB, frames int) []byte {
	tb.Helper()
	var file bytes.Buffer
	w := NewWriter(&file, "test")
	if _, err := w.AddInterface(Interface{LinkType: 1}, -1); err != nil {
		tb.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range frames {
		data := make([]byte, 60+random.IntN(1440))
		for j := range data[:len(data)/2] {
			data[j] = byte(random.Uint32())
		}
		if err := w.WriteFrame(&Frame{TS: int64(i), HasTS: true, WireLen: int64(len(data)), Data: data}); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	return file.Bytes()
}

// packings are ways in which a capture is packed, and whether it can be read from points.
func packings(tb testing.TB) []struct {
	name   string
	pack   func([]byte) []byte
	points bool
} {
	tb.Helper()
	const piece = 256 << 10
	skippable := []byte("\x5a\x2a\x4d\x18\x05\x00\x00\x00index")
	return []struct {
		name   string
		pack   func([]byte) []byte
		points bool
	}{
		{"one member", gzipMember, false},
		{"members", func(b []byte) []byte { return inPieces(b, piece, gzipMember) }, true},
		{"BGZF", func(b []byte) []byte { return append(inPieces(b, 0xff00, gzipMember), gzipMember(nil)...) }, true},
		{"one frame", zstdFrames(tb), false},
		{"frames", func(b []byte) []byte { return inPieces(b, piece, zstdFrames(tb)) }, true},
		{"frames without checksums", func(b []byte) []byte { return inPieces(b, 3*piece, zstdFrames(tb, zstd.WithEncoderCRC(false))) }, true},
		{"single segments", func(b []byte) []byte { return inPieces(b, 4*piece, zstdFrames(tb, zstd.WithSingleSegment(true))) }, true},
		{"streamed", func(b []byte) []byte { return inPieces(b, piece, zstdStreamed) }, true},
		{"seekable", func(b []byte) []byte {
			return append(append(bytes.Clone(skippable), inPieces(b, piece, zstdFrames(tb))...), skippable...)
		}, true},
		{"small frames", func(b []byte) []byte { return inPieces(b, 97, zstdFrames(tb)) }, true},
	}
}

// TestPoints: whatever a capture is packed in, it is read whole, from every point what follows it, and of frames in any order little more than what lies between
// them and the points before.
func TestPoints(t *testing.T) {
	content := someCapture(t, 8000)
	all, _ := framesOf(content)
	for _, c := range packings(t) {
		t.Run(c.name, func(t *testing.T) {
			stored := c.pack(content)
			r, err := NewReader(bytes.NewReader(stored))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for r.Scan() {
			}
			info := r.Info()
			if info.Frames != 8000 || info.Truncated || len(info.Damage) > 0 || info.Bytes != int64(len(content)) {
				t.Fatalf("%+v", info)
			}
			if (len(info.Points) > 0) != c.points || len(info.Points) > len(content)/pointEvery {
				t.Fatalf("%d points", len(info.Points))
			}
			for _, p := range info.Points {
				if p.Out == info.Bytes { // the empty member at the end of BGZF
					continue
				}
				rest, _, err := Decompress(bytes.NewReader(stored[p.In:]))
				if err != nil {
					t.Fatal(err)
				}
				got := make([]byte, 100)
				if _, err := io.ReadFull(rest, got); err != nil || !bytes.Equal(got, content[p.Out:p.Out+100]) {
					t.Errorf("point %v: other content, %v", p, err)
				}
				rest.Close()
			}
			pickAnyOrder(t, stored, content, all, info.Points)
		})
	}
}

func pickAnyOrder(t *testing.T, stored, content []byte, all []picked, points []Point) {
	t.Helper()
	in := &countingReaderAt{in: bytes.NewReader(stored)}
	p, err := NewPicker(in, int64(len(stored)), 1, points)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	order := rand.New(rand.NewPCG(3, 4)).Perm(len(all))[:40]
	for _, i := range order {
		before := in.n
		if at := all[i].Frame.Offset; !p.Reaches(at) {
			if len(points) > 0 && at > points[0].Out {
				t.Errorf("frame %d is not reached", i)
			}
			continue
		}
		f, _, err := p.Pick(t.Context(), all[i].Frame.Offset)
		if err != nil || !bytes.Equal(f.Data, all[i].Frame.Data) {
			t.Fatalf("frame %d: %v", i, err)
		}
		if most := int64(2*pointEvery + 256<<10); len(points) > 0 && all[i].Frame.Offset > points[0].Out && in.n-before > most {
			t.Errorf("frame %d: %d bytes read, more than %d", i, in.n-before, most)
		}
	}
}

// TestDecompressAsOthers: files of many members, cut and damaged ones too, give the bytes that gzip and zstd give, and fail where they do.
func TestDecompressAsOthers(t *testing.T) {
	content := someCapture(t, 300)
	for _, c := range packings(t) {
		whole := c.pack(content)
		tool := "zstd"
		if whole[0] == 0x1f {
			tool = "gzip"
		}
		program := shared.Tool(t, tool)
		for name, stored := range map[string][]byte{
			"whole": whole, "cut": whole[:len(whole)*2/3], "cut at the end": whole[:len(whole)-1], "garbage behind": append(bytes.Clone(whole), "garbage"...),
		} {
			cmd := exec.Command(program, "-dc")
			cmd.Stdin = bytes.NewReader(stored)
			want, failed := cmd.Output()
			if tool == "gzip" && name == "garbage behind" { // which gzip passes over with a warning
				failed = errors.New("garbage")
			}
			in, _, err := Decompress(bytes.NewReader(stored))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(in)
			in.Close()
			if (err != nil) != (failed != nil) || !bytes.HasPrefix(got, want) && !bytes.HasPrefix(want, got) || err == nil && len(got) != len(want) {
				t.Errorf("%s", fmt.Sprintf("%s, %s: %d bytes, %v; %s: %d bytes, %v", c.name, name, len(got), err, tool, len(want), failed))
			}
		}
	}
}
