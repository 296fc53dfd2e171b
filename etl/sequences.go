package etl

import (
	"net/netip"

	"github.com/pcaplake/pcaplake/etl/pseudonym"
	"github.com/pcaplake/pcaplake/schema"
)

// maxSequences is how many sendings are remembered: the work of a keyed hash each, of which whoever sends the packets can make many.
const maxSequences = 1 << 14

// sequences shift the sequence numbers of TCP in an anonymised lake, of each direction of a connection by another amount, the same in every capture: some scanners, Mirai
// among them, send the address that they look at as sequence number. Differences stay what they were. Zero, as in a field that does not count, stays zero, since it would tell
// the amount.
type sequences struct {
	key   *pseudonym.Key // nil: nothing is shifted
	known map[sending]uint32
}

// A sending is what one end of a connection sends to the other.
type sending struct {
	src, dst         netip.Addr
	srcPort, dstPort int32
}

func (d sending) back() sending { return sending{d.dst, d.src, d.dstPort, d.srcPort} }

// shift moves the numbers of a chunk's packets and flows, which are complete.
func (s *sequences) shift(c *chunk) {
	if s.key == nil {
		return
	}
	for i := range c.Packets {
		if p := &c.Packets[i]; p.Has&schema.HasTCP != 0 {
			d := sending{p.SrcIP, p.DstIP, p.SrcPort, p.DstPort}
			s.move(d, &p.TCPSeq)
			s.move(d.back(), &p.TCPAck)
		}
	}
	for i := range c.flows {
		f := &c.flows[i]
		d := sending{f.SrcIP, f.DstIP, f.SrcPort, f.DstPort}
		s.side(d, &f.Fwd)
		s.side(d.back(), &f.Rev)
	}
}

func (s *sequences) side(d sending, f *schema.FlowSide) {
	if f.TCP {
		s.move(d, &f.ISN, &f.FirstSeq, &f.NextSeq, &f.FINSeq)
		s.move(d.back(), &f.FirstAck, &f.MaxAck)
	}
}

func (s *sequences) move(d sending, numbers ...*int64) {
	by, ok := s.known[d]
	if !ok {
		if by = s.key.Sequence(d.src, d.dst, d.srcPort, d.dstPort); s.known == nil || len(s.known) == maxSequences {
			s.known = map[sending]uint32{}
		}
		s.known[d] = by
	}
	for _, n := range numbers {
		if *n != 0 {
			*n = int64(uint32(*n) + by)
		}
	}
}
