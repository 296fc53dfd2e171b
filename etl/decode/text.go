package decode

import (
	"strconv"
	"unicode/utf8"
)

// text is bytes off the wire as text: UTF-8 where they are that, else ISO 8859-1.
func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	out := make([]byte, 0, len(b)+len(b)/4)
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return string(out)
}

// listed is a list of the numbers of 16 bits that b holds, reserved ones aside where greased is false.
func listed(b []byte, between byte, greased bool) []byte {
	var out []byte
	for ; len(b) >= 2; b = b[2:] {
		n := u16(b)
		if !greased && grease(n) {
			continue
		}
		if len(out) > 0 {
			out = append(out, between)
		}
		out = strconv.AppendUint(out, uint64(n), 10)
	}
	return out
}

// a span is a run of bytes of a message that has more on the wire than were captured, or fewer than it says.
type span struct {
	b     []byte
	short bool // something was beyond the end
}

// take is the next n bytes, or as many as there are.
func (s *span) take(n int) []byte {
	if n > len(s.b) {
		n, s.short = len(s.b), true
	}
	out := s.b[:n]
	s.b = s.b[n:]
	return out
}

// number is a number of n bytes, most significant first; 0 where they are not all there.
func (s *span) number(n int) (v int) {
	b := s.take(n)
	if len(b) < n {
		return 0
	}
	for _, c := range b {
		v = v<<8 | int(c)
	}
	return v
}

// vector is the bytes behind a length of n bytes (RFC 8446 3.4).
func (s *span) vector(n int) []byte { return s.take(s.number(n)) }

// list24 is a list of the numbers of 24 bits that b holds.
func list24(b []byte) (list []byte) {
	for ; len(b) >= 3; b = b[3:] {
		list = strconv.AppendUint(separated(list), uint64(b[0])<<16|uint64(u16(b[1:])), 10)
	}
	return list
}
