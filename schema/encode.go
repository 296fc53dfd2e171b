package schema

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/klauspost/compress/zstd"
)

// A coder encodes columns, one at a time, in buffers of its own. What it makes are pages as Parquet has them; their headers and the footer are
// the library's.
//
// The library's own column writers cost 1.1 us for the 85 columns of a packet, half of it to find the numbers of texts that the row had
// already told apart. Here texts come with their numbers, and columns that are constant or absent cost one run.
type coder struct {
	numbers  dictionary
	small    [1 << 16]int32 // numbers of values that are small, from 1; all 0 between columns
	indices  []int32
	distinct []int64
	raw      []byte // a page
	packed   []byte // the page, compressed
	zstd     *zstd.Encoder
}

func newCoder(level int) *coder {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(level)), zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false), zstd.WithWindowSize(pageBytes), zstd.WithLowerEncoderMem(true),
		zstd.WithAllLitEntropyCompression(true)) // without matches there are still bytes that hardly occur
	if err != nil {
		panic(err) // the options are constants
	}
	return &coder{zstd: enc}
}

// maxStored is how long a page is at most that is stored: that of constant and absent columns, and of captures of few frames. The encoder clears its
// tables for each page, which costs as much as to encode some thousand bytes: of 2,000 captures of 750 frames stored pages made files 3 % longer and
// loading 10 % faster, and longer pages stored made it no faster.
const maxStored = 1024

// compress appends raw as a zstd frame (RFC 8878).
func (c *coder) compress(dst, raw []byte) []byte {
	if len(raw) > maxStored {
		return c.zstd.EncodeAll(raw, dst)
	}
	const singleSegment, contentSize2, lastBlock = 1 << 5, 1 << 6, 1 // the block is a raw one
	if dst = append(dst, 0x28, 0xb5, 0x2f, 0xfd); len(raw) < 256 {
		dst = append(dst, singleSegment, byte(len(raw)))
	} else {
		dst = append(dst, singleSegment|contentSize2, byte(len(raw)-256), byte((len(raw)-256)>>8))
	}
	block := len(raw)<<3 | lastBlock
	return append(append(dst, byte(block), byte(block>>8), byte(block>>16)), raw...)
}

// page is a data page before it is compressed.
type page struct {
	rows     int
	firstRow int
	encoding parquet.Encoding
	stats    metadata.EncodedStatistics
}

// pageSink takes the pages of a column chunk in their order.
type pageSink interface {
	dictionary(values []byte, entries int) error
	data(p page, raw []byte) error
}

// encode makes the column chunk of a vector.
func (c *coder) encode(v *vector, as Encoding, to pageSink) (metadata.EncodedStatistics, error) {
	switch v.typ {
	case Int32:
		return encodeNumbers(c, v, v.i32, as, to)
	case Int64, Timestamp:
		return encodeNumbers(c, v, v.i64, as, to)
	case Double:
		return c.encodeDoubles(v, to)
	case Bool:
		return c.encodeBools(v, to)
	case String:
		return c.encodeTexts(v, as, to)
	}
	return c.encodeBytes(v, to)
}

// start begins the one page of a column: its levels.
func (c *coder) start(v *vector) { c.raw = appendLevels(c.raw[:0], v.levels, v.nulls()) }

// finish hands the one page on.
func (c *coder) finish(v *vector, encoding parquet.Encoding, stats metadata.EncodedStatistics, to pageSink) (metadata.EncodedStatistics, error) {
	return stats, to.data(page{len(v.levels), 0, encoding, stats}, c.raw)
}

// statistics are of the vector's values, which are between least and greatest; both nil when there is none.
func (v *vector) statistics(least, greatest []byte) metadata.EncodedStatistics {
	return statistics(len(v.levels), v.nulls(), least, greatest)
}

func statistics(rows, nulls int, least, greatest []byte) metadata.EncodedStatistics {
	s := metadata.EncodedStatistics{HasNullCount: true, NullCount: int64(nulls), AllNullValue: nulls == rows}
	if least != nil && len(least) <= maxStatistics {
		s.HasMin, s.Min = true, least
	}
	if greatest != nil && len(greatest) <= maxStatistics {
		s.HasMax, s.Max = true, greatest
	}
	return s
}

