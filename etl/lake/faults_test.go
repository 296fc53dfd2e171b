package lake_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/internal/faults"
)

// made makes a lake of captures of ten packets each.
func made(names ...string) func(ctx context.Context, t *testing.T, root string) {
	return func(ctx context.Context, t *testing.T, root string) {
		t.Helper()
		l, err := lake.Create(ctx, root)
		if err != nil {
			t.Fatal(err)
		}
		s, err := l.Stage("before")
		if err != nil {
			t.Fatal(err)
		}
		lake.CommitAll(t, l, s, names...)
		if err := s.Discard(); err != nil {
			t.Fatal(err)
		}
	}
}

// staged opens a lake and does something with a staging folder.
func staged(ctx context.Context, root string, do func(*lake.Lake, *lake.Staging) error) error {
	l, err := lake.Open(ctx, root)
	if err != nil {
		return err
	}
	s, err := l.Stage("work")
	if err != nil {
		return err
	}
	defer s.Discard()
	return do(l, s)
}

// TestFaults breaks what changes a lake at every operation of its store.
func TestFaults(t *testing.T) {
	sees := map[string][]int64{"a": {10}, "b": {10}, "c": {10}, "d": {10}}
	t.Run("checkpoint", func(t *testing.T) {
		faults.Work{
			Before: made("a", "b", "c", "d"), Sees: sees,
			Do: func(ctx context.Context, root string) error {
				l, err := lake.Open(ctx, root)
				if err != nil {
					return err
				}
				if _, err := l.CheckpointAfter(ctx, 2); err != nil {
					return err
				}
				d, err := l.Disk(ctx)
				if err != nil {
					return err
				}
				due := slices.DeleteFunc(d.Leftovers, func(f lake.Leftover) bool { return !f.Due(time.Now().Add(48*time.Hour), 24*time.Hour) })
				return l.Sweep(ctx, due, func(lake.Leftover) {})
			},
		}.Run(t)
	})
	t.Run("merge", func(t *testing.T) {
		faults.Work{
			Before: made("a", "b", "c", "d"), Sees: sees, Grace: true,
			Do: func(ctx context.Context, root string) error {
				return staged(ctx, root, func(l *lake.Lake, s *lake.Staging) error {
					_, err := l.Change(ctx, s, func(state *lake.State) (*lake.Change, error) {
						if len(state.Files("packets")) == 1 {
							return nil, nil
						}
						return lake.Merge(t, s, "packets", "merged-0")(state)
					})
					return err
				})
			},
		}.Run(t)
	})
}
