package etl

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/schema"
)

// judged are verdicts as "ID START" with the start as days and hours since 2026-01-01.
func judged(texts ...string) []schema.Verdict {
	var out []schema.Verdict
	for _, text := range texts {
		v := schema.Verdict{Detector: "scan", Class: "scan", Severity: "low", Sensor: "a,b", Evidence: "{}"}
		var day, hour int
		if _, err := fmt.Sscanf(text, "%s %d.%d", &v.ID, &day, &hour); err != nil {
			panic(err)
		}
		start := newYear.AddDate(0, 0, day).Add(time.Duration(hour) * time.Hour)
		v.StartTS, v.EndTS = start.UnixMicro(), start.Add(time.Minute).UnixMicro()
		out = append(out, v)
	}
	return out
}

var newYear = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// dayHour is a time as judged has them; "" is none.
func dayHour(text string) time.Time {
	var day, hour int
	if n, _ := fmt.Sscanf(text, "%d.%d", &day, &hour); n < 2 {
		return time.Time{}
	}
	return newYear.AddDate(0, 0, day).Add(time.Duration(hour) * time.Hour)
}

// TestJudge holds what a period made anew replaces, and what stays.
func TestJudge(t *testing.T) {
	smallCaptures(t, 1)
	ingest(t, Options{Lake: "lake", Sources: []string{"."}})
	before := allRows(t)["packets"]
	for _, step := range []struct {
		name, from, to string
		verdicts       []schema.Verdict
		want           []string
		changed        bool
	}{
		{"the whole lake", "", "", judged("a 1.10", "b 1.23", "c 2.1"), []string{"a 1.10", "b 1.23", "c 2.1"}, true},
		{"the same again", "", "", judged("a 1.10", "b 1.23", "c 2.1"), []string{"a 1.10", "b 1.23", "c 2.1"}, false},
		{"a day, into which one reaches", "2.0", "3.0", judged("d 1.23", "e 2.5"), []string{"a 1.10", "b 1.23", "d 1.23", "e 2.5"}, true},
		{"that day again", "2.0", "3.0", judged("e 2.5", "f 1.23"), []string{"a 1.10", "b 1.23", "e 2.5", "f 1.23"}, true},
		{"the day before leaves what the day after has", "1.0", "2.0", judged("a 1.10"), []string{"a 1.10", "e 2.5", "f 1.23"}, true},
		{"part of a day", "1.11", "1.12", judged("g 1.11"), []string{"a 1.10", "e 2.5", "f 1.23", "g 1.11"}, true},
		{"the same part again", "1.11", "1.12", judged("g 1.11"), []string{"a 1.10", "e 2.5", "f 1.23", "g 1.11"}, false},
		{"a part that one began before", "1.11", "1.12", judged("a 1.10"), []string{"a 1.10", "e 2.5", "f 1.23"}, true},
		{"nothing in a period", "1.0", "3.0", nil, nil, true},
	} {
		sum, err := Judge(t.Context(), JudgementOptions{Lake: "lake", Verdicts: step.verdicts, From: dayHour(step.from), To: dayHour(step.to)})
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if changed := sum.Status == StatusOK; changed != step.changed || sum.Verdicts != len(step.verdicts) {
			t.Errorf("%s: %+v", step.name, sum)
		}
		var got []string
		ids, starts := column(t, "lake", "verdicts", "verdict_id"), column(t, "lake", "verdicts", "start_ts")
		for i := range ids {
			at, err := time.Parse("2006-01-02T15:04:05.999999", starts[i])
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%s %d.%d", ids[i], int(at.Sub(newYear).Hours())/24, at.Hour()))
		}
		slices.Sort(got)
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Fatalf("%s: -want +got\n%s", step.name, diff)
		}
	}
	if got := allRows(t)["packets"]; !slices.Equal(got, before) {
		t.Error("packets changed")
	}
}

// TestJudgeMends holds that a damaged file of verdicts comes back when they are made again, and that a checkpoint keeps the files.
func TestJudgeMends(t *testing.T) {
	smallCaptures(t, 1)
	ingest(t, Options{Lake: "lake", Sources: []string{"."}})
	do := func() {
		t.Helper()
		if _, err := Judge(t.Context(), JudgementOptions{Lake: "lake", Verdicts: judged("a 1.10")}); err != nil {
			t.Fatal(err)
		}
	}
	do()
	want := allRows(t)
	files, err := filepath.Glob("lake/verdicts/sensor=all/date=2026-01-02/*.parquet")
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	if err := os.Truncate(files[0], 100); err != nil {
		t.Fatal(err)
	}
	v, err := Verify(t.Context(), VerifyOptions{Lake: "lake"})
	if err != nil || v.Broken != 1 {
		t.Fatalf("verify: %v, %+v", err, v.Findings)
	}
	do()
	holdRows(t, want)
	if _, err := Compact(t.Context(), CompactOptions{Lake: "lake", Now: later()}); err != nil {
		t.Fatal(err)
	}
	if _, err := Expire(t.Context(), ExpireOptions{Lake: "lake", Keep: map[string]time.Duration{"verdicts": time.Hour}, Now: newYear.AddDate(1, 0, 0)}); err != nil {
		t.Fatal(err)
	}
	if rows := rowsOf(t, "verdicts"); len(rows) != 0 {
		t.Errorf("%d rows outlive what is kept", len(rows))
	}
}
