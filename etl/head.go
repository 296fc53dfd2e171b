package etl

import (
	"encoding/hex"
	"io"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/zeebo/blake3"
)

const headSize = 1 << 20 // bytes of content under a head hash

// headHash returns what capture.Info.HeadHash will be, without reading the capture: the hash of the first MiB of its content.
func headHash(stored io.ReaderAt, size int64) string { return prefixHash(stored, size, headSize) }

// prefixHash returns BLAKE3 of the first n bytes of a capture's content, packed or not. Where there are fewer, or what follows is damaged,
// it is the hash of those before.
func prefixHash(stored io.ReaderAt, size, n int64) string {
	sum := blake3.New()
	if content, _, err := capture.Decompress(io.NewSectionReader(stored, 0, size)); err == nil {
		_, _ = io.CopyN(sum, content, n)
		_ = content.Close()
	}
	return hex.EncodeToString(sum.Sum(nil))
}
