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

// A merge makes one file of several of one table, sensor and date. Its inputs are read one after the other, each row group by itself, so that memory
// holds two row groups whatever the size of files.
type merge struct {
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
func (m *merge) name() string {
	names := make([]string, len(m.inputs))
	for i := range m.inputs {
		names[i] = m.inputs[i].Name
	}
	return lake.MergedName(m.sensor, names, slices.Collect(maps.Keys(m.without)))
}

// run writes the output into staging. The errors are errInput, *IOError, and that of ctx.
func (m *merge) run(ctx context.Context, l *lake.Lake, s *lake.Staging) (lake.File, error) {
	file, err := s.Create(m.table.Name, m.sensor, m.date, m.name())
	if err != nil {
		return lake.File{}, disk(fmt.Errorf("create file of %s: %w", m.table.Name, err))
	}
	out := &diskWriter{to: file}
	stats, err := m.write(ctx, l, out)
	if err != nil {
		if out.err != nil {
			err = disk(out.err)
		}
		return lake.File{}, errors.Join(err, file.Discard())
	}
	f, err := file.Finish(stats)
	if err != nil {
		return lake.File{}, disk(fmt.Errorf("close file of %s: %w", m.table.Name, err))
	}
	f.Captures, f.SchemaVersion = m.captures, schema.Version
	return f, nil
}

func (m *merge) write(ctx context.Context, l *lake.Lake, to io.Writer) (schema.FileStats, error) {
	out, err := m.table.NewMerger(to, schema.Meta{Jobs: m.jobs, KeyValues: map[string]string{"pcaplake.sensor": m.sensor}})
	if err != nil {
		return schema.FileStats{}, err
	}
	m.captures = map[string]int64{}
	for i := range m.inputs {
		if err := m.take(ctx, l, &m.inputs[i], out); err != nil {
			out.Abandon()
			return schema.FileStats{}, fmt.Errorf("read %s: %w", m.inputs[i].Name, err)
		}
	}
	return out.Close()
}

// take appends the rows of one input. Its bytes are held against the manifest before: damage must not go on under a hash of its own.
func (m *merge) take(ctx context.Context, l *lake.Lake, f *lake.LiveFile, out *schema.Merger) error {
	findings := l.CheckFile(ctx, *f, func(int) {})
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(findings) > 0 {
		return fmt.Errorf("%w: %s", errInput, findings[0].Problem)
	}
	in, err := l.OpenFile(&f.File)
	if err != nil {
		return fmt.Errorf("%w: %w", errInput, err)
	}
	defer in.Close()
	r, err := m.table.NewReader(in)
	if err != nil {
		return fmt.Errorf("%w: %w", errInput, err)
	}
	counts := map[string]int64{}
	for {
		b, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errInput, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		b.Count(captureColumn, counts)
		for id := range m.without {
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
		if !m.without[id] {
			m.captures[id] += n
		}
	}
	return nil
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
	m := &merge{table: t, sensor: f.Sensor, date: f.Date, inputs: []lake.LiveFile{*f}, without: map[string]bool{}, jobs: 1}
	for id := range f.Captures {
		if ended[id] {
			m.without[id] = true
		}
	}
	return m.run(ctx, l, s)
}
