package schema_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	pq "github.com/apache/arrow-go/v18/parquet/schema"

	"github.com/pcaplake/pcaplake/internal/rowgen"
	"github.com/pcaplake/pcaplake/schema"
)

// TestLayout holds what other engines rely on.
func TestLayout(t *testing.T) {
	data, _ := write(t, schema.Packets, rowgen.Packets(schema.RowGroup+100, 1), 2)
	f, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.NumRowGroups() != 2 || f.MetaData().RowGroup(0).NumRows() != schema.RowGroup {
		t.Errorf("%d row groups, the first of %d rows", f.NumRowGroups(), f.MetaData().RowGroup(0).NumRows())
	}
	if got, want := f.MetaData().GetCreatedBy(), "pcaplake writer "+schema.WriterVersion; got != want {
		t.Errorf("created by %q, want %q", got, want)
	}
	keys := f.MetaData().KeyValueMetadata()
	if !slices.Equal(keys.Keys(), []string{"pcaplake.a", "pcaplake.b"}) || !slices.Equal(keys.Values(), []string{"1", "2"}) {
		t.Errorf("footer holds %v", keys)
	}
	for i, c := range schema.Packets.Columns {
		chunk, err := f.MetaData().RowGroup(0).ColumnChunk(i)
		if err != nil {
			t.Fatal(err)
		}
		checkChunk(t, c, chunk)
		checkLogical(t, c, f.MetaData().Schema.Column(i).LogicalType())
		if n := f.MetaData().Schema.Column(i).MaxDefinitionLevel(); n != 1 {
			t.Errorf("%s has definition level %d: every column is nullable", c.Name, n)
		}
	}
}

func checkChunk(t *testing.T, c schema.Column, chunk *metadata.ColumnChunkMetaData) {
	t.Helper()
	want := map[schema.Encoding]parquet.Encoding{
		schema.Dictionary: parquet.Encodings.PlainDict, schema.Plain: parquet.Encodings.Plain, schema.Delta: parquet.Encodings.DeltaBinaryPacked,
	}[c.Encoding]
	encodings := chunk.Encodings()
	if c.Encoding == schema.Dictionary {
		// A column whose dictionary grows too large, or does not pay, falls back to plain: random rows have such columns.
		if !slices.Contains(encodings, parquet.Encodings.RLEDict) && !slices.Contains(encodings, want) && !slices.Contains(encodings, parquet.Encodings.Plain) {
			t.Errorf("%s is encoded as %v", c.Name, encodings)
		}
	} else if chunk.HasDictionaryPage() || !slices.Contains(encodings, want) {
		t.Errorf("%s is encoded as %v, dictionary %v, want %s", c.Name, encodings, chunk.HasDictionaryPage(), want)
	}
	if chunk.Compression() != compress.Codecs.Zstd {
		t.Errorf("%s is compressed by %s", c.Name, chunk.Compression())
	}
	if stats, err := chunk.Statistics(); err != nil || stats == nil || !stats.HasMinMax() || !stats.HasNullCount() {
		t.Errorf("%s has no statistics: %v", c.Name, err)
	}
	if chunk.GetColumnIndexLocation() == nil || chunk.GetOffsetIndexLocation() == nil {
		t.Errorf("%s has no page index", c.Name)
	}
}

// checkLogical holds the types to the subset that every engine reads alike: no unsigned integers, and times without a zone
// (TIMESTAMP in DuckDB and Trino, timestamp_ntz in Spark).
func checkLogical(t *testing.T, c schema.Column, got pq.LogicalType) {
	t.Helper()
	switch c.Type {
	case schema.Timestamp:
		if ts, ok := got.(pq.TimestampLogicalType); !ok || ts.IsAdjustedToUTC() || ts.TimeUnit() != pq.TimeUnitMicros {
			t.Errorf("%s is %s", c.Name, got)
		}
	case schema.String:
		if !got.Equals(pq.StringLogicalType{}) {
			t.Errorf("%s is %s", c.Name, got)
		}
	default:
		if !got.IsNone() {
			t.Errorf("%s is %s", c.Name, got)
		}
	}
}
