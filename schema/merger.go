package schema

import (
	"io"
	"sync"
)

// Merger writes rows of a table that were read as one Parquet file: its row groups are as long as a Writer's, the rows of each are in the order that
// the table declares, and the columns that declare it have bloom filters. It holds the rows of one row group. The same rows in the same order give
// the same bytes, however they are cut into batches. It is not for concurrent use, and ends with Close or Abandon.
type Merger struct {
	groups
	cursors []cursor // by column, through the batch that is appended
}

// NewMerger returns a merger that writes to w, which it does not close. It fails when w refuses the first bytes.
func (t Table) NewMerger(w io.Writer, m Meta) (*Merger, error) {
	g, err := t.newGroups(w, m, new(sync.Pool))
	if err != nil {
		return nil, err
	}
	g.merged, g.scratch = true, make([]vector, g.jobs)
	return &Merger{groups: g, cursors: make([]cursor, len(t.Columns))}, nil
}

// Append adds the rows of a batch of the table; it copies them. After an error the merger refuses all further rows with the same error; it must
// still be closed.
func (m *Merger) Append(b *Batch) error {
	for i := range m.cursors {
		m.cursors[i].start(&b.vectors[i])
	}
	for left := b.rows; left > 0 && m.err == nil; {
		n := min(left, chunk-m.rows%chunk)
		for i := range m.vectors {
			m.vectors[i].append(&b.vectors[i], &m.cursors[i], n)
		}
		left -= n
		m.rows += n
		if !m.full() {
			continue
		}
		m.err = m.flush()
		for i := range m.cursors {
			m.cursors[i].forget(len(b.vectors[i].texts.ends))
		}
	}
	return m.err
}

// Close writes what is left and the footer, or returns the error that Append met. The merger must not be used afterwards.
func (m *Merger) Close() (FileStats, error) {
	if m.rows > 0 && m.err == nil {
		m.err = m.flush()
	}
	return m.close()
}

// Abandon ends a merger whose file is given up. Nothing is written once it returns.
func (m *Merger) Abandon() { m.abandon() }
