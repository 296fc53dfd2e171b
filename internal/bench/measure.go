package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/pcaplake/pcaplake/internal/traffic"
)

// cost is what a command took.
type cost struct {
	wall   time.Duration
	memory int64 // peak resident bytes
	out    string
}

// command runs a program and measures it. A status of 3 is an ingest with truncated captures, which is none here.
func command(name string, args ...string) (cost, error) {
	cmd := exec.Command(name, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	began := time.Now()
	err := cmd.Run()
	c := cost{wall: time.Since(began), out: out.String()}
	if err != nil {
		return c, fmt.Errorf("run %s %s: %w: %s", name, strings.Join(args, " "), err, said.String())
	}
	c.memory = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss * 1024
	return c, nil
}

// best runs something as often as asked and returns the fastest run.
func (b *bench) best(run func() (cost, error)) (cost, error) {
	var best cost
	for i := range b.runs {
		c, err := run()
		if err != nil {
			return c, err
		}
		if i == 0 || c.wall < best.wall {
			best = c
		}
	}
	return best, nil
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

// ingest loads into a lake that is made anew for every run.
func (b *bench) ingest(lake string, sources ...string) (cost, error) {
	return b.best(func() (cost, error) {
		if err := os.RemoveAll(b.path(lake)); err != nil {
			return cost{}, err
		}
		return command(b.pcaplake, append([]string{"ingest", "--lake", b.path(lake)}, sources...)...)
	})
}

// one is the large capture: begin and seed are fixed, so it is the same everywhere.
func (b *bench) one() (path string, size int64, err error) {
	path = b.path(fmt.Sprintf("one-%d.pcap", b.frames))
	if err := traffic.WriteCapture(path, b.frames, 1, 1_768_435_200); err != nil {
		return "", 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", 0, err
	}
	_, err = command("sh", "-c", `cat "$0" > /dev/null`, path) // into the page cache
	return path, info.Size(), err
}

// large is a capture of eight times the frames.
func (b *bench) large() (path string, err error) {
	path = b.path(fmt.Sprintf("large-%d.pcap", 8*b.frames))
	return path, traffic.WriteCapture(path, 8*b.frames, 3, 1_768_435_200)
}

func rate(frames int, c cost) float64 { return float64(frames) / c.wall.Seconds() }

func million(perSecond float64) string { return fmt.Sprintf("%.2f M packets/s", perSecond/1e6) }

func (b *bench) ingestOne() (string, error) {
	path, size, err := b.one()
	if err != nil {
		return "", err
	}
	c, err := b.ingest("one.lake", path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s (%d frames, %d MB, %.0f MB/s)", million(rate(b.frames, c)), b.frames, size/1e6, float64(size)/1e6/c.wall.Seconds()), nil
}

func (b *bench) disk() (string, error) {
	total := int64(0)
	for _, table := range []string{"packets", "arp", "dns"} {
		n, err := folderSize(b.path("one.lake/" + table))
		if err != nil {
			return "", err
		}
		total += n
	}
	return fmt.Sprintf("%.1f B/packet", float64(total)/float64(b.frames)), nil
}

func folderSize(dir string) (total int64, err error) {
	err = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		switch {
		case errors.Is(err, os.ErrNotExist):
			return nil
		case err == nil && !info.IsDir():
			total += info.Size()
		}
		return err
	})
	return total, err
}

func (b *bench) payload() (string, error) {
	path, size, err := b.one()
	if err != nil {
		return "", err
	}
	c, err := b.ingest("payload.lake", "--payload", "all", path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%.0f MB/s", float64(size)/1e6/c.wall.Seconds()), os.RemoveAll(b.path("payload.lake"))
}

const (
	smallCaptures = 2000
	smallFrames   = 750
)

// smallOnes are the paths of the first n small captures.
func (b *bench) smallOnes(n int) (paths []string, err error) {
	if err := os.MkdirAll(b.path("small"), 0o750); err != nil {
		return nil, err
	}
	for i := range n {
		path := filepath.Join(b.path("small"), fmt.Sprintf("%04d.pcap", i))
		if err := traffic.WriteCapture(path, smallFrames, uint64(i)+10, 1_768_435_200+uint32(i)); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func (b *bench) small() (string, error) {
	sources, err := b.smallOnes(smallCaptures)
	if err != nil {
		return "", err
	}
	c, err := b.ingest("small.lake", sources...)
	if err != nil {
		return "", err
	}
	path, _, err := b.one()
	if err != nil {
		return "", err
	}
	whole, err := b.ingest("one.lake", path)
	if err != nil {
		return "", err
	}
	each, one := rate(smallCaptures*smallFrames, c), rate(b.frames, whole)
	return fmt.Sprintf("%.0f %% (%s)", 100*each/one, million(each)), nil
}

func (b *bench) workers() (string, error) {
	path, _, err := b.one()
	if err != nil {
		return "", err
	}
	two, err := b.ingest("one.lake", path)
	if err != nil {
		return "", err
	}
	os.Setenv("GOMAXPROCS", "1")
	one, err := b.ingest("jobs.lake", "--jobs", "1", path)
	os.Unsetenv("GOMAXPROCS")
	return fmt.Sprintf("%.2f x (%s on one)", one.wall.Seconds()/two.wall.Seconds(), million(rate(b.frames, one))), err
}

func (b *bench) memory() (string, error) {
	path, _, err := b.one()
	if err != nil {
		return "", err
	}
	large, err := b.large()
	if err != nil {
		return "", err
	}
	if err := compress("gzip", path, path+".gz"); err != nil {
		return "", err
	}
	var peaks []string
	for _, source := range []string{path, large, path + ".gz"} {
		c, err := b.ingest("memory.lake", source)
		if err != nil {
			return "", err
		}
		peaks = append(peaks, fmt.Sprintf("%d", c.memory>>20))
	}
	return strings.Join(peaks, ", ") + " MiB", os.RemoveAll(b.path("memory.lake"))
}

// compress makes a compressed copy unless it is there.
func compress(tool, from, to string) error {
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	_, err := command("sh", "-c", tool+` -1 -c "$0" > "$1.part" && mv "$1.part" "$1"`, from, to)
	return err
}

func (b *bench) compressed() (string, error) {
	path, size, err := b.one()
	if err != nil {
		return "", err
	}
	var parts []string
	for tool, suffix := range map[string]string{"gzip": ".gz", "zstd": ".zst"} {
		if _, err := exec.LookPath(tool); err != nil {
			continue
		}
		if err := compress(tool, path, path+suffix); err != nil {
			return "", err
		}
		alone, err := b.best(func() (cost, error) { return command("sh", "-c", tool+` -dc "$0" > /dev/null`, path+suffix) })
		if err != nil {
			return "", err
		}
		c, err := b.ingest("compressed.lake", path+suffix)
		if err != nil {
			return "", err
		}
		parts = append(parts, fmt.Sprintf("%s %.0f %% (%.0f MB/s decompressed, %s alone %.0f MB/s)", tool,
			100*alone.wall.Seconds()/c.wall.Seconds(), float64(size)/1e6/c.wall.Seconds(), tool, float64(size)/1e6/alone.wall.Seconds()))
	}
	return strings.Join(parts, "; "), os.RemoveAll(b.path("compressed.lake"))
}

func (b *bench) firstRow() (string, error) {
	sources, err := b.smallOnes(1000)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(b.path("thousand.lake")); err != nil {
		if _, err := command(b.pcaplake, append([]string{"ingest", "--lake", b.path("thousand.lake")}, sources...)...); err != nil {
			return "", err
		}
	}
	c, err := b.best(func() (cost, error) {
		return command(b.pcaplake, "query", "--lake", b.path("thousand.lake"), "SELECT * FROM packets LIMIT 1")
	})
	return fmt.Sprintf("%d ms", c.wall.Milliseconds()), err
}

// tenMillion is a lake of ten million packets, of a capture that is not kept.
func (b *bench) tenMillion() (string, error) {
	lake := b.path("ten.lake")
	if _, err := os.Stat(lake); err == nil {
		return lake, nil
	}
	path := b.path("ten.pcap")
	if err := traffic.WriteCapture(path, b.tenMillionFrames(), 3, 1_768_435_200); err != nil {
		return "", err
	}
	if _, err := command(b.pcaplake, "ingest", "--lake", lake, path); err != nil {
		return "", err
	}
	return lake, os.Remove(path)
}

// tenMillionFrames is ten million, or as much less as the captures are to be smaller.
func (b *bench) tenMillionFrames() int { return b.frames / 3 * 20 }

func (b *bench) talkers() (string, error) {
	lake, err := b.tenMillion()
	if err != nil {
		return "", err
	}
	c, err := b.best(func() (cost, error) {
		return command(b.pcaplake, "query", "--lake", lake, "addresses-sending-payloads")
	})
	return fmt.Sprintf("%d ms, start of the program included", c.wall.Milliseconds()), err
}

func (b *bench) report() (string, error) {
	lake, err := b.tenMillion()
	if err != nil {
		return "", err
	}
	c, err := b.best(func() (cost, error) {
		return command(b.pcaplake, "report", "--lake", lake, "-o", b.path("report.html"))
	})
	return fmt.Sprintf("%.1f s, %d MiB", c.wall.Seconds(), c.memory>>20), err
}

func (b *bench) classify() (string, error) {
	lake, err := b.tenMillion()
	if err != nil {
		return "", err
	}
	return b.judge(lake)
}

// classifyFlood classifies ten million packets of which each is a flow of its own, the most that detectors can be given.
func (b *bench) classifyFlood() (string, error) {
	path, lake := b.path("flood.pcap"), b.path("flood.lake")
	if _, err := os.Stat(lake); err != nil {
		if err := traffic.WriteFlood(path, 10_000_000, 1, 1_768_435_200); err != nil {
			return "", err
		}
		if _, err := command(b.pcaplake, "ingest", "--lake", lake, path); err != nil {
			return "", err
		}
	}
	return b.judge(lake)
}

func (b *bench) judge(lake string) (string, error) {
	c, err := b.best(func() (cost, error) {
		return command(b.pcaplake, "classify", "--lake", lake, "--dry-run", "-o", b.path("verdicts.tsv"))
	})
	return fmt.Sprintf("%.1f s, %d MiB", c.wall.Seconds(), c.memory>>20), err
}
