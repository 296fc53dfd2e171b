package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/internal/faults"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// brokenMain is the program, broken as its environment says.
func brokenMain() {
	os.Exit(run(faults.Process(context.Background()), os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// tortured is before each how-manyth operation every fault is wanted, as make torture says; 0: some of each kind do.
func tortured() int {
	n, _ := strconv.Atoi(os.Getenv("PCAPLAKE_TORTURE"))
	return n
}

// A scene is a folder in which nights are broken: src holds captures, lake has some of them since three days.
type scene struct {
	dir string
}

// nightArgs are those of a night that has something to do in each of its steps.
var nightArgs = strings.Fields("run --lake lake --source src --report-dir reports --settle 0s --jobs 1 --ioc ioc.txt --keep comments=1d --grace 0s --log-level info --log-format json")

// newScene makes one. With old some captures are in the lake already, for compaction and expiry to find.
func newScene(t *testing.T, old bool) scene {
	t.Helper()
	captures, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	s := scene{t.TempDir()}
	s.sh(t, `mkdir src; cd src; cp "$0"/theft.pcap "$0"/web.pcap "$0"/dns.pcap .; touch -d '3 days ago' *; echo 203.0.113.66 > ../ioc.txt`, captures)
	if old {
		s.night(t)
		s.sh(t, `find lake src -exec touch -d '3 days ago' {} +`)
	}
	s.sh(t, `cd src; cp "$0"/scan.pcap "$0"/truncated.pcap "$0"/interfaces.pcapng .; echo none > bad.pcap; touch -d '2 hours ago' scan.pcap truncated.pcap interfaces.pcapng bad.pcap`, captures)
	return s
}

// copied is the same scene in another folder.
func (s scene) copied(t *testing.T, at string) scene {
	t.Helper()
	s.sh(t, `cp -a . "$0"`, at)
	return scene{at}
}

// sh runs commands of the shell in the scene; $0 is the argument.
func (s scene) sh(t *testing.T, commands string, arg ...string) {
	t.Helper()
	cmd := exec.Command("sh", append([]string{"-euc", commands}, arg...)...)
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", commands, err, out)
	}
}

// night is an undisturbed one.
func (s scene) night(t *testing.T) done {
	t.Helper()
	did := s.run(t, 0, "", nightArgs...)
	if did.exit != 0 && did.exit != exitPartial {
		t.Fatalf("undisturbed: exit status %d: %s%s", did.exit, did.out, did.log)
	}
	return did
}

// done is what a process came to.
type done struct {
	exit     int // -1: a signal killed it
	out, log []byte
}

// run runs the program until its operation at, and before that does what is told.
func (s scene) run(t *testing.T, at int, do string, args ...string) done {
	t.Helper()
	cmd := exec.Command("pcaplake-broken", args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), faults.AtVar+"="+strconv.Itoa(at), faults.DoVar+"="+do)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return done{cmd.ProcessState.ExitCode(), out.Bytes(), log.Bytes()}
}

// look holds what a reader of the lake sees, if there is one: sound, and each source whole or not at all.
func (s scene) look(t *testing.T, sees map[string][]int64) {
	t.Helper()
	root := filepath.Join(s.dir, "lake")
	if _, err := lake.Open(t.Context(), root); errors.Is(err, lake.ErrNoLake) {
		return
	}
	faults.Work{Sees: sees}.Look(t.Context(), t, root)
	faults.Hold(t.Context(), t, root)
}

// state is the lake's, and what its sources have in it.
func (s scene) state(t *testing.T) (*lake.State, map[string][]int64) {
	t.Helper()
	l, err := lake.Open(t.Context(), filepath.Join(s.dir, "lake"))
	if err != nil {
		t.Fatal(err)
	}
	state, err := l.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sees := map[string][]int64{}
	for _, m := range state.Manifests() {
		sees[m.Source] = []int64{0, state.Packets(m)}
	}
	return state, sees
}

// rows are what a reader gets, however it lies in files: rows by table, and captures by content.
func (s scene) rows(t *testing.T) map[string]string {
	t.Helper()
	state, _ := s.state(t)
	rows, out := map[string]int64{}, map[string]string{}
	for _, f := range state.AllFiles() {
		rows[f.Table] += f.Rows
	}
	for table, n := range rows {
		out[table] = strconv.FormatInt(n, 10)
	}
	for _, m := range state.Manifests() {
		out[m.ContentHash] = fmt.Sprintf("%s: %d packets of %d", m.Source, state.Packets(m), m.Rows)
	}
	return out
}

// objects are the hashes of all that the input determines.
func (s scene) objects(t *testing.T) map[string]string {
	t.Helper()
	return faults.Work{}.Contents(t.Context(), t, filepath.Join(s.dir, "lake"))
}

// pages holds that no page of a report is there in part.
func (s scene) pages(t *testing.T) {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(s.dir, "reports", "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		if text, err := os.ReadFile(page); err != nil || !bytes.HasSuffix(bytes.TrimSpace(text), []byte("</html>")) {
			t.Errorf("%s is not whole: %v", page, err)
		}
	}
}

