package schema_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/pcaplake/pcaplake/schema"
)

// TestWide compares sums of squares, and the deviations made of them, with arithmetic of any precision.
func TestWide(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	std := schema.Flows.Indexes("fwd_len_std")[0]
	for range 2000 {
		n := 1 + random.Int64N(40)
		top := int64(1) << random.IntN(44)
		base := random.Int64N(top)
		var w, parts schema.Wide
		sum, squares := int64(0), new(big.Int)
		for range n {
			x := base + random.Int64N(1+random.Int64N(top))
			var one schema.Wide
			one.AddSquare(-x)
			parts.Add(one)
			w.AddSquare(x)
			sum += x
			squares.Add(squares, new(big.Int).Mul(big.NewInt(x), big.NewInt(x)))
		}
		got := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(w.Hi), 32), big.NewInt(w.Lo))
		if got.Cmp(squares) != 0 || w != parts || w.Lo>>32 != 0 {
			t.Fatalf("sum of squares %s, in parts %v, want %s", got, parts, squares)
		}
		f := schema.Flow{Fwd: schema.FlowSide{Packets: n, WireBytes: sum, LenSquares: w}}
		text, _ := schema.Flows.Text(&f, std, nil)
		deviation, err := strconv.ParseFloat(string(text), 64)
		if want := exactDeviation(n, sum, squares); err != nil || math.Abs(deviation-want) > 1e-12*want {
			t.Fatalf("deviation of %d numbers %v, want %v", n, deviation, want)
		}
	}
}

func exactDeviation(n, sum int64, squares *big.Int) float64 {
	v := new(big.Int).Mul(squares, big.NewInt(n))
	v.Sub(v, new(big.Int).Mul(big.NewInt(sum), big.NewInt(sum)))
	root := new(big.Float).SetPrec(200).SetInt(v)
	f, _ := root.Sqrt(root).Float64()
	return f / float64(n)
}
