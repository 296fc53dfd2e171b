package flow

import (
	"github.com/pcaplake/pcaplake/schema"
)

// A record is an open flow. Records, sides and blocks hold no pointers, so that the collector need not look at them.
type record struct {
	key          tuple
	id           int64
	first, last  int64 // least and greatest time; NoTime: there is none
	recent       int64 // time of the last packet that had one
	synTS        int64
	synAckTS     int64
	outer        [2][2]uint64 // addresses of the outermost header, of the forward side and of the other
	side         [2]uint32    // forward, reverse; 0: there is no packet
	hash         uint32
	icmpErrors   uint32
	firstExtra   int16
	lastExtra    int16
	vlan, inner  int16 // -1: none
	mac          [2]schema.MAC
	macs         [2]bool // which of them are known
	outerVersion uint8
	tunnel       uint8
	service      uint8
	icmpType     uint8
	icmpCode     uint8
	errorType    uint8
	errorCode    uint8
	forwardHigh  bool // the forward side is the high end of the key
	letters      uint8
	history      [maxLetters]byte
	bin          bin
}

// begin opens the flow that a packet is the first of, and returns its number.
func (t *Tracker) begin(p *schema.Packet, key *tuple, hash uint32, high bool) uint32 {
	if t.records.live >= t.open {
		t.evict()
	}
	number := t.records.take()
	r := t.records.at(number)
	*r = record{
		key: *key, id: p.FrameNo, hash: hash, forwardHigh: high, first: schema.NoTime, last: schema.NoTime, recent: schema.NoTime,
		synTS: schema.NoTime, synAckTS: schema.NoTime, vlan: -1, inner: -1,
		icmpType: uint8(p.ICMPType), icmpCode: uint8(p.ICMPCode), mac: [2]schema.MAC{p.SrcMAC, p.DstMAC},
		macs: [2]bool{p.Has&schema.HasSrcMAC != 0, p.Has&schema.HasDstMAC != 0}, bin: bin{flows: 1},
	}
	if p.Has&schema.HasVLAN != 0 {
		r.vlan = int16(p.VLANID & 0xfff)
	}
	if p.Has&schema.HasInnerVLAN != 0 {
		r.inner = int16(p.InnerVLANID & 0xfff)
	}
	if p.Has&schema.HasTunnel != 0 {
		r.tunnel = t.name(p.Tunnel)
		r.outer = [2][2]uint64{words(p.OuterSrcIP), words(p.OuterDstIP)}
		if r.outerVersion = 6; p.OuterSrcIP.Is4() {
			r.outerVersion = 4
		}
		if !p.OuterSrcIP.IsValid() {
			r.outerVersion = 0
		}
	}
	if p.Has&schema.HasTCP != 0 && p.TCPFlags&(flagSYN|flagACK|flagRST) == flagSYN|flagACK {
		r.forwardHigh = !high
		r.mac[0], r.mac[1], r.macs[0], r.macs[1], r.outer[0], r.outer[1] = r.mac[1], r.mac[0], r.macs[1], r.macs[0], r.outer[1], r.outer[0]
		r.letter('^')
	}
	t.places = t.places.grown(t.records.live - 1)
	t.places.insert(hash, number)
	t.link(number)
	return number
}

// evict ends the flow that has been silent for longest.
func (t *Tracker) evict() {
	t.Evicted++
	t.end(t.oldest, schema.EndEvicted)
}

// end gives out the row of a flow and closes it.
func (t *Tracker) end(number uint32, why string) {
	r := t.records.at(number)
	t.flush(r)
	t.ended = append(t.ended, schema.Flow{})
	t.row(r, why, &t.ended[len(t.ended)-1])
	t.places.remove(r.hash, number)
	t.unlink(number)
	for _, n := range r.side {
		if n != 0 {
			t.release(t.sides.at(n))
			t.sides.give(n)
		}
	}
	t.records.give(number)
}

// touch makes a flow the newest of the list.
func (t *Tracker) touch(number uint32) {
	if number != t.newest {
		t.unlink(number)
		t.link(number)
	}
}

func (t *Tracker) link(number uint32) {
	for int(number) >= len(t.links) {
		t.links = append(t.links, link{})
	}
	t.links[number] = link{prev: t.newest}
	if t.newest != 0 {
		t.links[t.newest].next = number
	} else {
		t.oldest = number
	}
	t.newest = number
}

func (t *Tracker) unlink(number uint32) {
	at := t.links[number]
	if at.prev != 0 {
		t.links[at.prev].next = at.next
	} else {
		t.oldest = at.next
	}
	if at.next != 0 {
		t.links[at.next].prev = at.prev
	} else {
		t.newest = at.prev
	}
}

// sideOf returns one direction of a flow; nil: it has no packet.
func (t *Tracker) sideOf(r *record, forward bool) *side {
	if n := r.side[index(forward)]; n != 0 {
		return t.sides.at(n)
	}
	return nil
}

// openSide is sideOf for a direction that gets its first packet. The flow must be the newest: what is evicted is the oldest.
func (t *Tracker) openSide(r *record, forward bool) *side {
	if s := t.sideOf(r, forward); s != nil {
		return s
	}
	for t.sides.live >= t.wide {
		t.evict()
	}
	n := t.sides.take()
	r.side[index(forward)] = n
	s := t.sides.at(n)
	*s = side{firstTS: schema.NoTime, lastTS: schema.NoTime, dataTS: schema.NoTime}
	return s
}

func index(forward bool) int {
	if forward {
		return 0
	}
	return 1
}

// count adds a packet to its flow, which is the newest.
func (t *Tracker) count(r *record, p *schema.Packet, forward bool) {
	s := t.openSide(r, forward)
	if p.TS != schema.NoTime {
		r.recent = p.TS
		if r.first == schema.NoTime || p.TS < r.first || p.TS == r.first && int16(p.TSExtraNS) < r.firstExtra {
			r.first, r.firstExtra = p.TS, int16(p.TSExtraNS)
		}
		if r.last == schema.NoTime || p.TS > r.last || p.TS == r.last && int16(p.TSExtraNS) > r.lastExtra {
			r.last, r.lastExtra = p.TS, int16(p.TSExtraNS)
		}
	}
	s.add(p)
	switch {
	case p.Has&schema.HasTCP != 0:
		t.tcp(r, s, p, forward)
	case p.Has&schema.HasIPProto != 0 && p.IPProto == protoUDP:
		if s.bad > 0 && bad(p) && scaled(s.bad) {
			r.directed('c', forward)
		}
		if p.PayloadLen > 0 && s.once(onceData) {
			r.directed('d', forward)
		}
	}
}
