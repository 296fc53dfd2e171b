package flow

import "github.com/pcaplake/pcaplake/schema"

// maxLetters bounds the history of a flow.
const maxLetters = 32

// letter adds to the history.
func (r *record) letter(c byte) {
	if r.letters < maxLetters {
		r.history[r.letters] = c
		r.letters++
	}
}

// directed adds a small letter for the reverse side, or its capital for the forward one.
func (r *record) directed(c byte, forward bool) {
	if forward {
		c -= 'a' - 'A'
	}
	r.letter(c)
}

// flagLetters adds the letters that the header of a TCP packet calls for, as the documentation of Zeek's conn.log says: s h f r again when the
// sequence number differs from that of the last of their kind, a d i q once, c g t w at the 1st, 10th, 100th … time.
// A window of zero after an RST, or after a FIN of the other, says nothing.
func (t *Tracker) flagLetters(r *record, s *side, p *schema.Packet, forward bool) {
	if bad(p) && scaled(s.bad) {
		r.directed('c', forward)
	}
	s.flagLetter(r, p, forward)
	if p.TCPWindow == 0 && s.rsts == 0 && !t.finished(r, !forward) {
		if s.zeroWindows++; scaled(s.zeroWindows) {
			r.directed('w', forward)
		}
	}
}

// finished reports whether a side sent a FIN.
func (t *Tracker) finished(r *record, forward bool) bool {
	s := t.sideOf(r, forward)
	return s != nil && s.fins > 0
}

// flagLetter adds the letter of the flags.
func (s *side) flagLetter(r *record, p *schema.Packet, forward bool) {
	flags := p.TCPFlags
	switch flags & (flagSYN | flagFIN | flagRST) {
	case flagSYN:
		if flags&flagACK != 0 {
			s.numbered(r, 1, 'h', p, forward)
		} else {
			s.numbered(r, 0, 's', p, forward)
		}
	case flagFIN:
		s.numbered(r, 2, 'f', p, forward)
	case flagRST:
		s.numbered(r, 3, 'r', p, forward)
	case 0:
		if flags&flagACK != 0 && p.PayloadLen == 0 && s.once(onceAck) {
			r.directed('a', forward)
		}
	case flagFIN | flagRST:
		if s.once(onceInconsistent) {
			r.directed('i', forward)
		}
	default:
		if s.once(onceMulti) {
			r.directed('q', forward)
		}
	}
}

// numbered adds a letter that counts again with another sequence number. Which is its place among those.
func (s *side) numbered(r *record, which int, c byte, p *schema.Packet, forward bool) {
	if seq := uint32(p.TCPSeq); s.once(onceLettered<<which) || s.lettered[which] != seq {
		s.lettered[which] = seq
		r.directed(c, forward)
	}
}
