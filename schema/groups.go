package schema

import (
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// fewValues are encoded in less time than it takes to hand them to other goroutines: a row group of few rows, as small captures have it.
const fewValues = 1 << 17

// groups are the row groups of one file that is written: the columns of one are held until it is full, and are then encoded. Who embeds it fills the
// vectors.
type groups struct {
	table   Table
	jobs    int
	file    *parquetFile
	idle    *sync.Pool // of *[]vector: where vectors come from and go to
	vectors []vector
	rows    int
	firstTS int        // the column that MinTS is of
	lastTS  int        // the column that MaxTS is of
	behind  chan error // what becomes of the row group that is encoded; nil: none is
	spare   []vector   // for the rows of the next group
	stats   FileStats
	err     error // the first one: after it nothing more is written

	merged  bool // rows are sorted and columns have bloom filters
	sorter  sorter
	scratch []vector // per job, for the columns of a merged row group when they are sorted
}

func (t Table) newGroups(w io.Writer, m Meta, idle *sync.Pool) (groups, error) {
	f, err := t.newFile(w, m.KeyValues)
	if err != nil {
		return groups{}, err
	}
	g := groups{
		table: t, jobs: max(1, m.Jobs), file: f, idle: idle,
		firstTS: t.Indexes(t.FirstTS)[0], lastTS: t.Indexes(t.LastTS)[0],
		stats: FileStats{MinTS: NoTime, MaxTS: NoTime},
	}
	g.vectors = g.empty()
	return g, nil
}

// empty returns vectors for the columns of the table.
func (g *groups) empty() []vector {
	if v, ok := g.idle.Get().(*[]vector); ok {
		return *v
	}
	return g.table.vectors()
}

func (t Table) vectors() []vector {
	vectors := make([]vector, len(t.Columns))
	for i, c := range t.Columns {
		vectors[i].typ = c.Type
	}
	return vectors
}

// full reports whether the rows held are to be written. It depends on the rows alone, not on how they came.
func (g *groups) full() bool { return g.rows == g.table.GroupRows || g.rows%chunk == 0 && g.large() }

func (g *groups) large() bool {
	for i := range g.vectors {
		if g.vectors[i].bytes() >= groupBytes {
			return true
		}
	}
	return false
}

// close writes the footer once all rows are flushed.
func (g *groups) close() (FileStats, error) {
	defer g.release()
	if err := g.wait(); g.err == nil {
		g.err = err
	}
	if g.err != nil {
		return FileStats{}, g.err
	}
	footer, err := g.file.close()
	if err != nil {
		return FileStats{}, fmt.Errorf("finish Parquet: %w", err)
	}
	g.stats.Rows = footer.GetNumRows()
	g.stats.RowGroups = len(footer.RowGroups)
	g.stats.Bytes = g.file.out.n
	return g.stats, nil
}

func (g *groups) abandon() {
	_ = g.wait() // of a file that nobody wants
	g.release()
}

// release hands the vectors to the next writer of the table.
func (g *groups) release() {
	for _, vectors := range [][]vector{g.vectors, g.spare} {
		if vectors == nil {
			continue
		}
		for i := range vectors {
			vectors[i].reset()
		}
		g.idle.Put(&vectors)
	}
	g.vectors, g.spare = nil, nil
}

// flush has the rows held encoded as one row group, beside the caller if there is more than one job.
func (g *groups) flush() error {
	g.measure()
	if err := g.wait(); err != nil {
		return err
	}
	full, rows, jobs := g.vectors, g.rows, g.jobs
	if rows*len(full) < fewValues {
		jobs = 1
	}
	if g.rows = 0; jobs == 1 || g.merged { // what is merged comes from row groups in memory already
		return g.write(full, rows, jobs)
	}
	if g.vectors = g.spare; g.vectors == nil {
		g.vectors = g.empty()
	}
	g.spare = full // as soon as wait has returned
	behind := make(chan error, 1)
	g.behind = behind
	go func() { behind <- g.write(full, rows, jobs) }()
	return nil
}

// wait returns what became of the row group that was encoded.
func (g *groups) wait() error {
	if g.behind == nil {
		return nil
	}
	err := <-g.behind
	g.behind = nil
	return err
}

// coders are those of all writers, for the next row group, and mergeCoders those of all mergers.
var (
	coders      = sync.Pool{New: func() any { return newCoder(compressionLevel) }}
	mergeCoders = sync.Pool{New: func() any { return newCoder(mergedLevel) }}
)

// write encodes vectors as one row group, several columns at a time, and empties them.
func (g *groups) write(vectors []vector, rows, jobs int) error {
	group, err := g.file.startGroup()
	if err != nil {
		return fmt.Errorf("start row group: %w", err)
	}
	var order []int32
	idle := &coders
	if g.merged {
		order, idle = g.sorter.sort(g.table, vectors, rows), &mergeCoders
	}
	failed := make([]error, len(vectors))
	var next atomic.Int64
	encode := func(job int) {
		c := idle.Get().(*coder)
		defer idle.Put(c)
		for i := int(next.Add(1)) - 1; i < len(vectors); i = int(next.Add(1)) - 1 {
			failed[i] = g.encode(group, c, i, g.sorted(job, &vectors[i], order))
			vectors[i].reset()
		}
	}
	var workers sync.WaitGroup
	for job := 1; job < min(jobs, len(vectors)); job++ {
		workers.Go(func() { encode(job) })
	}
	encode(0)
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
func (g *groups) measure() {
	first, last := g.vectors[g.firstTS].i64, g.vectors[g.lastTS].i64
	if len(first) == 0 || len(last) == 0 {
		return
	}
	if g.stats.MinTS == NoTime {
		g.stats.MinTS = math.MaxInt64
	}
	g.stats.MinTS = min(g.stats.MinTS, slices.Min(first))
	g.stats.MaxTS = max(g.stats.MaxTS, slices.Max(last))
}

// sorted is a column in the order of its rows in the file; nil: they lie as they came.
func (g *groups) sorted(job int, v *vector, order []int32) *vector {
	if order == nil {
		return v
	}
	s := &g.scratch[job]
	s.typ = v.typ
	s.gather(v, order)
	return s
}

// encode writes one column of the row group.
func (g *groups) encode(group *rowGroup, c *coder, i int, v *vector) error {
	column := &g.table.Columns[i]
	as := column.Encoding
	if g.merged {
		as = column.Sorted
	}
	if err := group.encode(c, i, v, as); err != nil {
		return fmt.Errorf("encode column %s: %w", column.Name, err)
	}
	if g.merged && column.Bloom {
		group.chunks[i].filter = v.filter()
	}
	return nil
}
