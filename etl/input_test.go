package etl

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBadInput(t *testing.T) {
	good := pcap(packetsOf(1, evening, time.Second, 30)...)
	dir := files(t, map[string][]byte{
		"good.pcap": good, "cut.pcap": good[:len(good)-3], "text.txt": []byte("hello, world, no capture here"), "zero.pcap": nil,
		"bad/bad.cap.gz": []byte("garbage, not gzip either"), "none/readme": []byte("hello, world, no capture here"),
		"mixed/good.pcap": good, "mixed/bad.pcap": []byte("hello, world, no capture here"), "mixed/x.txt": []byte("hello, world, no capture"),
	})
	t.Chdir(dir)
	tests := []struct {
		sources []string
		want    Summary // of the counts
		status  string
		exit    int
		err     error
	}{
		{sources: []string{"good.pcap"}, want: Summary{Committed: 1}, status: StatusOK},
		{sources: []string{"cut.pcap"}, want: Summary{Committed: 1, Truncated: 1}, status: StatusPartial, exit: 3},
		{sources: []string{"text.txt"}, want: Summary{Failed: 1}, status: StatusFailed, exit: 1},
		{sources: []string{"zero.pcap"}, want: Summary{Failed: 1}, status: StatusFailed, exit: 1},
		{sources: []string{"bad"}, want: Summary{Failed: 1}, status: StatusFailed, exit: 1},
		{sources: []string{"mixed"}, want: Summary{Committed: 1, Failed: 1, Skipped: 1}, status: StatusPartial, exit: 3},
		{sources: []string{"good.pcap", "gone.pcap"}, want: Summary{Committed: 1, Failed: 1}, status: StatusPartial, exit: 3},
		{sources: []string{"gone.pcap"}, want: Summary{Failed: 1}, status: StatusFailed, exit: 66, err: ErrNoInput},
		{sources: []string{"*.nothing"}, want: Summary{Failed: 1}, status: StatusFailed, exit: 66, err: ErrNoInput},
		{sources: []string{"none"}, want: Summary{Skipped: 1}, status: StatusFailed, exit: 66, err: ErrNoInput},
		{sources: nil, status: StatusFailed, exit: 64, err: ErrUsage},
		{sources: []string{"s3://bucket/night"}, status: StatusFailed, exit: 64, err: ErrUsage},
	}
	for _, test := range tests {
		t.Run(strings.Join(test.sources, " "), func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "lake")
			s, err := Ingest(t.Context(), Options{Lake: root, Sources: test.sources})
			if !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			got := Summary{Committed: s.Committed, Truncated: s.Truncated, Failed: s.Failed, Skipped: s.Skipped}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("summary: -want +got\n%s", diff)
			}
			if s.Status != test.status || ExitStatus(s, err) != test.exit || len(s.Errors) != s.Failed {
				t.Errorf("status %s, exit status %d, errors %v", s.Status, ExitStatus(s, err), s.Errors)
			}
			for _, e := range s.Errors {
				if e.Source == "" || strings.ContainsAny(e.Error, "\n") || strings.HasPrefix(e.Error, "failed") {
					t.Errorf("error line %+v", e)
				}
			}
		})
	}
}

func TestQuarantine(t *testing.T) {
	t.Chdir(files(t, map[string][]byte{"a.pcap": []byte("hello, world, no capture here")}))
	o := Options{Lake: "lake", Sources: []string{"."}, ToolVersion: "1"}
	first := ingest(t, o)
	second := ingest(t, o)
	if second.Failed != 1 || !strings.Contains(second.Errors[0].Error, "unchanged since run "+first.Run) {
		t.Errorf("unchanged: %+v", second.Errors)
	}
	o.ToolVersion = "2"
	if s := ingest(t, o); s.Failed != 1 || strings.Contains(s.Errors[0].Error, "unchanged") {
		t.Errorf("another version: %+v", s.Errors)
	}
	place(t, "a.pcap", pcap(packetsOf(1, evening, time.Second, 3)...))
	if s := ingest(t, o); s.Committed != 1 || s.Failed != 0 {
		t.Errorf("repaired: %+v", s)
	}
	if q := loadQuarantine("lake"); len(q.entries) != 0 {
		t.Errorf("quarantine after the repair: %v", q.entries)
	}
}

func TestUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads everything: not tested")
	}
	t.Chdir(files(t, map[string][]byte{"a.pcap": pcap(), "notes.txt": nil}))
	for _, name := range []string{"a.pcap", "notes.txt"} {
		if err := os.Chmod(name, 0); err != nil {
			t.Fatal(err)
		}
	}
	s := ingest(t, Options{Lake: "lake", Sources: []string{"."}})
	if s.Failed != 2 || !strings.Contains(s.Errors[0].Error, "permission") {
		t.Errorf("summary: %+v", s)
	}
}

func TestSensorNames(t *testing.T) {
	dir := files(t, map[string][]byte{"a.pcap": pcap(packetsOf(1, evening, time.Second, 3)...)})
	for _, sensor := range []string{"..", ".", "a/b", "../../x", "a\x00b", "a\nb", strings.Repeat("x", 300), "_runs", "date=1", "ünïcode"} {
		root := filepath.Join(t.TempDir(), "in", "lake")
		s, err := Ingest(t.Context(), Options{Lake: root, Sources: []string{dir}, Sensor: sensor})
		if err == nil && s.Committed != 1 || err != nil && !errors.Is(err, ErrUsage) {
			t.Errorf("sensor %q: %v, %+v", sensor, err, s)
		}
		outside, err := filepath.Glob(filepath.Join(root, "..", "..", "*"))
		if err != nil || len(outside) > 1 {
			t.Errorf("sensor %q left the lake: %v %v", sensor, outside, err)
		}
	}
}

