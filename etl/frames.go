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

// A chunk holds the rows of consecutive frames: what the decoder makes of them, and the comments that stand on and between them.
type chunk struct {
	decode.Rows
	comments []schema.Comment
}

func (c *chunk) reset() {
	c.Rows.Reset()
	clear(c.comments)
	c.comments = c.comments[:0]
}

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
	full := make(chan *chunk)
	decoded := make(chan error, 1)
	go func() {
		defer close(full)
		decoded <- l.frames(ctx, r, d, full)
	}()
	t, resolver := new(tally), l.newResolver(p)
	var failed error
	for c := range full {
		if failed == nil {
			if failed = resolver.resolve(&c.Rows); failed == nil {
				t.add(c.Packets)
				l.meter.packets.Add(int64(len(c.Packets)))
				failed = p.append(c)
			}
			if failed != nil {
				cancel()
			}
		}
		l.chunks <- c
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
func (l *load) frames(ctx context.Context, r *capture.Reader, d *decode.Decoder, full chan<- *chunk) error {
	var last capture.Frame // stands for the last frame where comments follow it
	for more := true; more; {
		c := <-l.chunks
		c.reset()
		for bytes := 0; len(c.Packets) < chunkFrames && bytes < chunkBytes; {
			if more = r.Scan(); !more {
				l.comment(c, r.Comments(), &last)
				break
			}
			f := r.Frame()
			bytes += len(f.Data)
			d.Decode(f, &c.Rows)
			bytes += l.comment(c, r.Comments(), f)
			last.No = f.No
		}
		if ctx.Err() != nil {
			l.chunks <- c
			return context.Cause(ctx)
		}
		full <- c
	}
	if err := r.Err(); err != nil {
		return fmt.Errorf("read frames: %w", err)
	}
	return nil
}

// comment adds the comments on a frame and before it, and returns the bytes of their texts.
func (l *load) comment(to *chunk, comments []capture.Comment, f *capture.Frame) (bytes int) {
	for _, c := range comments {
		row := schema.Comment{
			CaptureID: l.id, Sensor: l.o.Sensor, FrameNo: f.No, InterfaceID: c.InterfaceID, Scope: string(c.Scope), TS: schema.NoTime, Text: c.Text,
		}
		if c.Scope == capture.ScopeFrame && f.HasTS {
			row.TS, row.TSExtraNS = f.TS, f.TSExtraNS
		}
		to.comments = append(to.comments, row)
		bytes += len(c.Text)
	}
	return bytes
}
