package flow

import (
	"cmp"
	"slices"
	"sort"

	"github.com/pcaplake/pcaplake/schema"
)

const (
	// maxDatagrams are put together at a time: more than a Linux host does, which by default keeps 4 MB of fragments
	// (net.ipv4.ipfrag_high_thresh). When each has all the pieces that it may, they take 30 MB.
	maxDatagrams = 4096
	// maxPieces of one datagram are told apart: 64 KiB in the packets of 576 bytes that every IPv4 host takes are 119.
	maxPieces = 128
	// maxDatagram bounds what is put together of one datagram (RFC 791: 65,535 with its header).
	maxDatagram = 1 << 16
	// maxBytes bounds what is kept of all: 128 whole datagrams of the largest size, or 5,000 of DNS answers in two frames.
	maxBytes = 8 << 20
	// timeout of a datagram, in microseconds of capture time from the fragment that came first: as long as Linux waits. RFC 791 3.2 says 15
	// seconds or more, RFC 8200 4.5 60; the longer it is, the sooner an identification of 16 bits is used again within it (RFC 4963).
	timeout = 30_000_000
)

// Fragments puts datagrams together far enough that every fragment of one carries the ports, ip_proto, protocol and protocols of the first,
// that an overlap is marked, and that a DNS message in several fragments gives one row: that of the frame which completes it or, when
// none does, that of the first fragment. Set the function before use. It is not for concurrent use.
type Fragments struct {
	// Datagram appends to the chunk the rows of applications that a whole UDP datagram gives, as ones of p, and reports whether there
	// was one. It must not keep the bytes.
	Datagram func(p *schema.Packet, datagram []byte) bool

	Evicted    int64 // datagrams given up for room
	Unresolved int64 // later fragments without ports, since their first did not come

	chunk     *Chunk
	dnss      int // rows of dns that the chunk had, by frame; what was put together stands behind
	datagrams map[key]*datagram
	list      datagram // ring of all, the oldest next
	free      []*datagram
	bytes     int // kept of all datagrams
	whole     []byte
	late      []schema.DNS
	amended   []schema.Packet
}

// Resolved are the columns of packets that fragments take from the first of their datagram.
var Resolved = []string{"ip_proto", "src_port", "dst_port", "protocol", "protocols"}

// Resolve completes the rows of a chunk, and makes amendments to those of earlier ones. It takes no time for packets that are no fragments.
func (f *Fragments) Resolve(c *Chunk) {
	if len(c.Fragments) == 0 {
		return
	}
	f.chunk, f.dnss = c, len(*c.DNSs)
	for i := range c.Fragments {
		f.add(&c.Fragments[i])
	}
	*c.DNSs = slices.DeleteFunc(*c.DNSs, func(m schema.DNS) bool { return m.FrameNo == held })
	slices.SortStableFunc(*c.DNSs, func(a, b schema.DNS) int { return cmp.Compare(a.FrameNo, b.FrameNo) })
	f.chunk = nil
}

// held stands in the frame_no of a row of dns that left its chunk to wait.
const held = 0

// Late returns the rows of dns of earlier frames whose datagrams were given up since the last call; they are the caller's, and the next ones
// go where spare lies.
func (f *Fragments) Late(spare []schema.DNS) []schema.DNS {
	late := f.late
	f.late = spare[:0]
	return late
}

// Amended returns what rows of earlier chunks got from the first of their datagram since the last call: named by FrameNo, they hold the fields of
// Resolved and no more. They are the caller's, and the next ones go where spare lies.
func (f *Fragments) Amended(spare []schema.Packet) []schema.Packet {
	amended := f.amended
	f.amended = spare[:0]
	return amended
}

// NameFlows gives the rows of dns that wait the flows of their frames, which are known once the packets of a chunk have been tracked.
func (f *Fragments) NameFlows(packets []schema.Packet, fragments []schema.Fragment) {
	for i := range fragments {
		p := &packets[fragments[i].Row]
		if g := f.datagrams[keyOf(p)]; g != nil && g.hasHeld && g.held.FrameNo == p.FrameNo {
			g.held.FlowID = p.FlowID
		}
	}
}

// Flush gives up all datagrams that are not whole, at the end of the capture, and forgets everything but the counts.
func (f *Fragments) Flush() {
	for f.list.next != nil && f.list.next != &f.list {
		f.close(f.list.next)
	}
}

// add takes one fragment.
func (f *Fragments) add(fr *schema.Fragment) {
	p := &f.chunk.Packets[fr.Row]
	for oldest := f.list.next; oldest != nil && oldest != &f.list && oldest.expired(p.TS); oldest = f.list.next {
		f.close(oldest)
	}
	first := p.IPFragOffset == 0
	g := f.datagrams[keyOf(p)]
	repeated := false
	if g != nil {
		known := g.knows(p, fr)
		if g.expired(p.TS) || g.done && (first || !known) { // its identification was used again, or all of it was sent again
			repeated = g.done && known
			f.close(g)
			g = nil
		}
	}
	if g == nil {
		g = f.open(p)
		g.told = repeated
	}
	was := f.place(g, p, fr)
	if first {
		f.first(g, p, fr, was)
	} else {
		f.later(g, p)
	}
	if !g.done && g.whole() {
		f.complete(g, p)
	}
}

