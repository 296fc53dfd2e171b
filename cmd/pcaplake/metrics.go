package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// metric is one of the figures that a night leaves for Prometheus' node_exporter (textfile collector). All are gauges: they are of the last night.
type metric struct {
	name, help string
	label      string // "": the metric has one value
	values     func(*nightSummary) map[string]float64
}

// lastSuccess is the metric that outlives nights that fail.
const lastSuccess = "pcaplake_run_last_success_timestamp_seconds"

var metrics = []metric{
	{"pcaplake_run_last_timestamp_seconds", "When the last run ended, in seconds since 1970.", "", one(func(s *nightSummary) float64 { return s.ended() })},
	{lastSuccess, "When the last run ended that did all it had to (status ok or nothing-new), in seconds since 1970; 0: none did.", "", nil},
	{"pcaplake_run_seconds", "How long the last run took.", "", one(func(s *nightSummary) float64 { return s.Seconds })},
	{"pcaplake_run_status", "What the last run came to: 1 at its status.", "status", func(s *nightSummary) map[string]float64 {
		all := map[string]float64{}
		for _, status := range []string{etl.StatusOK, etl.StatusNothingNew, etl.StatusPartial, etl.StatusFailed, etl.StatusInterrupted} {
			all[status] = 0
		}
		all[s.Status] = 1
		return all
	}},
	{"pcaplake_run_step_seconds", "How long the steps of the last run took.", "step", bySteps(func(s *stepSummary) float64 { return s.Seconds })},
	{"pcaplake_run_step_failed", "1 where a step of the last run failed.", "step", bySteps(func(s *stepSummary) float64 {
		if s.Status == etl.StatusFailed {
			return 1
		}
		return 0
	})},
	{"pcaplake_run_captures", "Captures that the last run found, by what became of them; truncated ones are among the committed.", "outcome", ofTotals(func(t *totals) map[string]float64 {
		return map[string]float64{
			"committed": float64(t.Committed), "known": float64(t.Known), "failed": float64(t.Failed), "truncated": float64(t.Truncated),
			"unsettled": float64(t.Unsettled), "postponed": float64(t.Postponed),
		}
	})},
	{"pcaplake_run_packets", "Packets that the last run brought into the lake.", "", ofTotals(func(t *totals) map[string]float64 { return single(float64(t.Packets)) })},
	{"pcaplake_run_bytes", "Bytes of the captures that the last run brought into the lake, decompressed.", "", ofTotals(func(t *totals) map[string]float64 { return single(float64(t.Bytes)) })},
	{"pcaplake_run_files", "Files that the last run merged, removed from the lake or deleted from the disk.", "action", ofTotals(func(t *totals) map[string]float64 {
		return map[string]float64{"merged": float64(t.FilesMerged), "removed": float64(t.FilesRemoved), "deleted": float64(t.FilesDeleted)}
	})},
	{"pcaplake_run_verdicts", "Verdicts of the days that the last run judged, by severity.", "severity", ofTotals(func(t *totals) map[string]float64 {
		if t.Verdicts == nil {
			return nil
		}
		all := map[string]float64{}
		for _, severity := range queries.Severities {
			all[severity] = float64(t.Verdicts[severity])
		}
		return all
	})},
	{"pcaplake_lake_bytes", "Bytes that the lake takes on its disk, after expiry.", "", ofTotals(func(t *totals) map[string]float64 {
		if t.LakeBytes == 0 {
			return nil
		}
		return single(float64(t.LakeBytes))
	})},
	{"pcaplake_disk_free_bytes", "Bytes free on the lake's disk after the last run.", "", func(s *nightSummary) map[string]float64 {
		if s.FreeBytes == nil {
			return nil
		}
		return single(float64(*s.FreeBytes))
	}},
}

// single is the value of a metric without label.
func single(v float64) map[string]float64 { return map[string]float64{"": v} }

func one(of func(*nightSummary) float64) func(*nightSummary) map[string]float64 {
	return func(s *nightSummary) map[string]float64 { return single(of(s)) }
}

// bySteps adds up over steps of one name.
func bySteps(of func(*stepSummary) float64) func(*nightSummary) map[string]float64 {
	return func(s *nightSummary) map[string]float64 {
		sums := map[string]float64{}
		for i := range s.Steps {
			sums[s.Steps[i].Step] += of(&s.Steps[i])
		}
		return sums
	}
}

func ofTotals(of func(*totals) map[string]float64) func(*nightSummary) map[string]float64 {
	return func(s *nightSummary) map[string]float64 {
		if s.Totals == nil {
			return nil
		}
		return of(s.Totals)
	}
}

// ended is when the run ended, in seconds since 1970.
func (s *nightSummary) ended() float64 { return float64(s.Started.Unix()) + s.Seconds }

// writeMetrics replaces the textfile at once.
func writeMetrics(path string, s *nightSummary) error {
	success, err := previousSuccess(path)
	if err != nil {
		return err
	}
	if s.Status == etl.StatusOK || s.Status == etl.StatusNothingNew {
		success = s.ended()
	}
	registry := prometheus.NewRegistry()
	for _, m := range metrics {
		var labels []string
		if m.label != "" {
			labels = []string{m.label}
		}
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: m.name, Help: m.help}, labels)
		registry.MustRegister(g)
		values := single(success)
		if m.name != lastSuccess {
			values = m.values(s)
		}
		for label, v := range values {
			if m.label == "" {
				g.WithLabelValues().Set(v)
			} else {
				g.WithLabelValues(label).Set(v)
			}
		}
	}
	if err := prometheus.WriteToTextfile(path, registry); err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	return nil
}

// previousSuccess is what the file says of the last run that was a success.
func previousSuccess(path string) (float64, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read metrics: %w", err)
	}
	defer f.Close()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(f)
	if err != nil {
		return 0, fmt.Errorf("read metrics %s: %w: move away what is no file of metrics", path, err)
	}
	for _, m := range families[lastSuccess].GetMetric() {
		return m.GetGauge().GetValue(), nil
	}
	return 0, nil
}
