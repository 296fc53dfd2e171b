package capture

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/zeebo/blake3"
)

// What the fingerprint of a large file covers: its ends and samples between them, so that it costs the same at any size.
const (
	wholeUpTo   = 8 << 20
	endBytes    = 1 << 20
	samples     = 8
	sampleBytes = 64 << 10
)

// Fingerprint returns the capture_id of stored bytes: 32 hex digits of BLAKE3 over the size (8 bytes, little-endian) and the bytes,
// all of them up to 8 MiB; beyond that the first MiB, eight samples of 64 KiB at equal distances, and the last MiB.
func Fingerprint(r io.ReaderAt, size int64) (string, error) {
	sum := blake3.New()
	var prefix [8]byte
	binary.LittleEndian.PutUint64(prefix[:], uint64(size))
	_, _ = sum.Write(prefix[:])
	for _, part := range fingerprintParts(size) {
		if _, err := io.Copy(sum, io.NewSectionReader(r, part[0], part[1])); err != nil {
			return "", fmt.Errorf("fingerprint capture: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:16]), nil
}

// fingerprintParts lists offset and length of what a fingerprint covers.
func fingerprintParts(size int64) [][2]int64 {
	if size <= wholeUpTo {
		return [][2]int64{{0, size}}
	}
	parts := [][2]int64{{0, endBytes}}
	between := size - 2*endBytes
	for i := range int64(samples) {
		parts = append(parts, [2]int64{endBytes + i*(between-sampleBytes)/(samples-1), sampleBytes})
	}
	return append(parts, [2]int64{size - endBytes, endBytes})
}
