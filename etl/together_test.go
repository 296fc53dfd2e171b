package etl

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// TestTogether: several runs take in the same growing sources while others expire rows and read. Readers see every capture whole, once, and
// in the end the lake has every packet once.
func TestTogether(t *testing.T) {
	dir := files(t, nil)
	root := filepath.Join(t.TempDir(), "lake")
	const sources, rounds, runs = 6, 3, 4
	sizes := map[int64]bool{0: true}
	write := func(round int) {
		for i := range sources {
			n := 20 + 30*round
			sizes[int64(n)] = true
			place(t, filepath.Join(dir, fmt.Sprintf("%d.pcap", i)), pcap(packetsOf(byte(i), evening, time.Second, n)...))
		}
	}
	look := func(ctx context.Context) error {
		l, err := lake.Open(ctx, root)
		if err != nil {
			return err
		}
		s, err := l.Load(ctx)
		if err != nil {
			return err
		}
		packets := map[string]int64{}
		for _, m := range s.Manifests() {
			packets[m.Source] += s.Packets(m)
		}
		for source, n := range packets {
			if !sizes[n] {
				return fmt.Errorf("%s has %d packets", source, n)
			}
		}
		return nil
	}
	if _, err := lake.Create(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		write(round)
		ctx, stop := context.WithCancel(t.Context())
		var others, ingests sync.WaitGroup
		others.Go(func() {
			for ctx.Err() == nil {
				if err := look(t.Context()); err != nil {
					t.Errorf("round %d: %v", round, err)
					return
				}
			}
		})
		others.Go(func() {
			for ctx.Err() == nil {
				o := ExpireOptions{Lake: root, Keep: map[string]time.Duration{"dns": 0}, Grace: time.Hour}
				if _, err := Expire(t.Context(), o); err != nil {
					t.Errorf("round %d: expire: %v", round, err)
					return
				}
			}
		})
		for range runs {
			ingests.Go(func() {
				s, err := Ingest(t.Context(), Options{Lake: root, Sources: []string{dir}, Jobs: 2})
				if err != nil || s.Failed > 0 || s.Committed+s.Known != sources {
					t.Errorf("round %d: %v, %+v", round, err, s)
				}
			})
		}
		ingests.Wait()
		stop()
		others.Wait()
	}
	if _, err := Expire(t.Context(), ExpireOptions{Lake: root, Keep: map[string]time.Duration{"dns": 0}}); err != nil {
		t.Fatal(err)
	}
	s := state(t, root)
	total := int64(0)
	for _, f := range s.Files("packets") {
		total += f.Rows
	}
	if want := int64(sources * (20 + 30*(rounds-1))); total != want || len(s.Manifests()) != sources || len(s.Files("dns")) != 0 {
		t.Errorf("%d packets, want %d; %d captures", total, want, len(s.Manifests()))
	}
	v, err := Verify(t.Context(), VerifyOptions{Lake: root})
	if err != nil || v.Broken > 0 {
		t.Errorf("%v, %+v", err, v.Findings)
	}
}
