package queries

import (
	"context"
	"sync"
	"sync/atomic"
)

// running are the contexts of the statements that a database runs. DuckDB does not tell a function of ours which of them calls it.
type running struct {
	mu       sync.Mutex
	contexts map[*context.Context]bool
}

// add takes a statement's context until forget is called.
func (r *running) add(ctx context.Context) (forget func()) {
	key := &ctx
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.contexts == nil {
		r.contexts = map[*context.Context]bool{}
	}
	r.contexts[key] = true
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.contexts, key)
	}
}

// context returns one that ends once nobody waits any more: when those of all statements that run now have ended.
func (r *running) context() (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	r.mu.Lock()
	defer r.mu.Unlock()
	waiting := new(atomic.Int64)
	waiting.Store(int64(len(r.contexts)))
	var unhook []func() bool
	for c := range r.contexts {
		unhook = append(unhook, context.AfterFunc(*c, func() {
			if waiting.Add(-1) == 0 {
				cancel()
			}
		}))
	}
	return ctx, func() {
		for _, u := range unhook {
			u()
		}
		cancel()
	}
}
