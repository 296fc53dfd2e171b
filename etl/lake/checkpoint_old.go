package lake

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// Checkpoints of before were one Parquet file of two kinds of rows, each in row groups of its own: first one for each capture, in which the columns of
// files are NULL, then one for each live file. The metadata say the rest, and a digest as in a manifest's text.
const (
	oldExtension = ".parquet"
	seqKey       = "pcaplake.seq"
	capturesKey  = "pcaplake.captures"
)

// parseOld reads a checkpoint of before, with all its rows. Its bytes must be those that were written, before the library sees them.
func parseOld(ctx context.Context, text []byte) (*checkpoint, *rows, error) {
	if err := checkDigest(text); err != nil {
		return nil, nil, err
	}
	f, err := file.NewParquetReader(bytes.NewReader(text))
	if err != nil {
		return nil, nil, err
	}
	in, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{Parallel: true}, memory.DefaultAllocator)
	if err != nil {
		return nil, nil, err
	}
	c := &checkpoint{old: true}
	var captures int64
	for key, to := range map[string]*int64{seqKey: &c.Seq, capturesKey: &captures} {
		text := f.MetaData().KeyValueMetadata().FindValue(key)
		if text == nil {
			return nil, nil, fmt.Errorf("it has no %s", key)
		}
		if *to, err = strconv.ParseInt(*text, 10, 64); err != nil || *to < 0 {
			return nil, nil, fmt.Errorf("its %s is %q", key, *text)
		}
	}
	if captures > f.NumRows() {
		return nil, nil, fmt.Errorf("it has %d rows, and should have one for each of %d captures", f.NumRows(), captures)
	}
	r, err := readOld(ctx, in, captures)
	return c, r, err
}

// readOld reads both kinds of rows.
func readOld(ctx context.Context, in *pqarrow.FileReader, captures int64) (*rows, error) {
	f := in.ParquetReader()
	var groups [2][]int // of captures, and of files
	for i, at := 0, int64(0); i < f.NumRowGroups(); i++ {
		kind := 0
		if at >= captures {
			kind = 1
		}
		groups[kind] = append(groups[kind], i)
		at += f.MetaData().RowGroup(i).NumRows()
	}
	r := &rows{captures: make([]checkpointCapture, captures), files: make([]LiveFile, f.NumRows()-captures)}
	r.places = make([]int64, len(r.files))
	if err := readRows(ctx, in, groups[0], captureFields, len(r.captures), droppedColumn,
		r.captureRow, func(i int, a arrow.Array, at int) { r.captures[i].dropped = a.(*array.Boolean).Value(at) }); err != nil {
		return nil, err
	}
	return r, readRows(ctx, in, groups[1], fileFields, len(r.files), captureColumn,
		r.fileRow, func(i int, a arrow.Array, at int) { r.places[i] = a.(*array.Int64).Value(at) })
}
