package flow

import (
	"math"

	"github.com/pcaplake/pcaplake/schema"
)

// A side is one direction of an open flow.
type side struct {
	packets, wire, ip    int64
	payloads, payload    int64 // packets with payload, its bytes
	lenSquares           schema.Wide
	iatSquares           schema.Wide
	firstTS, lastTS      int64
	dataTS               int64
	iatMin, iatMax       int64
	lenMin, lenMax       uint32
	timed                uint32 // packets with a time
	dups, fragments, bad uint32
	flags, window        uint16
	ttlMin, ttlMax       uint8
	tcp                  bool
	onces                uint8 // letters of history that come once
	marks                uint8 // what is known of TCP

	syns, synAcks, fins, rsts uint32
	retransmitted, outOfOrder uint32
	gaps, zeroWindows         uint32
	lettered                  [4]uint32 // sequence numbers of the last s, h, f, r
	block                     uint32    // of spans; 0: there is no hole
	// Positions are sequence numbers that go on beyond 2^32.
	at             int64 // the greatest position that is known
	isn            int64 // of its SYN
	low, high      int64 // of payload seen, from and to
	fin            int64
	ackFrom, ackTo int64 // least and greatest acknowledgement that it sent, by themselves
	gapTo          int64 // up to where gaps were told
	segments       int64 // bytes of segments
	unique         int64 // bytes seen, each once
	lost           int64 // bytes in holes that were closed for want of room
}

// What is known of a side of TCP: bits of marks.
const (
	sideAt  = 1 << iota // at
	sideISN             // isn
	sideSeq             // low and high
	sideFIN             // fin
	sideAck             // ackFrom and ackTo
)

func (s *side) has(mark uint8) bool { return s.marks&mark != 0 }

// Letters that history has at most once per direction: bits of onces. The upper four are those of lettered.
const (
	onceAck = 1 << iota
	onceData
	onceInconsistent
	onceMulti
	onceLettered // and the three above
)

// once reports whether a letter comes for the first time.
func (s *side) once(bit uint8) bool {
	was := s.onces & bit
	s.onces |= bit
	return was == 0
}

// scaled reports whether the letter of something that came n times is due again: at 1, 10, 100 …
func scaled(n uint32) bool {
	for n >= 10 && n%10 == 0 {
		n /= 10
	}
	return n == 1
}

func bad(p *schema.Packet) bool { return p.IPChksumOK == schema.False || p.L4ChksumOK == schema.False }

// add counts what every packet has.
func (s *side) add(p *schema.Packet) {
	length := uint32(min(max(p.WireLen, 0), math.MaxUint32))
	ttl := uint8(p.IPTTL)
	if s.packets == 0 {
		s.lenMin, s.lenMax, s.ttlMin, s.ttlMax = length, length, ttl, ttl
	}
	s.packets++
	s.wire += p.WireLen
	s.ip += p.IPLen
	s.lenMin, s.lenMax = min(s.lenMin, length), max(s.lenMax, length)
	s.ttlMin, s.ttlMax = min(s.ttlMin, ttl), max(s.ttlMax, ttl)
	s.lenSquares.AddSquare(int64(length))
	if p.Has&schema.HasPayload != 0 && p.PayloadLen > 0 {
		if p.TS != schema.NoTime && (s.dataTS == schema.NoTime || p.TS < s.dataTS) {
			s.dataTS = p.TS
		}
		s.payloads++
		s.payload += p.PayloadLen
	}
	if p.Has&schema.HasDup != 0 {
		s.dups++
	}
	if p.Has&schema.HasIPFrag != 0 && (p.IPFragOffset > 0 || p.IPFlags&1 != 0) {
		s.fragments++
	}
	if bad(p) {
		s.bad++
	}
	if p.TS != schema.NoTime {
		s.time(p.TS)
	}
}

// time counts the inter-arrival time to a packet at ts.
func (s *side) time(ts int64) {
	if s.timed++; s.timed == 1 {
		s.firstTS, s.lastTS = ts, ts
		return
	}
	gap := ts - s.lastTS // not beyond the active timeout: it would be another flow
	if s.timed == 2 {
		s.iatMin, s.iatMax = gap, gap
	}
	s.iatMin, s.iatMax = min(s.iatMin, gap), max(s.iatMax, gap)
	s.iatSquares.AddSquare(gap)
	s.lastTS = ts
}
