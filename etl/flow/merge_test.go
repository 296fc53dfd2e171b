package flow_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/schema"
)

// merge puts two pieces of a flow together, as a reader of the lake does, from what the columns hold.
func merge(a, b schema.Flow) schema.Flow {
	if b.SrcIP != a.SrcIP || b.SrcPort != a.SrcPort {
		b.Fwd, b.Rev, b.FwdDataTS, b.RevDataTS = b.Rev, b.Fwd, b.RevDataTS, b.FwdDataTS
	}
	a.FirstTS, a.LastTS = min(a.FirstTS, b.FirstTS), max(a.LastTS, b.LastTS)
	a.SYNTS, a.SYNACKTS = least(a.SYNTS, b.SYNTS), least(a.SYNACKTS, b.SYNACKTS)
	a.FwdDataTS, a.RevDataTS = least(a.FwdDataTS, b.FwdDataTS), least(a.RevDataTS, b.RevDataTS)
	a.Fwd, a.Rev = mergeSides(a.Fwd, b.Fwd), mergeSides(a.Rev, b.Rev)
	settle(&a.Fwd, &a.Rev)
	settle(&a.Rev, &a.Fwd)
	a.ConnState = flow.ConnState(&a)
	return a
}

func least(a, b int64) int64 {
	if a == schema.NoTime || b != schema.NoTime && b < a {
		return b
	}
	return a
}

func mergeSides(a, b schema.FlowSide) schema.FlowSide {
	c := a
	if a.Packets == 0 {
		c = b
	} else if b.Packets > 0 {
		c.LenMin, c.LenMax = min(a.LenMin, b.LenMin), max(a.LenMax, b.LenMax)
		c.TTLMin, c.TTLMax = min(a.TTLMin, b.TTLMin), max(a.TTLMax, b.TTLMax)
		c.LenSquares.Add(b.LenSquares)
		c.LastTS = b.LastTS
		gap := b.FirstTS - a.LastTS
		gaps := []int64{gap}
		if a.IATCount > 0 {
			gaps = append(gaps, a.IATMin, a.IATMax)
		}
		if b.IATCount > 0 {
			gaps = append(gaps, b.IATMin, b.IATMax)
		}
		c.IATMin, c.IATMax, c.IATCount = slices.Min(gaps), slices.Max(gaps), a.IATCount+b.IATCount+1
		c.IATSquares.Add(b.IATSquares)
		c.IATSquares.AddSquare(gap)
	}
	c.TCP = a.TCP || b.TCP
	c.Packets, c.WireBytes, c.IPBytes = a.Packets+b.Packets, a.WireBytes+b.WireBytes, a.IPBytes+b.IPBytes
	c.PayloadPackets, c.PayloadBytes = a.PayloadPackets+b.PayloadPackets, a.PayloadBytes+b.PayloadBytes
	c.DupPackets, c.Fragments, c.BadChecksums = a.DupPackets+b.DupPackets, a.Fragments+b.Fragments, a.BadChecksums+b.BadChecksums
	c.TCPFlags = a.TCPFlags | b.TCPFlags
	c.SYNs, c.SYNACKs, c.FINs, c.RSTs = a.SYNs+b.SYNs, a.SYNACKs+b.SYNACKs, a.FINs+b.FINs, a.RSTs+b.RSTs
	c.SegmentBytes = a.SegmentBytes + b.SegmentBytes
	if c.HasISN = a.HasISN || b.HasISN; !a.HasISN {
		c.ISN = b.ISN
	}
	if c.HasFIN = a.HasFIN || b.HasFIN; b.HasFIN {
		c.FINSeq = b.FINSeq
	}
	if c.HasAck = a.HasAck || b.HasAck; a.HasAck && b.HasAck {
		c.FirstAck, c.MaxAck = serialMin(a.FirstAck, b.FirstAck), serialMax(a.MaxAck, b.MaxAck)
	} else if b.HasAck {
		c.FirstAck, c.MaxAck = b.FirstAck, b.MaxAck
	}
	mergeSpans(&c, a, b)
	return c
}

// after is how far a sequence number is behind another (RFC 1982).
func after(a, b int64) int64 { return int64(int32(uint32(a) - uint32(b))) }

func serialMin(a, b int64) int64 { return a + min(0, after(b, a)) }
func serialMax(a, b int64) int64 { return (a + max(0, after(b, a))) & 0xffffffff }

// spansOf lists the spans of a side relative to a sequence number.
func spansOf(s *schema.FlowSide, origin int64) (spans [][2]int64) {
	if !s.HasSeq {
		return nil
	}
	base := after(s.FirstSeq, origin)
	if s.Islands == "" {
		return [][2]int64{{base, base + after(s.NextSeq, s.FirstSeq)}}
	}
	for text := range strings.SplitSeq(s.Islands, ",") {
		var from, to int64
		if _, err := fmt.Sscanf(text, "%d-%d", &from, &to); err != nil {
			panic(err)
		}
		spans = append(spans, [2]int64{base + from, base + to})
	}
	return spans
}

