package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
)

// Picker reads single frames of a capture by the offsets of their records, as Reader gives them. Of a plain file it reads no more than the head and
// what the frames take; of what is compressed, what lies between the last point before a frame and the frame. It is not for concurrent use.
type Picker struct {
	r          *Reader
	in         io.ReaderAt
	size       int64
	interfaces int       // of the whole capture
	points     []Point   // of a compressed one
	content    io.Closer // that reads from a point; nil: none does
}

// ErrNoFrame is the error of a capture that has no frame at an offset: it is not the one that the offset was taken from.
var ErrNoFrame = errors.New("there is no such frame in the capture")

// NewPicker opens stored bytes of a capture that has so many interfaces in all, and can be read from points as Info has them, in their order. Errors as NewReader's.
func NewPicker(in io.ReaderAt, size int64, interfaces int, points []Point) (*Picker, error) {
	r, err := NewReader(io.NewSectionReader(in, 0, size))
	if err != nil {
		return nil, err
	}
	r.w.sum = nil
	return &Picker{r: r, in: in, size: size, interfaces: interfaces, points: points}, nil
}

// Pick returns the frame whose record begins at an offset, and the comments on it. Both hold until the next call; number and, in ERF, interface of the
// frame are not those of the capture, since the frames before it were passed over. The error is ErrNoFrame, one of reading, one of an offset that Reaches does not reach, or
// that of ctx, whose end also ends the reading of what lies before the frame.
func (p *Picker) Pick(ctx context.Context, offset int64) (*Frame, []Comment, error) {
	for p.r.frame.Offset = -1; p.r.frame.Offset < offset; { // more than once until the interfaces are known
		if err := p.seek(ctx, offset); err != nil {
			return nil, nil, err
		}
		if !p.r.Scan() {
			if err := p.r.Err(); err != nil {
				return nil, nil, err
			}
			return nil, nil, ErrNoFrame
		}
	}
	if p.r.frame.Offset != offset {
		return nil, nil, ErrNoFrame
	}
	frame := p.r.comments
	for len(frame) > 0 && frame[0].Scope != ScopeFrame {
		frame = frame[1:]
	}
	return &p.r.frame, frame, nil
}

// Reaches reports whether Pick can go to an offset from where it is: without points a compressed capture is only read on, and so is one of pcapng whose
// interfaces are not all known yet.
func (p *Picker) Reaches(offset int64) bool {
	return offset >= p.r.w.offset || p.jumps() && (p.r.info.Compression == "" || p.point(offset) != nil)
}

// jumps reports whether records may be passed over: interfaces of pcapng that are yet to be described may not.
func (p *Picker) jumps() bool {
	_, ng := p.r.format.(*pcapng)
	return !ng || len(p.r.info.Interfaces) >= p.interfaces
}

// point is the last one at an offset or before; nil: there is none.
func (p *Picker) point(offset int64) *Point {
	after := sort.Search(len(p.points), func(i int) bool { return p.points[i].Out > offset })
	if after == 0 {
		return nil
	}
	return &p.points[after-1]
}

// seek moves to a record without reading those before it, where it may.
func (p *Picker) seek(ctx context.Context, offset int64) error {
	w := p.r.w
	if err := ctx.Err(); err != nil {
		return err
	}
	switch ahead := offset - w.offset; {
	case !p.Reaches(offset):
		return fmt.Errorf("pick frame at %d: behind the one at %d", offset, w.offset)
	case !p.jumps():
	case ahead >= 0 && ahead <= int64(w.end-w.start):
		w.skip(ahead)
	case p.r.info.Compression == "":
		w.jump(p.from(offset), offset)
	default:
		if at := p.point(offset); at != nil && (ahead < 0 || at.Out > w.offset+int64(w.end-w.start)) {
			if err := p.readFrom(at); err != nil {
				return err
			}
		}
		return p.pass(ctx, offset)
	}
	return nil
}

// passBytes is how much is passed over between two looks at whether anybody still waits.
const passBytes = 1 << 20

// pass reads on to an offset.
func (p *Picker) pass(ctx context.Context, offset int64) error {
	for w := p.r.w; w.offset < offset && w.skip(min(offset-w.offset, passBytes)); {
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// from reads the stored bytes from an offset on.
func (p *Picker) from(offset int64) io.Reader {
	p.r.raw = &rawReader{in: io.NewSectionReader(p.in, offset, p.size-offset)}
	return p.r.raw
}

// readFrom goes on at a point.
func (p *Picker) readFrom(at *Point) error {
	content, _, err := Decompress(p.from(at.In))
	if err != nil {
		return err
	}
	if p.content != nil {
		_ = p.content.Close() // it only read
	}
	p.content = content
	p.r.w.jump(content, at.Out)
	return nil
}

// Close releases what the Picker holds, but not the bytes that it was given.
func (p *Picker) Close() error {
	if p.content != nil {
		_ = p.content.Close() // it only read
	}
	return p.r.Close()
}
