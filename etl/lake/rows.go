package lake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// rows are what checkpoints hold: captures and live files.
type rows struct {
	captures []checkpointCapture
	files    []LiveFile // without Capture
	part     int        // of which they are, in the order of the checkpoint's
	places   []int64    // of the files' captures among captures; -1: a change added the file; none beyond captures, which need not have been read
}

type checkpointCapture struct {
	Manifest // without Adds
	dropped  bool
}

// The columns.
var (
	captureFields = fieldsOf(reflect.TypeFor[Manifest](), "", "adds", "digest")
	fileFields    = fieldsOf(reflect.TypeFor[File](), "file_")
	// leanFields are those of files that stand beside shareFields: of which captures they are, most of the bytes of a file of many.
	leanFields  = fieldsOf(reflect.TypeFor[File](), "file_", "captures")
	shareFields = fieldsNamed(fileFields, "file_captures")
	// namingFields tell a capture from others; contentFields only its content.
	namingFields  = fieldsNamed(captureFields, "content_hash", "sensor", "source")
	contentFields = fieldsNamed(captureFields, "content_hash")
)

const (
	droppedColumn = "superseded"
	captureColumn = "file_capture"
)

func (r *rows) captureRow(i int) reflect.Value {
	return reflect.ValueOf(&r.captures[i].Manifest).Elem()
}
func (r *rows) fileRow(i int) reflect.Value { return reflect.ValueOf(&r.files[i].File).Elem() }

// start begins a replay with the rows. Manifests have no files of their own: what is live of them stands in the replay.
func (r *rows) start(in *replay) {
	for i := range r.captures {
		m := &r.captures[i]
		if in.captures[m.ContentHash] = &m.Manifest; m.dropped {
			in.dropped[m.ContentHash] = true
		}
	}
	for i, at := range r.places {
		f := &r.files[i]
		if at >= 0 && at < int64(len(r.captures)) {
			f.Capture, f.SchemaVersion = &r.captures[at].Manifest, 0
		}
		in.putFile(f)
	}
}

// rows are those of a leaf.
func (l *leaf) asRows(dropped map[string]bool) *rows {
	r := new(rows)
	places := make(map[*Manifest]int64, len(l.captures))
	for _, m := range l.captures {
		places[m] = int64(len(r.captures))
		r.captures = append(r.captures, checkpointCapture{Manifest: *m, dropped: dropped[m.ContentHash]})
	}
	for _, f := range l.files {
		at, ok := places[f.Capture]
		if !ok {
			at = -1
		}
		file := LiveFile{File: f.File}
		if f.Capture != nil { // so that the file can be read without its capture
			file.SchemaVersion = f.Capture.SchemaVersion
		}
		r.files, r.places = append(r.files, file), append(r.places, at)
	}
	return r
}

// encodeCaptures returns the captures as Parquet.
func (r *rows) encodeCaptures() ([]byte, error) {
	dropped := array.NewBooleanBuilder(memory.DefaultAllocator)
	for i := range r.captures {
		dropped.Append(r.captures[i].dropped)
	}
	return encodeRows(captureFields, len(r.captures), r.captureRow, arrow.Field{Name: droppedColumn, Type: arrow.FixedWidthTypes.Boolean, Nullable: true}, dropped.NewArray())
}

// encodeFiles returns some fields of the files as Parquet.
func (r *rows) encodeFiles(fields []field) ([]byte, error) {
	places := array.NewInt64Builder(memory.DefaultAllocator)
	places.AppendValues(r.places, nil)
	return encodeRows(fields, len(r.files), r.fileRow, arrow.Field{Name: captureColumn, Type: arrow.PrimitiveTypes.Int64, Nullable: true}, places.NewArray())
}

