package etl

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/zeebo/blake3"
)

const (
	headSize  = 1 << 20   // bytes of content under a head hash
	maxWindow = 128 << 20 // of zstd: what its --long=27 asks for
)

// headHash returns what capture.Info.HeadHash will be, without reading the capture: the hash of the first MiB of its content.
func headHash(stored io.ReaderAt, size int64) string { return prefixHash(stored, size, headSize) }

// prefixHash returns BLAKE3 of the first n bytes of a capture's content, packed or not. Where there are fewer, or what follows is damaged,
// it is the hash of those before.
func prefixHash(stored io.ReaderAt, size, n int64) string {
	in := bufio.NewReader(io.NewSectionReader(stored, 0, size))
	var content io.Reader = in
	magic, _ := in.Peek(4)
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		if z, err := gzip.NewReader(in); err == nil {
			content = z
		}
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err == nil {
			defer z.Close()
			content = z
		}
	}
	sum := blake3.New()
	_, _ = io.CopyN(sum, content, n)
	return hex.EncodeToString(sum.Sum(nil))
}
