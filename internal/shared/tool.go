package shared

import (
	"os"
	"os/exec"
	"testing"
)

// Tool finds a program that a test is held against. Without it the test is skipped, which is said; under CI=true that is a failure.
func Tool(tb testing.TB, name string) string {
	tb.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("%s is not installed, which CI=true does not allow", name)
		}
		tb.Skipf("%s is not installed: not compared with it", name)
	}
	return path
}
