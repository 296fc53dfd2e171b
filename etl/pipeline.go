package etl

import (
	"context"
	"hash"
	"io"
	"sync"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/schema"
)

const (
	// maxDecoders bounds those of one capture: what comes after them takes the rows in order, and is no faster than a few of them.
	maxDecoders = 4
	// spareChunks are those of a pipeline beyond the ones that are read and decoded: one being resolved, one being written, two between.
	spareChunks = 4
)

// A pipeline brings the frames of one capture at a time into its files. Several goroutines take turns to read a chunk of frames, which each then decodes
// while the next one reads: so the bytes are in the caches of the processor that needs them. Two more take the chunks in the order of the capture:
// one completes their rows, the other writes them.
type pipeline struct {
	free       chan *chunk // all of them are here between captures
	decoders   []*decode.Decoder
	duplicates flow.Duplicates
	rewritten  flow.Rewritten
	flows      flow.Tracker
	streams    *decode.Streams
}

func newPipeline(jobs int) *pipeline {
	decoders := min(jobs, maxDecoders)
	p := &pipeline{free: make(chan *chunk, decoders+spareChunks), streams: decode.NewStreams()}
	for range decoders {
		p.decoders = append(p.decoders, decode.New(decode.Options{}))
	}
	for range cap(p.free) {
		p.free <- newChunk()
	}
	return p
}

// empty waits for a chunk that nobody uses.
func (p *pipeline) empty() *chunk {
	c := <-p.free
	c.reset()
	return c
}

// rows brings all frames of r to p.
func (l *load) rows(ctx context.Context, r *capture.Reader, p *parts) (*tally, []schema.Rewritten, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in := &frames{load: l, reader: r, ordered: make(chan *chunk, cap(l.free))}
	var decoders sync.WaitGroup
	for _, d := range l.decoders {
		d.Reset(l.decodeOptions())
		decoders.Go(func() {
			for c := in.next(ctx); c != nil; c = in.next(ctx) {
				c.decode(d)
			}
		})
	}
	go func() {
		decoders.Wait()
		close(in.ordered)
	}()
	t, resolver, complete := new(tally), l.newResolver(), make(chan *chunk, cap(l.free))
	go func() {
		defer close(complete)
		resolver.all(in, func(c *chunk) {
			t.add(c.Packets)
			t.flows.add(c.flows)
			complete <- c
		})
	}()
	failed := l.write(complete, p, cancel)
	if failed == nil {
		failed = in.err
	}
	t.evicted, t.unresolved, t.streams = resolver.fragments.Evicted, resolver.fragments.Unresolved+p.unamended, l.streams.Evicted
	return t, l.rewritten.Pairs(), failed
}

func (l *load) decodeOptions() decode.Options {
	return decode.Options{CaptureID: l.id, Sensor: l.o.Sensor, Payload: l.o.Payload}
}

// write writes the rows of chunks in their order. When that fails it ends the reading and lets the rest go by.
func (l *load) write(complete <-chan *chunk, p *parts, cancel func()) (failed error) {
	for c := range complete {
		if failed == nil {
			l.meter.packets.Add(int64(len(c.Packets)))
			if failed = p.append(c); failed != nil {
				cancel()
			}
		}
		l.free <- c
	}
	return failed
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