// encodeRows returns rows of structs as Parquet: their fields, and one column more.
func encodeRows(fields []field, n int, row func(int) reflect.Value, also arrow.Field, more arrow.Array) ([]byte, error) {
	var shape []arrow.Field
	var columns []arrow.Array
	for i := range fields {
		column, err := fields[i].column(n, row)
		if err != nil {
			return nil, err
		}
		shape, columns = append(shape, fields[i].arrow()), append(columns, column)
	}
	s := arrow.NewSchema(append(shape, also), nil)
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(s, &out, parquet.NewWriterProperties(
		parquet.WithCompression(compress.Codecs.Zstd), parquet.WithCompressionLevel(1), parquet.WithStats(false), parquet.WithCreatedBy("pcaplake"),
	), pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, err
	}
	err = errors.Join(w.Write(array.NewRecordBatch(s, append(columns, more), int64(n))), w.Close())
	return out.Bytes(), err
}

// decodeCaptures fills in the captures that an object holds, the fields that are named.
func (r *rows) decodeCaptures(ctx context.Context, text []byte, n int, fields []field) error {
	in, err := openRows(text, n)
	if err != nil {
		return err
	}
	r.captures = make([]checkpointCapture, n)
	return readRows(ctx, in, nil, fields, n, droppedColumn, r.captureRow,
		func(i int, a arrow.Array, at int) { r.captures[i].dropped = a.(*array.Boolean).Value(at) })
}

// decodeFiles fills in the files that an object holds, the fields that are named.
func (r *rows) decodeFiles(ctx context.Context, text []byte, n int, fields []field) error {
	in, err := openRows(text, n)
	if err != nil {
		return err
	}
	if len(r.files) != n {
		r.files, r.places = make([]LiveFile, n), make([]int64, n)
	}
	return readRows(ctx, in, nil, fields, n, captureColumn, r.fileRow,
		func(i int, a arrow.Array, at int) { r.places[i] = a.(*array.Int64).Value(at) })
}

// openRows opens Parquet that has so many rows.
func openRows(text []byte, n int) (*pqarrow.FileReader, error) {
	f, err := file.NewParquetReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if f.NumRows() != int64(n) {
		return nil, fmt.Errorf("it has %d rows, and should have %d", f.NumRows(), n)
	}
	return pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{Parallel: true}, memory.DefaultAllocator)
}

// readRows reads rows of one kind into structs: their fields, and one column more, which is handed over value by value. They are those of some row
// groups; nil: of all.
func readRows(ctx context.Context, in *pqarrow.FileReader, groups []int, fields []field, rows int, also string, row func(int) reflect.Value,
	more func(int, arrow.Array, int),
) error {
	if rows == 0 {
		return nil
	}
	s := in.ParquetReader().MetaData().Schema
	var columns []int
	for _, name := range append(namesOf(fields), also) {
		at := s.ColumnIndexByName(name)
		if at < 0 {
			return fmt.Errorf("it has no column %s", name)
		}
		columns = append(columns, at)
	}
	if groups == nil {
		for i := range in.ParquetReader().NumRowGroups() {
			groups = append(groups, i)
		}
	}
	t, err := in.ReadRowGroups(ctx, columns, groups)
	if err != nil {
		return err
	}
	if t.NumRows() != int64(rows) {
		return fmt.Errorf("it has %d rows where %d should be", t.NumRows(), rows)
	}
	for i := range int(t.NumCols()) {
		at, name := 0, t.Schema().Field(i).Name
		for _, chunk := range t.Column(i).Data().Chunks() {
			from := at
			if f := fieldNamed(fields, name); f != nil {
				if err := f.fill(chunk, func(i int) reflect.Value { return row(from + i) }); err != nil {
					return err
				}
			} else {
				for i := range chunk.Len() {
					more(from+i, chunk, i)
				}
			}
			at += chunk.Len()
		}
	}
	return nil
}

func namesOf(fields []field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}

func fieldNamed(fields []field, name string) *field {
	for i := range fields {
		if fields[i].name == name {
			return &fields[i]
		}
	}
	return nil
}

// fieldsNamed are those of fields that have these names.
func fieldsNamed(fields []field, names ...string) []field {
	var out []field
	for _, name := range names {
		out = append(out, *fieldNamed(fields, name))
	}
	return out
}
