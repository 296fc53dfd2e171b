package shared

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Corrupt is one line of the collection's CORRUPT.tsv: a file that tcpdump or capinfos does not read to its end without complaint.
type Corrupt struct {
	Path        string // absolute
	Rel         string // within captures/
	Format      string // as in Capture
	Packets     int64  // that the better of tcpdump and capinfos gets out of it
	TcpdumpSays string
	InfosSays   string // what capinfos says
}

// Corrupts returns the corrupt files of the collection; absent, the test is skipped as by Dir.
func Corrupts(tb testing.TB) []Corrupt {
	tb.Helper()
	root := filepath.Join(Dir(tb), "captures")
	f, err := os.Open(filepath.Join(root, "CORRUPT.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var out []Corrupt
	lines := bufio.NewScanner(f)
	for first := true; lines.Scan(); first = false {
		if first {
			continue
		}
		c := strings.Split(lines.Text(), "\t")
		if len(c) != 9 {
			tb.Fatalf("read CORRUPT.tsv: %d columns in %q", len(c), lines.Text())
		}
		out = append(out, Corrupt{
			Path: filepath.Join(root, c[0]), Rel: c[0], Format: c[2],
			Packets:     max(0, number(c[4]), number(c[5]), number(c[6])),
			TcpdumpSays: c[7], InfosSays: c[8],
		})
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return out
}
