package etl

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// Payloads reads what stands behind the transport headers of packets again, out of their captures. It is for concurrent use.
type Payloads struct {
	lake     *lake.Lake
	state    *lake.State
	archives []string

	mu         sync.Mutex // guards what follows
	anonymized bool
	captures   map[string]*lake.Manifest // live, by id; nil until the first is asked for
	originals  *originals
	idle       []*opened         // captures at which nobody reads, the one used last behind
	failed     map[string]string // why captures cannot be read, by id
	told       []SourceError     // of them, since Errors was called
}

// maxIdle is how many captures stay open, so that the next frame of one need not be sought from its beginning.
const maxIdle = 8

// An opened capture is read by one at a time.
type opened struct {
	id      string
	stored  *original
	picker  *capture.Picker
	decoder *decode.Decoder
	rows    decode.Rows
}

// NewPayloads returns the payloads of a lake's packets; captures that are not where they were are looked for in the folders of archives.
func NewPayloads(l *lake.Lake, s *lake.State, archives []string) *Payloads {
	return &Payloads{lake: l, state: s, archives: archives, failed: map[string]string{}}
}

// begin learns what captures there are, when the first payload is asked for: most queries ask for none. It reports whether payloads may be read at all.
func (p *Payloads) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.captures == nil {
		p.anonymized, p.originals, p.captures = Anonymized(p.state) != "", newOriginals(p.lake, p.archives), map[string]*lake.Manifest{}
		for _, m := range p.state.Manifests() {
			p.captures[m.CaptureID] = m
		}
	}
	return !p.anonymized
}

// Read returns the captured payload of each frame, as a row of payloads would hold all of it; nil where there is none, where the lake has all of it, and where the
// capture cannot be read, which Errors tells. The error is ErrUsage, of an anonymised lake, or that of ctx.
func (p *Payloads) Read(ctx context.Context, places []schema.Place) ([][]byte, error) {
	if !p.begin() {
		return nil, fmt.Errorf("%w: the lake is anonymised: payloads out of its captures would name what its rows do not", ErrUsage)
	}
	if err := p.state.Err(); err != nil {
		return nil, err
	}
	order := make([]int, 0, len(places))
	for i := range places {
		if !p.stored(&places[i]) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(places[a].CaptureID, places[b].CaptureID), cmp.Compare(places[a].FrameOffset, places[b].FrameOffset))
	})
	out := make([][]byte, len(places))
	for len(order) > 0 {
		id := places[order[0]].CaptureID
		n := slices.IndexFunc(order, func(i int) bool { return places[i].CaptureID != id })
		if n < 0 {
			n = len(order)
		}
		p.read(ctx, id, places, order[:n], out)
		order = order[n:]
	}
	return out, ctx.Err()
}

// stored reports whether the lake has all of a payload that was captured: ingest kept as much, and more than there was.
func (p *Payloads) stored(at *schema.Place) bool {
	m := p.captures[at.CaptureID]
	if m == nil || at.Stored == 0 {
		return false
	}
	kept, err := strconv.ParseInt(m.Options["payload"], 10, 64)
	return err != nil || at.Stored < kept // what is no number is "all"
}

// read fills in the payloads of frames of one capture, in the order of their offsets.
func (p *Payloads) read(ctx context.Context, id string, places []schema.Place, order []int, out [][]byte) {
	o, err := p.take(ctx, id, places[order[0]].FrameOffset)
	for n, i := range order {
		switch {
		case err != nil || o == nil:
		case n > 0 && places[order[n-1]].FrameOffset == places[i].FrameOffset:
			out[i] = out[order[n-1]]
		default:
			out[i], err = o.payload(ctx, &places[i])
		}
	}
	switch {
	case ctx.Err() != nil: // the capture is as good as before
		o.close()
	case err != nil:
		p.fail(id, err)
		o.close()
	case o != nil:
		p.put(o)
	}
}

// take returns a capture that can be read from an offset on; nil where that failed before.
func (p *Payloads) take(ctx context.Context, id string, offset int64) (*opened, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed[id] != "" {
		return nil, nil
	}
	for i := len(p.idle) - 1; i >= 0; i-- {
		if o := p.idle[i]; o.id == id && o.picker.Reaches(offset) {
			p.idle = slices.Delete(p.idle, i, i+1)
			return o, nil
		}
	}
	m := p.captures[id]
	if m == nil {
		return nil, errNotInLake
	}
	stored, err := p.originals.open(ctx, m)
	if err != nil {
		return nil, err
	}
	picker, err := p.originals.picker(m, stored)
	if err != nil {
		stored.done()
		return nil, err
	}
	return &opened{id: id, stored: stored, picker: picker, decoder: decode.New(decode.Options{Payload: -1})}, nil
}

// put keeps a capture for the next frame of it, and lets the one go that was not used for longest.
func (p *Payloads) put(o *opened) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.idle = append(p.idle, o); len(p.idle) > maxIdle {
		p.idle[0].close()
		p.idle = slices.Delete(p.idle, 0, 1)
	}
}

// fail notes why a capture cannot be read, once.
func (p *Payloads) fail(id string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed[id] != "" {
		return
	}
	p.failed[id] = reason(err)
	name := id
	if m := p.captures[id]; m != nil {
		name = m.Source
	}
	p.told = append(p.told, SourceError{name, p.failed[id]})
}

// Errors returns the captures that could not be read since it was called last, by their sources.
func (p *Payloads) Errors() []SourceError {
	p.mu.Lock()
	defer p.mu.Unlock()
	told := p.told
	p.told = nil
	slices.SortFunc(told, func(a, b SourceError) int { return cmp.Compare(a.Source, b.Source) })
	return told
}

// Close lets the captures go that are open. Nobody may be reading.
func (p *Payloads) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.idle {
		o.close()
	}
	p.idle = nil
}

// payload is that of a frame; nil: it has none.
func (o *opened) payload(ctx context.Context, at *schema.Place) ([]byte, error) {
	f, _, err := o.picker.Pick(ctx, at.FrameOffset)
	if err == nil && int64(len(f.Data)) != at.CapLen {
		err = errOtherContent
	}
	if err != nil {
		return nil, fmt.Errorf("frame at byte %d: %w", at.FrameOffset, err)
	}
	o.rows.Reset()
	o.decoder.Decode(f, &o.rows)
	if len(o.rows.Payloads) == 0 {
		return nil, nil
	}
	return slices.Clone(o.rows.Payloads[0].Data), nil
}

func (o *opened) close() {
	if o != nil {
		_ = o.picker.Close() // it only read
		o.stored.done()
	}
}
