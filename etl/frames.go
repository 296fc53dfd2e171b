package etl

import (
	"context"
	"fmt"
	"hash"
	"io"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

const (
	chunkFrames = 1024    // frames whose rows go from the decoder to the writers at once
	chunkBytes  = 4 << 20 // of these frames, which bounds the payloads that wait
	chunks      = 3       // per worker: one being decoded, one being written, one between
)

// open begins a pass over the stored bytes, which sum sees too unless it is nil.
func (l *load) open(sum hash.Hash) (*capture.Reader, error) {
	if _, err := l.stored.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	l.pass = 0
	var in io.Reader = (*metered)(l)
	if sum != nil {
		in = io.TeeReader(in, sum)
	}
	return capture.NewReader(in)
}

// metered reads the stored bytes of a load and tells the meter, once for all passes.
type metered load

func (s *metered) Read(b []byte) (int, error) {
	n, err := s.stored.Read(b)
	s.pass += int64(n)
	if s.pass > s.counted {
		s.meter.read.Add(s.pass - s.counted)
		s.counted = s.pass
	}
	return n, err
}

// rows decodes all frames of r, beside the resolving and the writing of their rows to p. The worker's chunks go round between the two.
func (l *load) rows(ctx context.Context, r *capture.Reader, p *parts) (*tally, []schema.Rewritten, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d := l.newDecoder()
	full := make(chan *decode.Rows)
	decoded := make(chan error, 1)
	go func() {
		defer close(full)
		decoded <- l.frames(ctx, r, d, full)
	}()
	t, resolver := new(tally), l.newResolver(p)
	var failed error
	for chunk := range full {
		if failed == nil {
			if failed = resolver.resolve(chunk); failed == nil {
				t.add(chunk.Packets)
				l.meter.packets.Add(int64(len(chunk.Packets)))
				failed = p.append(chunk)
			}
			if failed != nil {
				cancel()
			}
		}
		l.chunks <- chunk
	}
	if err := <-decoded; failed == nil {
		failed = err
	}
	if failed == nil {
		failed = resolver.close()
	}
	t.evicted, t.unresolved = resolver.fragments.Evicted, resolver.fragments.Unresolved
	return t, d.Rewritten(), failed
}

func (l *load) newDecoder() *decode.Decoder {
	return decode.New(decode.Options{CaptureID: l.id, Sensor: l.o.Sensor, Payload: l.o.Payload})
}

// frames decodes chunk after chunk and hands each over as full.
func (l *load) frames(ctx context.Context, r *capture.Reader, d *decode.Decoder, full chan<- *decode.Rows) error {
	for more := true; more; {
		chunk := <-l.chunks
		chunk.Reset()
		for bytes := 0; len(chunk.Packets) < chunkFrames && bytes < chunkBytes; {
			if more = r.Scan(); !more {
				break
			}
			f := r.Frame()
			bytes += len(f.Data)
			d.Decode(f, chunk)
		}
		if ctx.Err() != nil {
			l.chunks <- chunk
			return context.Cause(ctx)
		}
		full <- chunk
	}
	if err := r.Err(); err != nil {
		return fmt.Errorf("read frames: %w", err)
	}
	return nil
}
