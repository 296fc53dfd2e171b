package schema

import (
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// Rows is a table together with the way its columns are taken out of rows of type R.
type Rows[R any] struct {
	Table
	fills []fill[R]
	idle  sync.Pool // of *[]vector: those of closed writers, for the next one
}

// fill appends one column of a chunk of rows to a vector.
type fill[R any] func(rows []R, to *vector)

// field is one declared column of a table with rows of type R.
type field[R any] struct {
	Column
	fill fill[R]
}

func newRows[R any](name, doc string, fields []field[R]) *Rows[R] {
	r := &Rows[R]{Table: Table{Name: name, Doc: doc, FirstTS: "ts", LastTS: "ts", GroupRows: RowGroup}}
	for _, f := range fields {
		f.Privacy = privacyOf(name, f.Name)
		r.Columns = append(r.Columns, f.Column)
		r.fills = append(r.fills, f.fill)
	}
	r.Order = orderOf(r.Columns)
	return r
}

// over declares the columns from which and to which a row lasts.
func (t *Rows[R]) over(first, last string) *Rows[R] {
	t.FirstTS, t.LastTS = first, last
	return t
}

// derived declares that rows are made from other tables and are of no one capture.
func (t *Rows[R]) derived() *Rows[R] {
	t.Table.Derived = true
	return t
}

// inGroups declares how many rows a row group has, a multiple of chunk.
func (t *Rows[R]) inGroups(rows int) *Rows[R] {
	t.GroupRows = rows
	return t
}

// Text appends the text of one cell to dst, as tests and comparisons print it: numbers in decimal
// (of doubles the shortest that is read as the same), booleans as true and false,
// timestamps in the form of RFC 3339 with six digits and no zone. It reports false, and appends nothing, when the cell is NULL.
func (t *Rows[R]) Text(row *R, column int, dst []byte) ([]byte, bool) {
	v := vector{typ: t.Columns[column].Type}
	t.fills[column]([]R{*row}, &v)
	if v.levels[0] == 0 {
		return dst, false
	}
	switch v.typ {
	case Int32:
		return strconv.AppendInt(dst, int64(v.i32[0]), 10), true
	case Int64:
		return strconv.AppendInt(dst, v.i64[0], 10), true
	case Double:
		return strconv.AppendFloat(dst, v.f64[0], 'g', -1, 64), true
	case Bool:
		return strconv.AppendBool(dst, v.bools[0] == 1), true
	case Timestamp:
		return time.UnixMicro(v.i64[0]).UTC().AppendFormat(dst, "2006-01-02T15:04:05.000000"), true
	case String:
		return append(dst, v.texts.value(0)...), true
	default:
		return append(dst, v.data...), true
	}
}

func i32[R any](name string, get func(*R) (int32, bool), doc string, notes ...note) field[R] {
	return field[R]{declare(name, Int32, doc, notes), func(rows []R, to *vector) {
		for i := range rows {
			if n, ok := get(&rows[i]); ok {
				to.i32, to.levels = append(to.i32, n), append(to.levels, 1)
			} else {
				to.null()
			}
		}
	}}
}

func i64[R any](name string, get func(*R) (int64, bool), doc string, notes ...note) field[R] {
	return int64Of(Int64, name, get, doc, notes)
}

func ts[R any](name string, get func(*R) int64, doc string, notes ...note) field[R] {
	return int64Of(Timestamp, name, func(r *R) (int64, bool) { t := get(r); return t, t != NoTime }, doc, notes)
}

func int64Of[R any](typ Type, name string, get func(*R) (int64, bool), doc string, notes []note) field[R] {
	return field[R]{declare(name, typ, doc, notes), func(rows []R, to *vector) {
		for i := range rows {
			if n, ok := get(&rows[i]); ok {
				to.i64, to.levels = append(to.i64, n), append(to.levels, 1)
			} else {
				to.null()
			}
		}
	}}
}

func f64[R any](name string, get func(*R) (float64, bool), doc string, notes ...note) field[R] {
	return field[R]{declare(name, Double, doc, append(notes, plain)), func(rows []R, to *vector) {
		for i := range rows {
			if n, ok := get(&rows[i]); ok {
				to.f64, to.levels = append(to.f64, n), append(to.levels, 1)
			} else {
				to.null()
			}
		}
	}}
}

func tri[R any](name string, get func(*R) Tri, doc string, notes ...note) field[R] {
	return field[R]{declare(name, Bool, doc, notes), func(rows []R, to *vector) {
		for i := range rows {
			if b := get(&rows[i]); b != Unknown {
				to.bools, to.levels = append(to.bools, uint8(b&1)), append(to.levels, 1) // True is 1, False 2
			} else {
				to.null()
			}
		}
	}}
}

// str declares a string column; "" is NULL.
func str[R any](name string, get func(*R) string, doc string, notes ...note) field[R] {
	return field[R]{declare(name, String, doc, notes), func(rows []R, to *vector) {
		for i := range rows {
			if s := get(&rows[i]); s != "" {
				to.texts.string(s)
				to.value()
			} else {
				to.null()
			}
		}
	}}
}

func blob[R any](typ Type, name string, get func(*R) ([]byte, bool), doc string, notes ...note) field[R] {
	return field[R]{declare(name, typ, doc, notes), func(rows []R, to *vector) {
		for i := range rows {
			if b, ok := get(&rows[i]); ok {
				to.put(b)
				to.value()
			} else {
				to.null()
			}
		}
	}}
}

// text declares a string column of texts in the buffers of the rows; nil is NULL.
func text[R any](name string, get func(*R) []byte, doc string, notes ...note) field[R] {
	return blob(String, name, func(r *R) ([]byte, bool) { b := get(r); return b, b != nil }, doc, notes...)
}

// addr declares a column of addresses in the text form of RFC 5952 or dotted decimals; an invalid address is NULL.
func addr[R any](name string, get func(*R) netip.Addr, doc string, notes ...note) field[R] {
	return field[R]{declare(name, String, doc, append(notes, bloom)), func(rows []R, to *vector) {
		for i := range rows {
			if a := get(&rows[i]); a.IsValid() {
				to.texts.addr(a)
				to.value()
			} else {
				to.null()
			}
		}
	}}
}

// mac declares a column of hardware addresses, six lower-case octets with colons between.
func mac[R any](name string, get func(*R) (MAC, bool), doc string, notes ...note) field[R] {
	return field[R]{declare(name, String, doc, append(notes, bloom)), func(rows []R, to *vector) {
		for i := range rows {
			if m, ok := get(&rows[i]); ok {
				to.texts.mac(m)
				to.value()
			} else {
				to.null()
			}
		}
	}}
}

// AppendTo appends the address as six lower-case octets with colons between.
func (m MAC) AppendTo(dst []byte) []byte {
	const digits = "0123456789abcdef"
	for i, b := range m {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}
