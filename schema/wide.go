package schema

import (
	"math"
	"math/bits"
)

// Wide is an unsigned sum in two words of base 2^32: Hi * 2^32 + Lo, with Lo below 2^32. Sums of squares pass 64 bits.
type Wide struct{ Hi, Lo int64 }

// AddSquare adds n*n. Hi holds the squares of 2^31 numbers of 32 bits, or of 64 of 44 bits (half a year of microseconds).
func (w *Wide) AddSquare(n int64) {
	m := uint64(max(n, -n))
	hi, lo := bits.Mul64(m, m)
	w.Add(Wide{int64(hi<<32 | lo>>32), int64(lo & math.MaxUint32)})
}

// Add adds another sum.
func (w *Wide) Add(o Wide) {
	w.Lo += o.Lo
	w.Hi += o.Hi + w.Lo>>32
	w.Lo &= math.MaxUint32
}

func mean(sum, n int64) (float64, bool) { return float64(sum) / float64(n), n > 0 }

// deviation is the standard deviation of the population of n numbers of which w is the sum of squares and sum the sum:
// the root of (n*w - sum*sum) / n^2, whose difference is exact in 128 bits.
func (w Wide) deviation(sum, n int64) (float64, bool) {
	if n <= 0 {
		return 0, false
	}
	hi, lo := bits.Mul64(uint64(w.Hi)<<32|uint64(w.Lo), uint64(n))
	hi += uint64(w.Hi) >> 32 * uint64(n)
	m := uint64(max(sum, -sum))
	sumHi, sumLo := bits.Mul64(m, m)
	lo, borrow := bits.Sub64(lo, sumLo, 0)
	hi, _ = bits.Sub64(hi, sumHi, borrow)
	return math.Sqrt(float64(hi)*(1<<64)+float64(lo)) / float64(n), true
}
