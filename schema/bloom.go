package schema

import (
	"encoding/binary"
	"slices"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/metadata"
)

// Bloom filters are those of Parquet's specification: split blocks, xxHash with seed 0 over the plain encoding of a value, not compressed. Each lies
// behind its row group, so that none is held longer.
const (
	bloomFalse = 0.025   // how often a filter says that a value is there which is not, at most: filters are of sizes that are powers of two
	bloomBytes = 1 << 20 // at most: that of a row group whose values all differ is 128 KiB
)

// filter makes the bloom filter of the values of a vector: String, Int32 or Int64. It is nil for one without values.
func (v *vector) filter() metadata.BloomFilterBuilder {
	hashes := v.hashes(metadata.NewBloomFilter(0, 0, memory.DefaultAllocator).Hasher())
	if len(hashes) == 0 {
		return nil
	}
	filter := metadata.NewBloomFilterFromNDVAndFPP(uint32(len(hashes)), bloomFalse, bloomBytes, memory.DefaultAllocator)
	filter.InsertBulk(hashes)
	return filter
}

// hashes are those of the distinct values.
func (v *vector) hashes(h metadata.Hasher) []uint64 {
	var hashes []uint64
	for n := range v.texts.ends {
		hashes = append(hashes, h.Sum64(v.texts.value(int32(n))))
	}
	var b [8]byte
	for _, n := range distinct(v.i32) {
		binary.LittleEndian.PutUint32(b[:], uint32(n))
		hashes = append(hashes, h.Sum64(b[:4]))
	}
	for _, n := range distinct(v.i64) {
		binary.LittleEndian.PutUint64(b[:], uint64(n))
		hashes = append(hashes, h.Sum64(b[:]))
	}
	return hashes
}

func distinct[N int32 | int64](values []N) []N {
	values = slices.Clone(values)
	slices.Sort(values)
	return slices.Compact(values)
}

// writeFilters writes the bloom filters of the columns that have one.
func (g *rowGroup) writeFilters() error {
	filters := map[string]metadata.BloomFilterBuilder{}
	for i := range g.chunks {
		if f := g.chunks[i].filter; f != nil {
			filters[g.chunks[i].meta.Descr().Path()] = f
		}
	}
	all := metadata.FileBloomFilterBuilder{Schema: g.file.schema}
	all.AppendRowGroup(g.meta, filters)
	return all.WriteTo(&g.file.out)
}