// A fault happens in the middle of a night.
type fault struct {
	name  string
	steps []string // in which; none: in all
	late  bool     // when the store is asked last, before the long work of a step that is not the last; else in the middle
	first string   // is done before the night
	do    string
	then  string // is done before the night is done again
	moves bool   // times of files are others then: what lies in which file may be too
	exit  []int  // what the night may end with; none: all
	args  string // of the nights
	on    bool   // the night goes on behind the step that fails, so that changes have other numbers
}

var nightFaults = []fault{
	{name: "SIGTERM", late: true, do: "kill -TERM $PPID", exit: []int{128 + 15}},
	{name: "SIGKILL", do: "kill -KILL $PPID", exit: []int{-1}},
	{name: "SIGKILL with --after delete", steps: []string{"ingest"}, do: "kill -KILL $PPID", exit: []int{-1}, args: "--after delete"},
	{name: "the sources vanish", steps: []string{"ingest"}, do: "mv src gone", then: "mv gone src", exit: []int{exitPartial, exitFailed, exitNoInput}, on: true},
	{name: "a source is cut", steps: []string{"ingest"}, first: "cp -p src/scan.pcap whole", do: "truncate -s 1000 src/scan.pcap", then: "mv whole src/scan.pcap", moves: true, exit: []int{exitPartial}},
	{
		name: "a source grows", steps: []string{"ingest"}, moves: true, exit: []int{exitPartial},
		first: "cp -p src/scan.pcap whole; truncate -s 1000 src/scan.pcap", do: "tail -c +1001 whole >> src/scan.pcap", then: "mv whole src/scan.pcap",
	},
	{name: "the clock leaps ahead", steps: []string{"ingest", "classify", "compact"}, do: "find lake src -exec touch -d '400 days ago' {} +", moves: true, exit: []int{exitPartial}},
	{name: "the clock falls back", steps: []string{"ingest", "classify", "compact"}, do: "find lake -exec touch -d '400 days' {} +", moves: true, exit: []int{exitPartial}},
}

// TestBrokenNights breaks whole nights, as processes of their own, in each of their steps. Done again, the lake is that of an undisturbed night, byte for byte.
func TestBrokenNights(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs many nights")
	}
	start := newScene(t, true)
	undisturbed := start.copied(t, t.TempDir())
	did := undisturbed.night(t)
	steps, operations := faults.Phases(did.log)
	if want := []string{"ingest", "classify", "hunt", "report", "compact", "expire"}; !slices.Equal(steps, want) {
		t.Fatalf("steps %v, want %v", steps, want)
	}
	for _, change := range []string{`"changed":1`, `"step":"hunt","status":"ok"`, `"files_merged":`, `"files_removed":`} {
		if !bytes.Contains(did.out, []byte(change)) || bytes.Contains(did.out, []byte(change+"0,")) {
			t.Fatalf("a night without %s breaks nothing: %s", change, did.out)
		}
	}
	n := &nights{start: start, objects: undisturbed.objects(t), rows: undisturbed.rows(t)}
	_, n.sees = undisturbed.state(t)
	var todo []func()
	for _, f := range nightFaults {
		for _, step := range steps {
			if f.steps != nil && !slices.Contains(f.steps, step) {
				continue
			}
			for _, at := range f.some(operations[step], step == steps[len(steps)-1]) {
				todo = append(todo, func() { n.breakOff(t, f, step, at) })
			}
		}
	}
	each(todo)
	shared.Report(t, "%d faults injected into whole nights (%d kinds, %d steps, %d operations of the store), %d lakes compared, %d losses",
		len(todo), len(nightFaults), len(steps), operations["expire"][len(operations["expire"])-1], n.compared, n.losses)
}

