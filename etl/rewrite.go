package etl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// A rewrite makes one file of several of one table, sensor and date. Its inputs are read one after the other, each row group by itself, so that memory
// holds two row groups whatever the size of files.
type rewrite struct {
	table   schema.Table
	sensor  string
	date    string
	inputs  []lake.LiveFile // in the order of their rows
	without map[string]bool // ids of captures whose rows are left out
	jobs    int

	captures map[string]int64 // rows written, by capture id
}

// errInput says that a file that was to be read is not what its manifest says.
var errInput = errors.New("it is not what its manifest says")

// name is the last part of the output's name.
func (r *rewrite) name() string {
	names := make([]string, len(r.inputs))
	for i := range r.inputs {
		names[i] = r.inputs[i].Name
	}
	return lake.MergedName(r.sensor, names, slices.Collect(maps.Keys(r.without)))
}

// run writes the output into staging. The errors are errInput, *IOError, and that of ctx.
func (r *rewrite) run(ctx context.Context, l *lake.Lake, s *lake.Staging) (lake.File, error) {
	file, err := s.Create(r.table.Name, r.sensor, r.date, r.name())
	if err != nil {
		return lake.File{}, disk(fmt.Errorf("create file of %s: %w", r.table.Name, err))
	}
	out := &diskWriter{to: file}
	stats, err := r.write(ctx, l, out)
	if err != nil {
		if out.err != nil {
			err = disk(out.err)
		}
		return lake.File{}, errors.Join(err, file.Discard())
	}
	f, err := file.Finish(stats)
	if err != nil {
		return lake.File{}, disk(fmt.Errorf("close file of %s: %w", r.table.Name, err))
	}
	f.Captures, f.SchemaVersion = r.captures, schema.Version
	return f, nil
}

func (r *rewrite) write(ctx context.Context, l *lake.Lake, to io.Writer) (schema.FileStats, error) {
	out, err := r.table.NewMerger(to, schema.Meta{Jobs: r.jobs, KeyValues: map[string]string{"pcaplake.sensor": r.sensor}})
	if err != nil {
		return schema.FileStats{}, err
	}
	r.captures = map[string]int64{}
	for i := range r.inputs {
		if err := r.take(ctx, l, &r.inputs[i], out); err != nil {
			out.Abandon()
			return schema.FileStats{}, fmt.Errorf("read %s: %w", r.inputs[i].Name, err)
		}
	}
	return out.Close()
}

// take appends the rows of one input. Its bytes are held against the manifest before: damage must not go on under a hash of its own.
func (r *rewrite) take(ctx context.Context, l *lake.Lake, f *lake.LiveFile, out *schema.Merger) error {
	findings := l.CheckFile(ctx, *f, func(int) {})
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(findings) > 0 && findings[0].Err != nil {
		return disk(findings[0].Err)
	}
	if len(findings) > 0 {
		return fmt.Errorf("%w: %s", errInput, findings[0].Problem)
	}
	content, err := l.OpenFile(&f.File)
	if err != nil {
		return disk(err)
	}
	defer content.Close()
	in := &diskReader{Content: content}
	err = r.copy(ctx, f, in, out)
	if in.err != nil {
		return disk(in.err)
	}
	return err
}

// copy appends the rows of one input, whose bytes are those of its manifest.
func (r *rewrite) copy(ctx context.Context, f *lake.LiveFile, in lake.Content, out *schema.Merger) error {
	rows, err := r.table.NewReader(in)
	if err != nil {
		return fmt.Errorf("%w: %w", errInput, err)
	}
	counts := map[string]int64{}
	for b, err := range rows.All() {
		if err != nil {
			return fmt.Errorf("%w: %w", errInput, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		b.Count(captureColumn, counts)
		for id := range r.without {
			b.Drop(captureColumn, id)
		}
		if err := out.Append(b); err != nil {
			return err
		}
	}
	if shares := f.Shares(); !maps.Equal(counts, shares) {
		return fmt.Errorf("%w: rows by capture are %v, its manifest says %v", errInput, counts, shares)
	}
	for id, n := range counts {
		if !r.without[id] {
			r.captures[id] += n
		}
	}
	return nil
}

// A diskReader keeps the error of the disk apart, whatever the layers above make of it.
type diskReader struct {
	lake.Content
	err error
}

func (r *diskReader) keep(err error) {
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
}

// Read is that of the content.
func (r *diskReader) Read(b []byte) (int, error) {
	n, err := r.Content.Read(b)
	r.keep(err)
	return n, err
}

// ReadAt is that of the content.
func (r *diskReader) ReadAt(b []byte, at int64) (int, error) {
	n, err := r.Content.ReadAt(b, at)
	r.keep(err)
	return n, err
}

// captureColumn is where the rows of a table say which capture they are of.
const captureColumn = "capture_id"

// mergeable finds the table whose files can be merged by copying rows.
func mergeable(name string) (schema.Table, bool) {
	for _, t := range schema.Tables() {
		if t.Name == name {
			return t, slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Name == captureColumn })
		}
	}
	return schema.Table{}, false
}

// rewriteWithout writes a compacted file anew without the rows of some captures, by their ids, and returns the staged file with the rows of
// those that stay, of which there are some. The change that adds it removes f.
func rewriteWithout(ctx context.Context, l *lake.Lake, s *lake.Staging, f *lake.LiveFile, ended map[string]bool) (lake.File, error) {
	t, ok := mergeable(f.Table)
	if !ok {
		return lake.File{}, fmt.Errorf("%s: this version does not know the table", f.Name)
	}
	r := &rewrite{table: t, sensor: f.Sensor, date: f.Date, inputs: []lake.LiveFile{*f}, without: map[string]bool{}, jobs: 1}
	for id := range f.Captures {
		if ended[id] {
			r.without[id] = true
		}
	}
	return r.run(ctx, l, s)
}
