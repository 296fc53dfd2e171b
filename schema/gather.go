package schema

import "slices"

// gather makes the vector hold rows of another, in the order of their numbers there. Texts are numbered anew as they come.
func (v *vector) gather(from *vector, order []int32) {
	v.reset()
	v.levels = slices.Grow(v.levels, len(order))
	for _, row := range order {
		v.levels = append(v.levels, from.levels[row])
	}
	places := v.places(from, order)
	switch from.typ {
	case Int32:
		v.i32 = pick(v.i32, from.i32, places)
	case Int64, Timestamp:
		v.i64 = pick(v.i64, from.i64, places)
	case Double:
		v.f64 = pick(v.f64, from.f64, places)
	case Bool:
		v.bools = pick(v.bools, from.bools, places)
	case String:
		v.texts.gather(&from.texts, places)
	case Binary:
		for _, at := range places {
			v.put(from.binary(int(at)))
		}
	}
}

// places are where the values of the rows of an order lie among those of from.
func (v *vector) places(from *vector, order []int32) []int32 {
	if from.nulls() == 0 {
		return order
	}
	before := slices.Grow(v.ranks[:0], len(from.levels))
	n := int32(0)
	for _, level := range from.levels {
		before = append(before, n)
		n += int32(level)
	}
	v.ranks = before
	places := slices.Grow(v.picked[:0], int(n))
	for _, row := range order {
		if from.levels[row] == 1 {
			places = append(places, before[row])
		}
	}
	v.picked = places
	return places
}

func pick[T any](to, from []T, places []int32) []T {
	to = slices.Grow(to, len(places))
	for _, at := range places {
		to = append(to, from[at])
	}
	return to
}

// gather takes texts of another in the order of places; these texts are empty before.
func (t *texts) gather(from *texts, places []int32) {
	numbers := make([]int32, len(from.ends)) // from 1
	for _, at := range places {
		old := from.numbers[at]
		if numbers[old] == 0 {
			t.data = append(t.data, from.value(old)...)
			numbers[old] = t.end()
		}
		t.numbers = append(t.numbers, numbers[old]-1)
	}
}

// A cursor goes through the rows of a vector.
type cursor struct {
	row, value int
	numbers    []int32 // of texts in the vector that they are appended to, from 1; 0: not known yet
}

// start begins with the first row of a vector, whose texts have no numbers yet where they go.
func (c *cursor) start(from *vector) {
	c.row, c.value = 0, 0
	c.forget(len(from.texts.ends))
}

// forget drops the numbers of n texts, since the vector that they were of was emptied.
func (c *cursor) forget(n int) {
	c.numbers = slices.Grow(c.numbers[:0], n)[:n]
	clear(c.numbers)
}

// append adds the next n rows of another vector.
func (v *vector) append(from *vector, c *cursor, n int) {
	levels := from.levels[c.row : c.row+n]
	v.levels = append(v.levels, levels...)
	values := 0
	for _, level := range levels {
		values += int(level)
	}
	begin, end := c.value, c.value+values
	c.row, c.value = c.row+n, end
	switch from.typ {
	case Int32:
		v.i32 = append(v.i32, from.i32[begin:end]...)
	case Int64, Timestamp:
		v.i64 = append(v.i64, from.i64[begin:end]...)
	case Double:
		v.f64 = append(v.f64, from.f64[begin:end]...)
	case Bool:
		v.bools = append(v.bools, from.bools[begin:end]...)
	case String:
		v.texts.append(&from.texts, c.numbers, begin, end)
	case Binary:
		for i := begin; i < end; i++ {
			v.put(from.binary(i))
		}
	}
}

func (t *texts) append(from *texts, numbers []int32, begin, end int) {
	for _, old := range from.numbers[begin:end] {
		if numbers[old] == 0 {
			numbers[old] = t.number(from.value(old)) + 1
		}
		t.numbers = append(t.numbers, numbers[old]-1)
	}
}