// some are operations of a step. Behind the last operation of the last step there is no work that a signal could end.
func (f *fault) some(operations []int, last bool) []int {
	at := len(operations) / 2
	if f.late && !last {
		at = len(operations) - 1
	}
	every := tortured()
	if every == 0 {
		return operations[at : at+1]
	}
	var list []int
	for i := at % every; i < len(operations); i += every {
		list = append(list, operations[i])
	}
	return list
}

// each does work, as much at once as there are processors.
func each(todo []func()) {
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for _, do := range todo {
		slots <- struct{}{}
		all.Go(func() { do(); <-slots })
	}
	all.Wait()
}

// nights are those that are broken.
type nights struct {
	start         scene
	objects, rows map[string]string // of the undisturbed lake
	sees          map[string][]int64

	mu               sync.Mutex
	compared, losses int
}

// breakOff breaks a night at an operation of a step, does it again and compares the lake.
func (n *nights) breakOff(t *testing.T, f fault, step string, at int) {
	name := fmt.Sprintf("%s in %s, operation %d", f.name, step, at)
	dir, err := os.MkdirTemp("", "night")
	if err != nil {
		t.Error(err)
		return
	}
	defer os.RemoveAll(dir)
	s := n.start.copied(t, dir)
	s.sh(t, f.first+"\n:")
	args := slices.Concat(nightArgs, strings.Fields(f.args))
	did := s.run(t, at, f.do, args...)
	if len(f.exit) > 0 && !slices.Contains(f.exit, did.exit) {
		t.Errorf("%s: exit status %d: %s%s", name, did.exit, did.out, did.log)
	}
	if f.name == "SIGTERM" {
		holdInterrupted(t, name, step, did.out)
	}
	if !f.moves { // else a source may be there in part, which is its state then
		s.look(t, n.sees)
	}
	s.pages(t)
	s.sh(t, f.then+"\n:")
	if again := s.run(t, 0, "", args...); again.exit != exitPartial {
		t.Errorf("%s: done again: exit status %d: %s%s", name, again.exit, again.out, again.log)
	}
	s.look(t, nil)
	s.pages(t)
	want, got := n.objects, s.objects(t)
	switch {
	case f.moves:
		want, got = n.rows, s.rows(t)
	case f.on:
		want, got = withoutChanges(want), withoutChanges(got)
	}
	diff := cmp.Diff(want, got)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.compared++
	if diff != "" {
		n.losses++
		t.Errorf("%s: -undisturbed +done again\n%s", name, diff)
	}
}

// withoutChanges are objects without the manifests of changes.
func withoutChanges(objects map[string]string) map[string]string {
	out := maps.Clone(objects)
	maps.DeleteFunc(out, func(name, _ string) bool { return strings.HasPrefix(name, "_manifests/m-") })
	return out
}

// holdInterrupted holds that a night says in which step it was interrupted, and did none of those behind.
func holdInterrupted(t *testing.T, name, step string, summary []byte) {
	t.Helper()
	var sum nightSummary
	if err := json.Unmarshal(summary, &sum); err != nil {
		t.Errorf("%s: no summary: %v: %s", name, err, summary)
		return
	}
	behind := false
	for _, s := range sum.Steps {
		if behind && (s.Status != statusSkipped || s.Reason != "interrupted") {
			t.Errorf("%s: step %s is %s", name, s.Step, s.Status)
		}
		behind = behind || s.Step == step
	}
	if sum.Status != etl.StatusInterrupted || !behind {
		t.Errorf("%s: status %s, steps %v", name, sum.Status, sum.Steps)
	}
}
