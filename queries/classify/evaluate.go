package classify

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"

	"github.com/pcaplake/pcaplake/queries"
)

// EvalClasses are the classes that are scored; c2 counts as theft.
var EvalClasses = []string{"normal", "scan", "dos", "ddos", "theft", "bruteforce"}

// Evaluation is how verdicts compare with labels, and beside it how naive rules do.
type Evaluation struct {
	Flows      int64 `json:"flows"` // with a label
	Unlabelled int64 `json:"unlabelled"`
	Episodes   int   `json:"episodes"`  // attacks of the labels
	Detectors  Score `json:"detectors"` // with defaults, as if nothing were known of before
	Naive      Score `json:"naive"`

	WithBaseline   *Score `json:"with_baseline,omitempty"`   // nil: none was given
	WithoutNovelty *Score `json:"without_novelty,omitempty"` // with it, but for what addresses were seen before
}

// EvalOptions are what an evaluation depends on beside dataset and labels.
type EvalOptions struct {
	UnlabelledNormal bool      // flows without a label are normal; false: left out
	Baseline         *Baseline // scored beside the defaults, with novelty and without; nil: is not
}

// Score is how one set of verdicts did.
type Score struct {
	Classes       []ClassScore `json:"classes"`
	MacroF1       float64      `json:"macro_f1"`          // mean over the classes that have flows
	Accuracy      float64      `json:"accuracy"`          // of flows; says little where floods are most of them
	Right         int          `json:"episodes_right"`    // found in their class
	Found         int          `json:"episodes_found"`    // found in any class
	Missed        []string     `json:"missed"`            // episodes not found in their class
	Seconds       []float64    `json:"seconds_to_detect"` // of each episode found in its class: from its begin to the first packet of the verdict
	False         int          `json:"false_entities"`    // sources (of floods: targets) accused that no label accuses
	FalseEntities []string     `json:"false"`
}

// ClassScore is of one class. Counts are of flows.
type ClassScore struct {
	Class                 string  `json:"class"`
	TP, FP, FN            int64   `json:"-"`
	Support               int64   `json:"flows"`
	Precision, Recall, F1 float64 `json:"-"`
}

// MarshalJSON writes the figures with names of their own.
func (c ClassScore) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{
		"class": c.Class, "flows": c.Support, "precision": c.Precision, "recall": c.Recall, "f1": c.F1,
		"true_positives": c.TP, "false_positives": c.FP, "false_negatives": c.FN,
	})
}

// charge is a verdict as it is scored.
type charge struct {
	class       string
	rank        int        // of several that cover a flow, the highest is the primary one
	src, dst    netip.Addr // zero: several
	port, proto int32      // anyPort, anyProto, arpProto
	start, end  int64
}

// Evaluate scores the session's verdicts and the naive rules against labels. A label that matches no packet is an error.
func Evaluate(ctx context.Context, s *queries.Session, labels []Label, o EvalOptions) (*Evaluation, error) {
	tallies, err := o.tallies(ctx, s)
	if err != nil {
		return nil, err
	}
	e := &Evaluation{}
	episodes := newEpisodes(labels)
	e.Episodes = len(episodes)
	matched := make([]bool, len(labels))
	err = eachFlow(ctx, s, func(f *flow) {
		l := labelOf(f, labels, matched)
		switch {
		case f.proto == arpProto:
		case l == nil && !o.UnlabelledNormal:
			e.Unlabelled++
		default:
			e.Flows++
			for _, t := range tallies {
				t.count(f, l)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	if i := slices.Index(matched, false); i >= 0 {
		return nil, fmt.Errorf("evaluate: the label of line %d matches no packet", labels[i].line)
	}
	scores := make([]Score, len(tallies))
	for i, t := range tallies {
		scores[i] = t.score(labels, episodes)
	}
	e.Detectors, e.Naive = scores[0], scores[1]
	if o.Baseline != nil {
		e.WithBaseline, e.WithoutNovelty = &scores[2], &scores[3]
	}
	return e, nil
}

// tallies are of the detectors, the naive rules, and where there is a baseline the detectors with it, with novelty and without.
func (o *EvalOptions) tallies(ctx context.Context, s *queries.Session) ([]*tally, error) {
	found, err := findings(ctx, s)
	if err != nil {
		return nil, err
	}
	naive, err := naiveCharges(ctx, s)
	if err != nil {
		return nil, err
	}
	tallies := []*tally{newTally(charges(found)), newTally(naive)}
	if o.Baseline == nil {
		return tallies, nil
	}
	for _, novelty := range []bool{true, false} {
		moved, b := slices.Clone(found), *o.Baseline
		b.Novelty = novelty
		if err := b.apply(ctx, moved); err != nil {
			return nil, err
		}
		tallies = append(tallies, newTally(charges(moved)))
	}
	return tallies, nil
}

// labelOf is the label that says most of a flow; every label that speaks of it is matched.
func labelOf(f *flow, labels []Label, matched []bool) *Label {
	var best *Label
	for i := range labels {
		if l := &labels[i]; l.matches(f) {
			matched[i] = true
			if l.closer(best) {
				best = l
			}
		}
	}
	return best
}

// eachFlow visits flows, ICMP errors left out, and ARP messages.
func eachFlow(ctx context.Context, s *queries.Session, visit func(*flow)) error {
	r, err := s.Query(ctx, `SELECT src_ip, dst_ip, coalesce(src_port, -1), coalesce(dst_port, -1), ip_proto, first_ts FROM flows
WHERE first_ts IS NOT NULL AND src_ip IS NOT NULL AND NOT coalesce(ip_proto = 1 AND icmp_type IN (3, 4, 5, 11, 12) OR ip_proto = 58 AND icmp_type < 128, false)
UNION ALL SELECT sender_ip, target_ip, -1, -1, -2, ts FROM arp WHERE ts IS NOT NULL AND sender_ip IS NOT NULL AND target_ip IS NOT NULL`, nil)
	if err != nil {
		return err
	}
	defer r.Close()
	for r.Next() {
		visit(flowOf(r.Row()))
	}
	return r.Err()
}

func addr(v any) netip.Addr {
	text, _ := v.(string)
	a, _ := netip.ParseAddr(text)
	return a
}

// charges are the verdicts that accuse: those above info.
func charges(verdicts []Verdict) []charge {
	var out []charge
	for i := range verdicts {
		v := &verdicts[i]
		if !v.AtLeast("low") {
			continue
		}
		c := charge{evalClass(v.Class), ranks[v.Class], addr(v.SrcIP), addr(v.DstIP), anyPort, anyProto, v.StartTS, v.EndTS}
		if v.HasPort {
			c.port = v.DstPort
		}
		switch {
		case v.HasProto:
			c.proto = v.IPProto
		case v.ofARP():
			c.proto = arpProto
		}
		out = append(out, c)
	}
	return out
}

func evalClass(class string) string {
	if class == "c2" {
		return "theft"
	}
	return class
}

func (c *ClassScore) figures() string {
	return fmt.Sprintf("%.3f %.3f %.3f", c.Precision, c.Recall, c.F1)
}

// JSON writes the evaluation as one object.
func (e *Evaluation) JSON(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(e)
}
