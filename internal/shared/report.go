package shared

import (
	"fmt"
	"os"
	"testing"
)

// Report logs what a comparison came to. It also appends the line to the file that PCAPLAKE_REPORT names, since the log of a test that passes is
// not shown.
func Report(tb testing.TB, format string, args ...any) {
	tb.Helper()
	line := fmt.Sprintf(format, args...)
	tb.Log(line)
	path := os.Getenv("PCAPLAKE_REPORT")
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o640)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintln(f, line); err != nil {
		tb.Fatal(err)
	}
}
