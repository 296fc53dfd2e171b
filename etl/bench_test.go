package etl

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/pcaplake/pcaplake/internal/traffic"
)

// BenchmarkIngest loads one capture, and one four times as large: the memory must not follow. Its profile is what the program is built by
// (make pgo).
func BenchmarkIngest(b *testing.B) {
	for _, frames := range []int{250_000, 1_000_000} {
		b.Run(fmt.Sprint(frames), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "large.pcap")
			if err := traffic.WriteCapture(path, frames, 1, uint32(evening.Unix())); err != nil {
				b.Fatal(err)
			}
			var s Summary
			for i := 0; b.Loop(); i++ {
				s = ingest(b, Options{Lake: filepath.Join(b.TempDir(), fmt.Sprint(i)), Sources: []string{path}})
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(s.Packets)*float64(b.N)/b.Elapsed().Seconds(), "packets/s")
			b.ReportMetric(float64(m.Sys)/(1<<20), "MiB")
		})
	}
}

// BenchmarkSmallCaptures loads captures of 750 frames each, whose cost is that of their files.
func BenchmarkSmallCaptures(b *testing.B) {
	const captures, frames = 100, 750
	dir := b.TempDir()
	for i := range captures {
		path := filepath.Join(dir, fmt.Sprintf("%03d.pcap", i))
		if err := traffic.WriteCapture(path, frames, uint64(i), uint32(evening.Unix())+uint32(i)); err != nil {
			b.Fatal(err)
		}
	}
	for i := 0; b.Loop(); i++ {
		ingest(b, Options{Lake: filepath.Join(b.TempDir(), fmt.Sprint(i)), Sources: []string{dir}})
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N*captures), "ms/capture")
}
