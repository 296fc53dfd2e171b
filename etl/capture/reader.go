// Package capture turns capture files and interfaces into frames, and frames into pcapng.
package capture

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// format reads the records of one capture format.
type format interface {
	// next reads up to and with the next frame. It reports false where the capture ends or cannot be followed further.
	next(r *Reader) bool
}

// Reader reads the frames of one capture, in the order of the file, in constant memory. It is not for concurrent use.
type Reader struct {
	raw    *rawReader
	packed *packed // nil: nothing is
	w      *window
	format format
	frame  Frame
	info   Info
	done   bool
	close  []func() error

	comments     []Comment // since the frame before
	commentBytes int       // of their texts
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

// NewReader reads a capture from a stream: pcap, pcapng, snoop or ERF, plain or in one layer of compression, told apart by their first bytes.
// Errors as Open's.
func NewReader(in io.Reader) (*Reader, error) {
	r := &Reader{raw: &rawReader{in: in}}
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
	content, from, name, err := decompress(r.raw)
	if err != nil {
		return r.refusal(err)
	}
	r.packed = from
	r.close = append(r.close, content.Close)
	r.info.Compression = name
	r.w = newWindow(content)
	if len(r.w.peek(1)) > 0 {
		return nil
	}
	if err := r.w.broken(); err != nil {
		return r.refusal(fmt.Errorf("decompress %s: %w", name, err))
	}
	return ErrEmpty
}

// refusal tells the disk's or the network's error from that of a decoder before the first byte: such a file is no capture.
func (r *Reader) refusal(err error) error {
	if r.raw.err != nil {
		return fmt.Errorf("read capture: %w", r.raw.err)
	}
	return fmt.Errorf("%w: %w", ErrNotCapture, err)
}

// Scan moves to the next frame and reports whether there is one. Damage is no error: see Info.
func (r *Reader) Scan() bool {
	if r.done {
		return false
	}
	r.comments, r.commentBytes = r.comments[:0], 0
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
	if r.w.sum != nil {
		r.w.finish(&r.info)
	}
	if err := r.w.broken(); err != nil && r.raw.err == nil {
		r.info.Truncated = true
		r.info.damaged(r.w.offset, "%s data is damaged: %v", r.info.Compression, err)
	}
	if r.packed != nil {
		r.info.Points = r.packed.points
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
