package etl

import "sync"

// claims let the captures of one run that may be equal meet in the order of the sources: the first goes ahead, a later one waits for its
// content hash. Without that order the run's result would depend on which of two equal captures was read faster.
type claims struct {
	mu     sync.Mutex
	moved  sync.Cond
	passed []bool // by source order: entered, or will never enter
	next   int    // every source before it has passed
	byMark map[string][]*claim
}

// A claim is one capture that is being read, or was. Its content is set before done is closed; "" says that none was found out.
type claim struct {
	id      string // fingerprint
	done    chan struct{}
	content string
}

func newClaims(sources int) *claims {
	c := &claims{passed: make([]bool, sources), byMark: map[string][]*claim{}}
	c.moved.L = &c.mu
	return c
}

// enter registers a capture under its fingerprint and the hash of its head, and returns it with the captures of earlier sources that
// share one of these. It waits until each earlier source has entered or passed, which none of them does for longer
// than it takes to read a head. A source enters at most once.
func (c *claims) enter(order int, id, head string) (*claim, []*claim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.next < order {
		c.moved.Wait()
	}
	mine := &claim{id: id, done: make(chan struct{})}
	var earlier []*claim
	for _, mark := range []string{id, head} {
		earlier = append(earlier, c.byMark[mark]...)
		c.byMark[mark] = append(c.byMark[mark], mine)
	}
	c.advance(order)
	return mine, earlier
}

// pass lets later sources enter; it may be called after enter, and twice.
func (c *claims) pass(order int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(order)
}

func (c *claims) advance(order int) {
	c.passed[order] = true
	for c.next < len(c.passed) && c.passed[c.next] {
		c.next++
	}
	c.moved.Broadcast()
}

// settle tells who waits what the capture's content is.
func (c *claim) settle(content string) {
	c.content = content
	close(c.done)
}

// contains waits for the captures and reports whether one of them has this content.
func contains(captures []*claim, content string) bool {
	found := false
	for _, c := range captures {
		<-c.done
		found = found || c.content == content
	}
	return found
}
