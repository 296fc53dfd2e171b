// Package shared finds the capture collection that tests are held against.
package shared

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Capture is one line of the collection's MANIFEST.tsv.
type Capture struct {
	Path      string // absolute
	Rel       string // within captures/
	Format    string // such as pcap-us-le, pcapng, snoop
	LinkTypes string // comma-separated LINKTYPE_ numbers
	Capinfos  int64  // packets as capinfos counts them; -1: it refuses the file
	Reader    int64  // packets as a plain reader counts them; -1: not told
	Note      string
}

// Dir returns the folder beside the repository that holds captures/ and lab/. Where it is absent the test is skipped, which is said;
// under CI=true its absence is a failure.
func Dir(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("find repository root: no go.mod above the test")
		}
		dir = parent
	}
	shared := filepath.Join(filepath.Dir(dir), "shared")
	if _, err := os.Stat(filepath.Join(shared, "captures", "MANIFEST.tsv")); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("the capture collection is absent, which CI=true does not allow: %v", err)
		}
		tb.Skip("the capture collection ../shared is absent: not tested against it")
	}
	return shared
}

// Captures returns the collection's captures in the manifest's order.
func Captures(tb testing.TB) []Capture {
	tb.Helper()
	root := filepath.Join(Dir(tb), "captures")
	f, err := os.Open(filepath.Join(root, "MANIFEST.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var out []Capture
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for first := true; lines.Scan(); first = false {
		if first {
			continue
		}
		c := strings.Split(lines.Text(), "\t")
		if len(c) < 8 {
			tb.Fatalf("read MANIFEST.tsv: %d columns in %q", len(c), lines.Text())
		}
		out = append(out, Capture{
			Path: filepath.Join(root, c[0]), Rel: c[0], Format: c[3], LinkTypes: c[4],
			Capinfos: number(c[5]), Reader: number(c[6]), Note: c[7],
		})
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return out
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return n
}
