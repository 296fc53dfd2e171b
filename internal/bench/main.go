// Command bench measures pcaplake against its targets and against the peers that are installed, and prints Markdown tables. It makes its
// own captures, the same on every machine, once.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// bench is where things are and how large they are.
type bench struct {
	pcaplake string // the program under test
	dir      string // of captures and lakes
	frames   int    // of the one large capture
	runs     int    // of each measure; the fastest counts
}

// row is one line of the table of targets.
type row struct {
	what, must, aim string
	measure         func(*bench) (string, error)
}

// rows are the targets.
var rows = []row{
	{"ingest of one capture, all tables", "0.75 M packets/s", "1.0 M packets/s", (*bench).ingestOne},
	{"disk, capture order, all columns, no payload", "32 B/packet", "26 B/packet", (*bench).disk},
	{"`--payload all`", "200 MB/s of capture", "300 MB/s", (*bench).payload},
	{"2,000 small captures, commits grouped", "60 % of the rate of one", "80 %", (*bench).small},
	{"two workers on one capture", "1.7 x one", "1.9 x", (*bench).workers},
	{"peak memory: the capture, eight times as much, gzip", "512 MiB", "384 MiB", (*bench).memory},
	{"gzip and zstd input", "80 % of the decompressor alone", "90 %", (*bench).compressed},
	{"`query` on a lake of 1,000 captures, to the end of one row", "200 ms", "100 ms", (*bench).firstRow},
	{"top talkers over 10 M packets", "300 ms", "150 ms", (*bench).talkers},
	{"`report` over 10 M packets", "8 s", "4 s", (*bench).report},
	{"`classify` over 10 M packets", "10 s", "5 s", (*bench).classify},
	{"`classify` over 10 M flows of one packet", "10 s", "5 s", (*bench).classifyFlood},
	{"time per packet of captures of 0.15, 1.5 and 12 M", "the same", "", (*bench).growth},
	{"time per capture of 200 and 2,000 small ones", "the same", "", (*bench).captures},
}

func main() {
	b := &bench{}
	flag.StringVar(&b.pcaplake, "pcaplake", "bin/pcaplake", "the program")
	flag.StringVar(&b.dir, "dir", "bench", "folder of captures and lakes")
	flag.IntVar(&b.frames, "frames", 1_500_000, "frames of the large capture")
	flag.IntVar(&b.runs, "runs", 3, "runs of each measure")
	only := flag.String("only", "", "measure the rows whose name has this text, or the stages, or the columns")
	flag.Parse()
	if err := b.run(*only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) run(only string) error {
	if err := os.MkdirAll(b.dir, 0o750); err != nil {
		return err
	}
	switch only {
	case "stages":
		return b.printStages()
	case "columns":
		return b.printColumns()
	}
	fmt.Printf("%s, %d CPUs, %s/%s, %s, captures in the page cache, best of %d runs.\n\n", cpuName(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), b.runs)
	fmt.Println("| what | measured | must | aim |\n|---|---|---|---|")
	for _, r := range rows {
		if !strings.Contains(r.what, only) {
			continue
		}
		got, err := r.measure(b)
		if err != nil {
			return fmt.Errorf("measure %s: %w", r.what, err)
		}
		fmt.Printf("| %s | %s | %s | %s |\n", r.what, got, r.must, r.aim)
	}
	if only != "" {
		return nil
	}
	if err := b.printStages(); err != nil {
		return fmt.Errorf("measure stages: %w", err)
	}
	if err := b.printColumns(); err != nil {
		return fmt.Errorf("measure columns: %w", err)
	}
	return b.comparePeers()
}

// cpuName is the processor's name as Linux tells it.
func cpuName() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for _, line := range strings.Split(string(text), "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}
