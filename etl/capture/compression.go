package capture

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/pierrec/lz4/v4"
	"github.com/therootcompany/xz"
)

// Bounds on the memory that the header of a compressed file can ask for; what asks for more is damaged to us.
const (
	maxZstdWindow   = 128 << 20 // what `zstd --long=27` asks for
	maxXzDictionary = 64 << 20  // what `xz -9` asks for
)

// compression is a way to pack a file that is known by its first bytes. All are read over several members, streams or frames.
type compression struct {
	name  string // in Info.Compression
	magic string
	open  func(in *packed) (io.ReadCloser, error)
}

// compressions: RFC 1952; RFC 8878; the xz file format 1.2; bzip2; the lz4 frame format 1.6 and its legacy frame.
var compressions = []compression{
	{"gzip", "\x1f\x8b", openGzip},
	{"zstd", "\x28\xb5\x2f\xfd", openZstd},
	{"xz", "\xfd7zXZ\x00", openXz},
	{"bzip2", "BZh", openBzip2},
	{"lz4", "\x04\x22\x4d\x18", openLz4},
	{"lz4", "\x02\x21\x4c\x18", openLz4},
}

func openBzip2(in *packed) (io.ReadCloser, error) {
	return io.NopCloser(bzip2.NewReader(in)), nil
}

func openXz(in *packed) (io.ReadCloser, error) {
	z, err := xz.NewReader(in, maxXzDictionary)
	return io.NopCloser(z), err
}

// openLz4 needs no bound: blocks have 8 MiB at most by their format.
func openLz4(in *packed) (io.ReadCloser, error) { return io.NopCloser(lz4.NewReader(in)), nil }

// compressionOf recognises a compression by the first bytes of a file; nil: none of ours.
func compressionOf(head []byte) *compression {
	for i := range compressions {
		if bytes.HasPrefix(head, []byte(compressions[i].magic)) {
			return &compressions[i]
		}
	}
	return nil
}

// Decompress unpacks one layer of gzip, zstd, xz, bzip2 or lz4, told by the first bytes and not by a name, in bounded memory. It returns
// what the layer holds and the compression's name; the same bytes and "" where there is none. What breaks the stream is an error of Read,
// after all bytes before it. The caller closes content; in stays open.
func Decompress(in io.Reader) (content io.ReadCloser, name string, err error) {
	content, _, name, err = decompress(in)
	return content, name, err
}

// decompress is Decompress, and returns what the layer is read from; nil where there is none.
func decompress(in io.Reader) (content io.ReadCloser, from *packed, name string, err error) {
	from = newPacked(in)
	skipped, err := skipFrames(from.Reader)
	if err != nil {
		return nil, nil, "", fmt.Errorf("decompress: %w", err)
	}
	head, err := from.Peek(len("\xfd7zXZ\x00"))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, "", err
	}
	c := compressionOf(head)
	switch {
	case c == nil && skipped:
		return nil, nil, "", errors.New("decompress: no data follows the skippable frames")
	case c == nil:
		return io.NopCloser(from), nil, "", nil
	}
	if content, err = guard(c.open, from); err != nil {
		return nil, nil, c.name, fmt.Errorf("decompress %s: %w", c.name, err)
	}
	return content, from, c.name, nil
}

// skipFrames passes over skippable frames, with which files of zstd (RFC 8878, 3.1.2) and of lz4 can begin.
func skipFrames(stream *bufio.Reader) (skipped bool, err error) {
	for ; ; skipped = true {
		head, _ := stream.Peek(8) // what broke the stream shows at the next read
		if len(head) < 8 || binary.LittleEndian.Uint32(head)&^0xf != 0x184d2a50 {
			return skipped, nil
		}
		if _, err := io.CopyN(io.Discard, stream, 8+int64(binary.LittleEndian.Uint32(head[4:]))); err != nil {
			return skipped, err
		}
	}
}
