package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
)

var wholeCollection = flag.Bool("all", false, "ask the whole collection, not a tenth of it (minutes)")

// sampled returns paths of every nth capture of the collection that has so many packets or more, and not more than 20,000: of all of them with -all.
func sampled(t *testing.T, every int, packets int64) []string {
	t.Helper()
	var paths []string
	n := 0
	for _, c := range shared.Captures(t) {
		if c.Capinfos < packets || c.Capinfos > 20_000 {
			continue
		}
		if *wholeCollection || n%every == 0 {
			paths = append(paths, c.Path)
		}
		n++
	}
	return paths
}

// linked is a folder with links to captures, so that one argument names them all.
func linked(t *testing.T, paths []string) string {
	t.Helper()
	list := filepath.Join(t.TempDir(), "captures")
	if err := os.MkdirAll(list, 0o750); err != nil {
		t.Fatal(err)
	}
	for i, path := range paths {
		if err := os.Symlink(path, filepath.Join(list, strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// pcaplake runs the program under test and returns what it wrote to standard output. Status 3 is no failure: some captures are damaged.
func pcaplake(t *testing.T, args ...string) string {
	t.Helper()
	var said strings.Builder
	cmd := exec.Command("pcaplake", args...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 3 {
		t.Fatalf("%q: %v: %s", args, err, said.String())
	}
	return string(out)
}

// TestPayloadOfCaptures: what payload() reads out of the captures of a lake without payloads is what one with all of them has stored, frame by frame; so it is where half
// a dozen bytes of each are stored.
func TestPayloadOfCaptures(t *testing.T) {
	paths := sampled(t, 10, 1)
	list := linked(t, paths)
	lakes := t.TempDir()
	for name, kept := range map[string]string{"all": "all", "none": "0", "some": "6"} {
		pcaplake(t, "--lake", filepath.Join(lakes, name), "ingest", "--payload", kept, list)
	}
	stored := pcaplake(t, "--lake", filepath.Join(lakes, "all"), "query", "SELECT capture_id, frame_no, octet_length(payload) AS n, md5(payload) AS sum FROM payloads ORDER BY ALL")
	for _, name := range []string{"all", "none", "some"} {
		read := pcaplake(t, "--lake", filepath.Join(lakes, name), "query",
			"SELECT * FROM (SELECT capture_id, frame_no, octet_length(payload(capture_id, frame_no)) AS n, md5(payload(capture_id, frame_no)) AS sum FROM packets) WHERE n > 0 ORDER BY ALL")
		if read == stored {
			continue
		}
		got, want := strings.Split(read, "\n"), strings.Split(stored, "\n")
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Errorf("lake %s, row %d: read %q, stored %q", name, i, got[i], want[i])
				break
			}
		}
		t.Errorf("lake %s: %d rows, stored %d", name, len(got), len(want))
	}
	rows := strings.Count(stored, "\n") - 1
	shared.Report(t, "%d payloads of %d captures read again and compared", rows, len(paths))
	if rows < 3_000 {
		t.Errorf("only %d payloads", rows)
	}
}
