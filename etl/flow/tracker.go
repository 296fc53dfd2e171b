package flow

import (
	"math"
	"math/rand/v2"
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

// The timeouts of flows, in microseconds: 120 s and 30 min.
const (
	DefaultIdle   = 120_000_000
	DefaultActive = 1_800_000_000
)

// link is the place of a flow in the list. Apart from the records, the list is small enough to stay in the processor's caches.
type link struct{ prev, next uint32 }

const (
	// maxTimeout is a year: squares of inter-arrival times then fit their sums.
	maxTimeout = 366 * 86_400_000_000

	// DefaultOpen is how many flows are open at a time at most. One takes 248 bytes and 288 per direction that has packets, of which there are at
	// most one and a half per flow; a direction with holes takes 520 more, of which there are maxBlocks at most, and the table 16: 95 MB in all when
	// everything is full, otherwise what was needed at once. A flood of spoofed packets leaves a flow its place for the time that 131,072 others take.
	DefaultOpen = 1 << 17
	maxBlocks   = 1 << 14

	// tickEvery packets the clock moves on, to the least of their times: one stamp that jumps ends no flow but its own.
	tickEvery = 256
	// sweepSteps bounds the flows that end at a tick.
	sweepSteps = 2 * tickEvery
	// closeSteps bounds those that end at a call of Close.
	closeSteps = 1024
)

// Tracker finds the flow of every packet with an IP header and makes the rows of table flows. Set its options before Reset. It takes the packets in
// the order of the capture, their duplicates and fragments resolved. It is not for concurrent use, and takes constant time and, once its slabs have
// grown to the number of open flows, no memory for a packet that begins or ends no flow.
//
// A flow goes on while its next packet comes within Idle of the last and within Active of the first, by the time of capture in either direction: a
// clock that jumps back ends a flow as one that jumps ahead does. Packets without a time belong to the flow that is open. A SYN begins a flow when the
// one at hand has seen FIN or RST, knows another initial sequence number, or has packets of the sender and knows none; so does a SYN with ACK of
// another number that does not answer the known SYN.
type Tracker struct {
	Idle, Active int64 // microseconds; 0 means the default, and more than a year a year
	MaxOpen      int   // flows that are open at a time; 0 means DefaultOpen
	IgnoreVLAN   bool  // VLANs are no part of the key

	CaptureID, Sensor string // stand in the rows

	// Pseudonym gives the addresses of which FlowHash and CommunityID are made in the place of those in the row; nil: of those in the row.
	Pseudonym func(netip.Addr) netip.Addr

	Evicted int64 // flows that ended for want of room

	secret  [4]uint64
	open    int // MaxOpen, and the bound on directions
	wide    int
	places  places
	records slab[record]
	sides   slab[side]
	blocks  slab[block]
	links   []link // the list of open flows, in the order of their last packets, by number
	oldest  uint32
	newest  uint32
	looked  []looked // by Look, in order; those before next are tracked
	next    int
	ahead   uint64   // keeps what Look loads from being left out
	names   []string // of tunnels and services, by number; 0 is ""

	started bool
	start   int64 // time of the first packet that has one
	last    int64 // and of the last
	clock   int64 // the least time among the tickEvery packets before the last tick
	low     int64 // the least time since
	ticks   int

	ended []schema.Flow

	minute int64 // begin of that of the last packet
	hour   int64 // of the last sums that were given out
	sums   [2]sums
}

// Reset forgets all flows and counts, for the next capture, and keeps the memory.
func (t *Tracker) Reset() {
	if t.places == nil {
		t.places = t.places.grown(0)
		for i := range t.secret {
			t.secret[i] = rand.Uint64() // the runtime's generator is ChaCha8, seeded by the system
		}
	}
	if t.open = t.MaxOpen; t.open <= 0 {
		t.open = DefaultOpen
	}
	t.wide = t.open + max(2, t.open/2)
	clear(t.places)
	t.records.reset()
	t.sides.reset()
	t.blocks.reset()
	t.oldest, t.newest, t.Evicted = 0, 0, 0
	t.names = append(t.names[:0], "")
	t.looked, t.next = t.looked[:0], 0
	t.started, t.ticks, t.low, t.clock = false, 0, math.MaxInt64, math.MinInt64
	t.ended = t.ended[:0]
	t.minute, t.hour, t.last = schema.NoTime, schema.NoTime, schema.NoTime
	t.sums[0].reset(minute)
	t.sums[1].reset(hour)
}

// limits are the timeouts in effect.
func (t *Tracker) limits() (idle, active uint64) {
	return limit(t.Idle, DefaultIdle), limit(t.Active, DefaultActive)
}

func limit(told, otherwise int64) uint64 {
	if told <= 0 {
		told = otherwise
	}
	return uint64(min(told, maxTimeout))
}

// Track sets the flow_id of a packet with an IP header, counts it in its flow, and reports whether it goes forward there. A packet without
// one belongs to no flow.
func (t *Tracker) Track(p *schema.Packet) (forward bool) {
	if t.places == nil {
		t.Reset()
	}
	if p.Has&schema.HasIP == 0 {
		t.sumOther(p)
		return false
	}
	t.tick(p.TS)
	at := t.keyOf(p)
	number := t.find(&at.key, at.hash)
	if number != 0 {
		if why := t.over(t.records.at(number), p, at.high); why != "" {
			t.end(number, why)
			number = 0
		}
	}
	if number == 0 {
		number = t.begin(p, &at.key, at.hash, at.high)
	}
	r := t.records.at(number)
	t.touch(number)
	p.FlowID, p.Has = r.id, p.Has|schema.HasFlowID
	forward = at.high == r.forwardHigh
	t.count(r, p, forward)
	t.sum(r, p)
	return forward
}

func (t *Tracker) find(key *tuple, hash uint32) uint32 {
	return t.places.find(hash, func(number uint32) bool { return t.records.at(number).key == *key })
}

// Quote counts an ICMP error, which e is the packet of, on the flow of the packet q that it quotes, if that is open. Of q the fields that say which
// flow it is of are used.
func (t *Tracker) Quote(e, q *schema.Packet) {
	if t.places == nil {
		return
	}
	key, _ := tupleOf(q, !t.IgnoreVLAN)
	number := t.find(&key, uint32(key.hash(t.secret)))
	if number == 0 {
		return
	}
	r := t.records.at(number)
	if r.icmpErrors == 0 {
		r.errorType, r.errorCode = uint8(e.ICMPType), uint8(e.ICMPCode)
	}
	r.icmpErrors++
}

// Serve notes the protocol that was recognised in the content of the flow of a packet, which was the last one tracked: the first that is told stays.
func (t *Tracker) Serve(p *schema.Packet, service string) {
	if t.newest == 0 || p.Has&schema.HasFlowID == 0 {
		return
	}
	if r := t.records.at(t.newest); r.id == p.FlowID && r.service == 0 {
		r.service = t.name(service)
	}
}

// name returns the number of a tunnel or service; there are few.
func (t *Tracker) name(s string) uint8 {
	for i, n := range t.names {
		if n == s {
			return uint8(i)
		}
	}
	if len(t.names) == math.MaxUint8 {
		return 0
	}
	t.names = append(t.names, s)
	return uint8(len(t.names) - 1)
}

// Ended returns the rows of flows that ended since the last call, in the order in which they did; they are the caller's, and the next ones go
// where spare lies.
func (t *Tracker) Ended(spare []schema.Flow) []schema.Flow {
	ended := t.ended
	t.ended = spare[:0]
	return ended
}

// Close ends open flows at the end of the capture, the one that has been silent for longest first, and reports whether it ended any: it is called,
// and Ended after it, until it did not. So rows of all flows need not be held at once.
func (t *Tracker) Close() bool {
	idle, _ := t.limits()
	steps := 0
	for ; t.oldest != 0 && steps < closeSteps; steps++ {
		why := schema.EndCapture
		if r := t.records.at(t.oldest); r.recent != schema.NoTime && t.last > r.recent && apart(t.last, r.recent) > idle {
			why = schema.EndIdle
		}
		t.end(t.oldest, why)
	}
	return steps > 0
}

// tick moves the clock on.
func (t *Tracker) tick(ts int64) {
	if ts == schema.NoTime {
		return
	}
	if !t.started {
		t.started, t.start = true, ts
	}
	t.last, t.low = ts, min(t.low, ts)
	if t.ticks++; t.ticks == tickEvery {
		t.clock, t.low, t.ticks = t.low, math.MaxInt64, 0
		t.sweep()
	}
}

// sweep ends flows that have been idle, as far as they stand at the head of the list. One behind a flow of later time waits, which
// changes no row: the same rule holds when its next packet comes.
func (t *Tracker) sweep() {
	idle, _ := t.limits()
	for range sweepSteps {
		number := t.oldest
		if number == 0 {
			return
		}
		r := t.records.at(number)
		switch {
		case r.recent == schema.NoTime:
			t.touch(number) // without a time there is no timeout
		case r.recent < t.clock && apart(t.clock, r.recent) > idle:
			t.end(number, schema.EndIdle)
		default:
			return
		}
	}
}

// over says why a packet does not go on with a flow; "": it does.
func (t *Tracker) over(r *record, p *schema.Packet, high bool) string {
	idle, active := t.limits()
	switch {
	case p.TS == schema.NoTime || r.recent == schema.NoTime:
	case apart(p.TS, r.recent) > idle:
		return schema.EndIdle
	case p.TS > r.first && apart(p.TS, r.first) > active, p.TS < r.last && apart(p.TS, r.last) > active:
		return schema.EndActive
	}
	if p.Has&schema.HasTCP != 0 && p.TCPFlags&(flagSYN|flagRST) == flagSYN && p.Has&schema.HasDup == 0 && t.renews(r, p, high == r.forwardHigh) {
		return schema.EndNewSYN
	}
	return ""
}

// renews reports whether a SYN, with ACK or without, begins another connection than that of the flow.
func (t *Tracker) renews(r *record, p *schema.Packet, forward bool) bool {
	own, other := t.sideOf(r, forward), t.sideOf(r, !forward)
	if p.TCPFlags&flagACK != 0 && other != nil && other.has(sideISN) && uint32(p.TCPAck) == uint32(other.isn)+1 {
		return false
	}
	if p.TCPFlags&flagACK == 0 && (own != nil && own.flags&(flagFIN|flagRST) != 0 || other != nil && other.flags&(flagFIN|flagRST) != 0) {
		return true
	}
	if own != nil {
		return !own.has(sideISN) || uint32(own.isn) != uint32(p.TCPSeq)
	}
	return p.TCPFlags&flagACK == 0 && other != nil && !other.has(sideISN)
}

// apart is how far two times are from each other; stamps are hostile, and their difference may pass 63 bits.
func apart(a, b int64) uint64 {
	if a < b {
		a, b = b, a
	}
	return uint64(a) - uint64(b)
}
