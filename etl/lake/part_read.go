package lake

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// readParts reads parts of the checkpoint, several at once. Those that the history has already are read again.
func (l *Lake) readParts(ctx context.Context, h *history, want reading) error {
	at := slices.Compact(slices.Sorted(slices.Values(slices.Concat(want.captures, want.files))))
	read := make([]*rows, len(at))
	err := l.atOnce(ctx, len(at), func(i int) error {
		r := &rows{part: at[i]}
		read[i] = r
		if slices.Contains(want.captures, at[i]) {
			if err := l.readCaptures(ctx, h.base, at[i], captureFields, r); err != nil {
				return err
			}
		}
		if !slices.Contains(want.files, at[i]) {
			return nil
		}
		files, shares := h.base.Parts[at[i]].Files, h.base.Parts[at[i]].Shares
		err := l.readObject(files, func(text []byte) error { return r.decodeFiles(ctx, text, files.Rows, leanFields) })
		if want.lean || err != nil {
			return err
		}
		return l.readObject(shares, func(text []byte) error { return r.decodeFiles(ctx, text, files.Rows, shareFields) })
	})
	if err != nil {
		return err
	}
	h.rows = append(h.rows, read...)
	return nil
}

// readCaptures reads the captures of one part, the fields that are named.
func (l *Lake) readCaptures(ctx context.Context, c *checkpoint, part int, fields []field, into *rows) error {
	o := c.Parts[part].Captures
	return l.readObject(o, func(text []byte) error { return into.decodeCaptures(ctx, text, o.Rows, fields) })
}

// readObject reads an object of a part. Its bytes must be those that were written, before the library sees them.
func (l *Lake) readObject(o object, parse func(text []byte) error) error {
	if o.Name == "" {
		return nil
	}
	name := manifestFolder + "/" + o.Name
	text, err := l.store.Read(name)
	if err != nil {
		return fmt.Errorf("read checkpoint: %w", err)
	}
	if hashOfBytes(text) != hashOfName(o.Name) {
		err = errors.New(problemText)
	} else {
		err = parse(text)
	}
	if err != nil {
		return fmt.Errorf("read checkpoint %s: %w", l.store.Path(name), err)
	}
	return nil
}

// atOnce does something for each number below n, several at once: where a store takes its time, more of them. It ends with the first error.
func (l *Lake) atOnce(ctx context.Context, n int, do func(i int) error) error {
	workers := runtime.GOMAXPROCS(0)
	if IsURL(l.root) {
		workers = max(workers, fetches)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(workers, n) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					stop(err)
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}
