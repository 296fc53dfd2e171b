package queries

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxIslands is how many spans islands tells apart, as in flows.
const maxIslands = 32

// streamFields are the columns of one direction that a piece tells behind its number, in this order, between spaces; - is NULL. Those with peer_ are of the other.
var streamFields = []string{"isn", "first_seq", "next_seq", "fin_seq", "unique_bytes", "missed_bytes", "first_ack", "max_ack", "peer_first_ack", "peer_max_ack", "islands"}

// streamPiece is one direction of a flow of TCP. Numbers are sequence numbers of 32 bits and counts of bytes; none: NULL.
type streamPiece struct {
	piece                 int64
	isn, first, next, fin int64
	unique, missed        int64
	ackFrom, ackTo        int64
	peerFrom, peerTo      int64
	islands               []span // relative to first; nil: there is no hole
}

// none stands for NULL.
const none = int64(-1)

// span is bytes from one position of a stream to another, which is not among them.
type span struct{ from, to int64 }

// parsePieces reads the pieces of a direction, ";" between them, and puts them in order.
func parsePieces(text string) ([]streamPiece, error) {
	var pieces []streamPiece
	for part := range strings.SplitSeq(text, ";") {
		fields := strings.Split(part, " ")
		if len(fields) != len(streamFields)+1 {
			return nil, fmt.Errorf("a piece has %d fields, not %d", len(fields), len(streamFields)+1)
		}
		p := streamPiece{}
		for i, to := range []*int64{&p.piece, &p.isn, &p.first, &p.next, &p.fin, &p.unique, &p.missed, &p.ackFrom, &p.ackTo, &p.peerFrom, &p.peerTo} {
			var err error
			if *to, err = number(fields[i]); err != nil {
				return nil, err
			}
		}
		var err error
		if p.islands, err = parseIslands(fields[len(fields)-1]); err != nil {
			return nil, err
		}
		pieces = append(pieces, p)
	}
	slices.SortFunc(pieces, func(a, b streamPiece) int { return cmp.Compare(a.piece, b.piece) })
	return pieces, nil
}

// parseIslands reads "from-to,from-to".
func parseIslands(text string) ([]span, error) {
	if text == "-" {
		return nil, nil
	}
	var spans []span
	for part := range strings.SplitSeq(text, ",") {
		from, to, ok := strings.Cut(part, "-")
		a, errA := strconv.ParseInt(from, 10, 64)
		b, errB := strconv.ParseInt(to, 10, 64)
		if !ok || errA != nil || errB != nil || b < a {
			return nil, errors.New("islands are not of the form from-to,from-to")
		}
		spans = append(spans, span{a, b})
	}
	return spans, nil
}

// byteStream is a direction of a conversation. Positions are sequence numbers that count on beyond 32 bits.
type byteStream struct {
	isn              int64
	spans            []span
	at               int64 // greatest position known; none: there is none
	fin              int64
	ackFrom, ackTo   int64
	peerFrom, peerTo int64
	lost             int64 // bytes in holes that a tracker closed for want of room
	unplaced         int64 // missed_bytes of the last piece that has no sequence number to count from
}

// firstPosition leaves room below the first sequence number that is met, so that earlier ones stay positive.
const firstPosition = 1 << 32

// near is the position of a sequence number that lies nearest to another position.
func near(at, seq int64) int64 { return at + int64(int32(uint32(seq)-uint32(at))) }

// mergeStream puts the pieces of a direction together, in their order, as one tracker would have seen them.
func mergeStream(pieces []streamPiece) *byteStream {
	s := &byteStream{isn: none, at: none, fin: none, ackFrom: none, ackTo: none, peerFrom: none, peerTo: none}
	for i := range pieces {
		p := &pieces[i]
		if p.isn != none {
			at := s.place(p.isn)
			if s.isn == none {
				s.isn = at
			}
			s.at = max(s.at, at+1)
		}
		if p.first != none {
			s.see(p)
		}
		if p.fin != none {
			s.fin = s.place(p.fin)
			s.at = max(s.at, s.fin+1)
		}
		s.ackFrom, s.ackTo = widen(s.ackFrom, s.ackTo, p.ackFrom, p.ackTo)
		s.peerFrom, s.peerTo = widen(s.peerFrom, s.peerTo, p.peerFrom, p.peerTo)
		s.unplaced = max(p.missed, 0)
	}
	s.unite()
	return s
}

func (s *byteStream) place(seq int64) int64 {
	if s.at == none {
		return seq + firstPosition
	}
	return near(s.at, seq)
}

