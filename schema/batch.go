package schema

// Batch holds the rows of one row group that was read, column by column.
type Batch struct {
	table   Table
	rows    int
	vectors []vector
	order   []int32 // of rows that are kept by Drop
	spare   vector
}

// Rows is how many rows there are.
func (b *Batch) Rows() int { return b.rows }

// Count adds to counts how many rows have each value of a String column; NULLs are not counted. It panics for a name that the table does not have.
func (b *Batch) Count(column string, counts map[string]int64) {
	t := &b.vectors[b.table.Indexes(column)[0]].texts
	rows := make([]int64, len(t.ends))
	for _, n := range t.numbers {
		rows[n]++
	}
	for n, count := range rows {
		if count > 0 {
			counts[string(t.value(int32(n)))] += count
		}
	}
}

// Drop takes the rows out that have a value in a String column. It panics for a name that the table does not have.
func (b *Batch) Drop(column, value string) {
	v := &b.vectors[b.table.Indexes(column)[0]]
	dropped := int32(-1) // by the values themselves: after a Drop they have no index
	for n := range v.texts.ends {
		if string(v.texts.value(int32(n))) == value {
			dropped = int32(n)
		}
	}
	if dropped < 0 {
		return
	}
	b.drop(v, func(at int) bool { return v.texts.numbers[at] == dropped })
}

// DropBetween takes the rows out whose time in a Timestamp column, in microseconds, is at from or later and before to. It panics for a name that the
// table does not have.
func (b *Batch) DropBetween(column string, from, to int64) {
	v := &b.vectors[b.table.Indexes(column)[0]]
	b.drop(v, func(at int) bool { return v.i64[at] >= from && v.i64[at] < to })
}

// drop takes the rows out that have a value in a column which is unwanted, by its place among the column's values.
func (b *Batch) drop(v *vector, unwanted func(at int) bool) {
	b.order = b.order[:0]
	at := 0
	for row, level := range v.levels {
		if level == 0 || !unwanted(at) {
			b.order = append(b.order, int32(row))
		}
		at += int(level)
	}
	for i := range b.vectors {
		b.spare.typ = b.vectors[i].typ
		b.spare.gather(&b.vectors[i], b.order)
		b.vectors[i], b.spare = b.spare, b.vectors[i]
	}
	b.rows = len(b.order)
}