func mergeSpans(c *schema.FlowSide, a, b schema.FlowSide) {
	c.HasSeq = a.HasSeq || b.HasSeq
	c.Islands, c.UniqueBytes = "", 0
	if !c.HasSeq {
		return
	}
	origin := a.FirstSeq
	if !a.HasSeq {
		origin = b.FirstSeq
	}
	all := append(spansOf(&a, origin), spansOf(&b, origin)...)
	if c.HasISN { // what lies before the SYN is no part of the stream
		start := after(c.ISN+1, origin)
		for i := range all {
			all[i][0], all[i][1] = max(all[i][0], start), max(all[i][1], start)
		}
		all = slices.DeleteFunc(all, func(s [2]int64) bool { return s[0] == s[1] })
	}
	slices.SortFunc(all, func(x, y [2]int64) int { return int(x[0] - y[0]) })
	united := all[:1]
	for _, s := range all[1:] {
		if last := &united[len(united)-1]; s[0] <= last[1] {
			last[1] = max(last[1], s[1])
		} else {
			united = append(united, s)
		}
	}
	c.FirstSeq, c.NextSeq = (origin+united[0][0])&0xffffffff, (origin+united[len(united)-1][1])&0xffffffff
	var texts []string
	for _, s := range united {
		c.UniqueBytes += s[1] - s[0]
		texts = append(texts, fmt.Sprintf("%d-%d", s[0]-united[0][0], s[1]-united[0][0]))
	}
	if len(texts) > 1 {
		c.Islands = strings.Join(texts, ",")
	}
}

// settle derives stream_bytes and missed_bytes of a side.
func settle(s, other *schema.FlowSide) {
	s.StreamBytes, s.MissedBytes = 0, 0
	if !s.TCP {
		return
	}
	start := s.FirstSeq
	if s.HasISN {
		start = s.ISN + 1
	}
	if s.HasSeq {
		s.StreamBytes = after(s.NextSeq, start)
	}
	if !other.HasAck {
		return
	}
	if !s.HasISN && !s.HasSeq {
		start = other.FirstAck
	}
	end := after(other.MaxAck, start)
	if s.HasFIN {
		end = min(end, after(s.FINSeq, start))
	}
	s.MissedBytes = end
	for _, sp := range spansOf(s, start) {
		s.MissedBytes -= max(0, min(sp[1], end)-max(sp[0], 0))
	}
	s.MissedBytes = max(0, s.MissedBytes)
}

// sameMerged compares what the columns promise to merge.
var sameMerged = cmp.Options{
	cmpopts.IgnoreFields(schema.Flow{}, "FlowID", "History", "EndReason", "OpenAtStart", "OpenAtEnd", "FirstExtraNS", "LastExtraNS"),
	cmpopts.IgnoreFields(schema.FlowSide{}, "RetransmittedPackets", "OutOfOrder"),
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
}

// TestCutsMerge cuts random connections at random places, and merges the flows of the pieces to what the whole gives.
func TestCutsMerge(t *testing.T) {
	random, rounds := rand.New(rand.NewPCG(8, 9)), 3000
	if testing.Short() {
		rounds = 300
	}
	for round := range rounds {
		words := dialogue(random)
		packets := script(6, words)
		whole := track(slices.Clone(packets))
		if len(whole) != 1 {
			t.Fatalf("%s: %d flows", words, len(whole))
		}
		var merged *schema.Flow
		for rest := packets; len(rest) > 0; {
			n := 1 + random.IntN(len(rest))
			for _, piece := range track(slices.Clone(rest[:n])) {
				if merged == nil {
					merged = &piece
				} else {
					both := merge(*merged, piece)
					merged = &both
				}
			}
			rest = rest[n:]
		}
		if diff := cmp.Diff(whole[0], *merged, sameMerged); diff != "" {
			t.Fatalf("round %d: %s\n-whole +merged\n%s", round, words, diff)
		}
	}
}

// dialogue is the script of a random connection, begun or under way.
func dialogue(random *rand.Rand) string {
	words := []string{">S", "<SA", ">A"}
	if random.IntN(3) == 0 {
		words = words[random.IntN(4):]
	}
	for range random.IntN(40) {
		word := [2]string{">", "<"}[random.IntN(2)] + "A"
		if random.IntN(8) == 0 {
			word += "+" + fmt.Sprint(1+random.IntN(3000))
		} else if random.IntN(6) == 0 {
			word += "-"
		}
		if random.IntN(3) > 0 {
			word += fmt.Sprintf(":%d", 1+random.IntN(1460))
		}
		words = append(words, word)
	}
	words = append(words, [][]string{nil, {">FA"}, {"<FA", ">FA", "<A"}, {"<RA"}}[random.IntN(4)]...)
	if len(words) == 0 {
		return ">A"
	}
	return strings.Join(words, " ")
}
