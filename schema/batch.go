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
	dropped, ok := v.texts.strings[value]
	if !ok {
		return
	}
	b.order = b.order[:0]
	at := 0
	for row, level := range v.levels {
		if level == 0 || v.texts.numbers[at] != dropped {
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
