package schema

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	pq "github.com/apache/arrow-go/v18/parquet/schema"
)

const (
	// RowGroup is the number of rows of a full row group: DuckDB's own, so that one thread reads one group.
	RowGroup = 122_880
	// chunk is how many rows are filled column by column at a time: few enough that they stay in the cache between two columns.
	// RowGroup is a multiple of it.
	chunk = 1024
	// groupBytes ends a row group early when one column holds that much, so that kept payloads don't need gigabytes.
	groupBytes = 64 << 20
	// compressionLevel of zstd: above it files shrink by less than the time grows.
	compressionLevel = 1
)

// Meta is what a file is written with beyond its rows.
type Meta struct {
	Jobs      int               // columns encoded at a time; below 1 is 1. The bytes don't depend on it
	KeyValues map[string]string // goes into the footer; nothing of clock or host may be in it
}

// FileStats is what a writer wrote.
type FileStats struct {
	Rows      int64 // as the footer says
	Bytes     int64
	RowGroups int
	MinTS     int64 // microseconds since 1970-01-01 UTC, over the rows that have a time; NoTime when none has
	MaxTS     int64
}

// Writer writes the rows of one table as one Parquet file. It holds the rows of one row group in memory, and it is not for concurrent use.
type Writer[R any] struct {
	table   *Rows[R]
	jobs    int
	out     *file.Writer
	vectors []vector
	rows    int
	ts      int         // the column that MinTS and MaxTS are of
	frame   int         // the column that rows are found by
	amended []amendment // by column; nil until there is one
	stats   FileStats
	err     error // the first one: after it nothing more is written
}

// NewWriter returns a writer of a file to w, which it does not close. It fails when w refuses the first bytes.
func (t *Rows[R]) NewWriter(w io.Writer, m Meta) (*Writer[R], error) {
	root, err := t.parquet()
	if err != nil {
		return nil, fmt.Errorf("declare table %s: %w", t.Name, err)
	}
	keys := metadata.NewKeyValueMetadata()
	for _, k := range slices.Sorted(maps.Keys(m.KeyValues)) {
		if err := keys.Append(k, m.KeyValues[k]); err != nil {
			return nil, fmt.Errorf("write key %q: %w", k, err)
		}
	}
	// The library closes a sink that can be closed; the method of the interface alone hides that w may be one.
	out, err := file.NewParquetWriterWithError(struct{ io.Writer }{w}, root, file.WithWriterProps(t.properties()), file.WithWriteMetadata(keys))
	if err != nil {
		return nil, fmt.Errorf("start Parquet: %w", err)
	}
	return &Writer[R]{
		table: t, jobs: max(1, m.Jobs), out: out, vectors: t.vectors(),
		ts:    slices.IndexFunc(t.Columns, func(c Column) bool { return c.Type == Timestamp }),
		frame: t.Indexes("frame_no")[0],
		stats: FileStats{MinTS: NoTime, MaxTS: NoTime},
	}, nil
}

func (t *Rows[R]) vectors() []vector {
	if v, ok := t.idle.Get().(*[]vector); ok {
		return *v
	}
	vectors := make([]vector, len(t.Columns))
	for i, c := range t.Columns {
		vectors[i].typ = c.Type
	}
	return vectors
}

// Append adds rows. It copies everything: the rows and what they point to may be reused at once. How rows are cut into calls does not
// show in the bytes. After an error the writer refuses all further rows with the same error; it must still be closed.
func (w *Writer[R]) Append(rows []R) error {
	for len(rows) > 0 && w.err == nil {
		n := min(len(rows), chunk-w.rows%chunk)
		for i, fill := range w.table.fills {
			fill(rows[:n], &w.vectors[i])
		}
		rows = rows[n:]
		w.rows += n
		if w.rows == RowGroup || w.rows%chunk == 0 && w.large() {
			w.err = w.flush()
		}
	}
	return w.err
}

