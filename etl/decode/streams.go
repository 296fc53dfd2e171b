package decode

import "github.com/pcaplake/pcaplake/schema"

// Bounds on the memory of streams, whose senders are hostile.
const (
	maxWaiting = 64 << 10 // bytes of one direction beyond a hole; then the hole is given up
	maxPieces  = 256      // segments of one direction beyond a hole; then the hole is given up
	maxUnread  = 64 << 10 // bytes of one direction that belong to a message that is not complete; then the message is cut
	maxHead    = 4 << 10  // bytes of one direction by which its protocol must be known
	maxHeld    = 64 << 20 // bytes of all streams
	openings   = 1 << 14  // initial sequence numbers that are remembered until data comes
	connBytes  = 1 << 10  // what an open conversation is reckoned to hold beside its buffers
)

// Streams puts the bytes of TCP connections in order and reads the messages in them. A direction begins with its SYN, or with the first
// segment seen. Of bytes that come twice the first win. Bytes that do not come are given up when the other side acknowledges them, when
// too much waits behind them, and when the flow ends; messages that miss bytes are marked cut. A flow whose first bytes no protocol
// knows costs one entry of a map. It is not for concurrent use.
type Streams struct {
	// Evicted counts the conversations that were given up to stay within the bound on memory.
	Evicted int64

	captureID, sensor string
	slots             map[int64]slot // by flow
	last              int64          // flow of the segment before
	lastSlot          slot
	conversations     []*conversation
	idle              []slot       // of conversations to be used again
	recent            conversation // head of the ring of those open; behind it stands the one least recently used
	buffers           buffers
	openings          [openings]opening
	quic              quicFlows
	messages          dnsReader
	limit             int64 // maxHeld, smaller in tests
}

// A slot is what a flow is known as: a conversation beyond firstSlot, or that it need not be read.
type slot uint32

const (
	unknown   slot = iota
	dropped        // nothing in it is, or is any more, of interest
	foreign        // no protocol knows the first bytes of side 0
	foreign1       // of side 1
	firstSlot      // of conversations[0]
)

// An opening is the sequence number of a connection's first byte in one direction.
type opening struct {
	flow  int64
	side  uint32
	first uint32
}

// NewStreams returns streams that are ready for a capture.
func NewStreams() *Streams {
	s := &Streams{slots: make(map[int64]slot), limit: maxHeld}
	s.recent.before, s.recent.after = &s.recent, &s.recent
	return s
}

// Reset gives up what is open, without rows, and makes the streams ready for the next capture.
func (s *Streams) Reset() {
	for c := s.recent.after; c != &s.recent; c = s.recent.after {
		s.drop(c, s.slots[c.flow])
	}
	clear(s.slots)
	clear(s.openings[:])
	s.quic.reset()
	s.last, s.lastSlot, s.Evicted = 0, unknown, 0
}

// Open takes the initial sequence number of a SYN, so that the first bytes are known as such when they come out of order. The flow of p
// must be set. Beyond some thousands of connections that have not sent data yet, some are forgotten and begin with the first segment seen.
func (s *Streams) Open(p *schema.Packet, forward bool) {
	d := sideOf(forward)
	s.openings[openingOf(p.FlowID, d)] = opening{p.FlowID, uint32(d), uint32(p.TCPSeq) + 1}
}

// sideOf is the direction of a packet: 0 forward, 1 reverse.
func sideOf(forward bool) int {
	if forward {
		return 0
	}
	return 1
}

// openingOf is the place of an opening, which senders cannot choose: flows are numbered by frames.
func openingOf(flow int64, d int) uint64 {
	return (uint64(flow)<<1 | uint64(d)) * 0x9e3779b97f4a7c15 >> 50
}

// Segment takes a TCP segment with payload, of which data was captured; p has its flow. The rows of messages that it completes are appended
// to rows. It returns the name of the protocol that came first when that is recognised by this segment, "" otherwise.
func (s *Streams) Segment(p *schema.Packet, forward bool, data []byte, rows *Rows) (service string) {
	if p.IPProto == ipUDP {
		s.Evicted += s.quic.datagram(p, forward, data, rows)
		return "quic"
	}
	if s.last != p.FlowID {
		s.last, s.lastSlot = p.FlowID, s.slots[p.FlowID]
	}
	d := sideOf(forward)
	if s.lastSlot == dropped || s.lastSlot == foreign+slot(d) || p.TCPFlags&tcpRST != 0 || p.Has&schema.HasTCP == 0 {
		return ""
	}
	if s.lastSlot < firstSlot {
		s.set(p.FlowID, s.open(p, d, s.lastSlot))
	}
	at := s.lastSlot
	c := s.conversations[at-firstSlot]
	c.touch(&s.recent)
	c.rows = rows
	c.take(p, d, data)
	service, c.service = c.service, ""
	if fate := c.fate(); fate < firstSlot {
		s.drop(c, at)
		s.set(p.FlowID, fate)
	} else if s.buffers.held > s.limit {
		s.evict(rows)
	}
	c.rows = nil
	return service
}

