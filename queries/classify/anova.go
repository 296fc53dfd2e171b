package classify

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat"
)

// Variance says how far groups of values lie apart, against how far the values within them do.
type Variance struct {
	F, P           float64 // one-way analysis of variance (Fisher): the ratio of mean squares between and within groups
	Eta2           float64 // part of the variance that the groups explain: what to rank by, since n makes every P small
	WelchF, WelchP float64 // the same for groups of unlike variance (Welch 1951)
	H, HP          float64 // by ranks, for values of any distribution, corrected for ties (Kruskal and Wallis 1952)
}

// NewVariance compares groups of values. Groups without values are left out; NaN stands where a figure does not exist, such as with fewer than two groups or,
// of Welch's, where a group has one value or no variance. F is infinite where values differ between groups and nowhere within.
func NewVariance(groups [][]float64) Variance {
	groups = slices.DeleteFunc(slices.Clone(groups), func(g []float64) bool { return len(g) == 0 })
	v := Variance{F: math.NaN(), P: math.NaN(), Eta2: math.NaN(), WelchF: math.NaN(), WelchP: math.NaN(), H: math.NaN(), HP: math.NaN()}
	all := slices.Concat(groups...)
	k, n := float64(len(groups)), float64(len(all))
	if k < 2 || n <= k {
		return v
	}
	grand := stat.Mean(all, nil)
	between, within := 0.0, 0.0
	for _, g := range groups {
		mean := stat.Mean(g, nil)
		between += float64(len(g)) * (mean - grand) * (mean - grand)
		for _, x := range g {
			within += (x - mean) * (x - mean)
		}
	}
	v.F = between / (k - 1) / (within / (n - k))
	v.P = beyondF(v.F, k-1, n-k)
	v.Eta2 = between / (between + within)
	v.WelchF, v.WelchP = welch(groups)
	v.H, v.HP = kruskalWallis(groups, all)
	return v
}

// welch is the test of equal means without equal variances: B. L. Welch, On the comparison of several mean values, Biometrika 38 (1951).
func welch(groups [][]float64) (f, p float64) {
	k, sum, weighted := float64(len(groups)), 0.0, 0.0
	weights, means := make([]float64, len(groups)), make([]float64, len(groups))
	for i, g := range groups {
		mean, variance := stat.MeanVariance(g, nil)
		means[i], weights[i] = mean, float64(len(g))/variance
		sum, weighted = sum+weights[i], weighted+weights[i]*mean
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return math.NaN(), math.NaN()
	}
	grand, between, spread := weighted/sum, 0.0, 0.0
	for i, g := range groups {
		between += weights[i] * (means[i] - grand) * (means[i] - grand)
		spread += (1 - weights[i]/sum) * (1 - weights[i]/sum) / float64(len(g)-1)
	}
	f = between / (k - 1) / (1 + 2*(k-2)/(k*k-1)*spread)
	return f, beyondF(f, k-1, (k*k-1)/(3*spread))
}

// beyondF is the probability of an F as great or greater by chance. (That of distuv.F is 1 less the rest, which small ones do not survive.)
func beyondF(f, d1, d2 float64) float64 {
	if math.IsInf(f, 1) {
		return 0
	}
	return mathext.RegIncBeta(d2/2, d1/2, d2/(d2+d1*f))
}

// kruskalWallis is H with its correction for ties, and the probability of as great a one by chance, by the chi-squared distribution.
func kruskalWallis(groups [][]float64, all []float64) (h, p float64) {
	sorted := slices.Sorted(slices.Values(all))
	ranks, ties, n := map[float64]float64{}, 0.0, float64(len(all))
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		t := float64(j - i)
		ranks[sorted[i]] = float64(i+j+1) / 2
		ties += t*t*t - t
		i = j
	}
	for _, g := range groups {
		sum := 0.0
		for _, x := range g {
			sum += ranks[x]
		}
		h += sum * sum / float64(len(g))
	}
	h = (12/(n*(n+1))*h - 3*(n+1)) / (1 - ties/(n*n*n-n))
	return h, mathext.GammaIncRegComp(float64(len(groups)-1)/2, h/2)
}
