// Command gen writes the captures of testdata/: small, made by program, the same bytes on every run.
//
//	go run ./testdata/gen testdata
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// start is when the captured day begins. All captures lie on it.
var start = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

// capture is a file and what makes it.
type capture struct {
	name  string
	bytes func() []byte
}

// captures are the files of the demo, in the order of README.md.
var captures = []capture{
	{"theft.pcap", theft},
	{"scan.pcap", scan},
	{"flood.pcap.gz", flood},
	{"web.pcap", web},
	{"dns.pcap", dns},
	{"ipv6.pcapng.zst", ipv6},
	{"interfaces.pcapng", interfaces},
	{"truncated.pcap", truncated},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen DIR")
		os.Exit(64)
	}
	for _, c := range slices.Concat(captures, formats) {
		ident = 0
		if err := os.WriteFile(filepath.Join(os.Args[1], c.name), c.bytes(), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "gen:", err)
			os.Exit(74)
		}
	}
}
