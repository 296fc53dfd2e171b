package capture

import (
	"errors"
	"fmt"
	"io"
)

// Picker reads single frames of a capture by the offsets of their records, as Reader gives them. Of a plain file it reads no more than the head and
// what the frames take; what is compressed it reads up to the last frame that is asked for. It is not for concurrent use.
type Picker struct {
	r          *Reader
	in         io.ReaderAt
	size       int64
	interfaces int // of the whole capture
}

// ErrNoFrame is the error of a capture that has no frame at an offset: it is not the one that the offset was taken from.
var ErrNoFrame = errors.New("there is no such frame in the capture")

// NewPicker opens stored bytes of a capture that has so many interfaces in all. Errors as NewReader's.
func NewPicker(in io.ReaderAt, size int64, interfaces int) (*Picker, error) {
	r, err := NewReader(io.NewSectionReader(in, 0, size))
	if err != nil {
		return nil, err
	}
	r.w.sum = nil
	return &Picker{r: r, in: in, size: size, interfaces: interfaces}, nil
}

// Pick returns the frame whose record begins at an offset, and the comments on it. Offsets must ascend. Both hold until the next call; number and, in ERF, interface of the
// frame are not those of the capture, since the frames before it were passed over. The error is ErrNoFrame or one of reading.
func (p *Picker) Pick(offset int64) (*Frame, []Comment, error) {
	if err := p.seek(offset); err != nil {
		return nil, nil, err
	}
	for p.r.frame.Offset = -1; p.r.frame.Offset < offset; {
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

// seek moves to a record without reading those before it, where nothing in them is needed: interfaces of pcapng that are yet to be described are.
func (p *Picker) seek(offset int64) error {
	w := p.r.w
	if _, ng := p.r.format.(*pcapng); ng && len(p.r.info.Interfaces) < p.interfaces {
		return nil
	}
	ahead := offset - w.offset
	switch {
	case ahead < 0 && p.r.info.Compression != "":
		return fmt.Errorf("pick frame at %d: behind the one at %d", offset, w.offset)
	case ahead >= 0 && (ahead <= int64(w.end-w.start) || p.r.info.Compression != ""):
		w.skip(ahead)
	default:
		w.jump(io.NewSectionReader(p.in, offset, p.size-offset), offset)
	}
	return nil
}

// Close releases what the Picker holds, but not the bytes that it was given.
func (p *Picker) Close() error { return p.r.Close() }
