package capture_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// perFormat is how many captures of each format of the manifest are compared with tshark.
const perFormat = 6

// TestFramesAsTshark compares number, time to the nanosecond and both lengths of every frame with tshark's, on captures of every format.
func TestFramesAsTshark(t *testing.T) {
	tshark := shared.Tool(t, "tshark")
	seen := map[string]int{}
	for _, c := range shared.Captures(t) {
		if refused(c.Format) || c.Capinfos <= 0 || c.Capinfos > 5000 || seen[c.Format] == perFormat || otherwise(c.Rel) {
			continue
		}
		seen[c.Format]++
		out, err := exec.Command(tshark, "-n", "-r", c.Path, "-T", "fields", "-e", "frame.number", "-e", "frame.time_epoch", "-e", "frame.cap_len",
			"-e", "frame.len").Output()
		if err != nil && len(out) == 0 {
			t.Errorf("%s: tshark: %v", c.Rel, err)
			continue
		}
		want := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
		got := frameLines(t, c.Path)
		if int64(len(want)) > c.Capinfos { // tshark also numbers blocks that are no packets, such as journal entries
			continue
		}
		if len(got) < len(want) {
			t.Errorf("%s: %d frames, tshark has %d", c.Rel, len(got), len(want))
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s (%s): %q, tshark says %q", c.Rel, c.Format, got[i], want[i])
				break
			}
		}
	}
	if len(seen) < 7 {
		t.Errorf("only %d formats were compared: %v", len(seen), seen)
	}
}

// otherwise are captures whose frames tshark prints in another way, on purpose.
func otherwise(rel string) bool {
	for _, part := range []string{
		"timestamp_invalid",     // sub-second parts of a second and more, which it prints as they are; we normalise them and mark the frame
		"/Fuzzers/",             // the same, and lengths beyond 2^31, which it prints as 2147483647
		"pcapng-example.pcapng", // one stamp is in the year 584,554, beyond DuckDB's TIMESTAMP: we have none, and mark the frame
	} {
		if strings.Contains(rel, part) {
			return true
		}
	}
	return false
}

// frameLines prints frames as tshark does in the test above.
func frameLines(t *testing.T, path string) []string {
	t.Helper()
	r, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var lines []string
	for r.Scan() {
		f := r.Frame()
		ns := f.TS*1000 + int64(f.TSExtraNS)
		stamp := fmt.Sprintf("%d.%09d", ns/1e9, ns%1e9)
		if !f.HasTS {
			stamp = ""
		}
		lines = append(lines, fmt.Sprintf("%d\t%s\t%d\t%d", f.No, stamp, len(f.Data), f.WireLen))
	}
	return lines
}
