package capture_test

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// unlikeCapinfos are the captures in which capinfos counts other bytes on the wire, with the reason.
var unlikeCapinfos = map[string]string{
	"the-tcpdump-group+tcpdump/tests/atm-heapoverflow.pcap":               sunATM,
	"the-tcpdump-group+tcpdump/tests/atm-oam-heapoverflow.pcap":           sunATM,
	"the-tcpdump-group+tcpdump/tests/atm-oam-loopback-print-overrun.pcap": sunATM,
}

const sunATM = "it does not count the four bytes that SunATM puts before a cell's data"

// TestBytesAsCapinfos holds the frames of every undamaged capture of the collection, and their bytes on the wire, against capinfos.
func TestBytesAsCapinfos(t *testing.T) {
	program := shared.Tool(t, "capinfos")
	damaged := damagedCaptures(t)
	byPath := map[string]shared.Capture{}
	args := []string{"-T", "-m", "-r", "-N", "-c", "-d"}
	for _, c := range shared.Captures(t) {
		if _, isDamaged := damaged[c.Rel]; !isDamaged && !refused(c.Format) && c.Capinfos > 0 {
			byPath[c.Path] = c
			args = append(args, c.Path)
		}
	}
	out, _ := exec.Command(program, args...).Output() // its status tells of files that it cannot read, which are missed below
	captures, packets, bytes := 0, int64(0), int64(0)
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		cells := strings.Split(line, ",")
		c, ok := byPath[cells[0]]
		if !ok || len(cells) != 3 {
			t.Fatalf("capinfos printed %q", line)
		}
		frames, wire := onTheWire(t, c.Path)
		captures, packets, bytes = captures+1, packets+frames, bytes+wire
		same := strconv.FormatInt(frames, 10) == cells[1] && strconv.FormatInt(wire, 10) == cells[2]
		if reason := unlikeCapinfos[c.Rel]; same != (reason == "") {
			t.Errorf("%s: %d frames of %d bytes, capinfos says %s of %s (%q)", c.Rel, frames, wire, cells[1], cells[2], reason)
		}
	}
	if captures != len(byPath) {
		t.Errorf("capinfos read %d of %d captures", captures, len(byPath))
	}
	shared.Report(t, "%d captures, %d packets, %d bytes on the wire as capinfos counts them, but for %d captures", captures, packets, bytes, len(unlikeCapinfos))
}

func onTheWire(t *testing.T, path string) (frames, bytes int64) {
	t.Helper()
	r, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for r.Scan() {
		frames++
		bytes += r.Frame().WireLen
	}
	return frames, bytes
}
