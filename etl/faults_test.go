package etl

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake/s3"
	"github.com/pcaplake/pcaplake/internal/faults"
	"github.com/pcaplake/pcaplake/internal/s3test"
)

// TestFaults breaks everything that writes to a lake at every operation of its store, in a folder and on S3; compaction, which has the most, at every third unless
// PCAPLAKE_TORTURE is set, as make torture does.
func TestFaults(t *testing.T) {
	t.Run("folder", func(t *testing.T) { holdFaults(t, faults.Place{}) })
	t.Run("s3", func(t *testing.T) {
		remote, err := s3.New(s3.Options{Endpoint: s3test.Fake(t, nil, "lakes"), Region: "us-east-1", PathStyle: true, Credentials: s3test.Credentials()})
		if err != nil {
			t.Fatal(err)
		}
		holdFaults(t, faults.Place{URL: "s3://lakes/faults", Remote: remote, Step: 13})
	})
}

func holdFaults(t *testing.T, where faults.Place) {
	t.Helper()
	dir := files(t, nil)
	midnight := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -3)
	part := func(seed byte, n int) []byte { // twelve packets of the day before
		return pcap(packetsOf(seed, midnight.Add(-time.Minute), 5*time.Second, n)...)
	}
	write := func(t *testing.T, a, b, c int) []string {
		t.Helper()
		for i, n := range []int{a, b, c} {
			if n > 0 {
				place(t, filepath.Join(dir, string(rune('a'+i))+".pcap"), part(byte(i), n))
			}
		}
		return []string{dir}
	}
	doIngest := func(o Options) func(ctx context.Context, root string) error {
		return func(ctx context.Context, root string) error {
			o := o // several are broken at once
			o.Lake, o.Jobs, o.Payload = root, 1, -1
			_, err := Ingest(ctx, o)
			return err
		}
	}
	sees := func(a, b, c []int64) map[string][]int64 {
		out := map[string][]int64{}
		for i, n := range [][]int64{a, b, c} {
			out[filepath.Join(dir, string(rune('a'+i))+".pcap")] = n
		}
		return out
	}
	before := func(a, b, c int) func(ctx context.Context, t *testing.T, root string) {
		return func(ctx context.Context, t *testing.T, root string) {
			t.Helper()
			if err := doIngest(Options{Sources: write(t, a, b, c)})(ctx, root); err != nil {
				t.Fatal(err)
			}
		}
	}
	fresh := func(n int64) []int64 { return []int64{0, n} }
	t.Run("ingest", func(t *testing.T) {
		sources := write(t, 20, 30, 40)
		faults.Work{Place: where, Do: doIngest(Options{Sources: sources}), Sees: sees(fresh(20), fresh(30), fresh(40))}.Run(t)
	})
	t.Run("growth", func(t *testing.T) {
		faults.Work{
			Place: where,
			Before: func(ctx context.Context, t *testing.T, root string) {
				before(10, 20, 30)(ctx, t, root)
				write(t, 15, 20, 35)
			},
			Do: doIngest(Options{Sources: []string{dir}}), Sees: sees([]int64{10, 15}, []int64{20}, []int64{30, 35}),
		}.Run(t)
	})
	compacting := where
	if os.Getenv("PCAPLAKE_TORTURE") == "" {
		compacting.Step = max(compacting.Step, 3)
	}
	doCompact := func(ctx context.Context, root string) error {
		_, err := Compact(ctx, CompactOptions{Lake: root, Jobs: 1, Now: later()})
		return err
	}
	t.Run("compact", func(t *testing.T) {
		faults.Work{Place: compacting, Before: before(20, 30, 40), Do: doCompact, Sees: sees([]int64{20}, []int64{30}, []int64{40})}.Run(t)
	})
	if where.URL != "" {
		return // what follows adds operations of no other kind
	}
	t.Run("replace", func(t *testing.T) {
		place(t, filepath.Join(dir, "a.pcap"), part(0, 10))
		faults.Work{
			Place: where,
			Before: func(ctx context.Context, t *testing.T, root string) {
				before(10, 20, 30)(ctx, t, root)
				place(t, filepath.Join(dir, "a.pcap"), part(9, 25))
			},
			Do:   doIngest(Options{Sources: []string{filepath.Join(dir, "a.pcap"), filepath.Join(dir, "b.pcap")}, Replace: true, Sensor: "dmz"}),
			Sees: sees([]int64{10, 35}, []int64{20}, []int64{30}), // a.pcap is of another sensor, and other bytes: another capture
		}.Run(t)
	})
	t.Run("growth of what was compacted", func(t *testing.T) {
		faults.Work{
			Place: compacting,
			Before: func(ctx context.Context, t *testing.T, root string) {
				before(10, 20, 30)(ctx, t, root)
				if err := doCompact(ctx, root); err != nil {
					t.Fatal(err)
				}
				write(t, 15, 20, 35)
			},
			Do: doIngest(Options{Sources: []string{dir}}), Sees: sees([]int64{10, 15}, []int64{20}, []int64{30, 35}),
		}.Run(t)
	})
	t.Run("classify", func(t *testing.T) {
		judge := func(ctx context.Context, root string, texts ...string) error {
			_, err := Judge(ctx, JudgementOptions{Lake: root, Verdicts: judged(texts...)})
			return err
		}
		faults.Work{
			Place: where,
			Before: func(ctx context.Context, t *testing.T, root string) {
				before(20, 30, 40)(ctx, t, root)
				if err := judge(ctx, root, "a 1.1", "b 2.1", "c 3.1"); err != nil {
					t.Fatal(err)
				}
			},
			Do:   func(ctx context.Context, root string) error { return judge(ctx, root, "a 1.1", "d 2.1", "e 4.1") },
			Sees: sees([]int64{20}, []int64{30}, []int64{40}),
		}.Run(t)
	})
	t.Run("expire by age", func(t *testing.T) {
		now := time.Now().Add(time.Hour)
		faults.Work{
			Place:  where,
			Before: before(40, 20, 30),
			Do: func(ctx context.Context, root string) error {
				keep := map[string]time.Duration{"packets": now.Sub(midnight) + time.Second, "dns": 0}
				_, err := Expire(ctx, ExpireOptions{Lake: root, Keep: keep, Now: now})
				return err
			},
			Sees: sees([]int64{40, 28}, []int64{20, 8}, []int64{30, 18}),
		}.Run(t)
	})
	t.Run("expire by cap", func(t *testing.T) {
		faults.Work{
			Place:  where,
			Before: before(40, 20, 30),
			Do: func(ctx context.Context, root string) error {
				_, err := Expire(ctx, ExpireOptions{Lake: root, MaxBytes: 110_000, Grace: time.Hour})
				return err
			},
			Sees: sees([]int64{40, 28, 0}, []int64{20, 8, 0}, []int64{30, 18, 0}), Grace: true,
		}.Run(t)
	})
}