// maxStatistics bounds least and greatest values in the footer; longer ones are left out, as other writers do.
const maxStatistics = 4096

func encodeNumbers[N int32 | int64](c *coder, v *vector, values []N, as Encoding, to pageSink) (metadata.EncodedStatistics, error) {
	c.start(v)
	if len(values) == 0 {
		return c.finish(v, plainOrDelta(c, as), v.statistics(nil, nil), to)
	}
	least, greatest := values[0], values[0]
	for _, n := range values {
		least, greatest = min(least, n), max(greatest, n)
	}
	stats := v.statistics(plainNumber(least), plainNumber(greatest))
	switch {
	case as == Dictionary && numberValues(c, values, least, greatest):
		if err := to.dictionary(appendPlain[N](nil, c.distinct), len(c.distinct)); err != nil {
			return metadata.EncodedStatistics{}, err
		}
		c.raw = appendIndices(c.raw, c.indices, len(c.distinct))
		return c.finish(v, parquet.Encodings.RLEDict, stats, to)
	case as == Delta:
		c.raw = appendDelta(c.raw, values)
		return c.finish(v, parquet.Encodings.DeltaBinaryPacked, stats, to)
	}
	c.raw = appendPlain[N](c.raw, values)
	return c.finish(v, parquet.Encodings.Plain, stats, to)
}

// plainOrDelta is the encoding of a page without values, which has to be one all the same.
func plainOrDelta(c *coder, as Encoding) parquet.Encoding {
	if as == Delta {
		c.raw = appendDelta[int64](c.raw, nil)
		return parquet.Encodings.DeltaBinaryPacked
	}
	return parquet.Encodings.Plain
}

// numberValues fills indices and distinct, and reports false when a dictionary does not pay.
func numberValues[N int32 | int64](c *coder, values []N, least, greatest N) bool {
	c.indices, c.distinct = slices.Grow(c.indices[:0], len(values))[:len(values)], c.distinct[:0]
	most := max(16, len(values)/2)
	if least >= 0 && greatest < N(len(c.small)) {
		return numberSmall(c, values, most)
	}
	c.numbers.reset()
	last, number := values[0]+1, int32(0)
	for i, n := range values {
		if n != last {
			at := c.numbers.find(0, uint64(n))
			if at.number == 0 {
				if len(c.distinct) == most {
					return false
				}
				c.distinct = append(c.distinct, int64(n))
				at.number = int32(len(c.distinct))
			}
			last, number = n, at.number-1
		}
		c.indices[i] = number
	}
	return true
}

// numberSmall is numberValues for ports, lengths and codes: no hash, and a third of the memory.
func numberSmall[N int32 | int64](c *coder, values []N, most int) bool {
	defer func() {
		for _, n := range c.distinct {
			c.small[n] = 0
		}
	}()
	for i, n := range values {
		number := c.small[uint16(n)]
		if number == 0 {
			if len(c.distinct) == most {
				return false
			}
			c.distinct = append(c.distinct, int64(n))
			number = int32(len(c.distinct))
			c.small[uint16(n)] = number
		}
		c.indices[i] = number - 1
	}
	return true
}

// appendIndices appends the data of a page that points to a dictionary.
func appendIndices(dst []byte, indices []int32, entries int) []byte {
	width := bits.Len(uint(entries - 1))
	return appendHybrid(append(dst, byte(width)), indices, width)
}

// appendPlain appends numbers in the width of N, little-endian.
func appendPlain[N, From int32 | int64](dst []byte, values []From) []byte {
	var n N
	if _, wide := any(n).(int64); wide {
		for _, x := range values {
			dst = binary.LittleEndian.AppendUint64(dst, uint64(x))
		}
		return dst
	}
	for _, x := range values {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(x))
	}
	return dst
}

func plainNumber[N int32 | int64](n N) []byte { return appendPlain[N](nil, []N{n}) }