// set notes what the flow at hand is known as.
func (s *Streams) set(flow int64, to slot) { s.slots[flow], s.lastSlot = to, to }

const (
	tcpSYN = 1 << 1
	tcpRST = 1 << 2
	tcpACK = 1 << 4
)

// open begins the conversation of a flow, of which before is known. The segment at hand is of direction d.
func (s *Streams) open(p *schema.Packet, d int, before slot) slot {
	s.captureID, s.sensor = p.CaptureID, p.Sensor
	if len(s.idle) == 0 {
		s.idle = append(s.idle, firstSlot+slot(len(s.conversations)))
		s.conversations = append(s.conversations, new(conversation))
	}
	at := s.idle[len(s.idle)-1]
	s.idle = s.idle[:len(s.idle)-1]
	c := s.conversations[at-firstSlot]
	*c = conversation{streams: s, flow: p.FlowID, sides: [2]side{{pending: c.sides[0].pending[:0]}, {pending: c.sides[1].pending[:0]}}}
	c.ends[d], c.ends[1-d] = end{p.SrcIP, p.SrcPort}, end{p.DstIP, p.DstPort}
	if before != unknown {
		c.foreign[before-foreign] = true
	}
	c.link(&s.recent)
	s.buffers.held += connBytes
	return at
}

// End tells that a flow has ended: what is open of its messages is given out, marked cut.
func (s *Streams) End(flowID int64, rows *Rows) {
	s.quic.drop(flowID)
	at := s.slots[flowID]
	if at == unknown {
		return
	}
	delete(s.slots, flowID)
	if s.last == flowID {
		s.last, s.lastSlot = 0, unknown
	}
	if at >= firstSlot {
		s.finish(at, rows)
	}
}

// finish reads what is left of a conversation and gives it up.
func (s *Streams) finish(at slot, rows *Rows) {
	c := s.conversations[at-firstSlot]
	c.rows = rows
	c.close()
	c.rows = nil
	s.drop(c, at)
}

// Close tells that the capture has ended, and with it every flow, in the order in which they were used last.
func (s *Streams) Close(rows *Rows) {
	for c := s.recent.after; c != &s.recent; c = s.recent.after {
		s.End(c.flow, rows)
	}
	clear(s.slots)
	s.quic.reset()
	s.last, s.lastSlot = 0, unknown
}

// drop frees what a conversation holds.
func (s *Streams) drop(c *conversation, at slot) {
	for d := range c.sides {
		c.sides[d].release(&s.buffers)
	}
	s.buffers.held -= connBytes + c.kept
	c.unlink()
	c.parser, c.kept = nil, 0
	s.idle = append(s.idle, at)
}

// evict gives up the conversations that were not used for longest until the bound is kept.
func (s *Streams) evict(rows *Rows) {
	for s.buffers.held > s.limit && s.recent.after != &s.recent {
		c := s.recent.after
		at := s.slots[c.flow]
		s.slots[c.flow] = dropped
		if s.last == c.flow {
			s.lastSlot = dropped
		}
		s.finish(at, rows)
		s.Evicted++
	}
}

// buffers lends memory for bytes that wait, and counts it.
type buffers struct {
	held  int64 // bytes lent
	spare [][]byte
}

const (
	smallBuffer = 2 << 10
	maxSpare    = 1 << 10
)

// grow returns b with room for n more bytes; b may be nil.
func (l *buffers) grow(b []byte, n int) []byte {
	need := len(b) + n
	if need <= cap(b) {
		return b
	}
	var to []byte
	if need <= smallBuffer && len(l.spare) > 0 {
		to = l.spare[len(l.spare)-1]
		l.spare = l.spare[:len(l.spare)-1]
	} else {
		to = make([]byte, 0, max(smallBuffer, need, min(2*cap(b), maxUnread)))
	}
	l.held += int64(cap(to))
	to = append(to[:0], b...)
	l.free(b)
	return to
}

// free takes a buffer back.
func (l *buffers) free(b []byte) {
	l.held -= int64(cap(b))
	if cap(b) == smallBuffer && len(l.spare) < maxSpare {
		l.spare = append(l.spare, b)
	}
}
