package decode

import "slices"

// A stamp names the packet by which something was complete.
type stamp struct {
	frame int64
	ts    int64 // microseconds since 1970-01-01 UTC, or NoTime
	extra int32 // 0..999 ns beyond
}

// A side is one direction of a connection.
type side struct {
	begun   bool
	next    uint32  // sequence number of the byte that is due
	pending []piece // of bytes beyond a hole: by sequence number, none twice
	waiting int     // captured bytes in pending
	last    stamp   // of the latest segment
	unread  []byte  // in order, and not yet used by the parser; or, without one, not yet recognised
}

// A piece is a run of bytes that came before what precedes it.
type piece struct {
	seq  uint32
	n    uint32 // bytes on the wire
	data []byte // captured ones, in a buffer lent
	at   stamp
}

// ahead is how far a is behind b in the circle of sequence numbers (RFC 9293 3.4): negative where it is before.
func ahead(a, b uint32) int32 { return int32(a - b) }

// accept takes n bytes from seq on, of which data was captured, and delivers what is due.
func (c *conversation) accept(d int, seq, n uint32, data []byte, at stamp) {
	s := &c.sides[d]
	for n > 0 && !c.over {
		if old := ahead(s.next, seq); old > 0 {
			if uint32(old) >= n {
				return
			}
			seq, n, data = s.next, n-uint32(old), data[min(len(data), int(old)):]
		}
		if seq != s.next {
			c.wait(d, seq, n, data, at)
			return
		}
		run := n
		if len(s.pending) > 0 {
			run = min(run, s.pending[0].seq-seq)
		}
		s.next += run
		c.deliver(d, data[:min(len(data), int(run))], run, at)
		c.drain(d, &at)
	}
}

// drain delivers the pieces that have become due: by the packet at, or, where it is nil, by their own.
func (c *conversation) drain(d int, at *stamp) {
	s := &c.sides[d]
	due := 0
	for ; due < len(s.pending) && s.pending[due].seq == s.next; due++ {
		p := s.pending[due]
		if at != nil {
			p.at = *at
		}
		s.next += p.n
		s.waiting -= len(p.data)
		if !c.over {
			c.deliver(d, p.data, p.n, p.at)
		}
		c.streams.buffers.free(p.data)
	}
	if due > 0 {
		s.pending = slices.Delete(s.pending, 0, due)
	}
}

// wait keeps what is beyond a hole and is not kept yet. When that is too much the hole is given up.
func (c *conversation) wait(d int, seq, n uint32, data []byte, at stamp) {
	s := &c.sides[d]
	i := len(s.pending)
	for i > 0 && ahead(seq, s.pending[i-1].seq) < 0 {
		i--
	}
	if i > 0 {
		before := s.pending[i-1]
		if old := ahead(before.seq+before.n, seq); old > 0 {
			if uint32(old) >= n {
				return
			}
			seq, n, data = seq+uint32(old), n-uint32(old), data[min(len(data), int(old)):]
		}
	}
	for ; n > 0; i++ {
		run := n
		if i < len(s.pending) {
			run = min(run, s.pending[i].seq-seq)
		}
		if run > 0 {
			kept := data[:min(len(data), int(run))]
			s.pending = slices.Insert(s.pending, i, piece{seq, run, append(c.streams.buffers.grow(nil, len(kept)), kept...), at})
			s.waiting += len(kept)
			i++
		}
		if i < len(s.pending) {
			run += s.pending[i].n
		}
		run = min(run, n)
		seq, n, data = seq+run, n-run, data[min(len(data), int(run)):]
	}
	for s.waiting > maxWaiting || len(s.pending) > maxPieces {
		c.giveUp(d)
	}
}

// giveUp takes the first hole as lost for ever.
func (c *conversation) giveUp(d int) {
	s := &c.sides[d]
	missing := s.pending[0].seq - s.next
	s.next += missing
	if !c.over {
		c.lose(d, int64(missing))
	}
	c.drain(d, nil)
}

// acknowledge gives up the holes of side d that its peer has acknowledged: it has the bytes, the capture has not.
func (c *conversation) acknowledge(d int, ack uint32) {
	s := &c.sides[d]
	for len(s.pending) > 0 && ahead(ack, s.pending[0].seq) >= 0 {
		c.giveUp(d)
	}
}

// deliver hands on n bytes that are due, of which data was captured.
func (c *conversation) deliver(d int, data []byte, n uint32, at stamp) {
	c.sides[d].last = at
	if len(data) > 0 {
		c.read(d, data)
	}
	if missing := int64(n) - int64(len(data)); missing > 0 && !c.over {
		c.lose(d, missing)
	}
}

// release gives back the buffers of a side.
func (s *side) release(l *buffers) {
	for _, p := range s.pending {
		l.free(p.data)
	}
	l.free(s.unread)
	clear(s.pending)
	s.pending, s.waiting, s.unread = s.pending[:0], 0, nil
}
