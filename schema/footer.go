package schema

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	pq "github.com/apache/arrow-go/v18/parquet/schema"
)

var magic = []byte("PAR1")

// parquetFile puts column chunks together to a file: the library's page headers, page index and footer around pages of our own.
type parquetFile struct {
	out    tellWriter
	props  *parquet.WriterProperties
	schema *pq.Schema
	meta   *metadata.FileMetaDataBuilder
	index  *metadata.PageIndexBuilder
	groups int
}

// tellWriter knows how many bytes went through it, and keeps the error of the writer.
type tellWriter struct {
	w   io.Writer
	n   int64
	err error
}

func (t *tellWriter) Write(b []byte) (int, error) {
	n, err := t.w.Write(b)
	t.n += int64(n)
	if err != nil && t.err == nil {
		t.err = err
	}
	return n, err
}

// Tell is the offset of what is written next.
func (t *tellWriter) Tell() int64 { return t.n }

func (t Table) newFile(w io.Writer, keyValues map[string]string) (*parquetFile, error) {
	root, err := t.parquet()
	if err != nil {
		return nil, fmt.Errorf("declare table %s: %w", t.Name, err)
	}
	keys := metadata.NewKeyValueMetadata()
	for _, k := range slices.Sorted(maps.Keys(keyValues)) {
		if err := keys.Append(k, keyValues[k]); err != nil {
			return nil, fmt.Errorf("write key %q: %w", k, err)
		}
	}
	f := &parquetFile{out: tellWriter{w: w}, props: t.properties(), schema: pq.NewSchema(root)}
	f.meta = metadata.NewFileMetadataBuilder(f.schema, f.props, keys)
	f.index = &metadata.PageIndexBuilder{Schema: f.schema}
	if _, err := f.out.Write(magic); err != nil {
		return nil, fmt.Errorf("start Parquet: %w", err)
	}
	return f, nil
}

// rowGroup is a row group whose columns are encoded, each aside, and then written one after the other.
type rowGroup struct {
	file   *parquetFile
	meta   *metadata.RowGroupMetaDataBuilder
	chunks []columnChunk
}

// columnChunk collects the pages of one column.
type columnChunk struct {
	meta          *metadata.ColumnChunkMetaDataBuilder
	pager         file.PageWriter
	coder         *coder // of the goroutine that encodes it
	hasDictionary bool
	filter        metadata.BloomFilterBuilder // nil: none
}

func (f *parquetFile) startGroup() (*rowGroup, error) {
	if err := f.index.AppendRowGroup(); err != nil {
		return nil, err
	}
	g := &rowGroup{file: f, meta: f.meta.AppendRowGroup(), chunks: make([]columnChunk, f.schema.NumColumns())}
	for i := range g.chunks {
		c := &g.chunks[i]
		c.meta = g.meta.NextColumnChunk()
		columns, err := f.index.GetColumnIndexBuilder(i)
		if err != nil {
			return nil, err
		}
		offsets, err := f.index.GetOffsetIndexBuilder(i)
		if err != nil {
			return nil, err
		}
		c.pager, err = file.NewPageWriter(&f.out, compress.Codecs.Zstd, compressionLevel, c.meta, int16(f.groups), int16(i),
			memory.DefaultAllocator, true, nil, nil)
		if err != nil {
			return nil, err
		}
		c.pager.SetIndexBuilders(columns, offsets)
	}
	f.groups++
	return g, nil
}

// encode makes the chunk of column i of a vector. Columns may be encoded at once, each by another coder.
func (g *rowGroup) encode(c *coder, i int, v *vector, as Encoding) error {
	chunk := &g.chunks[i]
	chunk.coder = c
	stats, err := c.encode(v, as, chunk)
	if err != nil {
		return err
	}
	stats.Signed = chunk.meta.Descr().SortOrder() == pq.SortSIGNED
	chunk.meta.SetStats(stats)
	return nil
}

