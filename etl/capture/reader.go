// Package capture turns capture files and interfaces into frames, and frames into pcapng.
package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxZstdWindow bounds the memory that a zstd frame can ask for; `zstd --long=27` and below are read.
const maxZstdWindow = 128 << 20

// format reads the records of one capture format.
type format interface {
	// next reads up to and with the next frame. It reports false where the capture ends or cannot be followed further.
	next(r *Reader) bool
}

// Reader reads the frames of one capture, in the order of the file, in constant memory. It is not for concurrent use.
type Reader struct {
	raw    *rawReader
	w      *window
	format format
	frame  Frame
	info   Info
	done   bool
	close  []func() error
}

// rawReader remembers the error of the disk or the network, to tell it from damage in what was read.
type rawReader struct {
	in  io.Reader
	err error
}

func (r *rawReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// Open opens a capture file. The errors are those of the file system, ErrEmpty, ErrNotCapture and *UnsupportedError.
func Open(path string) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := NewReader(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r.close = append(r.close, f.Close)
	return r, nil
}

// NewReader reads a capture from a stream: pcap or pcapng, plain or compressed, told apart by their first bytes. Errors as Open's.
func NewReader(in io.Reader) (*Reader, error) {
	r := &Reader{raw: &rawReader{in: in}}
	r.w = newWindow(r.raw)
	if err := r.decompress(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	head := r.w.peek(headerPeek)
	if err := r.raw.err; err != nil {
		return nil, errors.Join(fmt.Errorf("read capture: %w", err), r.Close())
	}
	f, err := recognise(r, head)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	r.format = f
	return r, nil
}

// decompress puts the decoder of a compressed file under the window.
func (r *Reader) decompress() error {
	head := r.w.peek(4)
	var in io.Reader
	switch {
	case len(head) == 0 && r.raw.err == nil:
		return ErrEmpty
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(io.MultiReader(bytes.NewReader(bytes.Clone(r.w.peek(windowSize))), r.rest()))
		if err != nil {
			return fmt.Errorf("read gzip: %w", err)
		}
		r.info.Compression, in = "gzip", z
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}) || len(head) == 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:], []byte{0x2a, 0x4d, 0x18}):
		z, err := zstd.NewReader(io.MultiReader(bytes.NewReader(bytes.Clone(r.w.peek(windowSize))), r.rest()),
			zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return fmt.Errorf("read zstd: %w", err)
		}
		r.close = append(r.close, func() error { z.Close(); return nil })
		r.info.Compression, in = "zstd", z
	default:
		return nil
	}
	r.w = newWindow(in)
	if len(r.w.peek(1)) == 0 && r.raw.err == nil {
		if err := r.w.broken(); err != nil {
			return fmt.Errorf("decompress %s: %w", r.info.Compression, err)
		}
		return ErrEmpty
	}
	return nil
}

// rest is the stream behind what the window holds.
func (r *Reader) rest() io.Reader {
	if r.w.err != nil {
		return bytes.NewReader(nil)
	}
	return r.raw
}

// Scan moves to the next frame and reports whether there is one. Damage is no error: see Info.
func (r *Reader) Scan() bool {
	if r.done {
		return false
	}
	if r.format.next(r) {
		r.info.Frames++
		r.frame.No = r.info.Frames
		return true
	}
	r.finish()
	return false
}

// finish reads the stream to its end for the hashes and notes what broke it.
func (r *Reader) finish() {
	r.done = true
	r.frame = Frame{}
	r.w.finish(&r.info)
	if err := r.w.broken(); err != nil && r.raw.err == nil {
		r.info.Truncated = true
		r.info.damaged(r.w.offset, "%s data is damaged: %v", r.info.Compression, err)
	}
	for _, i := range r.info.Interfaces {
		if i.Dropped != nil {
			if r.info.Dropped == nil {
				r.info.Dropped = new(int64)
			}
			*r.info.Dropped += *i.Dropped
		}
	}
}

// Frame returns the frame that Scan moved to. It belongs to the Reader and holds until the next Scan.
func (r *Reader) Frame() *Frame { return &r.frame }

// Err returns the error of the disk or the network that ended the reading early, if any.
func (r *Reader) Err() error {
	if r.raw.err != nil {
		return fmt.Errorf("read capture: %w", r.raw.err)
	}
	return nil
}

// Info returns what is known of the capture; it is complete after Scan returned false.
func (r *Reader) Info() Info { return r.info }

// Close releases what the Reader holds. It closes the file only if Open opened it.
func (r *Reader) Close() error {
	var err error
	for _, c := range r.close {
		err = errors.Join(err, c())
	}
	r.close = nil
	return err
}
