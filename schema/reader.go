package schema

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
)

// Reader reads a file of a table back, one row group at a time, into columns as a Writer holds them; no row is made. A column that files of older
// versions don't have is NULL. It is for bytes that are known to be a Writer's, by their hash: the library's parser is no match for hostile ones.
type Reader struct {
	table Table
	file  *file.Reader
	at    []int // per column of the table, its place in the file; -1: it has none
	next  int   // row group
	batch Batch
}

// NewReader returns a reader of a file, which it does not close. It fails where the file has a column that the table has not, or has of another
// type: it is of a newer version or another table, and nothing of it may get lost.
func (t Table) NewReader(in parquet.ReaderAtSeeker) (*Reader, error) {
	f, err := file.NewParquetReader(in)
	if err != nil {
		return nil, fmt.Errorf("read footer: %w", err)
	}
	want, err := t.parquet()
	if err != nil {
		return nil, fmt.Errorf("declare table %s: %w", t.Name, err)
	}
	r := &Reader{table: t, file: f, at: make([]int, len(t.Columns)), batch: Batch{table: t, vectors: t.vectors()}}
	root, found := f.MetaData().Schema.Root(), 0
	for i, c := range t.Columns {
		if r.at[i] = root.FieldIndexByName(c.Name); r.at[i] < 0 {
			continue
		}
		if got := root.Field(r.at[i]); !got.Equals(want.Field(i)) {
			return nil, fmt.Errorf("column %s of %s is not of type %s", c.Name, t.Name, c.Type)
		}
		found++
	}
	if found < root.NumFields() {
		return nil, fmt.Errorf("%d of %d columns are not those of table %s in this version", root.NumFields()-found, root.NumFields(), t.Name)
	}
	return r, nil
}

// All gives the row groups that are left, each as Next does, and the error of one that cannot be read as the last.
func (r *Reader) All() iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		for {
			b, err := r.Next()
			if errors.Is(err, io.EOF) || !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// Next reads the next row group, or returns io.EOF behind the last. The batch holds until the next call.
func (r *Reader) Next() (*Batch, error) {
	if r.next == r.file.NumRowGroups() {
		return nil, io.EOF
	}
	group := r.file.RowGroup(r.next)
	r.next++
	b := &r.batch
	b.rows = int(group.NumRows())
	for i, at := range r.at {
		v := &b.vectors[i]
		v.reset()
		var err error
		if at < 0 {
			v.levels = append(v.levels, make([]uint8, b.rows)...)
		} else {
			err = v.readFrom(group, at, b.rows)
		}
		if err != nil {
			return nil, fmt.Errorf("read column %s: %w", r.table.Columns[i].Name, err)
		}
	}
	return b, nil
}

// readFrom reads a column of a row group.
func (v *vector) readFrom(group *file.RowGroupReader, at, rows int) error {
	chunk, err := group.Column(at)
	if err != nil {
		return err
	}
	switch c := chunk.(type) {
	case *file.Int32ColumnChunkReader:
		err = readValues(v, rows, c.ReadBatchInPage, func(values []int32) { v.i32 = append(v.i32, values...) })
	case *file.Int64ColumnChunkReader:
		err = readValues(v, rows, c.ReadBatchInPage, func(values []int64) { v.i64 = append(v.i64, values...) })
	case *file.Float64ColumnChunkReader:
		err = readValues(v, rows, c.ReadBatchInPage, func(values []float64) { v.f64 = append(v.f64, values...) })
	case *file.BooleanColumnChunkReader:
		err = readValues(v, rows, c.ReadBatchInPage, func(values []bool) {
			for _, b := range values {
				v.bools = append(v.bools, uint8(TriOf(b)&1))
			}
		})
	case *file.ByteArrayColumnChunkReader:
		err = readValues(v, rows, c.ReadBatchInPage, v.takeBytes)
	default:
		err = fmt.Errorf("it is of type %s", chunk.Type())
	}
	return errors.Join(err, chunk.Err(), chunk.Close())
}

// readRows is how many rows are taken over at a time.
const readRows = 2048

// readValues reads all rows of a column by the library's reader of its type. Values that read gives hold until it is called again.
func readValues[T any](v *vector, rows int, read func(n int64, values []T, levels, _ []int16) (int64, int, error), take func([]T)) error {
	var values [readRows]T
	var levels [readRows]int16
	for left := rows; left > 0; {
		n, present, err := read(int64(min(left, readRows)), values[:], levels[:], nil)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("%d of %d rows are missing", left, rows)
		}
		valid := 0
		for _, l := range levels[:n] {
			v.levels = append(v.levels, uint8(l))
			valid += int(l)
		}
		if valid != present {
			return fmt.Errorf("%d values where %d are said to be", present, valid)
		}
		take(values[:present])
		left -= int(n)
	}
	return nil
}

// takeBytes takes values that may lie in a dictionary: one that lies where another lay is the same, and needs no hash.
func (v *vector) takeBytes(values []parquet.ByteArray) {
	if v.typ == Binary {
		for _, b := range values {
			v.put(b)
		}
		return
	}
	for _, b := range values {
		v.texts.view(b)
	}
	clear(v.texts.recent[:]) // what lies there next may be another
}
