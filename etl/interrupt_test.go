package etl

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// An interrupting reader ends a context once so much was read, as a user does who waits for a long stream.
type interrupting struct {
	readOf
	after int64
	stop  func()
}

func (r *interrupting) ReadAt(b []byte, at int64) (int, error) {
	n, err := r.readOf.ReadAt(b, at)
	if r.n > r.after {
		r.stop()
	}
	return n, err
}

// TestInterruptedReading: who asks for the last frame of one long stream and gives up is not kept waiting for the rest of it, in extract as in payload(), and the capture is
// none that cannot be read.
func TestInterruptedReading(t *testing.T) {
	const after, more = 1 << 20, 3 << 20 // bytes: read before the end, and at most in all
	for name, pack := range map[string]func(testing.TB, []byte) []byte{"gzip": gzipped, "zstd": zstdPacked} {
		t.Run(name, func(t *testing.T) {
			stored := pack(t, noise(6000))
			dir := files(t, map[string][]byte{"one.pcap." + name: stored})
			root := filepath.Join(t.TempDir(), "lake")
			ingest(t, Options{Lake: root, Sources: []string{dir}})
			l, err := lake.Open(t.Context(), root)
			if err != nil {
				t.Fatal(err)
			}
			s := state(t, root)
			m := s.Manifests()[0]
			last := framesOf(t, stored)[m.Frames-1]

			in, ctx, from, picker := interrupted(t, newOriginals(l, nil), m, stored, after)
			var x Extraction
			e := &extractor{originals: newOriginals(l, nil), captures: map[string]*lake.Manifest{}, out: newFrameSink(&ExtractOptions{Out: io.Discard}), told: &x}
			e.id, e.source, e.stored, e.picker = m.CaptureID, m, from, picker
			pick := Pick{CaptureID: m.CaptureID, FrameNo: last.No, FrameOffset: last.Offset, HasTS: true, TS: last.TS, TSExtraNS: last.TSExtraNS, CapLen: int64(len(last.Data))}
			if err := e.pick(ctx, &pick); !errors.Is(err, context.Canceled) || len(x.Errors) > 0 || x.Lost > 0 {
				t.Errorf("extract: %v, told %v, %d lost", err, x.Errors, x.Lost)
			}
			e.close()
			if in.n > more {
				t.Errorf("extract read %d of %d bytes", in.n, len(stored))
			}

			in, ctx, from, picker = interrupted(t, newOriginals(l, nil), m, stored, after)
			p := NewPayloads(l, s, nil)
			defer p.Close()
			p.begin()
			p.idle = append(p.idle, &opened{id: m.CaptureID, stored: from, picker: picker, decoder: decode.New(decode.Options{Payload: -1})})
			places := []schema.Place{{CaptureID: m.CaptureID, FrameOffset: last.Offset, CapLen: int64(len(last.Data))}}
			if _, err := p.Read(ctx, places); !errors.Is(err, context.Canceled) || len(p.Errors()) > 0 {
				t.Errorf("payload: %v", err)
			}
			if in.n > more {
				t.Errorf("payload read %d of %d bytes", in.n, len(stored))
			}
			if _, err := p.Read(t.Context(), places); err != nil || len(p.Errors()) > 0 {
				t.Errorf("payload after that: %v", err)
			}
		})
	}
}

// interrupted opens a capture whose reader ends a context.
func interrupted(t *testing.T, x *originals, m *lake.Manifest, stored []byte, after int64) (*interrupting, context.Context, *original, *capture.Picker) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	in := &interrupting{readOf{in: bytes.NewReader(stored)}, after, stop}
	o := &original{io.NewSectionReader(in, 0, int64(len(stored))), "", func() {}}
	picker, err := x.picker(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return in, ctx, o, picker
}
