package queries

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/schema"
)

// usualIdle is the idle timeout of flows unless a lake is made with another, as etl/flow has it.
const usualIdle = 120 * time.Second

// flowTimeouts are the idle and the active timeout that the flows of a capture were made with; where it does not say, those of etl/flow.
func flowTimeouts(c *schema.Capture) (idle, active time.Duration) {
	timeout := func(name string, otherwise time.Duration) time.Duration {
		if d, err := time.ParseDuration(c.Settings[name]); err == nil && d > 0 {
			return d
		}
		return otherwise
	}
	return timeout("flow_idle", usualIdle), timeout("flow_active", 30*time.Minute)
}

// link is a flow as far as it tells where conversations begin. none is NULL.
type link struct {
	ordinal, flow           int64 // of its capture, and its number there
	first, last             int64 // times of its first and last packet, microseconds; none: NULL
	timeout                 int64 // idle timeout of its capture, microseconds
	idle, mirrored, closing int64 // 1: it ended by the idle timeout; its src_ip is the higher end; a FIN or RST was seen
	ends                    [2]linkEnd
}

// same reports whether two rows claim to be one flow, as only those of a damaged lake do.
func (l *link) same(o *link) bool { return l.ordinal == o.ordinal && l.flow == o.flow }

// linkEnd is one end of a flow, the lower or the higher.
type linkEnd struct{ isn, syns, packets, firstAck int64 }

// number reads what textOf writes; none for NULL, which no number here is but a time before 1970.
func number(text string) (int64, error) {
	if text == "-" {
		return none, nil
	}
	return strconv.ParseInt(text, 10, 64)
}

func parseLinks(text string) ([]link, error) {
	var links []link
	for part := range strings.SplitSeq(text, ";") {
		var l link
		to := []*int64{&l.ordinal, &l.flow, &l.first, &l.last, &l.timeout, &l.idle, &l.mirrored, &l.closing}
		for i := range l.ends {
			e := &l.ends[i]
			to = append(to, &e.isn, &e.syns, &e.packets, &e.firstAck)
		}
		fields := strings.Split(part, " ")
		if len(fields) != len(to) {
			return nil, fmt.Errorf("a flow has %d fields, not %d", len(fields), len(to))
		}
		for i, field := range fields {
			var err error
			if *to[i], err = number(field); err != nil {
				return nil, err
			}
		}
		links = append(links, l)
	}
	slices.SortFunc(links, func(a, b link) int {
		return cmp.Or(cmp.Compare(a.ordinal, b.ordinal), cmp.Compare(a.flow, b.flow), cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last))
	})
	return links, nil
}

// conversation is what is known of the one that goes on.
type conversation struct {
	last   int64    // time; none: it has none
	idle   uint64   // the timeout that it ends by
	isn    [2]int64 // of both ends
	sent   [2]bool
	closed bool
}

// goesOn reports whether a flow belongs to the conversation, by the rules of a tracker that sees both.
func (c *conversation) goesOn(l *link) bool {
	if l.first != none && c.last != none && distance(l.first, c.last) > c.idle {
		return false
	}
	return !c.renewed(l, 0) && !c.renewed(l, 1)
}

// renewed reports whether the SYN of an end, if the flow has one, begins another connection.
func (c *conversation) renewed(l *link, end int) bool {
	own, pure := l.ends[end], l.ends[end].syns > 0
	if own.isn == none {
		return false
	}
	answered := c.isn[1-end]
	if answered == none {
		answered = l.ends[1-end].isn
	}
	switch {
	case !pure && answered != none && own.firstAck == int64(uint32(answered+1)):
		return false
	case pure && c.closed:
		return true
	case c.sent[end]:
		return c.isn[end] != own.isn
	}
	return pure && c.sent[1-end] && c.isn[1-end] == none
}

func (c *conversation) add(l *link) {
	c.idle = uint64(l.timeout)
	if l.last != none {
		c.last = l.last
	}
	for i, e := range l.ends {
		if c.isn[i] == none {
			c.isn[i] = e.isn
		}
		c.sent[i] = c.sent[i] || e.packets > 0
	}
	c.closed = c.closed || l.closing == 1
}

// distance is how far two times are from each other; it may pass 63 bits.
func distance(a, b int64) uint64 {
	if a < b {
		a, b = b, a
	}
	return uint64(a) - uint64(b)
}

// chainedFlows is the body of chained_flows: it puts the flows of one key, given as linkSQL writes them, in order, and names those of
// conversations of more than one: ordinal, flow, name of the conversation, number in it from 1, and 1 where the directions are turned.
func chainedFlows(text string) string {
	links, err := parseLinks(text)
	if err != nil {
		panic(fmt.Sprintf("chain flows: %v", err)) // the caller makes it an error of the statement
	}
	var out []string
	for len(links) > 0 {
		c := conversation{last: none, isn: [2]int64{none, none}}
		c.add(&links[0])
		n := 1
		for n < len(links) && links[n-1].idle != 1 && !links[n].same(&links[n-1]) && c.goesOn(&links[n]) {
			c.add(&links[n])
			n++
		}
		for i := 0; i < n && n > 1; i++ {
			l := &links[i]
			turned := (l.mirrored + links[0].mirrored) & 1
			out = append(out, fmt.Sprintf("%d %d %d:%d %d %d", l.ordinal, l.flow, links[0].ordinal, links[0].flow, i+1, turned))
		}
		links = links[n:]
	}
	return strings.Join(out, ";")
}

// mergedGaps is the body of merged_gaps: of the times between the last packet of a direction in one piece and its first in the next, in
// microseconds, the least (min), the greatest (max), or the two words of the sum of their squares (squares_hi, squares_lo); nil where there is no
// such time. A piece is its number and the two times.
func mergedGaps(what, text string) any {
	type piece struct{ number, first, last int64 }
	var pieces []piece
	for part := range strings.SplitSeq(text, ";") {
		var p piece
		if n, err := fmt.Sscan(part, &p.number, &p.first, &p.last); n == 3 && err == nil {
			pieces = append(pieces, p) // others have no packet with a time
		}
	}
	if len(pieces) < 2 {
		return nil
	}
	slices.SortFunc(pieces, func(a, b piece) int { return cmp.Compare(a.number, b.number) })
	least, greatest := int64(math.MaxInt64), int64(math.MinInt64)
	var hi, lo uint64 // of 128 bits
	for i := range pieces[1:] {
		gap := pieces[i+1].first - pieces[i].last
		least, greatest = min(least, gap), max(greatest, gap)
		d := distance(pieces[i+1].first, pieces[i].last)
		h, l := bits.Mul64(d, d)
		var carry uint64
		lo, carry = bits.Add64(lo, l, 0)
		hi += h + carry
	}
	switch what {
	case "min":
		return least
	case "max":
		return greatest
	case "squares_hi":
		return int64(hi<<32 | lo>>32)
	}
	return int64(lo & math.MaxUint32)
}
