package flow

import "strconv"

// maxSpans of a side are told apart. Holes beyond that are closed, the earliest first: they count as missed, and what fills them as retransmitted.
const maxSpans = 32

// A block holds the spans of payload seen of a side with holes, in order, none next to another; low and high of the side are their ends.
type block struct {
	n     int32
	spans [maxSpans]span
}

// A span goes from one position to another, which is not part of it.
type span struct{ from, to int64 }

// see adds payload to what was seen and returns how many bytes are new. Those before the initial sequence number are not.
func (t *Tracker) see(s *side, from, to int64) (fresh int64) {
	if s.has(sideISN) {
		from = max(from, s.isn+1)
	}
	if from >= to {
		return 0
	}
	switch {
	case !s.has(sideSeq):
		s.low, s.high, s.marks = from, to, s.marks|sideSeq
		fresh = to - from
	case s.block != 0:
		fresh = t.fill(s, span{from, to})
	case from <= s.high && to >= s.low: // next to the one span, as nearly all
		fresh = max(s.low-from, 0) + max(to-s.high, 0)
		s.low, s.high = min(s.low, from), max(s.high, to)
	default:
		fresh = to - from
		t.split(s, span{from, to})
	}
	s.unique += fresh
	return fresh
}

// split begins a block with the one span of a side and another.
func (t *Tracker) split(s *side, other span) {
	if t.blocks.live == maxBlocks {
		s.lost += max(other.from-s.high, s.low-other.to) // no room: the hole is closed
		s.low, s.high = min(s.low, other.from), max(s.high, other.to)
		return
	}
	s.block = t.blocks.take()
	b := t.blocks.at(s.block)
	b.n, b.spans[0], b.spans[1] = 2, span{s.low, s.high}, other
	if other.from < s.low {
		b.spans[0], b.spans[1] = b.spans[1], b.spans[0]
	}
	s.low, s.high = b.spans[0].from, b.spans[1].to
}

// fill adds a span to the block of a side and returns how many bytes are new.
func (t *Tracker) fill(s *side, add span) int64 {
	b := t.blocks.at(s.block)
	first := int32(0)
	for first < b.n && b.spans[first].to < add.from {
		first++
	}
	fresh := add.to - add.from
	last := first // spans from first to before last unite with add
	for ; last < b.n && b.spans[last].from <= add.to; last++ {
		old := b.spans[last]
		fresh -= max(0, min(old.to, add.to)-max(old.from, add.from))
	}
	if first < last {
		add = span{min(add.from, b.spans[first].from), max(add.to, b.spans[last-1].to)}
		b.spans[first] = add
		copy(b.spans[first+1:], b.spans[last:b.n])
		b.n -= last - first - 1
	} else {
		if b.n == maxSpans {
			s.lost += b.spans[1].from - b.spans[0].to
			b.spans[0].to = b.spans[1].to
			copy(b.spans[1:], b.spans[2:])
			b.n--
			return t.fill(s, add)
		}
		copy(b.spans[first+1:], b.spans[first:b.n])
		b.spans[first] = add
		b.n++
	}
	s.low, s.high = b.spans[0].from, b.spans[b.n-1].to
	if b.n == 1 {
		t.release(s)
	}
	return fresh
}

// release gives back the block of a side.
func (t *Tracker) release(s *side) {
	if s.block != 0 {
		t.blocks.give(s.block)
		s.block = 0
	}
}

// covered is how many bytes of the spans lie between two positions.
func (t *Tracker) covered(s *side, from, to int64) (n int64) {
	if !s.has(sideSeq) {
		return 0
	}
	if s.block == 0 {
		return max(0, min(to, s.high)-max(from, s.low))
	}
	b := t.blocks.at(s.block)
	for _, sp := range b.spans[:b.n] {
		n += max(0, min(to, sp.to)-max(from, sp.from))
	}
	return n
}

// islands lists the spans of a side with holes, relative to the first.
func (t *Tracker) islands(s *side) string {
	if s.block == 0 {
		return ""
	}
	b := t.blocks.at(s.block)
	var text []byte
	for i, sp := range b.spans[:b.n] {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, sp.from-s.low, 10)
		text = append(text, '-')
		text = strconv.AppendInt(text, sp.to-s.low, 10)
	}
	return string(text)
}