func (c *coder) encodeDoubles(v *vector, to pageSink) (metadata.EncodedStatistics, error) {
	c.start(v)
	for _, f := range v.f64 {
		c.raw = binary.LittleEndian.AppendUint64(c.raw, math.Float64bits(f))
	}
	if len(v.f64) == 0 {
		return c.finish(v, parquet.Encodings.Plain, v.statistics(nil, nil), to)
	}
	least, greatest := math.Float64bits(slices.Min(v.f64)), math.Float64bits(slices.Max(v.f64))
	return c.finish(v, parquet.Encodings.Plain, v.statistics(binary.LittleEndian.AppendUint64(nil, least), binary.LittleEndian.AppendUint64(nil, greatest)), to)
}

func (c *coder) encodeBools(v *vector, to pageSink) (metadata.EncodedStatistics, error) {
	c.start(v)
	c.raw = appendPacked(c.raw, v.bools, 1)
	if len(v.bools) == 0 {
		return c.finish(v, parquet.Encodings.Plain, v.statistics(nil, nil), to)
	}
	least, greatest := slices.Min(v.bools), slices.Max(v.bools)
	return c.finish(v, parquet.Encodings.Plain, v.statistics([]byte{least}, []byte{greatest}), to)
}

func (c *coder) encodeTexts(v *vector, as Encoding, to pageSink) (metadata.EncodedStatistics, error) {
	t := &v.texts
	if len(t.numbers) == 0 {
		c.start(v)
		return c.finish(v, parquet.Encodings.Plain, v.statistics(nil, nil), to)
	}
	stats := v.statistics(extremes(len(t.ends), func(i int) []byte { return t.value(int32(i)) }))
	if all, distinct := t.size(); as != Dictionary || distinct+len(t.numbers)*bits.Len(uint(len(t.ends)))/8 >= all {
		return stats, c.encodePlainBytes(v.levels, func(i int) []byte { return t.value(t.numbers[i]) }, to)
	}
	dictionary := make([]byte, 0, len(t.data)+4*len(t.ends))
	for n := range t.ends {
		dictionary = appendPlainBytes(dictionary, t.value(int32(n)))
	}
	if err := to.dictionary(dictionary, len(t.ends)); err != nil {
		return stats, err
	}
	c.start(v)
	c.raw = appendIndices(c.raw, t.numbers, len(t.ends))
	return c.finish(v, parquet.Encodings.RLEDict, stats, to)
}

func (c *coder) encodeBytes(v *vector, to pageSink) (metadata.EncodedStatistics, error) {
	return v.statistics(extremes(len(v.ends), v.binary)), c.encodePlainBytes(v.levels, v.binary, to)
}

// extremes are copies of the least and the greatest of n values; nil without any.
func extremes(n int, value func(int) []byte) (least, greatest []byte) {
	if n == 0 {
		return nil, nil
	}
	least, greatest = value(0), value(0)
	for i := 1; i < n; i++ {
		switch v := value(i); {
		case bytes.Compare(v, least) < 0:
			least = v
		case bytes.Compare(v, greatest) > 0:
			greatest = v
		}
	}
	return append([]byte{}, least...), append([]byte{}, greatest...) // never nil: an empty value is one
}

func appendPlainBytes(dst, value []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(dst, uint32(len(value))), value...)
}

// pageBytes is about how large a data page of plain bytes becomes before it ends.
const pageBytes = 1 << 20

// encodePlainBytes makes as many pages as it takes, of whole rows, from the values that are present.
func (c *coder) encodePlainBytes(levels []uint8, value func(int) []byte, to pageSink) error {
	for row, i := 0, 0; row < len(levels); {
		first, firstValue, size := row, i, 0
		for row < len(levels) && size < pageBytes {
			if levels[row] == 1 {
				size += 4 + len(value(i))
				i++
			}
			row++
		}
		rows, values := row-first, i-firstValue
		c.raw = appendLevels(c.raw[:0], levels[first:row], rows-values)
		for k := firstValue; k < i; k++ {
			c.raw = appendPlainBytes(c.raw, value(k))
		}
		least, greatest := extremes(values, func(k int) []byte { return value(firstValue + k) })
		p := page{rows, first, parquet.Encodings.Plain, statistics(rows, rows-values, least, greatest)}
		if err := to.data(p, c.raw); err != nil {
			return err
		}
	}
	return nil
}
