package etl

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// BenchmarkIngest loads one capture of mixed datagrams, and one four times as large: the memory must not follow.
func BenchmarkIngest(b *testing.B) {
	for _, frames := range []int{250_000, 1_000_000} {
		b.Run(fmt.Sprint(frames), func(b *testing.B) {
			path := large(b, frames)
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

// large writes a capture of many flows piece by piece and returns its path.
func large(b *testing.B, frames int) string {
	f, err := os.Create(filepath.Join(b.TempDir(), "large.pcap"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	head := len(pcap())
	payload := bytes.Repeat([]byte("payload "), 170)
	piece := make([]stamped, 0, 1000)
	for i := 0; i < frames; i += 1000 {
		piece = piece[:0]
		for j := i; j < i+1000; j++ {
			client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(j % 7), byte(j % 251), byte(j % 13)}), uint16(1024+j*31%60000))
			size := 40 + j*j%1300
			piece = append(piece, stamped{evening.Add(time.Duration(j) * 20 * time.Microsecond), udp(client, web, payload[:size])})
		}
		out := pcap(piece...)
		if i > 0 {
			out = out[head:]
		}
		if _, err := f.Write(out); err != nil {
			b.Fatal(err)
		}
	}
	return f.Name()
}