// see adds the spans of a piece.
func (s *byteStream) see(p *streamPiece) {
	first := s.place(p.first)
	if p.islands == nil { // its length may pass 32 bits, of which next_seq has the low ones
		length := near(p.unique, p.next-p.first)
		p.islands = []span{{0, length}}
	}
	covered := int64(0)
	for _, i := range p.islands {
		s.spans = append(s.spans, span{first + i.from, first + i.to})
		covered += i.to - i.from
	}
	s.lost += max(0, covered-p.unique)
	s.at = max(s.at, s.spans[len(s.spans)-1].to)
}

// widen is the range of acknowledgements with those of another piece.
func widen(from, to, first, last int64) (int64, int64) {
	if first == none || last == none {
		return from, to
	}
	if from == none {
		from = first + firstPosition
		return from, near(from, last)
	}
	return min(from, near(to, first)), max(to, near(to, last))
}

// unite joins spans that touch, and the first ones of too many.
func (s *byteStream) unite() {
	slices.SortFunc(s.spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	out := s.spans[:0]
	for _, sp := range s.spans {
		if n := len(out); n > 0 && sp.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, sp.to)
		} else {
			out = append(out, sp)
		}
	}
	for len(out) > maxIslands { // as a tracker that has no more room
		s.lost += out[1].from - out[0].to
		out[1].from = out[0].from
		out = out[1:]
	}
	s.spans = out
}

// covered is how many bytes were seen between two positions.
func (s *byteStream) covered(from, to int64) (n int64) {
	for _, sp := range s.spans {
		n += max(0, min(to, sp.to)-max(from, sp.from))
	}
	return n
}

// begin is where the stream begins: after its SYN, or else with the first byte seen.
func (s *byteStream) begin() (int64, bool) {
	switch {
	case s.isn != none:
		return s.isn + 1, true
	case len(s.spans) > 0:
		return s.spans[0].from, true
	}
	return 0, false
}

// high is the end of the last span.
func (s *byteStream) high() int64 { return s.spans[len(s.spans)-1].to }

// missed is the bytes that the peer acknowledged and that were never seen.
func (s *byteStream) missed() int64 {
	start, known := s.begin()
	switch {
	case s.peerTo == none:
		return s.lost
	case known:
		end := near(s.at, s.peerTo)
		if s.fin != none {
			end = min(end, s.fin)
		}
		return s.lost + max(0, end-start-s.covered(start, end))
	case s.ackTo != none: // it sent packets without data: where they stood only the trackers knew
		return s.unplaced
	}
	return s.peerTo - s.peerFrom
}

// streamValues are the columns of a conversation that mergeStream gives, nil: NULL.
var streamValues = map[string]func(*byteStream) any{
	"first_seq":    func(s *byteStream) any { return low32(len(s.spans) > 0, func() int64 { return s.spans[0].from }) },
	"next_seq":     func(s *byteStream) any { return low32(len(s.spans) > 0, s.high) },
	"fin_seq":      func(s *byteStream) any { return low32(s.fin != none, func() int64 { return s.fin }) },
	"first_ack":    func(s *byteStream) any { return low32(s.ackFrom != none, func() int64 { return s.ackFrom }) },
	"max_ack":      func(s *byteStream) any { return low32(s.ackTo != none, func() int64 { return s.ackTo }) },
	"unique_bytes": func(s *byteStream) any { return s.covered(0, 1<<62) - s.lost },
	"missed_bytes": func(s *byteStream) any { return s.missed() },
	"stream_bytes": func(s *byteStream) any {
		if start, known := s.begin(); known && len(s.spans) > 0 {
			return s.high() - start
		}
		return int64(0)
	},
	"islands": func(s *byteStream) any {
		if len(s.spans) < 2 {
			return nil
		}
		var parts []string
		for _, sp := range s.spans {
			parts = append(parts, fmt.Sprintf("%d-%d", sp.from-s.spans[0].from, sp.to-s.spans[0].from))
		}
		return strings.Join(parts, ",")
	},
}

func low32(ok bool, position func() int64) any {
	if !ok {
		return nil
	}
	return int64(uint32(position()))
}

// mergedStream is the body of merged_stream and merged_islands: one value of the pieces of a direction, in their order.
func mergedStream(what, text string) any {
	pieces, err := parsePieces(text)
	if err != nil {
		panic(fmt.Sprintf("merge pieces of a stream: %v", err)) // the caller makes it an error of the statement
	}
	return streamValues[what](mergeStream(pieces))
}
