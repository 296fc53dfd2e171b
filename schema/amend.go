package schema

import (
	"fmt"
	"slices"
)

// Indexes returns where the named columns stand in the table. It panics for a name that the table does not have.
func (t Table) Indexes(names ...string) []int {
	out := make([]int, len(names))
	for i, name := range names {
		if out[i] = slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name }); out[i] < 0 {
			panic(fmt.Sprintf("table %s has no column %s", t.Name, name))
		}
	}
	return out
}

// An amendment holds cells of one column that replace others in the row group that is held.
type amendment struct {
	rows  []int // of the row group, in the order of the calls: of several for one row the last holds
	cells vector
}

// Amend replaces the cells of the row with this frame_no in the given columns by those of to; it copies them. It reports false, and
// changes nothing, when there is no such row in the row group that is held: it was written already, or never appended,
// or the table has no frame_no. The rows of the
// file must ascend by frame_no, and frame_no itself and the first timestamp, which they are found and measured by, are not for amending.
// The cells are kept aside until the row group is written; a row group without amendments costs nothing.
func (w *Writer[R]) Amend(frame int64, to *R, columns []int) bool {
	if w.err != nil || w.frame < 0 {
		return false
	}
	row, ok := slices.BinarySearch(w.vectors[w.frame].i64, frame)
	if !ok {
		return false
	}
	if w.amended == nil {
		w.amended = make([]amendment, len(w.vectors))
	}
	one := []R{*to}
	for _, c := range columns {
		a := &w.amended[c]
		a.rows = append(a.rows, row)
		w.fills[c](one, &a.cells)
	}
	return true
}

// amend puts all amended cells in their places.
func (w *Writer[R]) amend() {
	for i := range w.amended {
		if a := &w.amended[i]; len(a.rows) > 0 {
			w.vectors[i].amend(a)
			a.rows = a.rows[:0]
			a.cells.reset()
		}
	}
}

func (v *vector) amend(a *amendment) {
	places := a.places()
	switch v.typ {
	case Int32:
		v.i32 = splice(v.i32, v.levels, a.cells.i32, places)
	case Int64, Timestamp:
		v.i64 = splice(v.i64, v.levels, a.cells.i64, places)
	case Double:
		v.f64 = splice(v.f64, v.levels, a.cells.f64, places)
	case Bool:
		v.bools = splice(v.bools, v.levels, a.cells.bools, places)
	case String:
		by := make([]int32, len(a.cells.texts.numbers))
		for i, n := range a.cells.texts.numbers {
			by[i] = v.texts.number(a.cells.texts.value(n))
		}
		v.texts.numbers = splice(v.texts.numbers, v.levels, by, places)
		v.texts.renumber()
	default:
		values := splice(v.split(), v.levels, a.cells.split(), places)
		v.data, v.ends = make([]byte, 0, len(v.data)+len(a.cells.data)), v.ends[:0]
		for _, b := range values {
			v.put(b)
		}
	}
	for _, p := range places {
		v.levels[p.row] = a.cells.levels[p.cell]
	}
}

// A place says which cell of an amendment goes to which row.
type place struct {
	row, cell int
	value     int // of the cell among the values that are present; -1: NULL
}

// places lists the amended rows in ascending order, each once.
func (a *amendment) places() []place {
	all, values := make([]place, len(a.rows)), 0
	for i, row := range a.rows {
		all[i] = place{row, i, -1}
		if a.cells.levels[i] == 1 {
			all[i].value = values
			values++
		}
	}
	slices.SortFunc(all, func(a, b place) int { // within a row the last cell first
		if a.row != b.row {
			return a.row - b.row
		}
		return b.cell - a.cell
	})
	return slices.CompactFunc(all, func(a, b place) bool { return a.row == b.row })
}

// splice returns the values that are present once the cells by have come to their places; levels are those before.
func splice[T any](values []T, levels []uint8, by []T, places []place) []T {
	out := make([]T, 0, len(values)+len(places))
	row := 0
	for _, p := range places {
		n := 0
		for _, level := range levels[row:p.row] {
			n += int(level)
		}
		out = append(out, values[:n]...)
		values = values[n+int(levels[p.row]):]
		if p.value >= 0 {
			out = append(out, by[p.value])
		}
		row = p.row + 1
	}
	return append(out, values...)
}

// split cuts the data of a Binary column into its values, which hold until the vector is reset or amended.
func (v *vector) split() [][]byte {
	values := make([][]byte, len(v.ends))
	begin := int32(0)
	for i, end := range v.ends {
		values[i], begin = v.data[begin:end], end
	}
	return values
}
