package schema

// vector holds one column of the rows of one row group: per row whether it has a value, and the values, one after the other. Its buffers
// are reused from row group to row group.
type vector struct {
	typ    Type
	levels []uint8 // per row: 1 a value, 0 NULL (Parquet's definition levels)
	i32    []int32
	i64    []int64
	f64    []float64
	bools  []uint8 // 1 true, 0 false
	texts  texts
	data   []byte  // of Binary, one value after the other
	ends   []int32 // of the values in data

	ranks, picked []int32 // buffers of gather
}

func (v *vector) reset() {
	v.levels, v.i32, v.i64, v.f64, v.bools = v.levels[:0], v.i32[:0], v.i64[:0], v.f64[:0], v.bools[:0]
	v.texts.reset()
	v.data, v.ends = v.data[:0], v.ends[:0]
}

func (v *vector) null() { v.levels = append(v.levels, 0) }

func (v *vector) value() { v.levels = append(v.levels, 1) }

// put takes bytes: the text of a String, or a Binary value.
func (v *vector) put(b []byte) {
	if v.typ == String {
		v.texts.bytes(b)
		return
	}
	v.data = append(v.data, b...)
	v.ends = append(v.ends, int32(len(v.data)))
}

// binary is value i of a Binary column.
func (v *vector) binary(i int) []byte {
	if i == 0 {
		return v.data[:v.ends[0]]
	}
	return v.data[v.ends[i-1]:v.ends[i]]
}

// nulls is how many rows have no value.
func (v *vector) nulls() int {
	switch v.typ {
	case Int32:
		return len(v.levels) - len(v.i32)
	case Double:
		return len(v.levels) - len(v.f64)
	case Bool:
		return len(v.levels) - len(v.bools)
	case String:
		return len(v.levels) - len(v.texts.numbers)
	case Binary:
		return len(v.levels) - len(v.ends)
	}
	return len(v.levels) - len(v.i64)
}

// bytes is about what the vector holds in memory of values whose length nobody bounds.
func (v *vector) bytes() int { return len(v.data) + len(v.texts.data) }
