package schema

import (
	"encoding/binary"
	"math/bits"
)

// group is how many values Parquet packs at a time.
const group = 8

// appendHybrid appends values in Parquet's hybrid of runs and bit-packed groups, each value in width bits (0 to 32). Equal values make a run
// from the beginning of a group on, where they are many enough that it is the shorter one: that of levels that change at random is not, and
// cut into short runs they could not be compressed either.
func appendHybrid[T uint8 | int32](dst []byte, values []T, width int) []byte {
	least := leastRun(width)
	for len(values) > 0 {
		if n := runLength(values); n >= least || n == len(values) {
			dst = binary.AppendUvarint(dst, uint64(n)<<1)
			for v, left := uint32(values[0]), width; left > 0; left -= 8 {
				dst, v = append(dst, byte(v)), v>>8
			}
			values = values[n:]
			continue
		}
		n := literalLength(values, least)
		groups := (n + group - 1) / group
		dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
		dst = appendPacked(dst, values[:n], width)
		values = values[n:]
	}
	return dst
}

// leastRun is how many equal values make a run: as many as take more bits when packed than the run, its header, and that of the packed
// groups that go on behind it.
func leastRun(width int) int {
	const headers = 3 * 8
	bits := headers + (width+7)/8*8
	return max(group, (bits/max(1, width)+group-1)/group*group)
}

// runLength is how many values at the beginning are equal.
func runLength[T uint8 | int32](values []T) int {
	first := values[0]
	n := 1
	for n < len(values) && values[n] == first {
		n++
	}
	return n
}

// literalLength is how many values at the beginning are best packed: whole groups up to a run, or all.
func literalLength[T uint8 | int32](values []T, least int) int {
	n := group
	for n+group <= len(values) {
		if equalGroup(values[n : n+group]) {
			if run := runLength(values[n:]); run >= least || n+run == len(values) {
				return n
			}
		}
		n += group
	}
	return len(values)
}

func equalGroup[T uint8 | int32](g []T) bool {
	v := g[0]
	return g[1] == v && g[2] == v && g[3] == v && g[4] == v && g[5] == v && g[6] == v && g[7] == v
}

// appendPacked packs values from the lowest bit on; the last group is filled up with zeros.
func appendPacked[T uint8 | int32](dst []byte, values []T, width int) []byte {
	var word uint64
	have := 0
	for _, v := range values {
		word |= uint64(uint32(v)) << have
		for have += width; have >= 8; have -= 8 {
			dst, word = append(dst, byte(word)), word>>8
		}
	}
	if rest := len(values) % group; rest > 0 {
		have += (group - rest) * width
	}
	for ; have > 0; have -= 8 {
		dst, word = append(dst, byte(word)), word>>8
	}
	return dst
}

// appendLevels appends definition levels of 0 and 1 behind their length, as data pages have them.
func appendLevels(dst []byte, levels []uint8, nulls int) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	switch nulls {
	case 0:
		dst = append(binary.AppendUvarint(dst, uint64(len(levels))<<1), 1)
	case len(levels):
		dst = append(binary.AppendUvarint(dst, uint64(len(levels))<<1), 0)
	default:
		dst = appendHybrid(dst, levels, 1)
	}
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

// Sizes of DELTA_BINARY_PACKED, those that all writers use.
const (
	deltaBlock = 128
	deltaMini  = 32
	deltaMinis = deltaBlock / deltaMini
)

// appendDelta appends values in DELTA_BINARY_PACKED. Differences wrap around in the width of N.
func appendDelta[N int32 | int64](dst []byte, values []N) []byte {
	dst = binary.AppendUvarint(dst, deltaBlock)
	dst = binary.AppendUvarint(dst, deltaMinis)
	dst = binary.AppendUvarint(dst, uint64(len(values)))
	if len(values) == 0 {
		return append(dst, 0)
	}
	dst = binary.AppendVarint(dst, int64(values[0]))
	var deltas [deltaBlock]int64
	for prev, rest := values[0], values[1:]; len(rest) > 0; {
		n := min(len(rest), deltaBlock)
		for i, v := range rest[:n] {
			deltas[i], prev = int64(v-prev), v
		}
		dst = appendDeltaBlock(dst, deltas[:n])
		rest = rest[n:]
	}
	return dst
}

// appendDeltaBlock appends one block; its last miniblock is filled up with zeros, and those behind have none.
func appendDeltaBlock(dst []byte, deltas []int64) []byte {
	least := deltas[0]
	for _, d := range deltas {
		least = min(least, d)
	}
	dst = binary.AppendVarint(dst, least)
	at := len(dst)
	dst = append(dst, make([]byte, deltaMinis)...)
	for mini := 0; len(deltas) > 0; mini++ {
		n := min(len(deltas), deltaMini)
		var all uint64
		for _, d := range deltas[:n] {
			all |= uint64(d) - uint64(least)
		}
		width := bits.Len64(all)
		dst[at+mini] = byte(width)
		dst = appendDeltaMini(dst, deltas[:n], uint64(least), width)
		deltas = deltas[n:]
	}
	return dst
}

func appendDeltaMini(dst []byte, deltas []int64, least uint64, width int) []byte {
	var word uint64
	have, end := 0, len(dst)+deltaMini*width/8
	for _, d := range deltas {
		v := uint64(d) - least
		word |= v << have
		if have += width; have >= 64 {
			dst = binary.LittleEndian.AppendUint64(dst, word)
			have -= 64
			word = v >> (width - have) // 0 when nothing is left: shifts by 64 and more give 0
		}
	}
	for ; have > 0; have -= 8 {
		dst, word = append(dst, byte(word)), word>>8
	}
	for len(dst) < end {
		dst = append(dst, 0)
	}
	return dst
}
