package flow

import (
	"net/netip"
	"sort"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

// A key tells datagrams apart (RFC 791 3.2, RFC 8200 4.5). VLANs are no part of it: SPAN ports often tag one way only, and a router
// between two does not change a datagram.
type key struct {
	src, dst netip.Addr
	id       int64
	protocol int32 // of IPv4; 0 of IPv6, whose later fragments may name an extension header
}

func keyOf(p *schema.Packet) key {
	k := key{src: p.SrcIP, dst: p.DstIP, id: p.IPID}
	if p.IPVersion == 4 {
		k.protocol = p.IPProto
	}
	return k
}

// A datagram is what is known of one whose fragments are coming in.
type datagram struct {
	key       key
	began     int64   // ts of the fragment that came first
	pieces    []piece // by offset, none over another
	covered   int64   // bytes of all pieces
	end       int64   // of the last fragment; -1: it did not come yet
	spoiled   bool    // cannot be put together: overlap, bounds, bytes that were not captured
	done      bool    // whole
	told      bool    // a copy of one that was whole: its first fragment alone gives no row
	hasFirst  bool
	from      schema.Packet // what the others take from the first
	transport int64         // where the transport header begins
	waiting   []waiter      // later fragments that came before the first
	hasHeld   bool
	held      schema.DNS // of the first fragment, until it is known whether the datagram becomes whole
	texts     []byte     // behind held
	data      []byte     // of the pieces, in the order in which they came

	prev, next *datagram // by age
}

// A piece is what one fragment carries.
type piece struct {
	offset, n int32
	at        int32 // in data
	hash      uint64
}

// A waiter is the row of a later fragment.
type waiter struct {
	frame     int64
	protocol  int32
	protocols string
}

// open begins a datagram, if need be in the place of the oldest.
func (f *Fragments) open(p *schema.Packet) *datagram {
	if f.datagrams == nil {
		f.datagrams = make(map[key]*datagram)
		f.list.prev, f.list.next = &f.list, &f.list
	}
	if len(f.datagrams) == maxDatagrams {
		f.Evicted++
		f.close(f.list.next)
	}
	g := new(datagram)
	if n := len(f.free); n > 0 {
		g, f.free = f.free[n-1], f.free[:n-1]
	}
	*g = datagram{
		key: keyOf(p), began: p.TS, end: -1, pieces: g.pieces[:0], waiting: g.waiting[:0],
		prev: f.list.prev, next: &f.list,
	}
	g.prev.next, g.next.prev = g, g
	f.datagrams[g.key] = g
	return g
}

// close forgets a datagram.
func (f *Fragments) close(g *datagram) {
	f.drop(g)
	f.release(g)
	f.Unresolved += int64(len(g.waiting))
	g.prev.next, g.next.prev = g.next, g.prev
	delete(f.datagrams, g.key)
	f.free = append(f.free, g)
}

// release gives out the row of dns of the first fragment, when nothing better came.
func (f *Fragments) release(g *datagram) {
	if g.hasHeld && !g.told {
		f.late = append(f.late, g.held)
	}
	f.bytes -= cap(g.texts)
	g.hasHeld, g.texts = false, nil
}

// expired reports whether a fragment at ts comes too late, or by a jump of the clock too early, to belong to the datagram. Fragments
// without a time are never late.
func (g *datagram) expired(ts int64) bool {
	if g.began == schema.NoTime || ts == schema.NoTime {
		return false
	}
	early, late := min(g.began, ts), max(g.began, ts)
	return uint64(late)-uint64(early) > timeout
}

// hold takes the row of dns of the first fragment out of its chunk. Those of its copies are not kept.
func (f *Fragments) hold(g *datagram, m *schema.DNS, was relation) {
	if was == added {
		g.hasHeld, g.held = true, *m
		g.texts = g.held.Detach(nil)
		f.bytes += cap(g.texts)
	}
	m.FrameNo = held
}

// dns reports whether the ports of the first fragment are those of DNS over UDP, mDNS or LLMNR, so that the datagram is worth its bytes.
func (g *datagram) dns() bool {
	const udp = 17
	return g.from.Has&schema.HasPorts != 0 && g.from.IPProto == udp && (dnsPort(g.from.SrcPort) || dnsPort(g.from.DstPort))
}

func dnsPort(port int32) bool { return port == 53 || port == 5353 || port == 5355 }

// give sets what fragments take from their first. The chain of protocols is taken where it goes on from the fragment's own; behind other
// tags or tunnels that stays.
func (g *datagram) give(p *schema.Packet) {
	p.Has |= g.from.Has
	if g.from.Has&schema.HasIPProto != 0 {
		p.IPProto = g.from.IPProto
	}
	if g.from.Has&schema.HasFirstICMP != 0 {
		p.ICMPType, p.ICMPCode, p.ICMPID = g.from.ICMPType, g.from.ICMPCode, g.from.ICMPID
	}
	p.SrcPort, p.DstPort, p.Protocol = g.from.SrcPort, g.from.DstPort, g.from.Protocol
	if strings.HasPrefix(g.from.Protocols, p.Protocols) {
		p.Protocols = g.from.Protocols
	}
}

// What a fragment is to the ones before it.
type relation uint8

const (
	added relation = iota
	again          // the same bytes at the same place: a retransmission or a copy
	overlapping
	unusable // beyond the bounds, or of no length
)

// add takes the piece that a fragment carries.
func (g *datagram) add(p *schema.Packet, fr *schema.Fragment) relation {
	offset, end := int64(p.IPFragOffset), int64(p.IPFragOffset)+fr.Len
	if fr.Len <= 0 || end > maxDatagram {
		return unusable
	}
	at := g.search(offset)
	switch {
	case g.knows(p, fr):
		return again
	case at > 0 && g.pieces[at-1].end() > offset, at < len(g.pieces) && int64(g.pieces[at].offset) < end:
		return overlapping
	case len(g.pieces) == maxPieces:
		return unusable
	}
	g.pieces = append(g.pieces, piece{})
	copy(g.pieces[at+1:], g.pieces[at:])
	g.pieces[at] = piece{p.IPFragOffset, int32(fr.Len), int32(len(g.data)), fr.Hash}
	g.covered += fr.Len
	last := p.IPFlags&1 == 0
	if last && g.end < 0 {
		g.end = end
	}
	if g.end >= 0 && (last && end != g.end || g.pieces[len(g.pieces)-1].end() > g.end) {
		return unusable // it has two ends, or bytes behind its end
	}
	return added
}

// search returns the index of the first piece that begins at offset or behind.
func (g *datagram) search(offset int64) int {
	n := len(g.pieces)
	if n == 0 || g.pieces[n-1].end() <= offset { // in order, as nearly all come
		return n
	}
	return sort.Search(n, func(i int) bool { return int64(g.pieces[i].offset) >= offset })
}

func (p piece) end() int64 { return int64(p.offset) + int64(p.n) }

// knows reports whether the same bytes came at the same place before.
func (g *datagram) knows(p *schema.Packet, fr *schema.Fragment) bool {
	at := g.search(int64(p.IPFragOffset))
	return at < len(g.pieces) && g.pieces[at].offset == p.IPFragOffset && int64(g.pieces[at].n) == fr.Len && g.pieces[at].hash == fr.Hash
}

// whole reports whether all fragments came.
func (g *datagram) whole() bool { return g.hasFirst && g.covered == g.end }

// join appends the bytes of all pieces to dst, in order.
func (g *datagram) join(dst []byte) []byte {
	for _, p := range g.pieces {
		dst = append(dst, g.data[p.at:p.at+p.n]...)
	}
	return dst
}
