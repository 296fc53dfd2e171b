package main

import (
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/pcaplake/pcaplake/internal/traffic"
)

// TestMemory holds the bound on resident memory of an ingest, at the defaults of a machine of two processors: the same for a capture of
// several row groups, for one three times as large, and for a compressed one.
func TestMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("peaks are told in the units of Linux")
	}
	const bound = 512 << 20
	dir := t.TempDir()
	write := func(name string, frames int) string {
		path := filepath.Join(dir, name)
		if err := traffic.WriteCapture(path, frames, 1, 1_768_435_200); err != nil {
			t.Fatal(err)
		}
		return path
	}
	small, large := write("small.pcap", 400_000), write("large.pcap", 1_200_000)
	for _, c := range []struct{ name, path string }{{"plain", small}, {"large", large}, {"gzip", gzipped(t, small)}} {
		cmd := exec.Command(program(t), "ingest", "--jobs", "2", "--lake", filepath.Join(dir, c.name+".lake"), c.path)
		cmd.Env = append(os.Environ(), "GOMAXPROCS=2")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", c.name, err, out)
		}
		peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
		t.Logf("%s: %d MiB at most", c.name, peak>>20)
		if peak > bound {
			t.Errorf("%s: %d MiB of resident memory, more than %d", c.name, peak>>20, bound>>20)
		}
	}
}

// program is the path of pcaplake: this test itself under that name, as testscript has it.
func program(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("pcaplake")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func gzipped(t *testing.T, path string) string {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(path + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewWriterLevel(out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(z, in); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return path + ".gz"
}

// TestQueryMemory holds that a result of millions of rows takes no more memory than a short one, but for what DuckDB buffers.
func TestQueryMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("peaks are told in the units of Linux")
	}
	const beyond = 192 << 20 // a row group of Parquet is buffered; four million rows held would take 400 MB
	dir := filepath.Join(t.TempDir(), "lake")
	capture, err := filepath.Abs("../../testdata/dns.pcap")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program(t), "--lake", dir, "ingest", capture).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	peak := func(format, rows string) int64 {
		cmd := exec.Command(program(t), "--lake", dir, "query", "-f", format, "SELECT range AS n, hash(range) AS h, 'text ' || range AS t FROM range("+rows+")")
		cmd.Env = append(os.Environ(), "GOMAXPROCS=2")
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	}
	for _, format := range []string{"csv", "parquet"} {
		short, long := peak(format, "1000"), peak(format, "4000000")
		t.Logf("%s: %d MiB for a thousand rows, %d MiB for four million", format, short>>20, long>>20)
		if long-short > beyond {
			t.Errorf("%s: %d MiB more for four million rows than for a thousand, at most %d", format, (long-short)>>20, beyond>>20)
		}
	}
}
