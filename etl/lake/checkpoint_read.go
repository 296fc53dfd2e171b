package lake

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// parseCheckpoint reads a checkpoint. Its bytes must be those that were written, before the library sees them.
func parseCheckpoint(ctx context.Context, text []byte) (*checkpoint, error) {
	if err := checkDigest(text); err != nil {
		return nil, err
	}
	f, err := file.NewParquetReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	in, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{Parallel: true}, memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	c := new(checkpoint)
	var captures int64
	for key, to := range map[string]*int64{seqKey: &c.seq, capturesKey: &captures} {
		text := f.MetaData().KeyValueMetadata().FindValue(key)
		if text == nil {
			return nil, fmt.Errorf("it has no %s", key)
		}
		if *to, err = strconv.ParseInt(*text, 10, 64); err != nil || *to < 0 {
			return nil, fmt.Errorf("its %s is %q", key, *text)
		}
	}
	if captures > f.NumRows() {
		return nil, fmt.Errorf("it has %d rows, and should have one for each of %d captures", f.NumRows(), captures)
	}
	var groups [2][]int // of captures, and of files
	for i, at := 0, int64(0); i < f.NumRowGroups(); i++ {
		kind := 0
		if at >= captures {
			kind = 1
		}
		groups[kind] = append(groups[kind], i)
		at += f.MetaData().RowGroup(i).NumRows()
	}
	c.captures, c.files = make([]checkpointCapture, captures), make([]LiveFile, f.NumRows()-captures)
	c.places = make([]int64, len(c.files))
	if err := readRows(ctx, in, groups[0], captureFields, len(c.captures), droppedColumn,
		func(i int) reflect.Value { return reflect.ValueOf(&c.captures[i].Manifest).Elem() },
		func(i int, a arrow.Array, at int) { c.captures[i].dropped = a.(*array.Boolean).Value(at) }); err != nil {
		return nil, err
	}
	return c, readRows(ctx, in, groups[1], fileFields, len(c.files), captureColumn,
		func(i int) reflect.Value { return reflect.ValueOf(&c.files[i].File).Elem() },
		func(i int, a arrow.Array, at int) {
			c.places[i] = min(a.(*array.Int64).Value(at), captures-1)
		})
}

// readRows reads rows of one kind into structs: their fields, and one column more, which is handed over value by value.
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
