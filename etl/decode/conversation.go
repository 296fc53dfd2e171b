package decode

import (
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

// A conversation is a flow whose bytes are read, or not yet recognised.
type conversation struct {
	streams *Streams
	rows    *Rows // where rows go, while a segment is at hand
	flow    int64
	ends    [2]end // that sends side 0 and side 1
	sides   [2]side
	foreign [2]bool // no protocol knows the first bytes of the side
	parser  parser  // nil until the protocol is recognised
	service string  // recognised by the segment at hand
	named   bool    // the flow has its service: the protocol that came first
	over    bool    // nothing of what follows is of interest
	opened  bool    // its SYN was seen
	kept    int64   // bytes that the parser keeps

	before, after *conversation // in the ring of Streams
}

// An end is an address and a port.
type end struct {
	ip   netip.Addr
	port int32
}

// A parser reads the bytes of a conversation, side by side.
type parser interface {
	// read takes bytes of side d that are in order, and returns how many it is done with. The others come again, with more behind them.
	read(d int, b []byte) int
	// lost says that behind b, which read has seen, n bytes are missing; 0: so many that nothing is known of what follows.
	lost(d int, b []byte, n int64)
	// end says that nothing more will come.
	end()
}

// take reads a segment of side d.
func (c *conversation) take(p *schema.Packet, d int, data []byte) {
	s, seq := &c.sides[d], uint32(p.TCPSeq)
	if p.TCPFlags&tcpSYN != 0 {
		seq++
	}
	if !s.begun {
		o := &c.streams.openings[openingOf(c.flow, d)]
		opened := o.flow == c.flow && o.side == uint32(d)
		if !opened && p.PayloadLen == 1 {
			return // in the middle of a stream it is most often that of a keep-alive, which comes before what is due (RFC 9293 3.8.4)
		}
		s.begun, s.next = true, seq
		if opened {
			s.next, c.opened = o.first, true
		}
	}
	if p.TCPFlags&tcpACK != 0 {
		c.acknowledge(1-d, uint32(p.TCPAck))
	}
	c.accept(d, seq, uint32(max(p.PayloadLen, int64(len(data)))), data, stamp{p.FrameNo, p.TS, p.TSExtraNS})
}

// fate is what is to become of the flow: firstSlot where the conversation goes on.
func (c *conversation) fate() slot {
	switch {
	case c.over || c.foreign[0] && c.foreign[1]:
		return dropped
	case c.parser != nil || len(c.sides[0].unread)+len(c.sides[1].unread)+len(c.sides[0].pending)+len(c.sides[1].pending) > 0:
		return firstSlot
	case c.foreign[0]:
		return foreign
	case c.foreign[1]:
		return foreign1
	}
	return firstSlot
}

// read takes bytes of side d that are in order.
func (c *conversation) read(d int, data []byte) {
	s := &c.sides[d]
	if c.parser == nil && c.foreign[d] {
		return
	}
	b := data
	if len(s.unread) > 0 {
		s.unread = append(c.streams.buffers.grow(s.unread, len(data)), data...)
		b = s.unread
	}
	n := c.parse(d, b)
	if c.over {
		return
	}
	switch rest := b[n:]; {
	case len(rest) > maxUnread:
		c.parser.lost(d, rest, 0)
		c.forget(d)
	case len(rest) == 0:
		c.forget(d)
	case len(s.unread) > 0:
		s.unread = s.unread[:copy(s.unread, rest)]
	default:
		s.unread = append(c.streams.buffers.grow(nil, len(rest)), rest...)
	}
}

// parse reads bytes of side d by the protocol that they are of, which may change within them, and returns how many it is done with.
func (c *conversation) parse(d int, b []byte) (n int) {
	for c.parser != nil {
		by := c.parser
		if n += by.read(d, b[n:]); c.over || c.parser == by || n == len(b) {
			return n
		}
	}
	return n + c.recognise(d, b[n:], len(b)-n > maxHead)
}

// forget gives up the unread bytes of side d.
func (c *conversation) forget(d int) {
	c.streams.buffers.free(c.sides[d].unread)
	c.sides[d].unread = nil
}

// lose tells of n missing bytes of side d; 0: of all that follow.
func (c *conversation) lose(d int, n int64) {
	unread := c.sides[d].unread
	if c.parser == nil && !c.foreign[d] && len(unread) > 0 {
		unread = unread[c.recognise(d, unread, true):]
	}
	if c.parser != nil && !c.over {
		c.parser.lost(d, unread, n)
	}
	c.forget(d)
}

// recognise finds the protocol by the first bytes of side d, which are all that will come where final is true. It returns how many of them
// are read.
func (c *conversation) recognise(d int, first []byte, final bool) int {
	p, undecided := identify(first, final)
	switch {
	case p == nil && undecided:
		return 0
	case p == nil:
		c.foreign[d] = true
		return len(first)
	}
	if !c.named {
		c.service, c.named = p.name, true
	}
	if p.parser == nil {
		c.over = true
		return len(first)
	}
	c.parser = p.parser(c)
	other := 1 - d
	if c.foreign[other] {
		c.parser.lost(other, nil, 0)
	} else if earlier := c.sides[other].unread; len(earlier) > 0 {
		if n := c.parser.read(other, earlier); n == len(earlier) {
			c.forget(other)
		} else {
			c.sides[other].unread = earlier[:copy(earlier, earlier[n:])]
		}
	}
	if c.over {
		return len(first)
	}
	return c.parser.read(d, first)
}

// restart makes the bytes that follow, on both sides, those of another protocol, to be recognised.
func (c *conversation) restart() {
	c.parser, c.foreign = nil, [2]bool{}
}

// keep counts bytes that the parser keeps from now on; below zero: no longer keeps.
func (c *conversation) keep(n int64) {
	c.kept += n
	c.streams.buffers.held += n
}

// close gives up every hole and what is unread.
func (c *conversation) close() {
	for d := range c.sides {
		for len(c.sides[d].pending) > 0 && !c.over {
			c.giveUp(d)
		}
		if len(c.sides[d].unread) > 0 && !c.over {
			c.lose(d, 0)
		}
	}
	if c.parser != nil && !c.over {
		c.parser.end()
	}
}

// message is the head of a row: a message of side d, complete at a packet.
func (c *conversation) message(d int, at stamp) schema.Message {
	from, to := c.ends[d], c.ends[1-d]
	return schema.Message{
		CaptureID: c.streams.captureID, Sensor: c.streams.sensor, FrameNo: at.frame, FlowID: c.flow, TS: at.ts, TSExtraNS: at.extra,
		SrcIP: from.ip, DstIP: to.ip, SrcPort: from.port, DstPort: to.port,
	}
}

// now is the packet that completed the bytes of side d that are at hand.
func (c *conversation) now(d int) stamp { return c.sides[d].last }

// link makes the conversation the most recently used one of the ring.
func (c *conversation) link(ring *conversation) {
	c.before, c.after = ring.before, ring
	ring.before.after, ring.before = c, c
}

func (c *conversation) unlink() { c.before.after, c.after.before = c.after, c.before }

func (c *conversation) touch(ring *conversation) {
	if ring.before != c {
		c.unlink()
		c.link(ring)
	}
}
