package queries

import (
	"fmt"
	"io"
)

// topRows passes the first rows on and adds up the rest into one last row.
type topRows struct {
	rows
	columns []Column
	sums    []int // columns added up
	left    int64 // rows still passed on
	cut     int64 // rows added up
	total   []any
	done    bool
}

// newTopRows keeps top rows of r; the columns named in others are summed, which must be integers or DOUBLE.
func newTopRows(r rows, columns []Column, others []string, top int64) (*topRows, error) {
	t := &topRows{rows: r, columns: columns, left: top, total: make([]any, len(columns))}
	for _, name := range others {
		i := columnIndex(columns, name)
		if i < 0 {
			return nil, fmt.Errorf("others: the result has no column %s", name)
		}
		t.sums = append(t.sums, i)
	}
	if len(columns) > 0 && columns[0].Type == "VARCHAR" {
		t.total[0] = "others"
	}
	return t, nil
}

func (t *topRows) others() (int64, bool) { return t.cut, t.done }

func columnIndex(columns []Column, name string) int {
	for i, c := range columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}

func (t *topRows) next() ([]any, error) {
	if t.done {
		return nil, io.EOF
	}
	for {
		row, err := t.rows.next()
		switch {
		case err == io.EOF && t.cut > 0:
			t.done = true
			return t.total, nil
		case err != nil:
			return nil, err
		case t.left > 0:
			t.left--
			return row, nil
		}
		t.cut++
		for _, i := range t.sums {
			t.total[i] = add(t.total[i], row[i])
		}
	}
}

// add sums two numbers of one column; NULL counts as nothing.
func add(sum, value any) any {
	switch v := value.(type) {
	case int64:
		if n, ok := sum.(int64); ok {
			return n + v
		}
		return v
	case float64:
		if n, ok := sum.(float64); ok {
			return n + v
		}
		return v
	}
	return sum
}
