package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/classify"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

func exampleNight() *nightSummary {
	free := int64(1 << 40)
	return &nightSummary{
		Command: "run", Status: etl.StatusOK, Night: "2026-11-22", Started: time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC), Seconds: 90, FreeBytes: &free,
		Totals: &totals{Committed: 24, Known: 3, Packets: 5_000_000, LakeBytes: 9 << 30},
		Steps:  []stepSummary{{Step: "expire", Status: etl.StatusOK, Seconds: 1}, {Step: "ingest", Status: etl.StatusOK, Seconds: 80}, {Step: "expire", Status: etl.StatusOK, Seconds: 2}},
	}
}

// TestMetrics holds the textfile against Prometheus' own rules, with promtool too where that is installed, and its figures against the summary.
func TestMetrics(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pcaplake.prom")
	night := exampleNight()
	if err := writeMetrics(path, night); err != nil {
		t.Fatal(err)
	}
	success := `pcaplake_run_last_success_timestamp_seconds 1.79531289e+09`
	holdMetrics(t, path, success, `pcaplake_run_captures{outcome="committed"} 24`, `pcaplake_run_step_seconds{step="expire"} 3`, `pcaplake_run_status{status="ok"} 1`)
	night.Started, night.Status, night.Steps[1].Status = night.Started.Add(24*time.Hour), etl.StatusFailed, etl.StatusFailed
	if err := writeMetrics(path, night); err != nil {
		t.Fatal(err)
	}
	holdMetrics(t, path, success, `pcaplake_run_status{status="failed"} 1`, `pcaplake_run_status{status="ok"} 0`, `pcaplake_run_step_failed{step="ingest"} 1`)

	if err := os.WriteFile(path, []byte("no metrics"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeMetrics(path, night); err == nil {
		t.Error("a file that is none of metrics was replaced")
	}
}

func holdMetrics(t *testing.T, path string, want ...string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("lint: %v, %v", problems, err)
	}
	t.Run("promtool", func(t *testing.T) {
		check := exec.Command(shared.Tool(t, "promtool"), "check", "metrics")
		check.Stdin = bytes.NewReader(text)
		if out, err := check.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("promtool: %v: %s", err, out)
		}
	})
	for _, line := range want {
		if !strings.Contains(string(text), "\n"+line+"\n") {
			t.Errorf("no line %s in\n%s", line, text)
		}
	}
}

// TestWebhook posts to a server of its own.
func TestWebhook(t *testing.T) {
	var got []byte
	status := http.StatusNoContent
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s of %s", r.Method, r.Header.Get("Content-Type"))
		}
		w.WriteHeader(status)
	}))
	address := server.URL + "/s3cret"
	if err := postSummary(t.Context(), address, exampleNight()); err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(exampleNight())
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("posted %s, want %s, %v", got, want, err)
	}
	status = http.StatusForbidden
	refused := postSummary(t.Context(), address, exampleNight())
	server.Close()
	gone := postSummary(t.Context(), address, exampleNight())
	for _, err := range []error{refused, gone, checkWebhook("ftp://host/s3cret"), checkWebhook("s3cret")} {
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("error %v: it must be one and tell no secret", err)
		}
	}
}

// TestVerdictsOf holds that the page takes the verdicts of the classify step only where they are of the same packets.
func TestVerdictsOf(t *testing.T) {
	root := filepath.Join(t.TempDir(), "lake")
	sources := []string{"../../testdata/scan.pcap", "../../testdata/theft.pcap"} // of one day
	if _, err := etl.Ingest(t.Context(), etl.Options{Lake: root, Sources: sources, ToolVersion: version}); err != nil {
		t.Fatal(err)
	}
	_, state, err := loadLake(t.Context(), root, &queries.Dataset{})
	if err != nil {
		t.Fatal(err)
	}
	var first, last time.Time
	for _, m := range state.Manifests() {
		begin, end := time.UnixMicro(*m.FirstTS).UTC(), time.UnixMicro(*m.LastTS+1).UTC()
		if first.IsZero() || begin.Before(first) {
			first = begin
		}
		if end.After(last) {
			last = end
		}
	}
	day := first.Truncate(24 * time.Hour)
	n := &night{judged: []judgedStretch{{day, day.AddDate(0, 0, 1), []classify.Verdict{{}}}}}
	for _, c := range []struct {
		name     string
		from, to time.Time
		taken    bool
	}{
		{"all that the day has", first, last, true},
		{"the day", day, day.AddDate(0, 0, 1), true},
		{"a part of what the day has", first.Add(time.Microsecond), last, false},
		{"but for the last packet", first, last.Add(-time.Microsecond), false},
		{"beyond the day", first, day.AddDate(0, 0, 2), false},
		{"another day", day.AddDate(0, 0, 1), day.AddDate(0, 0, 2), false},
	} {
		if got := n.verdictsOf(state, c.from, c.to) != nil; got != c.taken {
			t.Errorf("%s: verdicts taken: %v", c.name, got)
		}
	}
}
