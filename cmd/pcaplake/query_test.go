package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestUnlessLost: an answer is sought once more when a file went away before anything was delivered.
func TestUnlessLost(t *testing.T) {
	broken := errors.New("cannot open file")
	cases := []struct {
		name    string
		answers []string // per attempt: "" succeeds, else the file that was lost
		deliver bool     // before it is lost
		calls   int
		status  int
		says    string
	}{
		{"nothing lost", []string{""}, false, 1, 0, ""},
		{"lost once", []string{"a.parquet", ""}, false, 2, 0, ""},
		{"lost for good", []string{"a.parquet", "b.parquet"}, false, 2, exitFailed, "b.parquet is missing: pcaplake verify"},
		{"lost behind rows", []string{"a.parquet"}, true, 1, exitBusy, "ask again"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out := &delivery{to: new(bytes.Buffer)}
			calls := 0
			err := unlessLost(func() (string, error) {
				lost := c.answers[calls]
				calls++
				if c.deliver {
					_, _ = out.Write([]byte("row"))
				}
				if lost != "" {
					return lost, broken
				}
				return "", nil
			}, out)
			if calls != c.calls || exitStatus(err) != c.status {
				t.Errorf("%d calls, status %d, %v", calls, exitStatus(err), err)
			}
			if c.says != "" && !strings.Contains(err.Error(), c.says) {
				t.Errorf("says %v", err)
			}
		})
	}
}
