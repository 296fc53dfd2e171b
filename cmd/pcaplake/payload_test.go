package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
)

var wholeCollection = flag.Bool("all", false, "ask the whole collection, not a tenth of it (minutes)")

// sampled returns paths of captures of the collection: all of them with -all.
func sampled(t *testing.T, every int) []string {
	t.Helper()
	var paths []string
	for i, c := range shared.Captures(t) {
		if c.Capinfos > 0 && (*wholeCollection || i%every == 0) {
			paths = append(paths, c.Path)
		}
	}
	return paths
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
	paths := sampled(t, 10)
	list := filepath.Join(t.TempDir(), "captures")
	for _, path := range paths { // links, so that one argument names them all
		link := filepath.Join(list, strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", "_"))
		if err := os.MkdirAll(list, 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, link); err != nil {
			t.Fatal(err)
		}
	}
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
	if rows < 5_000 {
		t.Errorf("only %d payloads", rows)
	}
}
