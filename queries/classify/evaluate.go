package classify

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// EvalClasses are the classes that are scored; c2 counts as theft.
var EvalClasses = []string{"normal", "scan", "dos", "ddos", "theft", "bruteforce"}

// Evaluation is how verdicts compare with labels, and beside it how naive rules do.
type Evaluation struct {
	Flows      int64 `json:"flows"` // with a label
	Unlabelled int64 `json:"unlabelled"`
	Episodes   int   `json:"episodes"` // attacks of the labels
	Detectors  Score `json:"detectors"`
	Naive      Score `json:"naive"`
}

// Score is how one set of verdicts did.
type Score struct {
	Classes       []ClassScore `json:"classes"`
	MacroF1       float64      `json:"macro_f1"`       // mean over the classes that have flows
	Accuracy      float64      `json:"accuracy"`       // of flows; says little where floods are most of them
	Right         int          `json:"episodes_right"` // found in their class
	Found         int          `json:"episodes_found"` // found in any class
	Missed        []string     `json:"missed"`         // episodes not found in their class
	False         int          `json:"false_entities"` // sources (of floods: targets) accused that no label accuses
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
func Evaluate(ctx context.Context, s *queries.Session, labels []Label, unlabelledNormal bool) (*Evaluation, error) {
	verdicts, err := Verdicts(ctx, s)
	if err != nil {
		return nil, err
	}
	naive, err := naiveCharges(ctx, s)
	if err != nil {
		return nil, err
	}
	e := &Evaluation{}
	episodes := newEpisodes(labels)
	e.Episodes = len(episodes)
	tallies := []*tally{newTally(charges(verdicts)), newTally(naive)}
	matched := make([]bool, len(labels))
	err = eachFlow(ctx, s, func(f *flow) {
		l := labelOf(f, labels, matched)
		switch {
		case f.proto == arpProto:
		case l == nil && !unlabelledNormal:
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
	e.Detectors, e.Naive = tallies[0].score(labels, episodes), tallies[1].score(labels, episodes)
	return e, nil
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
		row := r.Row()
		f := flow{srcPort: int32(row[2].(int64)), dstPort: int32(row[3].(int64)), proto: anyProto, first: row[5].(time.Time).UnixMicro()}
		f.src, f.dst = addr(row[0]), addr(row[1])
		if n, ok := row[4].(int64); ok {
			f.proto = int32(n)
		}
		visit(&f)
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
		c := charge{evalClass(v.Class), ranks[v.Class], addr(v.SrcIP), addr(v.DstIP), anyPort, arpProto, v.StartTS, v.EndTS}
		if v.HasPort {
			c.port = v.DstPort
		}
		if v.HasProto {
			c.proto = v.IPProto
		} else if v.DstIP != "" {
			c.proto = anyProto
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

// Markdown writes the evaluation as tables of GitHub's Markdown.
func (e *Evaluation) Markdown(w io.Writer) error {
	_, err := fmt.Fprintf(w, "%d flows with a label, %d without; %d attacks.\n\n| | detectors | naive rules |\n|---|---|---|\n", e.Flows, e.Unlabelled, e.Episodes)
	line := func(name, a, b string) {
		if err == nil {
			_, err = fmt.Fprintf(w, "| %s | %s | %s |\n", name, queries.EscapeText(a), queries.EscapeText(b))
		}
	}
	d, n := &e.Detectors, &e.Naive
	line("attacks in the right class", fmt.Sprint(d.Right), fmt.Sprint(n.Right))
	line("attacks found in any class", fmt.Sprint(d.Found), fmt.Sprint(n.Found))
	line("false entities", fmt.Sprint(d.False), fmt.Sprint(n.False))
	line("macro-F1", fmt.Sprintf("%.3f", d.MacroF1), fmt.Sprintf("%.3f", n.MacroF1))
	line("accuracy of flows", fmt.Sprintf("%.3f", d.Accuracy), fmt.Sprintf("%.3f", n.Accuracy))
	for i, c := range d.Classes {
		p := n.Classes[i]
		line(fmt.Sprintf("%s: precision, recall, F1 (%d flows)", c.Class, c.Support), c.figures(), p.figures())
	}
	line("not in the right class", fmt.Sprint(d.Missed), fmt.Sprint(n.Missed))
	line("falsely accused", fmt.Sprint(d.FalseEntities), fmt.Sprint(n.FalseEntities))
	return err
}
