package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"strings"

	"github.com/google/pprof/profile"
	"github.com/pcaplake/pcaplake/etl"
)

// stages are the parts of an ingest, each by the functions that it is known by. A sample of the processor belongs to the first stage of which a
// function is at work or waits for one that is.
var stages = []struct {
	name      string
	functions []string // prefixes
}{
	{"hash", []string{"github.com/zeebo/blake3"}},
	{"compress", []string{"github.com/klauspost/compress/zstd", "github.com/klauspost/compress/huff0"}},
	{"encode", []string{"github.com/pcaplake/pcaplake/schema.(*coder)", "github.com/pcaplake/pcaplake/schema.(*rowGroup)", "github.com/apache/arrow-go"}},
	{"fill", []string{"github.com/pcaplake/pcaplake/schema."}},
	{"flows", []string{"github.com/pcaplake/pcaplake/etl/flow.(*Tracker)"}},
	{"streams", []string{"github.com/pcaplake/pcaplake/etl/decode.(*Streams)"}},
	{"resolve", []string{"github.com/pcaplake/pcaplake/etl/flow.", "github.com/pcaplake/pcaplake/etl.(*resolver)"}},
	{"decode", []string{"github.com/pcaplake/pcaplake/etl/decode."}},
	{"read", []string{"github.com/pcaplake/pcaplake/etl/capture.", "github.com/pcaplake/pcaplake/etl.(*load).read"}},
	{"write", []string{"github.com/pcaplake/pcaplake/etl/lake."}},
	{"garbage collector", []string{"runtime.gc", "runtime.bg"}},
}

// printStages loads the large capture in this process and prints where the processor's time went.
func (b *bench) printStages() error {
	path, _, err := b.one()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := pprof.StartCPUProfile(&out); err != nil {
		return err
	}
	for range b.runs {
		if _, err = etl.Ingest(context.Background(), etl.Options{Lake: b.path("stages.lake"), Sources: []string{path}}); err != nil {
			break
		}
		if err = os.RemoveAll(b.path("stages.lake")); err != nil {
			break
		}
	}
	pprof.StopCPUProfile()
	if err != nil {
		return err
	}
	p, err := profile.Parse(&out)
	if err != nil {
		return fmt.Errorf("read profile: %w", err)
	}
	shares, total := shares(p)
	fmt.Println("\n| stage | us per packet | share |\n|---|---|---|")
	for i, name := range append(stageNames(), "rest") {
		micros := float64(shares[i]) / 1e3 / float64(b.frames*b.runs)
		fmt.Printf("| %s | %.3f | %.0f %% |\n", name, micros, 100*float64(shares[i])/float64(total))
	}
	fmt.Printf("| all | %.3f | |\n", float64(total)/1e3/float64(b.frames*b.runs))
	return nil
}

func stageNames() (names []string) {
	for _, s := range stages {
		names = append(names, s.name)
	}
	return names
}

// shares are the nanoseconds of each stage, and last of what is of none.
func shares(p *profile.Profile) (nanos []int64, total int64) {
	nanos = make([]int64, len(stages)+1)
	for _, s := range p.Sample {
		spent := s.Value[len(s.Value)-1]
		nanos[stageOf(s)] += spent
		total += spent
	}
	return nanos, total
}

func stageOf(s *profile.Sample) int {
	for i, stage := range stages {
		for _, at := range s.Location {
			for _, line := range at.Line {
				for _, prefix := range stage.functions {
					if strings.HasPrefix(line.Function.Name, prefix) {
						return i
					}
				}
			}
		}
	}
	return len(stages)
}
