package etl

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// A checkpointer has checkpoints written while a run goes on, so that whoever opens the lake meanwhile need not read each manifest of the night.
type checkpointer struct {
	*run
	outside int // captures that no checkpoint holds, about
	writing sync.WaitGroup
	busy    atomic.Bool
}

// committed takes note of captures, and begins a checkpoint when it is time, unless one is being written. One that fails is tried again later, by whatever needs it.
func (c *checkpointer) committed(ctx context.Context, captures int) {
	if c.outside += captures; c.outside <= lake.CheckpointAfter || !c.busy.CompareAndSwap(false, true) {
		return
	}
	c.outside = 0
	c.writing.Go(func() {
		defer c.busy.Store(false)
		if _, err := c.lake.Checkpoint(ctx); err != nil && ctx.Err() == nil {
			c.o.Log.Warn("no checkpoint written", "error", reason(err))
		}
	})
}

// end waits for the checkpoint that is being written, and for another one where many captures came meanwhile.
func (c *checkpointer) end(ctx context.Context) {
	c.writing.Wait()
	c.committed(ctx, 0)
	c.writing.Wait()
}
