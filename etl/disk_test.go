package etl

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestFullDisk ingests into a lake on a file system that holds some captures and not all.
func TestFullDisk(t *testing.T) {
	mount := t.TempDir()
	if err := unix.Mount("tmpfs", mount, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("mounting a small tmpfs needs root (%v): not tested", err)
	}
	defer unix.Unmount(mount, unix.MNT_DETACH)
	noise := rand.NewChaCha8([32]byte{})
	contents := map[string][]byte{}
	for i := range 8 {
		frames := make([]stamped, 1500)
		for j := range frames {
			payload := make([]byte, 1000)
			noise.Read(payload)
			frames[j] = stamped{evening.Add(time.Duration(j) * time.Millisecond), udp(host, web, payload)}
		}
		contents[fmt.Sprintf("%d.pcap", i)] = pcap(frames...)
	}
	dir := files(t, contents)
	root := filepath.Join(mount, "lake")
	s, err := Ingest(t.Context(), Options{Lake: root, Sources: []string{dir}, Payload: -1, After: "delete", Jobs: 1})
	var ioError *IOError
	if !errors.As(err, &ioError) || !errors.Is(err, unix.ENOSPC) || ExitStatus(s, err) != 74 || s.Status != StatusFailed {
		t.Errorf("error %v, exit status %d, status %s", err, ExitStatus(s, err), s.Status)
	}
	if left, _ := os.ReadDir(dir); len(left) != 8-s.Committed {
		t.Errorf("%d sources left, %d committed", len(left), s.Committed)
	}
	// With room again, the same command finishes the work.
	if err := unix.Mount("tmpfs", mount, "tmpfs", unix.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	again := ingest(t, Options{Lake: root, Sources: []string{dir}, Payload: -1})
	if s.Committed+again.Committed != 8 {
		t.Errorf("committed %d, then %d", s.Committed, again.Committed)
	}
	if staged, _ := os.ReadDir(filepath.Join(root, "_staging")); len(staged) != 0 {
		t.Errorf("left in staging: %v", staged)
	}
}
