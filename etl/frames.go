package etl

import (
	"context"
	"fmt"
	"sync"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/schema"
)

// frames gives the frames of a capture out in chunks, to several goroutines.
type frames struct {
	*load
	ordered chan *chunk // every chunk that was given out, in the order of the capture

	reading sync.Mutex // held by who uses the rest
	reader  *capture.Reader
	last    capture.Frame // stands for the last frame where comments follow it
	ended   bool
	err     error // what ended the reading but the end of the capture; it holds once ordered is closed
}

// next reads a chunk for the caller to decode; nil when there is none any more.
func (f *frames) next(ctx context.Context) *chunk {
	c := f.empty()
	f.reading.Lock()
	defer f.reading.Unlock()
	if !f.ended {
		f.read(c)
		if f.err == nil && ctx.Err() != nil {
			f.ended, f.err = true, context.Cause(ctx)
		}
		if f.err == nil {
			f.ordered <- c
			return c
		}
	}
	f.free <- c
	return nil
}

// read fills a chunk.
func (f *frames) read(c *chunk) {
	for bytes := 0; len(c.frames) < chunkFrames && bytes < chunkBytes; {
		if f.ended = !f.reader.Scan(); f.ended {
			f.comment(c, f.reader.Comments(), &f.last)
			if err := f.reader.Err(); err != nil {
				f.err = fmt.Errorf("read frames: %w", err)
			}
			return
		}
		frame := f.reader.Frame()
		c.take(frame)
		bytes += len(frame.Data) + f.comment(c, f.reader.Comments(), frame)
		f.last.No = frame.No
	}
}

// comment adds the comments on a frame and before it, and returns the bytes of their texts.
func (f *frames) comment(to *chunk, comments []capture.Comment, on *capture.Frame) (bytes int) {
	for _, c := range comments {
		row := schema.Comment{
			CaptureID: f.id, Sensor: f.o.Sensor, FrameNo: on.No, InterfaceID: c.InterfaceID, Scope: string(c.Scope), TS: schema.NoTime, Text: c.Text,
		}
		if c.Scope == capture.ScopeFrame && on.HasTS {
			row.TS, row.TSExtraNS = on.TS, on.TSExtraNS
		}
		to.comments = append(to.comments, row)
		bytes += len(c.Text)
	}
	return bytes
}
