package etl

import (
	"sync"
	"testing"
)

// TestClaims has many goroutines enter in any order: of equal captures each sees exactly those of earlier sources.
func TestClaims(t *testing.T) {
	const sources = 60
	c := newClaims(sources)
	var all sync.WaitGroup
	for order := range sources {
		all.Go(func() {
			defer c.pass(order)
			if order%5 == 4 {
				return // a source that fails before its head is known
			}
			head := string(rune('a' + order%3))
			mine, earlier := c.enter(order, "id of its own "+string(rune(order)), head)
			want := 0
			for before := range order {
				if before%5 != 4 && before%3 == order%3 {
					want++
				}
			}
			if len(earlier) != want {
				t.Errorf("source %d: %d earlier captures of its head, want %d", order, len(earlier), want)
			}
			if contains(earlier, head) != (want > 0) || contains(earlier, "other") {
				t.Errorf("source %d: content not told apart", order)
			}
			mine.settle(head)
		})
	}
	all.Wait()
}
