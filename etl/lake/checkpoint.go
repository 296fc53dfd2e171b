package lake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// A checkpoint is the state of a lake after a change, with all captures that were committed by then: what stands in it need not be read from
// manifests again.
//
// As Parquet it has two kinds of rows, each in row groups of its own: first one for each capture, in which the columns of files are NULL,
// then one for each live file, in which those of captures are. The file's key-value metadata say the rest, and a digest as in a manifest's text.
type checkpoint struct {
	seq      int64
	captures []checkpointCapture
	files    []LiveFile // without Capture
	places   []int64    // of the files' captures among captures; -1: a change added the file
}

type checkpointCapture struct {
	Manifest // without Adds
	dropped  bool
}

// checkpointAfter is how many captures may stand outside a checkpoint before there is to be one.
const checkpointAfter = 1000

// The columns, and the keys of the metadata.
var (
	captureFields = fieldsOf(reflect.TypeFor[Manifest](), "", "adds", "digest")
	fileFields    = fieldsOf(reflect.TypeFor[File](), "file_")
)

const (
	droppedColumn = "superseded"
	captureColumn = "file_capture"
	seqKey        = "pcaplake.seq"
	capturesKey   = "pcaplake.captures"
	digestMetaKey = "pcaplake.digest"
)

// Checkpoint writes a checkpoint if more captures stand outside the last one than make opening slow, and reports whether it did.
// Readers use it from then on; the manifests that stand in it are Leftovers.
func (l *Lake) Checkpoint(ctx context.Context) (bool, error) {
	return l.checkpoint(ctx, checkpointAfter)
}

func (l *Lake) checkpoint(ctx context.Context, after int) (bool, error) {
	h, err := l.readSound(ctx)
	if err != nil || len(h.captures) <= after {
		return false, err
	}
	r := h.replay()
	if h.base != nil && h.base.seq == r.seq { // its number is taken: an empty change gives a new one
		if _, err := l.Change(ctx, nil, func(*State) (*Change, error) { return new(Change), nil }); err != nil {
			return false, err
		}
		return l.checkpoint(ctx, after)
	}
	text, err := r.checkpoint().encode()
	if err != nil {
		return false, fmt.Errorf("write checkpoint: %w", err)
	}
	err = l.store.PutIfAbsent(checkpointManifest(r.seq), text)
	if exists(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("write checkpoint: %w", err)
	}
	return true, nil
}

// checkpointManifest is the name of the checkpoint after a change.
func checkpointManifest(seq int64) string {
	return fmt.Sprintf("%s/%s%012d.parquet", manifestFolder, checkpointKind, seq)
}

// checkpoint returns what the replay has come to.
func (r *replay) checkpoint() *checkpoint {
	c := &checkpoint{seq: r.seq}
	places := make(map[*Manifest]int64, len(r.captures))
	for _, m := range slices.SortedFunc(maps.Values(r.captures), byStart) {
		places[m] = int64(len(c.captures))
		c.captures = append(c.captures, checkpointCapture{Manifest: *m, dropped: r.dropped[m.ContentHash]})
	}
	for _, f := range r.sorted() { // as readers want them, so that they need not sort
		at, ok := places[f.Capture]
		if !ok {
			at = -1
		}
		c.files, c.places = append(c.files, LiveFile{File: f.File}), append(c.places, at)
	}
	return c
}

// start begins a replay with the checkpoint. Its manifests have no files of their own: what is live of them stands in the replay.
func (c *checkpoint) start(r *replay) {
	r.seq = c.seq
	r.captures = make(map[string]*Manifest, len(c.captures))
	r.files, r.order = make(map[string]*LiveFile, len(c.files)), make([]*LiveFile, 0, len(c.files))
	for i := range c.captures {
		m := &c.captures[i]
		if r.captures[m.ContentHash] = &m.Manifest; m.dropped {
			r.dropped[m.ContentHash] = true
		}
	}
	for i, at := range c.places {
		f := &c.files[i]
		if at >= 0 {
			f.Capture = &c.captures[at].Manifest
		}
		r.putFile(f)
	}
}

// encode returns the checkpoint as Parquet.
func (c *checkpoint) encode() ([]byte, error) {
	var columns []arrow.Field
	for _, f := range slices.Concat(captureFields, fileFields) {
		columns = append(columns, f.arrow())
	}
	columns = append(columns,
		arrow.Field{Name: droppedColumn, Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		arrow.Field{Name: captureColumn, Type: arrow.PrimitiveTypes.Int64, Nullable: true})
	s := arrow.NewSchema(columns, nil)
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(s, &out, parquet.NewWriterProperties(
		parquet.WithCompression(compress.Codecs.Zstd), parquet.WithCompressionLevel(1), parquet.WithStats(false), parquet.WithCreatedBy("pcaplake"),
	), pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, err
	}
	dropped, capture := array.NewBooleanBuilder(memory.DefaultAllocator), array.NewInt64Builder(memory.DefaultAllocator)
	for i := range c.captures {
		dropped.Append(c.captures[i].dropped)
	}
	for i := range c.files {
		capture.Append(c.places[i])
	}
	captureRow := func(i int) reflect.Value { return reflect.ValueOf(&c.captures[i].Manifest).Elem() }
	fileRow := func(i int) reflect.Value { return reflect.ValueOf(&c.files[i].File).Elem() }
	err = errors.Join(
		writeRows(w, s, captureFields, len(c.captures), captureRow, droppedColumn, dropped.NewArray()),
		writeRows(w, s, fileFields, len(c.files), fileRow, captureColumn, capture.NewArray()),
		w.AppendKeyValueMetadata(seqKey, strconv.FormatInt(c.seq, 10)),
		w.AppendKeyValueMetadata(capturesKey, strconv.Itoa(len(c.captures))),
		w.AppendKeyValueMetadata(digestMetaKey, digestKey+noDigest),
		w.Close(),
	)
	if err != nil {
		return nil, err
	}
	seal(out.Bytes())
	return out.Bytes(), nil
}

// writeRows writes rows of one kind: their fields and one column more, all others NULL.
func writeRows(w *pqarrow.FileWriter, s *arrow.Schema, fields []field, rows int, row func(int) reflect.Value, also string, more arrow.Array) error {
	if rows == 0 {
		return nil
	}
	columns := make([]arrow.Array, s.NumFields())
	for i := range columns {
		columns[i] = array.MakeArrayOfNull(memory.DefaultAllocator, s.Field(i).Type, rows)
	}
	for i := range fields {
		at := s.FieldIndices(fields[i].name)[0]
		var err error
		if columns[at], err = fields[i].column(rows, row); err != nil {
			return err
		}
	}
	columns[s.FieldIndices(also)[0]] = more
	return w.Write(array.NewRecordBatch(s, columns, int64(rows)))
}
