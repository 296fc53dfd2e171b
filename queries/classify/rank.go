package classify

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// featuresSQL is a row per flow: what it is told by, and its features from firstFeature on.
//
//go:embed features.sql
var featuresSQL string

const firstFeature = 7

// subclassRows is how many flows of one subclass are taken: a flood has more than all others together, and would decide alone.
const subclassRows = 300

// sample holds the flows of one subclass: those whose names have the least hashes, so that the same flows are taken whatever their order.
type sample struct {
	class string
	rows  []sampled
}

type sampled struct {
	hash   uint64
	values []float64 // ln(1+x)
}

// take adds a flow.
func (s *sample) take(r sampled) {
	s.rows = append(s.rows, r)
	if len(s.rows) >= 2*subclassRows {
		s.cut()
	}
}

func (s *sample) cut() {
	slices.SortFunc(s.rows, func(a, b sampled) int { return cmp.Compare(a.hash, b.hash) })
	s.rows = s.rows[:min(len(s.rows), subclassRows)]
}

// Rank says by which features of flows classes differ: rows of feature, class, flows, mean of ln(1+x), F, p, eta2, Welch's F and p, Kruskal and Wallis' H and p. Class
// "all" compares all classes, any other that class with the rest. The features that explain most stand first. Classes come from labels, or where there are none
// from the session's verdicts. It is no detector: it says what is worth looking at.
func Rank(ctx context.Context, s *queries.Session, labels []Label) (*queries.Table, error) {
	features, samples, err := samplesOf(ctx, s, labels)
	if err != nil {
		return nil, err
	}
	classes := map[string][]*sample{}
	for _, key := range sortedNames(samples) {
		samples[key].cut()
		classes[samples[key].class] = append(classes[samples[key].class], samples[key])
	}
	t := &queries.Table{Columns: []queries.Column{{Name: "feature", Type: "VARCHAR"}, {Name: "class", Type: "VARCHAR"}, {Name: "flows", Type: "BIGINT"}}}
	for _, name := range []string{"mean", "f", "p", "eta2", "welch_f", "welch_p", "kruskal_h", "kruskal_p"} {
		t.Columns = append(t.Columns, queries.Column{Name: name, Type: "DOUBLE"})
	}
	for i, feature := range features {
		groups := map[string][]float64{}
		for class, list := range classes {
			for _, s := range list {
				for _, r := range s.rows {
					groups[class] = append(groups[class], r.values[i])
				}
			}
		}
		t.Rows = append(t.Rows, ranked(feature, groups)...)
	}
	eta := map[string]float64{}
	for _, row := range t.Rows {
		if row[1] == "all" {
			eta[row[0].(string)], _ = row[6].(float64)
		}
	}
	slices.SortStableFunc(t.Rows, func(a, b []any) int {
		return cmp.Or(cmp.Compare(eta[b[0].(string)], eta[a[0].(string)]), cmp.Compare(a[0].(string), b[0].(string)))
	})
	return t, nil
}

// ranked are the rows of one feature: all classes, then each against the rest.
func ranked(feature string, groups map[string][]float64) [][]any {
	row := func(class string, values []float64, v Variance) []any {
		sum := 0.0
		for _, x := range values {
			sum += x
		}
		out := []any{feature, class, int64(len(values))}
		for _, x := range []float64{sum / float64(len(values)), v.F, v.P, v.Eta2, v.WelchF, v.WelchP, v.H, v.HP} {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				out = append(out, nil)
			} else {
				out = append(out, x)
			}
		}
		return out
	}
	var all [][]float64
	names := sortedNames(groups)
	for _, class := range names {
		all = append(all, groups[class])
	}
	rows := [][]any{row("all", slices.Concat(all...), NewVariance(all))}
	for i, class := range names {
		rest := slices.Concat(slices.Delete(slices.Clone(all), i, i+1)...)
		rows = append(rows, row(class, groups[class], NewVariance([][]float64{groups[class], rest})))
	}
	return rows
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// samplesOf reads flows with their features, by class and subclass.
func samplesOf(ctx context.Context, s *queries.Session, labels []Label) (features []string, samples map[string]*sample, err error) {
	name, err := namer(ctx, s, labels)
	if err != nil {
		return nil, nil, err
	}
	r, err := s.Query(ctx, featuresSQL, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("read features: %w", err)
	}
	defer r.Close()
	for _, c := range r.Columns()[firstFeature:] {
		features = append(features, c.Name)
	}
	samples = map[string]*sample{}
	for r.Next() {
		row := r.Row()
		class, subclass := name(flowOf(row))
		if class == "" {
			continue
		}
		key := class + "/" + subclass
		if samples[key] == nil {
			samples[key] = &sample{class: class}
		}
		hash := fnv.New64a()
		_, _ = hash.Write([]byte(row[6].(string))) // never fails
		values := make([]float64, len(features))
		for i := range features {
			values[i] = math.Log1p(max(0, float(row[firstFeature+i])))
		}
		samples[key].take(sampled{hash.Sum64(), values})
	}
	return features, samples, r.Err()
}

func flowOf(row []any) *flow {
	f := flow{src: addr(row[0]), dst: addr(row[1]), srcPort: int32(row[2].(int64)), dstPort: int32(row[3].(int64)), proto: anyProto, first: row[5].(time.Time).UnixMicro()}
	if n, ok := row[4].(int64); ok {
		f.proto = int32(n)
	}
	return &f
}

func float(v any) float64 {
	switch n := v.(type) {
	case int64:
		return float64(n)
	case float64:
		return n
	}
	return 0
}

// namer says class and subclass of a flow: by labels, or by verdicts where there are none, and then those that no verdict covers are normal. "" is a flow without a label.
func namer(ctx context.Context, s *queries.Session, labels []Label) (func(*flow) (class, subclass string), error) {
	if len(labels) > 0 {
		matched := make([]bool, len(labels))
		return func(f *flow) (string, string) {
			if l := labelOf(f, labels, matched); l != nil {
				return evalClass(l.Class), l.Subclass
			}
			return "", ""
		}, nil
	}
	found, err := findings(ctx, s)
	if err != nil {
		return nil, err
	}
	t := newTally(charges(found))
	return func(f *flow) (string, string) {
		for i := range t.charges {
			if t.charges[i].covers(f) {
				return t.charges[i].class, ""
			}
		}
		return "normal", ""
	}, nil
}
