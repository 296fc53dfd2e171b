package schema

import (
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
)

const (
	// RowGroup is the number of rows of a full row group of most tables: DuckDB's own, so that one thread reads one group.
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
	Jobs      int               // columns encoded at a time, and above 1 beside the caller; below 1 is 1. The bytes don't depend on it
	KeyValues map[string]string // goes into the footer; nothing of clock or host may be in it
}

// FileStats is what a writer wrote.
type FileStats struct {
	Rows      int64 // as the footer says
	Bytes     int64
	RowGroups int
	MinTS     int64 // microseconds since 1970-01-01 UTC, of the table's FirstTS; NoTime when no row has a time
	MaxTS     int64 // of its LastTS
}

// Writer writes the rows of one table as one Parquet file. It holds the rows of one row group in memory, with more than one job those of the
// group before as well, which is encoded meanwhile. It is not for concurrent use, and ends with Close or Abandon.
type Writer[R any] struct {
	table   *Rows[R]
	jobs    int
	file    *parquetFile
	vectors []vector
	rows    int
	firstTS int         // the column that MinTS is of
	lastTS  int         // the column that MaxTS is of
	frame   int         // the column that rows are found by; -1: there is none
	amended []amendment // by column; nil until there is one
	behind  chan error  // what becomes of the row group that is encoded; nil: none is
	spare   []vector    // for the rows of the next group
	stats   FileStats
	err     error // the first one: after it nothing more is written
}

// NewWriter returns a writer of a file to w, which it does not close. It fails when w refuses the first bytes.
func (t *Rows[R]) NewWriter(w io.Writer, m Meta) (*Writer[R], error) {
	f, err := t.newFile(w, m.KeyValues)
	if err != nil {
		return nil, err
	}
	return &Writer[R]{
		table: t, jobs: max(1, m.Jobs), file: f, vectors: t.vectors(),
		firstTS: t.Indexes(t.FirstTS)[0], lastTS: t.Indexes(t.LastTS)[0],
		frame: slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == "frame_no" }),
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
		if w.rows == w.table.GroupRows || w.rows%chunk == 0 && w.large() {
			w.err = w.flush()
		}
	}
	return w.err
}

func (w *Writer[R]) large() bool {
	for i := range w.vectors {
		if w.vectors[i].bytes() >= groupBytes {
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
	if err := w.wait(); w.err == nil {
		w.err = err
	}
	if w.err != nil {
		return FileStats{}, w.err
	}
	footer, err := w.file.close()
	if err != nil {
		return FileStats{}, fmt.Errorf("finish Parquet: %w", err)
	}
	w.stats.Rows = footer.GetNumRows()
	w.stats.RowGroups = len(footer.RowGroups)
	w.stats.Bytes = w.file.out.n
	return w.stats, nil
}

// Abandon ends a writer whose file is given up. Nothing is written once it returns.
func (w *Writer[R]) Abandon() {
	_ = w.wait() // of a file that nobody wants
	w.release()
}

// release hands the vectors to the next writer of the table.
func (w *Writer[R]) release() {
	for _, vectors := range [][]vector{w.vectors, w.spare} {
		if vectors == nil {
			continue
		}
		for i := range vectors {
			vectors[i].reset()
		}
		w.table.idle.Put(&vectors)
	}
	w.vectors, w.spare = nil, nil
}

// flush has the rows held encoded as one row group, beside the caller if there is more than one job.
func (w *Writer[R]) flush() error {
	w.amend()
	w.measure()
	if err := w.wait(); err != nil {
		return err
	}
	full, rows := w.vectors, w.rows
	if w.rows = 0; w.jobs == 1 {
		return w.write(full, rows)
	}
	if w.vectors = w.spare; w.vectors == nil {
		w.vectors = w.table.vectors()
	}
	w.spare = full // as soon as wait has returned
	behind := make(chan error, 1)
	w.behind = behind
	go func() { behind <- w.write(full, rows) }()
	return nil
}

// wait returns what became of the row group that was encoded.
func (w *Writer[R]) wait() error {
	if w.behind == nil {
		return nil
	}
	err := <-w.behind
	w.behind = nil
	return err
}

// coders are those of all writers, for the next row group.
var coders = sync.Pool{New: func() any { return newCoder() }}

// write encodes vectors as one row group, the columns in parallel, and empties them.
func (w *Writer[R]) write(vectors []vector, rows int) error {
	group, err := w.file.startGroup()
	if err != nil {
		return fmt.Errorf("start row group: %w", err)
	}
	columns := make(chan int)
	failed := make([]error, len(vectors))
	var workers sync.WaitGroup
	for range min(w.jobs, len(vectors)) {
		workers.Go(func() {
			c := coders.Get().(*coder)
			defer coders.Put(c)
			for i := range columns {
				failed[i] = w.encode(group, c, i, &vectors[i])
			}
		})
	}
	for i := range vectors {
		columns <- i
	}
	close(columns)
	workers.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	if err := group.close(rows); err != nil {
		return fmt.Errorf("write row group: %w", err)
	}
	return nil
}

// measure brings MinTS and MaxTS up to date with the rows held.
func (w *Writer[R]) measure() {
	first, last := w.vectors[w.firstTS].i64, w.vectors[w.lastTS].i64
	if len(first) == 0 || len(last) == 0 {
		return
	}
	if w.stats.MinTS == NoTime {
		w.stats.MinTS = math.MaxInt64
	}
	w.stats.MinTS = min(w.stats.MinTS, slices.Min(first))
	w.stats.MaxTS = max(w.stats.MaxTS, slices.Max(last))
}

// encode writes one column of the row group and empties its vector.
func (w *Writer[R]) encode(group *rowGroup, c *coder, i int, v *vector) error {
	column := &w.table.Columns[i]
	if err := group.encode(c, i, v, column.Encoding); err != nil {
		return fmt.Errorf("encode column %s: %w", column.Name, err)
	}
	v.reset()
	return nil
}
