package capture

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Point is where a compressed capture can be read from without what stands before: the beginning of a member of gzip or a frame of zstd.
type Point struct {
	In  int64 // offset in the stored bytes
	Out int64 // offset in the content
}

// pointEvery is how many bytes of content lie between two points, or more: finer ones save less time than they take room.
const pointEvery = 1 << 20

// packed is a compressed stream that knows how far it was read, and where it can be read from.
type packed struct {
	*bufio.Reader
	raw    *countingReader
	points []Point
}

func newPacked(in io.Reader) *packed {
	raw := &countingReader{in: in}
	return &packed{Reader: bufio.NewReaderSize(raw, 64<<10), raw: raw}
}

// offset is that of the next byte which nobody took.
func (p *packed) offset() int64 { return p.raw.n - int64(p.Buffered()) }

// point notes a place where the stream can be read from.
func (p *packed) point(in, out int64) {
	last := Point{}
	if n := len(p.points); n > 0 {
		last = p.points[n-1]
	}
	if out-last.Out >= pointEvery {
		p.points = append(p.points, Point{in, out})
	}
}

type countingReader struct {
	in io.Reader
	n  int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.in.Read(b)
	c.n += int64(n)
	return n, err
}

// members reads the members of a file of gzip one after the other, or the frames of one of zstd.
type members struct {
	in    *packed
	now   io.Reader    // the member at hand
	next  func() error // moves now to the next one; io.EOF: there is none
	close func()       // releases what now holds
	out   int64
}

func (m *members) Read(b []byte) (int, error) {
	for {
		n, err := m.now.Read(b)
		m.out += int64(n)
		switch {
		case !errors.Is(err, io.EOF):
			return n, err
		case n > 0:
			return n, nil // the end is told again
		}
		at := m.in.offset()
		if err := m.next(); err != nil {
			return 0, err
		}
		m.in.point(at, m.out)
	}
}

func (m *members) Close() error {
	m.close()
	return nil
}

func openGzip(in *packed) (io.ReadCloser, error) {
	z, err := gzip.NewReader(in.Reader)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	next := func() error {
		if err := z.Reset(in.Reader); err != nil {
			return err
		}
		z.Multistream(false)
		return nil
	}
	return &members{in: in, now: z, next: next, close: func() {}}, nil // its Close only tells again what Read has told
}

func openZstd(in *packed) (io.ReadCloser, error) {
	z, err := zstd.NewReader(&zstdFrame{in: in.Reader}, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindow))
	if err != nil {
		return nil, err
	}
	next := func() error {
		if _, err := skipFrames(in.Reader); errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		} else if err != nil {
			return err
		}
		if _, err := in.Peek(1); err != nil {
			return err
		}
		return z.Reset(&zstdFrame{in: in.Reader})
	}
	return &members{in: in, now: z, next: next, close: z.Close}, nil
}

// zstdFrame reads one frame of zstd (RFC 8878, 3.1.1) and ends behind it. What is none it reads to the end of the stream: the decoder tells what is wrong with it.
type zstdFrame struct {
	in       *bufio.Reader
	left     int64 // bytes up to the next header
	at       int   // which header that is
	checksum int64 // bytes behind the last block
}

// Headers of a frame.
const (
	frameHeader = iota
	blockHeader
	frameChecksum
	frameEnd
)

func (f *zstdFrame) Read(b []byte) (int, error) {
	for f.left == 0 {
		if f.at == frameEnd {
			return 0, io.EOF
		}
		f.header()
	}
	n, err := f.in.Read(b[:min(int64(len(b)), f.left)])
	f.left -= int64(n)
	return n, err
}

// rest is a length beyond any stream's.
const rest = 1<<63 - 1

// header reads the header at hand, which is left to be read with what follows it.
func (f *zstdFrame) header() {
	switch f.at {
	case frameHeader:
		f.left, f.at = f.frameHeader(), blockHeader
	case blockHeader:
		f.left = rest
		head, _ := f.in.Peek(3) // what broke the stream shows at the next read
		if len(head) < 3 {
			return
		}
		bits := int64(head[0]) | int64(head[1])<<8 | int64(head[2])<<16
		switch bits >> 1 & 3 {
		case 0, 2: // raw, compressed
			f.left = 3 + bits>>3
		case 1: // one byte, repeated
			f.left = 3 + 1
		}
		if bits&1 != 0 {
			f.at = frameChecksum
		}
	case frameChecksum:
		f.left, f.at = f.checksum, frameEnd
	}
}

// frameHeader returns the length of the header of the frame.
func (f *zstdFrame) frameHeader() int64 {
	head, _ := f.in.Peek(5)
	if len(head) < 5 || string(head[:4]) != "\x28\xb5\x2f\xfd" {
		return rest
	}
	descriptor := head[4]
	n := int64(5 + [4]int{0, 1, 2, 4}[descriptor&3])
	single := descriptor>>5&1 != 0
	if !single {
		n++ // the window
	}
	switch size := descriptor >> 6; {
	case size > 0:
		n += 1 << size
	case single:
		n++
	}
	if descriptor>>2&1 != 0 {
		f.checksum = 4
	}
	return n
}
