package pseudonym_test

import (
	"encoding/hex"
	"net/netip"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
)

// TestNfanon compares addresses with those that nfdump's anonymiser makes of the same capture under the same key.
func TestNfanon(t *testing.T) {
	nfpcapd, nfanon, nfdump := shared.Tool(t, "nfpcapd"), shared.Tool(t, "nfanon"), shared.Tool(t, "nfdump")
	dir := t.TempDir()
	run := func(program string, args ...string) string {
		t.Helper()
		out, err := exec.Command(program, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", program, args, err, out)
		}
		return string(out)
	}
	run(nfpcapd, "-r", "../../testdata/scan.pcap", "-w", dir)
	files, err := filepath.Glob(filepath.Join(dir, "nfcapd.*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v: nfpcapd wrote nothing", err)
	}
	k, compared := key(t, paperKey), 0
	for i, file := range files {
		anonymous := filepath.Join(dir, "anonymous"+string(rune('a'+i)))
		run(nfanon, "-q", "-K", "0x"+hex.EncodeToString(paperKey[:]), "-r", file, "-w", anonymous)
		var want, got []string
		for _, line := range addresses(run(nfdump, "-q", "-r", file, "-o", "fmt:%sa %da")) {
			a, b := netip.MustParseAddr(line[0]), netip.MustParseAddr(line[1])
			got = append(got, k.Addr(a).String()+" "+k.Addr(b).String())
		}
		for _, line := range addresses(run(nfdump, "-q", "-r", anonymous, "-o", "fmt:%sa %da")) {
			want = append(want, line[0]+" "+line[1])
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, nfanon has %v", filepath.Base(file), got, want)
		}
		compared += len(got)
	}
	if compared == 0 {
		t.Error("nothing compared")
	}
	shared.Report(t, "addresses of %d flows as nfanon makes them", compared)
}

// addresses are the lines of two addresses.
func addresses(out string) (lines [][]string) {
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) == 2 {
			lines = append(lines, f)
		}
	}
	return lines
}