// place adds what a fragment carries to its datagram, and marks the fragment where it overlaps another.
func (f *Fragments) place(g *datagram, p *schema.Packet, fr *schema.Fragment) relation {
	was := g.add(p, fr)
	switch was {
	case overlapping:
		if p.Malformed == "" {
			p.Malformed = schema.MalformedFragmentOverlap
		}
		f.drop(g)
	case unusable:
		f.drop(g)
	case added:
		f.keep(g, fr)
	}
	return was
}

// keep copies what a fragment carries, as long as it may be part of a DNS message.
func (f *Fragments) keep(g *datagram, fr *schema.Fragment) {
	if g.spoiled || g.hasFirst && !g.dns() {
		return
	}
	if int64(len(fr.Data)) < fr.Len {
		f.drop(g) // not all of it was captured, or it is no UDP
		return
	}
	before := cap(g.data)
	g.data = append(g.data, fr.Data...)
	f.bytes += cap(g.data) - before
	for f.bytes > maxBytes && f.list.next != g {
		f.Evicted++
		f.close(f.list.next)
	}
}

// drop frees what is kept of a datagram that cannot be put together.
func (f *Fragments) drop(g *datagram) {
	g.spoiled = true
	f.bytes -= cap(g.data)
	g.data = nil
}

// first takes from a first fragment what the others need, and its row of dns aside while the datagram may become whole. A copy gives no
// row of its own.
func (f *Fragments) first(g *datagram, p *schema.Packet, fr *schema.Fragment, was relation) {
	if was == again || was == added && !g.spoiled {
		rows := (*f.chunk.DNSs)[:f.dnss]
		at := sort.Search(len(rows), func(i int) bool { return rows[i].FrameNo >= p.FrameNo })
		if at < len(rows) && rows[at].FrameNo == p.FrameNo {
			f.hold(g, &rows[at], was)
		}
	}
	if g.hasFirst {
		return
	}
	g.hasFirst, g.transport = true, fr.Transport
	g.from = schema.Packet{
		Has: p.Has & (schema.HasPorts | schema.HasIPProto), ICMPType: p.ICMPType, ICMPCode: p.ICMPCode, ICMPID: p.ICMPID, IPProto: p.IPProto, SrcPort: p.SrcPort, DstPort: p.DstPort,
		Protocol: p.Protocol, Protocols: p.Protocols,
	}
	if p.Has&schema.HasICMP != 0 {
		g.from.Has |= schema.HasFirstICMP
	}
	if p.Has&schema.HasICMPID != 0 {
		g.from.Has |= schema.HasFirstICMPID
	}
	if !g.dns() {
		f.drop(g)
	}
	for _, w := range g.waiting {
		f.resolve(g, w)
	}
	g.waiting = g.waiting[:0]
}

// later gives a fragment the fields of its first, or lets it wait for them.
func (f *Fragments) later(g *datagram, p *schema.Packet) {
	switch w := (waiter{p.FrameNo, p.IPProto, p.Protocols}); {
	case g.hasFirst:
		f.resolve(g, w)
	case len(g.waiting) < maxPieces:
		g.waiting = append(g.waiting, w)
	default:
		f.Unresolved++
	}
}

// resolve gives the row of a later fragment the fields of the first, wherever the row is by now.
func (f *Fragments) resolve(g *datagram, w waiter) {
	packets := f.chunk.Packets
	if w.frame >= packets[0].FrameNo {
		at := sort.Search(len(packets), func(i int) bool { return packets[i].FrameNo >= w.frame })
		g.give(&packets[at])
		payloads := f.chunk.Payloads
		at = sort.Search(len(payloads), func(i int) bool { return payloads[i].FrameNo >= w.frame })
		if at < len(payloads) && payloads[at].FrameNo == w.frame {
			payloads[at].HasPorts, payloads[at].SrcPort, payloads[at].DstPort = g.from.Has&schema.HasPorts != 0, g.from.SrcPort, g.from.DstPort
		}
		return
	}
	p := schema.Packet{FrameNo: w.frame, Has: schema.HasIPProto, IPProto: w.protocol, Protocols: w.protocols}
	g.give(&p)
	f.amended = append(f.amended, p)
}

// complete ends the putting together of a datagram. It stays known, so that late copies of its fragments find their first.
func (f *Fragments) complete(g *datagram, p *schema.Packet) {
	g.done = true
	if !g.spoiled && g.transport <= g.covered {
		f.whole = g.join(f.whole[:0])
		if f.Datagram(p, f.whole[g.transport:]) {
			g.hasHeld = false
		}
	}
	f.drop(g)
	f.release(g)
}
