package flow

import (
	"github.com/pcaplake/pcaplake/schema"
)

// Flags of TCP (RFC 9293 3.1).
const (
	flagFIN = 1
	flagSYN = 2
	flagRST = 4
	flagACK = 16
)

// window is the largest that TCP can have (RFC 7323 2.3): nothing is in flight farther ahead. What lies beyond is no part of the stream.
const window = 1 << 30

// tcp counts what a packet has of TCP. Copies (dup_of_frame) count by their flags alone.
func (t *Tracker) tcp(r *record, s *side, p *schema.Packet, forward bool) {
	flags := p.TCPFlags
	if !s.tcp {
		s.tcp, s.window = true, uint16(p.TCPWindow)
	}
	s.flags |= uint16(flags)
	syn, ack, fin, rst := flags&flagSYN != 0, flags&flagACK != 0, flags&flagFIN != 0, flags&flagRST != 0
	switch {
	case syn && ack:
		s.synAcks++
		if !forward {
			r.synAckTS = earlier(r.synAckTS, p.TS)
		}
	case syn:
		s.syns++
		if forward {
			r.synTS = earlier(r.synTS, p.TS)
		}
	}
	if fin {
		s.fins++
	}
	if rst {
		s.rsts++
	}
	t.flagLetters(r, s, p, forward)
	if p.Has&schema.HasDup != 0 {
		return
	}
	if ack && !rst {
		t.acknowledge(r, s, p, forward)
	}
	t.segment(r, s, p, forward)
}

// earlier is the least of two times, of which NoTime is none.
func earlier(a, b int64) int64 {
	if a == schema.NoTime || b != schema.NoTime && b < a {
		return b
	}
	return a
}

// segment adds the sequence numbers of a packet to what was seen of its side.
func (t *Tracker) segment(r *record, s *side, p *schema.Packet, forward bool) {
	from := s.position(uint32(p.TCPSeq))
	if s.has(sideAt) && (from > s.at+window || from < s.at-window && from < s.low) {
		return
	}
	if p.TCPFlags&(flagSYN|flagRST) == flagSYN {
		if !s.has(sideISN) && (!s.has(sideSeq) || from < s.low) {
			s.isn, s.marks = from, s.marks|sideISN
		}
		from++
	}
	to := from
	if p.Has&schema.HasPayload != 0 && p.PayloadLen > 0 && p.TCPFlags&flagRST == 0 {
		to += p.PayloadLen
		s.segments += p.PayloadLen
		behind := s.has(sideSeq) && from < s.high
		switch fresh := t.see(s, from, to); {
		case fresh < p.PayloadLen:
			if s.retransmitted++; scaled(s.retransmitted) {
				r.directed('t', forward)
			}
		case behind:
			s.outOfOrder++
		}
		if s.once(onceData) {
			r.directed('d', forward)
		}
	}
	if p.TCPFlags&flagFIN != 0 {
		s.fin, s.marks = to, s.marks|sideFIN
		to++
	}
	if !s.has(sideAt) || to > s.at {
		s.at, s.marks = to, s.marks|sideAt
	}
}

// position is where a sequence number lies, next to what is known.
func (s *side) position(seq uint32) int64 {
	if s.has(sideAt) {
		return next(s.at, seq)
	}
	return int64(seq) + 1<<32 // earlier ones stay positive
}

// next is the position nearest to another that has a sequence number.
func next(to int64, seq uint32) int64 { return to + int64(int32(seq-uint32(to))) }

// acknowledge notes what a packet acknowledges of the other side.
func (t *Tracker) acknowledge(r *record, s *side, p *schema.Packet, forward bool) {
	ack := uint32(p.TCPAck)
	other := t.sideOf(r, !forward)
	if other != nil && other.has(sideAt) && next(other.at, ack) > other.at+window {
		return
	}
	if !s.has(sideAck) {
		s.ackFrom, s.marks = int64(ack)+1<<32, s.marks|sideAck
		s.ackTo = s.ackFrom
	}
	at := next(s.ackTo, ack)
	if at > s.ackTo+window {
		return
	}
	s.ackFrom = min(s.ackFrom, at)
	s.ackTo = max(s.ackTo, at)
	if other == nil || at < s.ackTo || !other.has(sideAt) {
		return
	}
	if t.gap(other, next(other.at, ack)) {
		if other.gaps++; scaled(other.gaps) {
			r.directed('g', !forward)
		}
	}
}

// gap reports whether bytes before ack were never seen that were not told before.
func (t *Tracker) gap(s *side, ack int64) bool {
	if ack <= s.gapTo {
		return false
	}
	end := s.end()
	found := ack > end
	if s.has(sideISN) && s.has(sideSeq) && s.low > max(s.gapTo, s.isn+1) && ack > s.isn+1 {
		found = true // the hole before the first byte seen
	}
	if s.block != 0 {
		b := t.blocks.at(s.block)
		for i := int32(1); i < b.n; i++ {
			if hole := b.spans[i]; hole.from > s.gapTo && b.spans[i-1].to < ack {
				found = true
			}
		}
	}
	if found {
		s.gapTo = max(ack, s.gapTo)
	}
	return found
}

// end is the position after the last that the side is known to have sent, SYN and FIN included.
func (s *side) end() int64 {
	end := s.at
	if s.has(sideSeq) {
		end = max(end, s.high)
	}
	return end
}
