package capture

import (
	"encoding/hex"
	"errors"
	"io"

	"github.com/zeebo/blake3"
)

const (
	windowSize = 1 << 20 // bytes read at a time
	headSize   = 1 << 20 // bytes under Info.HeadHash
)

// window is the decompressed stream through one buffer that it owns: look at the next bytes, consume them, look again.
// What was consumed is hashed on the way, in large pieces.
type window struct {
	in         io.Reader
	buf        []byte
	start, end int   // unconsumed bytes of buf
	offset     int64 // of buf[start] in the stream
	err        error // that ended the stream: io.EOF or what broke it

	hashed     int            // up to where buf is under the hash, at most start
	sum        *blake3.Hasher // nil: nothing is hashed
	sumAt      int64          // bytes under sum
	head       string
	frameEnd   int64 // end of the last whole frame
	prefix     [32]byte
	prefixDone int64 // frameEnd that prefix is of
}

func newWindow(in io.Reader) *window {
	return &window{in: in, buf: make([]byte, windowSize), sum: blake3.New()}
}

// peek returns the next n bytes without consuming them; fewer only where the stream ends. They hold until the next peek.
func (w *window) peek(n int) []byte {
	for w.end-w.start < n && w.err == nil {
		w.fill()
	}
	return w.buf[w.start:min(w.end, w.start+n)]
}

// fill reads once. A full buffer is moved up when half of it or more was consumed, else doubled: so it grows with the bytes that really arrive,
// a length that lies costs nothing, and no byte is moved more than a few times, however small the steps between large peeks are.
func (w *window) fill() {
	if w.end == len(w.buf) {
		if w.start >= len(w.buf)/2 {
			w.digest()
			w.end = copy(w.buf, w.buf[w.start:w.end])
			w.start, w.hashed = 0, 0
		} else {
			w.buf = append(w.buf, make([]byte, len(w.buf))...)
		}
	}
	got, err := w.in.Read(w.buf[w.end:])
	w.end += got
	if err != nil {
		w.err = err
	}
}

// skip consumes n bytes, of which peek has shown some or none, and reports whether there were as many.
func (w *window) skip(n int64) bool {
	for n > int64(w.end-w.start) {
		n -= int64(w.end - w.start)
		w.consume(w.end - w.start)
		if w.err != nil {
			return false
		}
		w.fill()
	}
	w.consume(int(n))
	return true
}

// pickBytes is how much is read at once behind a jump: a few frames.
const pickBytes = 16 << 10

// jump goes on with another stream, which begins at an offset of this one.
func (w *window) jump(in io.Reader, offset int64) {
	w.in, w.buf, w.start, w.end, w.hashed, w.offset, w.err = in, w.buf[:min(len(w.buf), pickBytes)], 0, 0, 0, offset, nil
}

func (w *window) consume(n int) {
	w.start += n
	w.offset += int64(n)
}

// digest brings the hashes up to what was consumed, if anybody asks for them.
func (w *window) digest() {
	if w.sum == nil {
		return
	}
	base := w.offset - int64(w.start) // offset of buf[0]
	if cut := int(w.frameEnd - base); cut > w.hashed && cut <= w.start {
		w.add(cut)
	}
	if w.frameEnd == w.sumAt && w.prefixDone != w.frameEnd {
		w.sum.Sum(w.prefix[:0])
		w.prefixDone = w.frameEnd
	}
	w.add(w.start)
}

// add hashes buf up to end, and takes the hash of the head in passing.
func (w *window) add(end int) {
	if cut := w.hashed + int(min(headSize-w.sumAt, int64(end-w.hashed))); w.sumAt < headSize && cut > w.hashed {
		w.write(cut)
		if w.sumAt == headSize {
			w.head = w.hex()
		}
	}
	w.write(end)
}

func (w *window) write(end int) {
	if end > w.hashed {
		_, _ = w.sum.Write(w.buf[w.hashed:end])
		w.sumAt += int64(end - w.hashed)
		w.hashed = end
	}
}

func (w *window) hex() string { return hex.EncodeToString(w.sum.Sum(nil)) }

// finish consumes what is left, so that the hash covers the whole stream, and writes the hashes into info.
func (w *window) finish(info *Info) {
	for w.err == nil {
		w.consume(w.end - w.start)
		w.fill()
	}
	w.consume(w.end - w.start)
	w.digest()
	info.Bytes = w.offset
	info.ContentHash = w.hex()
	if w.head == "" {
		w.head = info.ContentHash
	}
	info.HeadHash = w.head
	info.PrefixEnd = w.frameEnd
	if w.prefixDone == 0 { // no frame at all: the hash of nothing
		blake3.New().Sum(w.prefix[:0])
	}
	info.PrefixHash = hex.EncodeToString(w.prefix[:])
}

// broken is what ended the stream before its time; nil at a clean end.
func (w *window) broken() error {
	if errors.Is(w.err, io.EOF) && !errors.Is(w.err, io.ErrUnexpectedEOF) {
		return nil
	}
	return w.err
}
