package classify

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

// forestTrees is how many trees vote.
const forestTrees = 15

// A Forest is a small random forest over the features of flows, which are those of Rank. It is a second opinion beside the detectors: how well it does elsewhere
// than where it was fitted, only an evaluation there can say.
type Forest struct {
	features, classes []string
	trees             []*node
	seed              uint64
	examples          int
}

// Fit grows a forest from the labelled flows of a session; the same seed and flows give the same forest. Labels must be of two classes at least.
func Fit(ctx context.Context, s *queries.Session, labels []Label, seed uint64) (*Forest, error) {
	if len(labels) == 0 {
		return nil, errors.New("fit model: there are no labels")
	}
	features, samples, err := samplesOf(ctx, s, labels)
	if err != nil {
		return nil, err
	}
	f := &Forest{features: features, seed: seed}
	of := map[string][]example{}
	for _, key := range sortedNames(samples) {
		s := samples[key]
		s.cut()
		for _, r := range s.rows {
			of[s.class] = append(of[s.class], example{values: r.values})
			f.examples++
		}
	}
	if f.classes = sortedNames(of); len(f.classes) < 2 {
		return nil, fmt.Errorf("fit model: the labels are of %d classes", len(f.classes))
	}
	for i, class := range f.classes {
		for j := range of[class] {
			of[class][j].class = i
		}
	}
	for i := range forestTrees {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		var drawn []example
		for _, class := range f.classes {
			for range classDraw {
				drawn = append(drawn, of[class][r.IntN(len(of[class]))])
			}
		}
		g := grower{rand: r, classes: len(f.classes), features: len(features), try: int(math.Ceil(math.Sqrt(float64(len(features)))))}
		f.trees = append(f.trees, g.grow(drawn, treeDepth))
	}
	return f, nil
}

// modelSQL is the detector that a forest becomes, with its trees in the place of {{votes}}.
//
//go:embed model.sql
var modelSQL string

// WriteSQL writes the forest as a detector, each tree as a CASE expression: it runs where detectors run, and the way to each of its verdicts can be read.
func (f *Forest) WriteSQL(w io.Writer) error {
	var votes []string
	for _, t := range f.trees {
		votes = append(votes, "    "+f.sql(t))
	}
	inner, _, _ := strings.Cut(featuresSQL[strings.Index(featuresSQL, "WITH "):], "ORDER BY first_ts, capture_id")
	text := strings.NewReplacer(
		"{{votes}}", strings.Join(votes, ",\n"), "{{features}}", strings.TrimSpace(inner), "{{trees}}", strconv.Itoa(len(f.trees)),
		"{{about}}", fmt.Sprintf("%d trees of depth %d at most, seed %d, fitted to %d flows of the classes %s", len(f.trees), treeDepth, f.seed, f.examples, strings.Join(f.classes, ", ")),
	).Replace(modelSQL)
	_, err := io.WriteString(w, text)
	return err
}

// sql is a tree as an expression.
func (f *Forest) sql(n *node) string {
	if n.decided {
		return "'" + f.classes[n.class] + "'"
	}
	limit := strconv.FormatFloat(math.Expm1(n.limit), 'g', 8, 64)
	return fmt.Sprintf("CASE WHEN coalesce(%s, 0) <= %s THEN %s ELSE %s END", f.features[n.feature], limit, f.sql(n.yes), f.sql(n.no))
}

// say is the class that most trees give values of ln(1+x), of several the first by name.
func (f *Forest) say(values []float64) string {
	votes := make([]int, len(f.classes))
	for _, t := range f.trees {
		votes[t.say(values)]++
	}
	return f.classes[slices.Index(votes, slices.Max(votes))]
}
