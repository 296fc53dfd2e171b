package queries

import (
	"errors"
	"io"
	"slices"
)

// Column is one column of a result.
type Column struct {
	Name string
	Type string // as DuckDB writes it: BIGINT, VARCHAR, TIMESTAMP, INTEGER[], MAP(VARCHAR, BIGINT), …
}

// Result is the rows of a statement, made while they are read: memory stays flat however many there are. It must be closed.
//
//	for r.Next() { use(r.Row()) }
//	err := r.Err()
type Result struct {
	columns []Column
	rows    rows
	row     []any
	err     error
}

// rows is where a Result comes from.
type rows interface {
	next() ([]any, error) // io.EOF after the last; the slice is the caller's
	close()
}

// Columns are the result's columns; known before the first row.
func (r *Result) Columns() []Column { return r.columns }

// Next moves to the next row; false at the end, or when Err says why not.
func (r *Result) Next() bool {
	if r.err != nil {
		return false
	}
	r.row, r.err = r.rows.next()
	return r.err == nil
}

// Row is the current row, the caller's to keep. Its values are nil (NULL), bool, int64 (every integer that fits; *big.Int beyond),
// float64, string, []byte (BLOB), time.Time in UTC (every kind of TIMESTAMP), json.Number (DECIMAL), and for the rest text
// (DATE, TIME, INTERVAL, UUID, ENUM), []any (LIST) or a value that encoding/json marshals as an object (STRUCT, MAP).
func (r *Result) Row() []any { return r.row }

// Err is the error that ended the rows; context.Canceled or DeadlineExceeded when the context did.
func (r *Result) Err() error {
	if errors.Is(r.err, io.EOF) {
		return nil
	}
	return r.err
}

// Others says how many rows parameter top cut off: when it is above 0 the last row is their sum, and its first column is "others"
// if that is text and NULL if not. It is complete when Next has returned false.
func (r *Result) Others() int64 {
	n, _ := r.others()
	return n
}

// others is how many rows were added up so far, and whether the current row is their sum.
func (r *Result) others() (n int64, here bool) {
	if t, ok := r.rows.(interface{ others() (int64, bool) }); ok {
		return t.others()
	}
	return 0, false
}

// Close frees the result and stops its statement if rows are left.
func (r *Result) Close() error {
	r.rows.close()
	if r.err == nil {
		r.err = io.EOF
	}
	return r.Err()
}

// Table is a result held in memory.
type Table struct {
	Columns []Column
	Rows    [][]any // values as Result.Row has them
	Others  int64   // as Result.Others
	More    bool    // rows beyond the limit were left out
}

// Result returns the table as a result, to be written in any format.
func (t *Table) Result() *Result {
	return &Result{columns: t.Columns, rows: &tableRows{table: t}}
}

// tableRows are the rows of a table.
type tableRows struct {
	table *Table
	n     int // rows handed out
}

func (r *tableRows) next() ([]any, error) {
	if r.n == len(r.table.Rows) {
		return nil, io.EOF
	}
	r.n++
	return slices.Clone(r.table.Rows[r.n-1]), nil
}

func (r *tableRows) others() (int64, bool) {
	return r.table.Others, r.table.Others > 0 && r.n == len(r.table.Rows)
}

func (r *tableRows) close() { r.n = len(r.table.Rows) }

// Collect reads up to limit rows (0: all) and closes the result.
func Collect(r *Result, limit int) (*Table, error) {
	t := &Table{Columns: r.Columns()}
	for r.Next() {
		if limit > 0 && len(t.Rows) == limit {
			t.More = true
			break
		}
		t.Rows = append(t.Rows, r.Row())
	}
	t.Others = r.Others()
	if err := r.Close(); err != nil {
		return nil, err
	}
	return t, nil
}