func (c *columnChunk) dictionary(values []byte, entries int) error {
	c.hasDictionary = true
	_, err := c.pager.WriteDictionaryPage(file.NewDictionaryPage(memory.NewBufferBytes(values), int32(entries), parquet.Encodings.Plain))
	return err
}

func (c *columnChunk) data(p page, raw []byte) error {
	z := c.coder
	z.packed = z.compress(z.packed[:0], raw)
	data := file.NewDataPageV1WithConfig(memory.NewBufferBytes(z.packed), parquet.Encodings.RLE, parquet.Encodings.RLE, file.DataPageConfig{
		Num: int32(p.rows), Encoding: p.encoding, UncompressedSize: int32(len(raw)), Stats: p.stats, FirstRowIndex: int64(p.firstRow),
	})
	_, err := c.pager.WriteDataPage(data)
	return err
}

// close writes the chunks in the order of the columns.
func (g *rowGroup) close(rows int) error {
	for i := range g.chunks {
		if err := g.chunks[i].pager.Close(g.chunks[i].hasDictionary, false); err != nil {
			return err
		}
		if err := g.file.out.err; err != nil {
			return err
		}
	}
	if err := g.writeFilters(); err != nil {
		return err
	}
	g.meta.SetNumRows(rows)
	return g.meta.Finish(0, int16(g.file.groups-1))
}

// close writes the page index and the footer, and returns what the footer says.
func (f *parquetFile) close() (*metadata.FileMetaData, error) {
	f.index.Finish()
	var at metadata.PageIndexLocation
	if err := f.index.WriteTo(&f.out, &at); err != nil {
		return nil, err
	}
	if err := f.meta.SetPageIndexLocation(at); err != nil {
		return nil, err
	}
	footer, err := f.meta.Finish()
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if _, err := footer.WriteTo(&text, nil); err != nil {
		return nil, err
	}
	text.Write(binary.LittleEndian.AppendUint32(nil, uint32(text.Len())))
	text.Write(magic)
	if _, err := f.out.Write(text.Bytes()); err != nil {
		return nil, err
	}
	return footer, f.out.err
}

// parquet returns the Parquet schema.
func (t Table) parquet() (*pq.GroupNode, error) {
	fields := make(pq.FieldList, len(t.Columns))
	for i, c := range t.Columns {
		logical, physical := pq.LogicalType(pq.NoLogicalType{}), parquet.Types.ByteArray
		switch c.Type {
		case Int32:
			physical = parquet.Types.Int32
		case Int64:
			physical = parquet.Types.Int64
		case Double:
			physical = parquet.Types.Double
		case Bool:
			physical = parquet.Types.Boolean
		case String:
			logical = pq.StringLogicalType{}
		case Timestamp:
			logical, physical = pq.NewTimestampLogicalType(false, pq.TimeUnitMicros), parquet.Types.Int64
		}
		node, err := pq.NewPrimitiveNodeLogical(c.Name, parquet.Repetitions.Optional, logical, physical, -1, -1)
		if err != nil {
			return nil, err
		}
		fields[i] = node
	}
	return pq.NewGroupNode(t.Name, parquet.Repetitions.Required, fields, -1)
}

func (t Table) properties() *parquet.WriterProperties {
	p := []parquet.WriterProperty{
		parquet.WithCreatedBy("pcaplake writer " + WriterVersion),
		parquet.WithCompression(compress.Codecs.Zstd),
		parquet.WithCompressionLevel(compressionLevel),
		parquet.WithStats(true),
		parquet.WithPageIndexEnabled(true),
		parquet.WithMaxRowGroupLength(int64(t.GroupRows)),
		parquet.WithDictionaryDefault(true),
	}
	for _, c := range t.Columns {
		switch c.Encoding {
		case Plain:
			p = append(p, parquet.WithDictionaryFor(c.Name, false), parquet.WithEncodingFor(c.Name, parquet.Encodings.Plain))
		case Delta:
			p = append(p, parquet.WithDictionaryFor(c.Name, false), parquet.WithEncodingFor(c.Name, parquet.Encodings.DeltaBinaryPacked))
		}
	}
	return parquet.NewWriterProperties(p...)
}
