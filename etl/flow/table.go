package flow

// places finds the numbers of records by their hash: open addressing with linear probing, at most half full, deletion by shifting back.
type places []place

type place struct{ hash, number uint32 } // number 0: empty

// leastPlaces is the size of a table to begin with.
const leastPlaces = 1 << 10

// grown returns the table with room for one more beside n numbers, of twice the size if need be.
func (p places) grown(n int) places {
	if 2*(n+1) <= len(p) {
		return p
	}
	more := make(places, max(leastPlaces, 2*len(p)))
	for _, at := range p {
		if at.number != 0 {
			more.insert(at.hash, at.number)
		}
	}
	return more
}

// find returns the number of the record with this hash that equals accepts; 0: there is none.
func (p places) find(hash uint32, equals func(number uint32) bool) uint32 {
	mask := uint32(len(p) - 1)
	for i := hash & mask; p[i].number != 0; i = (i + 1) & mask {
		if p[i].hash == hash && equals(p[i].number) {
			return p[i].number
		}
	}
	return 0
}

func (p places) insert(hash, number uint32) {
	mask := uint32(len(p) - 1)
	i := hash & mask
	for p[i].number != 0 {
		i = (i + 1) & mask
	}
	p[i] = place{hash, number}
}

func (p places) remove(hash, number uint32) {
	mask := uint32(len(p) - 1)
	i := hash & mask
	for p[i].number != number {
		i = (i + 1) & mask
	}
	for j := (i + 1) & mask; p[j].number != 0; j = (j + 1) & mask {
		if (j-p[j].hash)&mask >= (j-i)&mask { // its own place is at i or before
			p[i], i = p[j], j
		}
	}
	p[i] = place{}
}

// A slab holds values by number, from 1, in chunks that are never moved or given back; freed ones are used again.
type slab[T any] struct {
	chunks []*[slabChunk]T
	free   []uint32
	used   uint32 // numbers given out so far
	live   int
}

const slabChunk = 1 << 12

func (s *slab[T]) at(number uint32) *T {
	number--
	return &s.chunks[number/slabChunk][number%slabChunk]
}

// take returns the number of a value, which may hold what it held when it was freed.
func (s *slab[T]) take() uint32 {
	s.live++
	if n := len(s.free); n > 0 {
		number := s.free[n-1]
		s.free = s.free[:n-1]
		return number
	}
	if int(s.used) == len(s.chunks)*slabChunk {
		s.chunks = append(s.chunks, new([slabChunk]T))
	}
	s.used++
	return s.used
}

func (s *slab[T]) reset() { s.free, s.used, s.live = s.free[:0], 0, 0 }

func (s *slab[T]) give(number uint32) {
	s.live--
	s.free = append(s.free, number)
}
