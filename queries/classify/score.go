package classify

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// tally counts flows by what they are and what they were taken for.
type tally struct {
	charges []charge
	seen    map[[2]string]int64 // labelled class, charged class
}

func newTally(charges []charge) *tally {
	charges = slices.Clone(charges)
	slices.SortStableFunc(charges, func(a, b charge) int { // the primary one first
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.end-a.start, b.end-b.start))
	})
	return &tally{charges, map[[2]string]int64{}}
}

// count takes a flow in; without a label it is normal.
func (t *tally) count(f *flow, l *Label) {
	truth, taken := "normal", "normal"
	if l != nil {
		truth = evalClass(l.Class)
	}
	for i := range t.charges {
		if t.charges[i].covers(f) {
			taken = t.charges[i].class
			break
		}
	}
	t.seen[[2]string{truth, taken}]++
}

// covers reports whether the charge speaks of the flow, in either direction.
func (c *charge) covers(f *flow) bool {
	if f.first < c.start-slack || f.first > c.end+slack || c.proto != anyProto && c.proto != f.proto {
		return false
	}
	way := func(src, dst bool, port int32) bool { return src && dst && (c.port == anyPort || c.port == port) }
	return way(!c.src.IsValid() || c.src == f.src, !c.dst.IsValid() || c.dst == f.dst, f.dstPort) ||
		way(!c.src.IsValid() || c.src == f.dst, !c.dst.IsValid() || c.dst == f.src, f.srcPort)
}

// episode is one attack of the labels: those of one class and subclass that overlap in time, such as a tunnel and its relay.
type episode struct {
	class, name string
	start, end  int64
	labels      []*Label
}

func newEpisodes(labels []Label) []*episode {
	sorted := make([]*Label, 0, len(labels))
	for i := range labels {
		if labels[i].Attack() {
			sorted = append(sorted, &labels[i])
		}
	}
	slices.SortStableFunc(sorted, func(a, b *Label) int { return cmp.Compare(a.Start, b.Start) })
	var out []*episode
	for _, l := range sorted {
		name := l.Class + "/" + l.Subclass
		i := slices.IndexFunc(out, func(e *episode) bool { return e.name == name && l.Start <= e.end })
		if i < 0 {
			out = append(out, &episode{class: evalClass(l.Class), name: name, start: l.Start, end: l.End, labels: []*Label{l}})
			continue
		}
		out[i].end, out[i].labels = max(out[i].end, l.End), append(out[i].labels, l)
	}
	return out
}

// overlaps reports whether charge and label speak of the same time.
func (c *charge) overlaps(l *Label) bool { return c.start <= l.End+slack && c.end >= l.Start-slack }

// names reports whether the charge names the label's source and target; of floods the target is enough.
func (c *charge) names(l *Label) bool {
	if !c.overlaps(l) || l.Proto != anyProto && c.proto != anyProto && l.Proto != c.proto && !(l.Proto == 1 && c.proto == 58) {
		return false
	}
	if c.class == "dos" || c.class == "ddos" {
		return c.dst.IsValid() && within(c.dst, l.Dst)
	}
	return c.src.IsValid() && within(c.src, l.Src) && within(c.dst, l.Dst)
}

// accused reports whether a label of an attack overlaps the charge's entity, in either direction.
func (c *charge) accused(l *Label) bool {
	return l.Attack() && c.overlaps(l) && (within(c.src, l.Src) && within(c.dst, l.Dst) || within(c.dst, l.Src) && within(c.src, l.Dst))
}

// score sums up.
func (t *tally) score(labels []Label, episodes []*episode) Score {
	s := Score{Missed: []string{}, FalseEntities: []string{}, Seconds: []float64{}}
	t.scoreFlows(&s)
	for _, e := range episodes {
		right, found, first := false, false, int64(math.MaxInt64)
		for i := range t.charges {
			c := &t.charges[i]
			if !slices.ContainsFunc(e.labels, c.names) {
				continue
			}
			if found = true; c.class == e.class {
				right, first = true, min(first, c.start)
			}
		}
		if found {
			s.Found++
		}
		if right {
			s.Right++
			s.Seconds = append(s.Seconds, max(0, float64(first-e.start)/1e6))
		} else {
			s.Missed = append(s.Missed, e.name)
		}
	}
	for i := range t.charges {
		c := &t.charges[i]
		if slices.ContainsFunc(labels, func(l Label) bool { return c.accused(&l) }) {
			continue
		}
		who := c.src
		if c.class == "dos" || c.class == "ddos" || !who.IsValid() {
			who = c.dst
		}
		s.FalseEntities = append(s.FalseEntities, fmt.Sprintf("%s (%s)", who, c.class))
	}
	s.FalseEntities = distinct(s.FalseEntities)
	s.False = len(s.FalseEntities)
	return s
}

func distinct(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

// scoreFlows fills in what is counted in flows.
func (t *tally) scoreFlows(s *Score) {
	var all, right int64
	present := 0
	for _, class := range EvalClasses {
		c := ClassScore{Class: class}
		for pair, n := range t.seen {
			switch truth, taken := pair[0] == class, pair[1] == class; {
			case truth && taken:
				c.TP += n
			case truth:
				c.FN += n
			case taken:
				c.FP += n
			}
		}
		c.Support = c.TP + c.FN
		c.Precision, c.Recall = part(c.TP, c.TP+c.FP), part(c.TP, c.Support)
		c.F1 = part(2*c.TP, 2*c.TP+c.FP+c.FN)
		if c.Support > 0 {
			s.MacroF1 += c.F1
			present++
		}
		all, right = all+c.Support, right+c.TP
		s.Classes = append(s.Classes, c)
	}
	s.MacroF1 /= float64(max(present, 1))
	s.Accuracy = part(right, all)
}

// part is n of all, 0 where there are none.
func part(n, all int64) float64 {
	if all == 0 {
		return 0
	}
	return float64(n) / float64(all)
}
