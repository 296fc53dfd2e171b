package schema

import (
	"io"
	"slices"
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
	// mergedLevel is that of merged files, which nobody waits for: 2 % fewer bytes.
	mergedLevel = 3
)

// Meta is what a file is written with beyond its rows.
type Meta struct {
	Jobs      int               // columns encoded at a time, and above 1 beside the caller; below 1 is 1. The bytes don't depend on it
	KeyValues map[string]string // goes into the footer; nothing of clock or host may be in it
	Mask      Mask              // of an anonymised lake: columns become what their Privacy says; nil: they stand as they are
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
	groups
	fills   []fill[R]
	frame   int         // the column that rows are found by; -1: there is none
	amended []amendment // by column; nil until there is one
}

// NewWriter returns a writer of a file to w, which it does not close. It fails when w refuses the first bytes.
func (t *Rows[R]) NewWriter(w io.Writer, m Meta) (*Writer[R], error) {
	g, err := t.newGroups(w, m, &t.idle)
	if err != nil {
		return nil, err
	}
	frame := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == "frame_no" })
	return &Writer[R]{groups: g, fills: t.filled(m.Mask), frame: frame}, nil
}

// filled are the fills of the columns, under a mask unless it is nil.
func (t *Rows[R]) filled(m Mask) []fill[R] {
	if m == nil {
		return t.fills
	}
	fills := make([]fill[R], len(t.fills))
	for i, plain := range t.fills {
		fills[i] = masked(&t.Columns[i], plain, m)
	}
	return fills
}

// Append adds rows. It copies everything: the rows and what they point to may be reused at once. How rows are cut into calls does not
// show in the bytes. After an error the writer refuses all further rows with the same error; it must still be closed.
func (w *Writer[R]) Append(rows []R) error {
	for len(rows) > 0 && w.err == nil {
		n := min(len(rows), chunk-w.rows%chunk)
		for i, fill := range w.fills {
			fill(rows[:n], &w.vectors[i])
		}
		rows = rows[n:]
		w.rows += n
		if w.full() {
			w.flush()
		}
	}
	return w.err
}

// flush has the rows held written as one row group.
func (w *Writer[R]) flush() {
	w.amend()
	w.err = w.groups.flush()
}

// Close writes what is left and the footer, or returns the error that Append met. The writer must not be used afterwards.
func (w *Writer[R]) Close() (FileStats, error) {
	if w.rows > 0 && w.err == nil {
		w.flush()
	}
	return w.close()
}

// Abandon ends a writer whose file is given up. Nothing is written once it returns.
func (w *Writer[R]) Abandon() { w.abandon() }
