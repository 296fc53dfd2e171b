package etl

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// noon is that of one of the last three days before the test, 0 to 2: no row is newer than its file.
func noon(day int) time.Time {
	return began.UTC().Truncate(24*time.Hour).AddDate(0, 0, day-3).Add(12 * time.Hour)
}

var began = time.Now()

// nights is a lake of three captures of half a minute, from noon of those days on.
func nights(t *testing.T) {
	t.Helper()
	contents := map[string][]byte{}
	for i := range 3 {
		contents[fmt.Sprintf("%d.pcap", i)] = pcap(packetsOf(byte(i), noon(i), time.Second, 30)...)
	}
	t.Chdir(files(t, contents))
	ingest(t, Options{Lake: "lake", Sources: []string{"."}, Payload: -1})
}

// left counts live files by table.
func left(t *testing.T) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, f := range state(t, "lake").AllFiles() {
		out[f.Table]++
	}
	return out
}

// occupied is what lies in the lake's folder, in whole blocks.
func occupied(t *testing.T) (bytes int64) {
	t.Helper()
	if err := filepath.WalkDir("lake", func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			info, err := d.Info()
			if err != nil {
				return err
			}
			bytes += (info.Size() + 4095) / 4096 * 4096
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return bytes
}

func parquets(t *testing.T) int {
	t.Helper()
	names, err := filepath.Glob("lake/*/*/*/*.parquet")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

func expire(t *testing.T, o ExpireOptions) Expiry {
	t.Helper()
	o.Lake = "lake"
	e, err := Expire(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestExpireByAge(t *testing.T) {
	nights(t)
	day := 24 * time.Hour
	now := time.Now()
	last := func(day int) time.Time { return noon(day).Add(29 * time.Second) } // of its packets
	all := map[string]int{"packets": 3, "arp": 3, "dns": 3, "flows": 3, "payloads": 3, "rollup_1m": 3, "rollup_1h": 3}
	older := map[string]int{"packets": 2, "arp": 3, "dns": 3, "flows": 3, "payloads": 3, "rollup_1m": 3, "rollup_1h": 3}
	tests := []struct {
		name    string
		o       ExpireOptions
		left    map[string]int
		removed int
		deleted int
	}{
		{"nothing is told", ExpireOptions{}, all, 0, 0},
		{"all are young enough", ExpireOptions{Now: last(2), Keep: map[string]time.Duration{"packets": 2 * day, "dns": 5 * day}}, all, 0, 0},
		{
			"a second older",
			ExpireOptions{Now: last(2).Add(time.Second), Grace: day, Keep: map[string]time.Duration{"packets": 2 * day, "dns": 5 * day}},
			older,
			1, 0,
		},
		{"within the grace", ExpireOptions{Now: now.Add(23 * time.Hour), Grace: day}, older, 0, 0},
		{"after the grace", ExpireOptions{Now: now.Add(25 * time.Hour), Grace: day}, older, 0, 1},
		{
			"no grace",
			ExpireOptions{Now: last(3), Keep: map[string]time.Duration{"packets": day / 2, "payloads": day + time.Hour}},
			map[string]int{"arp": 3, "dns": 3, "flows": 3, "payloads": 1, "rollup_1m": 3, "rollup_1h": 3},
			4, 4,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before, dry := contents(t, "lake"), test.o
			dry.DryRun = true
			planned := expire(t, dry)
			if diff := cmp.Diff(before, contents(t, "lake")); diff != "" {
				t.Errorf("a dry run changed the lake:\n%s", diff)
			}
			got := expire(t, test.o)
			if diff := cmp.Diff(planned.Plan, got.Plan); diff != "" {
				t.Errorf("-planned +done\n%s", diff)
			}
			if got.Removed != test.removed || got.Deleted != test.deleted || got.BytesAfter != occupied(t) {
				t.Errorf("removed %d, deleted %d, %d bytes left of %d", got.Removed, got.Deleted, got.BytesAfter, occupied(t))
			}
			if diff := cmp.Diff(test.left, left(t)); diff != "" {
				t.Errorf("live files: -want +got\n%s", diff)
			}
			if v := verified(t, VerifyOptions{}); v.Broken > 0 {
				t.Errorf("%+v", v.Findings)
			}
		})
	}
	if s := ingest(t, Options{Lake: "lake", Sources: []string{"."}, Payload: -1}); s.Known != 3 {
		t.Errorf("captures whose packets expired are not known: %+v", s)
	}
	os.RemoveAll("lake/_index")
	if s := ingest(t, Options{Lake: "lake", Sources: []string{"."}, Payload: -1}); s.Known != 3 {
		t.Errorf("read again, they are not known: %+v", s)
	}
	if sources, _ := filepath.Glob("*.pcap"); len(sources) != 3 {
		t.Errorf("sources: %v", sources)
	}
}

// TestExpireFuture: a stamp ahead of the clock does not keep rows for ever.
func TestExpireFuture(t *testing.T) {
	t.Chdir(files(t, map[string][]byte{"a.pcap": pcap(packetsOf(1, time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), time.Second, 9)...)}))
	ingest(t, Options{Lake: "lake", Sources: []string{"."}})
	o := ExpireOptions{Keep: map[string]time.Duration{"packets": 24 * time.Hour}, Now: time.Now().Add(23 * time.Hour)}
	if e := expire(t, o); e.Removed != 0 {
		t.Errorf("%+v", e)
	}
	o.Now = o.Now.Add(2 * time.Hour)
	if e := expire(t, o); e.Removed != 1 {
		t.Errorf("%+v", e)
	}
}

func TestExpireUnderCap(t *testing.T) {
	nights(t)
	full := occupied(t)
	for limit := full + 4096; ; limit -= 4096 {
		e, err := Expire(t.Context(), ExpireOptions{Lake: "lake", MaxBytes: limit, Grace: 24 * time.Hour})
		if errors.Is(err, ErrCap) {
			if n := len(state(t, "lake").AllFiles()); n > 2 { // the manifest of their removal would take as much as they give
				t.Errorf("%v with %d live files left: %+v", err, n, e)
			}
			break
		}
		if err != nil || occupied(t) > limit || e.BytesAfter != occupied(t) {
			t.Fatalf("%d bytes under a cap of %d: %v", occupied(t), limit, err)
		}
		if limit >= full && e.Removed > 0 {
			t.Errorf("%d files removed for a cap that was met", e.Removed)
		}
		holdOrder(t)
	}
	if v := verified(t, VerifyOptions{}); v.Broken > 0 {
		t.Errorf("%+v", v.Findings)
	}
}

// holdOrder fails the test unless the cap took payloads first, then packets, and of each the oldest first.
func holdOrder(t *testing.T) {
	t.Helper()
	n := left(t)
	if n["packets"] < 3 && n["payloads"] > 0 || n["arp"]+n["dns"] < 6 && n["packets"] > 0 {
		t.Errorf("live files: %v", n)
	}
	for _, table := range []string{"payloads", "packets"} {
		if fs := state(t, "lake").Files(table); len(fs) > 0 && fs[len(fs)-1].Date != noon(2).Format(time.DateOnly) {
			t.Errorf("the youngest of %s went before %s", table, fs[len(fs)-1].Date)
		}
	}
}

// TestExpireCapTakesRemovedFirst: what is removed already goes before live rows, the grace or not.
func TestExpireCapTakesRemovedFirst(t *testing.T) {
	nights(t)
	o := ExpireOptions{Keep: map[string]time.Duration{"dns": time.Hour}, Now: noon(2).Add(2 * time.Hour), Grace: 24 * time.Hour}
	before := parquets(t)
	if e := expire(t, o); e.Removed != 3 || e.Deleted != 0 || parquets(t) != before {
		t.Fatalf("%+v", e)
	}
	for range 2 {
		if e := expire(t, ExpireOptions{MaxBytes: occupied(t) - 1, Grace: 24 * time.Hour}); e.Removed != 0 || e.Deleted != 1 {
			t.Errorf("%+v", e)
		}
	}
	o.Keep = map[string]time.Duration{"arp": time.Hour}
	o.MaxBytes = occupied(t) - 4096*3 // which the last of dns alone does not give
	e := expire(t, o)
	reasons := map[string]int{}
	for _, f := range e.Plan {
		reasons[f.Action+" "+f.Reason]++
	}
	if reasons["remove age"] != 3 || reasons["delete removed"] != 1 || reasons["delete age"] == 0 || len(reasons) != 3 || occupied(t) > o.MaxBytes {
		t.Errorf("%v: %+v", reasons, e)
	}
}

// TestExpireImpossible: a cap that cannot be met takes nothing; what is too old goes all the same.
func TestExpireImpossible(t *testing.T) {
	nights(t)
	o := ExpireOptions{
		Lake: "lake", MaxBytes: 4096, Keep: map[string]time.Duration{"dns": time.Hour}, Now: noon(2).Add(30 * time.Minute),
		Grace: 24 * time.Hour,
	}
	e, err := Expire(t.Context(), o)
	if !errors.Is(err, ErrCap) || e.Removed != 2 || e.Deleted != 0 {
		t.Errorf("%v, %+v", err, e)
	}
	if diff := cmp.Diff(map[string]int{"packets": 3, "arp": 3, "dns": 1, "flows": 3, "payloads": 3, "rollup_1m": 3, "rollup_1h": 3}, left(t)); diff != "" {
		t.Errorf("live files: -want +got\n%s", diff)
	}
}

// TestExpireSweeps: files that no manifest names go after a day, and nothing else does.
func TestExpireSweeps(t *testing.T) {
	nights(t)
	const folder = "lake/packets/sensor=default/date=2026-11-22/"
	old := time.Now().Add(-25 * time.Hour)
	for _, name := range []string{
		folder + "old.parquet", folder + "young.parquet", folder + "notes.txt", "lake/packets/x.parquet", "lake/mine/a.parquet",
		"lake/_manifests/.put-1", "lake/_index/x.parquet", "lake/_live/x.pcap",
	} {
		place(t, name, []byte("x"))
		if name != folder+"young.parquet" {
			os.Chtimes(name, old, old)
		}
	}
	before := parquets(t)
	e := expire(t, ExpireOptions{})
	if e.Deleted != 2 || parquets(t) != before-1 || !slices.ContainsFunc(e.Plan, func(p Expiring) bool { return p.Reason == ReasonUnnamed }) {
		t.Errorf("%+v", e)
	}
	for _, gone := range []string{folder + "old.parquet", "lake/_manifests/.put-1"} {
		if _, err := os.Stat(gone); err == nil {
			t.Errorf("%s is still there", gone)
		}
	}
}

// TestExpireRefused: the plan is shown before anything is done.
func TestExpireRefused(t *testing.T) {
	nights(t)
	before, no := contents(t, "lake"), errors.New("no")
	_, err := Expire(t.Context(), ExpireOptions{
		Lake: "lake", Keep: map[string]time.Duration{"packets": 0}, Show: func(plan []Expiring) error {
			if len(plan) != 6 {
				t.Errorf("%+v", plan)
			}
			return no
		},
	})
	if !errors.Is(err, no) || !cmp.Equal(before, contents(t, "lake")) {
		t.Errorf("%v", err)
	}
	for _, o := range []ExpireOptions{
		{Lake: "lake", Keep: map[string]time.Duration{"../x": 1}},
		{Lake: "lake", Keep: map[string]time.Duration{"packets": -1}},
		{Lake: "lake", MaxBytes: -1},
		{Lake: "lake", Grace: -1},
	} {
		if _, err := Expire(t.Context(), o); !errors.Is(err, ErrUsage) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if _, err := Expire(t.Context(), ExpireOptions{Lake: "nowhere"}); !errors.Is(err, lake.ErrNoLake) {
		t.Errorf("no lake: %v", err)
	}
}