func (w *Writer[R]) large() bool {
	for i := range w.vectors {
		if len(w.vectors[i].data) >= groupBytes {
			return true
		}
	}
	return false
}

// Close writes what is left and the footer, or returns the error that Append met. The writer must not be used afterwards.
func (w *Writer[R]) Close() (FileStats, error) {
	defer w.release()
	if w.rows > 0 && w.err == nil {
		w.err = w.flush()
	}
	if w.err != nil {
		return FileStats{}, w.err
	}
	if err := w.out.Close(); err != nil {
		return FileStats{}, fmt.Errorf("finish Parquet: %w", err)
	}
	footer, err := w.out.FileMetadata()
	if err != nil {
		return FileStats{}, fmt.Errorf("read footer: %w", err)
	}
	w.stats.Rows = footer.GetNumRows()
	w.stats.RowGroups = len(footer.RowGroups)
	w.stats.Bytes = w.out.TotalBytesWritten()
	return w.stats, nil
}

// release hands the vectors to the next writer of the table.
func (w *Writer[R]) release() {
	vectors := w.vectors
	w.vectors = nil
	for i := range vectors {
		vectors[i].reset()
	}
	w.table.idle.Put(&vectors)
}

// flush encodes the rows held as one row group, its columns in parallel.
func (w *Writer[R]) flush() error {
	w.amend()
	w.measure()
	group, err := w.out.AppendBufferedRowGroupChecked()
	if err != nil {
		return fmt.Errorf("start row group: %w", err)
	}
	columns := make(chan int)
	failed := make([]error, len(w.vectors))
	var workers sync.WaitGroup
	for range min(w.jobs, len(w.vectors)) {
		workers.Go(func() {
			for i := range columns {
				failed[i] = w.encode(group, i)
			}
		})
	}
	for i := range w.vectors {
		columns <- i
	}
	close(columns)
	workers.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	if err := group.Close(); err != nil {
		return fmt.Errorf("write row group: %w", err)
	}
	w.rows = 0
	return nil
}

// measure brings MinTS and MaxTS up to date with the rows held.
func (w *Writer[R]) measure() {
	times := w.vectors[w.ts].i64
	if len(times) == 0 {
		return
	}
	if w.stats.MinTS == NoTime {
		w.stats.MinTS = math.MaxInt64
	}
	w.stats.MinTS = min(w.stats.MinTS, slices.Min(times))
	w.stats.MaxTS = max(w.stats.MaxTS, slices.Max(times))
}

// encode writes one column of the row group and empties its vector.
func (w *Writer[R]) encode(group file.BufferedRowGroupWriter, i int) error {
	column, err := group.Column(i)
	if err == nil {
		err = w.vectors[i].encode(column)
	}
	if err != nil {
		return fmt.Errorf("encode column %s: %w", w.table.Columns[i].Name, err)
	}
	w.vectors[i].reset()
	return nil
}

func (v *vector) encode(to file.ColumnChunkWriter) (err error) {
	switch to := to.(type) {
	case *file.Int32ColumnChunkWriter:
		_, err = to.WriteBatch(v.i32, v.levels, nil)
	case *file.Int64ColumnChunkWriter:
		_, err = to.WriteBatch(v.i64, v.levels, nil)
	case *file.BooleanColumnChunkWriter:
		_, err = to.WriteBatch(v.bools, v.levels, nil)
	case *file.ByteArrayColumnChunkWriter:
		_, err = to.WriteBatch(v.split(), v.levels, nil)
	default:
		err = fmt.Errorf("no encoder for %s", to.Type())
	}
	if err != nil {
		return err
	}
	// The last page is compressed here, in parallel, rather than when the group is closed. There is none when the values just filled
	// the one before, and the library panics on an empty page.
	if page := to.PageStatistics(); page.NumValues() == 0 && page.NullCount() == 0 {
		return nil
	}
	return to.(interface{ FlushCurrentPage() error }).FlushCurrentPage()
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
		parquet.WithMaxRowGroupLength(RowGroup),
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