func TestInterrupt(t *testing.T) {
	t.Chdir(archive(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, err := Ingest(ctx, Options{Lake: "before", Sources: []string{"."}})
	if err != nil || s.Status != StatusInterrupted || ExitStatus(s, err) != 130 || s.Committed != 0 {
		t.Errorf("cancelled before: %v, %+v", err, s)
	}
	full := filepath.Join(t.TempDir(), "full")
	ingest(t, Options{Lake: full, Sources: []string{"."}})
	ctx, cancel = context.WithCancel(t.Context())
	root := filepath.Join(t.TempDir(), "lake")
	log := slog.New(slog.NewTextHandler(writer(func(b []byte) { cancel() }), nil))
	s, err = Ingest(ctx, Options{Lake: root, Sources: []string{"."}, Jobs: 2, Log: log})
	if err != nil || s.Status != StatusInterrupted {
		t.Fatalf("cancelled amid: %v, %+v", err, s)
	}
	if left, _ := filepath.Glob(filepath.Join(root, "_staging", "*")); len(left) > 0 {
		t.Errorf("left in staging: %v", left)
	}
	ingest(t, Options{Lake: root, Sources: []string{"."}})
	if diff := cmp.Diff(contents(t, full), contents(t, root)); diff != "" {
		t.Errorf("after the second run: -uninterrupted +got\n%s", diff)
	}
}

type writer func([]byte)

func (w writer) Write(b []byte) (int, error) { w(b); return len(b), nil }

func TestStream(t *testing.T) {
	b := pcap(packetsOf(1, evening, time.Second, 30)...)
	root := filepath.Join(t.TempDir(), "lake")
	s := ingest(t, Options{Lake: root, Sources: []string{"-"}, Stdin: bytes.NewReader(gzipped(t, b))})
	if s.Committed != 1 || s.Packets != 30 {
		t.Errorf("summary: %+v", s)
	}
	if m := state(t, root).Manifests(); len(m) != 1 || m[0].Source != "-" {
		t.Errorf("manifests: %+v", m)
	}
	if s := ingest(t, Options{Lake: root, Sources: []string{"-"}, Stdin: bytes.NewReader(b)}); s.Known != 1 {
		t.Errorf("again: %+v", s)
	}
	s, err := Ingest(t.Context(), Options{Lake: root, Sources: []string{"-"}, Stdin: strings.NewReader("no capture")})
	if err != nil || s.Failed != 1 || s.Status != StatusFailed || s.Errors[0].Source != "-" {
		t.Errorf("no capture: %v, %+v", err, s)
	}
}

// TestStreamInterrupted cancels while a stream comes in: its frames never come again, so they are kept.
func TestStreamInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in := reader(func(b []byte) (int, error) {
		cancel()
		return copy(b, pcap(packetsOf(1, evening, time.Second, 30)...)), nil
	})
	dir := files(t, map[string][]byte{"a.pcap": pcap(packetsOf(2, evening, time.Second, 30)...)})
	s, err := Ingest(ctx, Options{Lake: filepath.Join(t.TempDir(), "lake"), Sources: []string{"-", dir}, Stdin: in, Jobs: 1})
	if err != nil || s.Committed != 1 || s.Packets != 30 || s.Status != StatusInterrupted {
		t.Errorf("%v, %+v", err, s)
	}
}

type reader func([]byte) (int, error)

func (r reader) Read(b []byte) (int, error) { return r(b) }

func TestDryRun(t *testing.T) {
	t.Chdir(files(t, map[string][]byte{
		"a.pcap": pcap(packetsOf(1, evening, time.Second, 3)...), "b.pcap": pcap(packetsOf(2, evening, time.Second, 3)...),
		"c.pcap": []byte("no capture"), "notes": nil, "z.pcap.gz": gzipped(t, pcap(packetsOf(2, evening, time.Second, 3)...)),
	}))
	o := Options{Lake: "lake", Sources: []string{"."}, DryRun: true}
	s := ingest(t, o)
	if _, err := os.Stat("lake"); err == nil {
		t.Error("a dry run made a lake")
	}
	actions := func(s Summary) map[string]string {
		out := map[string]string{}
		for _, p := range s.Plan {
			out[p.Source] = p.Action
		}
		return out
	}
	want := map[string]string{"a.pcap": ActionCommit, "b.pcap": ActionCommit, "c.pcap": ActionFail, "z.pcap.gz": ActionKnown}
	if diff := cmp.Diff(want, actions(s)); diff != "" {
		t.Errorf("plan: -want +got\n%s", diff)
	}
	ingest(t, Options{Lake: "lake", Sources: []string{"a.pcap"}})
	if s := ingest(t, Options{Lake: "lake", Sources: []string{"-"}, Stdin: strings.NewReader(""), DryRun: true}); s.Failed != 1 {
		t.Errorf("of a stream: %+v", s)
	}
	before := contents(t, "lake")
	want["a.pcap"] = ActionKnown
	if diff := cmp.Diff(want, actions(ingest(t, o))); diff != "" {
		t.Errorf("plan with a lake: -want +got\n%s", diff)
	}
	if diff := cmp.Diff(before, contents(t, "lake")); diff != "" {
		t.Errorf("a dry run wrote: %s", diff)
	}
}

func TestSettle(t *testing.T) {
	t.Chdir(files(t, map[string][]byte{"old.pcap": pcap(packetsOf(1, evening, time.Second, 3)...), "new.pcap": pcap(packetsOf(2, evening, time.Second, 3)...)}))
	now := time.Now()
	if err := os.Chtimes("new.pcap", now, now); err != nil {
		t.Fatal(err)
	}
	s := ingest(t, Options{Lake: "lake", Sources: []string{"."}, Settle: 10 * time.Minute, After: "delete"})
	if s.Committed != 1 || s.Unsettled != 1 || s.CapturesFound != 2 {
		t.Errorf("summary: %+v", s)
	}
	if _, err := os.Stat("new.pcap"); err != nil {
		t.Error(err)
	}
}

func TestAfter(t *testing.T) {
	good := pcap(packetsOf(1, evening, time.Second, 30)...)
	tree := map[string][]byte{
		"in/good.pcap": good, "in/below/copy.pcap": good, "in/cut.pcap": pcap(packetsOf(2, evening, time.Second, 9)...)[:300],
		"in/bad.pcap": []byte("no capture"), "in/notes": nil,
	}
	tests := []struct {
		after string
		want  []string
	}{
		{"keep", []string{"in/bad.pcap", "in/below/copy.pcap", "in/cut.pcap", "in/good.pcap", "in/notes"}},
		{"delete", []string{"in/bad.pcap", "in/cut.pcap", "in/notes"}},
		{"move=done", []string{"done/below/copy.pcap", "done/cut.pcap", "done/good.pcap", "in/bad.pcap", "in/notes"}},
	}
	for _, test := range tests {
		t.Run(test.after, func(t *testing.T) {
			t.Chdir(files(t, tree))
			ingest(t, Options{Lake: "lake", Sources: []string{"in"}, After: test.after})
			left := slices.DeleteFunc(slices.Sorted(maps.Keys(contents(t, "."))), func(name string) bool {
				return strings.HasPrefix(name, "lake/")
			})
			if diff := cmp.Diff(test.want, left); diff != "" {
				t.Errorf("files: -want +got\n%s", diff)
			}
		})
	}
}
