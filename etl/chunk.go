package etl

import (
	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

const (
	chunkFrames = 1024    // frames that go through the pipeline at once
	chunkBytes  = 4 << 20 // of these frames and their comments, which bounds what waits
)

// A chunk holds consecutive frames and, once they are decoded, their rows. Rows may point into the bytes of the frames.
type chunk struct {
	frames   []capture.Frame
	bytes    []byte // behind the frames
	comments []schema.Comment
	decode.Rows
	amended []schema.Packet // rows of earlier chunks, as the fragments of this one change them
	late    []schema.DNS    // of frames of earlier chunks
	flows   []schema.Flow   // that ended
	minutes []schema.Rollup
	hours   []schema.Rollup
	decoded chan struct{} // holds one when the rows are there
}

func newChunk() *chunk { return &chunk{decoded: make(chan struct{}, 1)} }

func (c *chunk) reset() {
	c.Rows.Reset()
	clear(c.comments)
	c.frames, c.bytes, c.comments = c.frames[:0], c.bytes[:0], c.comments[:0]
	c.amended, c.late, c.flows, c.minutes, c.hours = c.amended[:0], c.late[:0], c.flows[:0], nil, nil
}

// take copies a frame. Where the buffer has to grow, the frames before it keep the old one.
func (c *chunk) take(f *capture.Frame) {
	at := len(c.bytes)
	c.bytes = append(c.bytes, f.Data...)
	c.frames = append(c.frames, *f)
	c.frames[len(c.frames)-1].Data = c.bytes[at:len(c.bytes):len(c.bytes)]
}

// decode turns the frames into rows.
func (c *chunk) decode(d *decode.Decoder) {
	for i := range c.frames {
		d.Decode(&c.frames[i], &c.Rows)
	}
	c.decoded <- struct{}{}
}
