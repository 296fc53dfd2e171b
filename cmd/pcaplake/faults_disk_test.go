package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/internal/faults"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// mount puts a file system onto a folder as long as the test runs. Only root can.
func mount(t *testing.T, dir string, args ...string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can mount file systems: not tested")
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", append(args, dir)...).CombinedOutput(); err != nil {
		t.Skipf("this machine mounts nothing: not tested: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount %s: %v: %s", dir, err, out)
		}
	})
}

// TestFullDisk lets nights run into the end of a small disk, wherever that is. With more room, and done again, the lake is that of an undisturbed night, byte for
// byte but for the numbers of changes: a night expires also when it could not compact, and then does so first.
func TestFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs many nights")
	}
	start := newScene(t, true)
	undisturbed := start.copied(t, t.TempDir())
	undisturbed.night(t)
	want, wantRows := withoutChanges(undisturbed.objects(t)), undisturbed.rows(t)
	_, sees := undisturbed.state(t)
	before, after := occupies(t, start.dir+"/lake"), occupies(t, undisturbed.dir+"/lake")
	steps := 4
	if tortured() > 0 {
		steps = 60 / tortured()
	}
	full, losses := 0, 0
	for i := range steps {
		size := before + 12<<10 + (after-before)*2*i/steps // from no room for a manifest to some for all but staged files
		s := scene{t.TempDir()}
		mount(t, s.dir+"/lake", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d", size), "pcaplake-test")
		start.copied(t, s.dir)
		did := s.run(t, 0, "", nightArgs...)
		if bytes.Contains(did.out, []byte("no space left")) {
			full++
			if did.exit != exitIO || !bytes.Contains(did.out, []byte("free space on the lake's disk and run again")) {
				t.Errorf("disk of %d bytes: exit status %d: %s%s", size, did.exit, did.out, did.log)
			}
		} else if did.exit != exitPartial {
			t.Errorf("disk of %d bytes: exit status %d: %s%s", size, did.exit, did.out, did.log)
		}
		s.look(t, sees)
		s.sh(t, "mount -o remount,size=64m lake")
		if again := s.run(t, 0, "", nightArgs...); again.exit != exitPartial {
			t.Errorf("disk of %d bytes, with room: exit status %d: %s%s", size, again.exit, again.out, again.log)
		}
		s.look(t, nil)
		if diff := cmp.Diff(want, withoutChanges(s.objects(t))) + cmp.Diff(wantRows, s.rows(t)); diff != "" {
			losses++
			t.Errorf("disk of %d bytes: -undisturbed +done again\n%s", size, diff)
		}
	}
	if full == 0 {
		t.Error("no disk was too small")
	}
	shared.Report(t, "%d nights on disks of %d to %d KiB, %d of them full, %d lakes compared, %d losses", steps, (before+12<<10)>>10, (2*after-before)>>10, full, steps, losses)
}

// occupies is the room that a folder takes.
func occupies(t *testing.T, dir string) int {
	t.Helper()
	var kib int
	out, err := exec.Command("du", "-sk", dir).Output()
	if _, scan := fmt.Sscan(string(out), &kib); err != nil || scan != nil {
		t.Fatal(err, scan)
	}
	return kib << 10
}

// TestReadOnlySource takes captures from a disk that cannot be written to: they come into the lake, and that they stay is said.
func TestReadOnlySource(t *testing.T) {
	start := newScene(t, false)
	want := start.copied(t, t.TempDir())
	want.ingest(t)
	for _, after := range []string{"delete", "move=done"} {
		s := scene{t.TempDir()}
		start.copied(t, s.dir)
		mount(t, s.dir+"/src", "--bind", "-o", "ro", start.dir+"/src")
		did := s.run(t, 0, "", strings.Fields("ingest --lake lake src --jobs 1 --after "+after)...)
		if did.exit != exitPartial || !bytes.Contains(did.log, []byte("source left in place")) || !bytes.Contains(did.log, []byte("read-only file system")) {
			t.Errorf("--after %s: exit status %d: %s%s", after, did.exit, did.out, did.log)
		}
		if diff := cmp.Diff(want.objects(t), s.objects(t)); diff != "" {
			t.Errorf("--after %s: -of a disk that can be written to +of one that cannot\n%s", after, diff)
		}
		if left, _ := filepath.Glob(s.dir + "/done/*"); len(left) > 0 {
			t.Errorf("--after %s: copies of what stays: %v", after, left)
		}
	}
}

// ingest is an undisturbed one.
func (s scene) ingest(t *testing.T) {
	t.Helper()
	if did := s.run(t, 0, "", strings.Fields("ingest --lake lake src --jobs 1")...); did.exit != exitPartial { // one of the captures is bad
		t.Fatalf("undisturbed: exit status %d: %s%s", did.exit, did.out, did.log)
	}
}

// TestTogether has 2 to 8 processes ingest the same sources into one lake, some of which are ended at a random operation, while a reader looks on. Done again, the lake is that of
// one undisturbed process, byte for byte.
func TestTogether(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs many processes")
	}
	start := newScene(t, false)
	undisturbed := start.copied(t, t.TempDir())
	undisturbed.ingest(t)
	want := undisturbed.objects(t)
	_, sees := undisturbed.state(t)
	random := rand.New(rand.NewPCG(3, 4))
	counts := []int{2, 5, 8}
	if tortured() > 0 {
		counts = slices.Repeat([]int{2, 3, 4, 5, 6, 7, 8}, 30/tortured())
	}
	ended, looks, losses := 0, 0, 0
	for _, n := range counts {
		s := start.copied(t, t.TempDir())
		var all sync.WaitGroup
		for range n {
			at, do := 1+random.IntN(40), []string{"kill -TERM $PPID", "kill -KILL $PPID", "sleep 0.1"}[random.IntN(3)]
			ended++
			all.Go(func() { s.run(t, at, do, strings.Fields("ingest --lake lake src --jobs 2")...) })
		}
		over := make(chan struct{})
		go func() { all.Wait(); close(over) }()
		for looking := true; looking; looks++ {
			select {
			case <-over:
				looking = false
			case <-time.After(5 * time.Millisecond):
			}
			faults.Work{Sees: sees}.Look(t.Context(), t, s.dir+"/lake")
		}
		if again := s.run(t, 0, "", strings.Fields("ingest --lake lake src")...); again.exit != exitPartial {
			t.Errorf("%d processes, done again: exit status %d: %s%s", n, again.exit, again.out, again.log)
		}
		s.look(t, nil)
		if diff := cmp.Diff(want, s.objects(t)); diff != "" {
			losses++
			t.Errorf("%d processes: -undisturbed +done again\n%s", n, diff)
		}
	}
	shared.Report(t, "%d faults injected into 2 to 8 processes on one lake and source, %d looks of a reader meanwhile, %d lakes compared, %d losses", ended, looks, len(counts), losses)
}
