package classify

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Bounds of a forest: small enough that a person reads a tree.
const (
	treeDepth = 6   // questions on the way to a leaf
	leastLeaf = 3   // samples of a leaf
	classDraw = 250 // samples of each class that a tree is grown from, drawn with replacement, so that no class decides by its size
)

// A node asks whether a feature is at most a limit, or is a leaf that says a class.
type node struct {
	feature int
	limit   float64
	yes, no *node
	class   int
	decided bool
}

// example is what a tree learns from.
type example struct {
	values []float64
	class  int
}

// A grower grows one tree.
type grower struct {
	rand     *rand.Rand
	classes  int
	features int
	try      int // features that a node may choose from
}

// grow makes the tree of examples (CART: Breiman and others 1984, by Gini impurity; of a random choice of features at each node: Breiman 2001).
func (g *grower) grow(examples []example, depth int) *node {
	counts := g.count(examples)
	best := slices.Index(counts, slices.Max(counts))
	leaf := &node{class: best, decided: true}
	if depth == 0 || counts[best] == len(examples) || len(examples) < 2*leastLeaf {
		return leaf
	}
	feature, limit, found := g.split(examples)
	if !found {
		return leaf
	}
	var yes, no []example
	for _, e := range examples {
		if e.values[feature] <= limit {
			yes = append(yes, e)
		} else {
			no = append(no, e)
		}
	}
	n := &node{feature: feature, limit: limit, yes: g.grow(yes, depth-1), no: g.grow(no, depth-1)}
	if n.yes.decided && n.no.decided && n.yes.class == n.no.class {
		return n.yes
	}
	return n
}

func (g *grower) count(examples []example) []int {
	counts := make([]int, g.classes)
	for _, e := range examples {
		counts[e.class]++
	}
	return counts
}

// split finds the question that leaves the least impurity.
func (g *grower) split(examples []example) (feature int, limit float64, found bool) {
	least := impurity(g.count(examples)) - 1e-9
	sorted := slices.Clone(examples)
	for _, f := range g.rand.Perm(g.features)[:g.try] {
		slices.SortStableFunc(sorted, func(a, b example) int { return cmp.Compare(a.values[f], b.values[f]) })
		left, right := make([]int, g.classes), g.count(sorted)
		for i := 1; i < len(sorted); i++ {
			left[sorted[i-1].class]++
			right[sorted[i-1].class]--
			low, high := sorted[i-1].values[f], sorted[i].values[f]
			if low == high || i < leastLeaf || len(sorted)-i < leastLeaf {
				continue
			}
			if left := impurity(left) + impurity(right); left < least {
				least, feature, limit, found = left, f, (low+high)/2, true
			}
		}
	}
	return feature, limit, found
}

// impurity is Gini's, times the number of examples.
func impurity(counts []int) float64 {
	n, squares := 0.0, 0.0
	for _, c := range counts {
		n, squares = n+float64(c), squares+float64(c)*float64(c)
	}
	if n == 0 {
		return 0
	}
	return n - squares/n
}

// say is the class that a tree gives values.
func (n *node) say(values []float64) int {
	for !n.decided {
		if values[n.feature] <= n.limit {
			n = n.yes
		} else {
			n = n.no
		}
	}
	return n.class
}
