package etl

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/internal/shared"
)

const (
	quarterNights = 6 // of 90 in a quarter, which make torture does: PCAPLAKE_NIGHTS
	quarterKeep   = 3 // days that packets are kept
)

// TestQuarter lives through nights of 24 captures each: duplicates, late, growing, cut and bad files, runs that are broken off and repeated, compaction and expiry. After each night
// the lake holds what it must and no more.
func TestQuarter(t *testing.T) {
	nights := quarterNights
	if testing.Short() {
		nights = 4
	}
	if n, err := strconv.Atoi(os.Getenv("PCAPLAKE_NIGHTS")); err == nil {
		nights = n
	}
	t.Chdir(t.TempDir())
	q := &quarter{t: t, random: rand.New(rand.NewPCG(7, 11)), start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), sources: map[string]*simulated{}}
	for q.night = 0; q.night < nights; q.night++ {
		q.write()
		q.run()
		q.hold()
		if t.Failed() {
			t.Fatalf("in night %d", q.night)
		}
	}
	shared.Report(t, "%d nights: %d captures written (%d duplicates, %d late, %d grown, %d cut, %d bad), %d runs broken off, %d files compacted, %d expired, lake %d KiB in %d files, opened in %s at most",
		nights, q.written, q.duplicates, q.late, q.grown, q.cut, q.bad, q.broken, q.merged, q.expired, q.bytes>>10, q.files, q.opening.Round(time.Millisecond))
}

// A simulated source is what the lake is to know of a file.
type simulated struct {
	frames  []stamped
	cut     bool // its last record is not whole
	bad     bool
	grows   bool
	content string // of which file it is a copy; "": of none
}

type quarter struct {
	t       *testing.T
	random  *rand.Rand
	start   time.Time
	night   int
	sources map[string]*simulated // by path

	written, duplicates, late, grown, cut, bad, broken, merged, expired, files int
	bytes                                                                      int64
	opening                                                                    time.Duration
}

// now is two hours after the midnight that ends the day of the night.
func (q *quarter) now() time.Time { return q.start.AddDate(0, 0, q.night+1).Add(2 * time.Hour) }

// write puts the captures of a day into its folder, and what was left over of days before.
func (q *quarter) write() {
	for _, path := range q.sorted() {
		switch s := q.sources[path]; {
		case s.grows:
			s.frames, s.grows = append(s.frames, packetsOf(byte(q.night), s.frames[len(s.frames)-1].at.Add(time.Second), time.Second, 10)...), false
			q.grown++
			q.place(path, s)
		case s.bad && path > fmt.Sprintf("archive/%03d", q.night-2) && q.random.IntN(2) == 0: // sent again, and whole
			s.bad = false
			q.place(path, s)
		}
	}
	for hour := range 24 {
		day := q.night
		dice := q.random.IntN(40)
		if dice == 0 && day > 2 {
			day -= 2
			q.late++
		}
		s := &simulated{frames: packetsOf(byte(hour), q.start.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour+time.Duration(q.night)*time.Microsecond), 30*time.Second, 20+q.random.IntN(20))}
		switch dice {
		case 1, 2:
			s.grows = true
		case 3:
			s.cut = true
			q.cut++
		case 4:
			s.bad = true
			q.bad++
		}
		path := fmt.Sprintf("archive/%03d/%02d.pcap", q.night, hour)
		q.sources[path] = s
		q.place(path, s)
		if dice == 5 {
			q.duplicates++
			copied := &simulated{content: path}
			q.sources[strings.TrimSuffix(path, ".pcap")+"-copy.pcap"] = copied
			place(q.t, strings.TrimSuffix(path, ".pcap")+"-copy.pcap", pcap(s.frames...))
		}
	}
}

func (q *quarter) sorted() []string {
	paths, err := filepath.Glob("archive/*/*.pcap")
	if err != nil {
		q.t.Fatal(err)
	}
	return paths
}

// place writes a file as it is now.
func (q *quarter) place(path string, s *simulated) {
	q.written++
	b := pcap(s.frames...)
	if s.cut {
		b = b[:len(b)-5]
	}
	if s.bad {
		b = []byte("the disk was full\n")
	}
	place(q.t, path, b)
}

// run does a night's work on the last days' folders, now and then after runs that were broken off.
func (q *quarter) run() {
	t := q.t
	o := Options{Lake: "lake", Jobs: 2, Sources: []string{}}
	for n := max(0, q.night-3); n <= q.night; n++ {
		o.Sources = append(o.Sources, fmt.Sprintf("archive/%03d", n))
	}
	for q.random.IntN(3) == 0 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(q.random.IntN(40))*time.Millisecond)
		if _, err := Ingest(ctx, o); err != nil {
			t.Errorf("broken off: %v", err)
		}
		cancel()
		q.broken++
	}
	ingest(t, o)
	if again := ingest(t, o); again.Committed+again.Superseded > 0 {
		t.Errorf("a second run takes %d captures", again.Committed)
	}
	q.stamp()
	c := compact(t, CompactOptions{Lake: "lake", Now: q.now().Add(25 * time.Hour), MinFiles: 2})
	q.merged += c.Files
	q.stamp()
	e := expire(t, q.expiry())
	q.expired += e.Removed
}

// expiry is by age, and from the second half of a long time on also by a cap.
func (q *quarter) expiry() ExpireOptions {
	day := 24 * time.Hour
	o := ExpireOptions{Now: q.now(), Keep: map[string]time.Duration{"packets": quarterKeep * day, "dns": quarterKeep * day, "arp": quarterKeep * day, "flows": 3 * quarterKeep * day}}
	if q.night > quarterKeep {
		o.MaxBytes = int64(2<<20 + q.night*160<<10) // manifests and records of runs are of all nights
	}
	return o
}

// stamp gives what was written this night the time of the night: by these times captures are young and removed files have their grace.
func (q *quarter) stamp() {
	now, real := q.now(), time.Now().Add(-12*time.Hour)
	err := filepath.WalkDir("lake", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err != nil || info.ModTime().Before(real) && !strings.Contains(path, "_index") {
			return err
		}
		return os.Chtimes(path, now, now)
	})
	if err != nil {
		q.t.Fatal(err)
	}
}

// hold checks the lake against what was written.
func (q *quarter) hold() {
	t := q.t
	began := time.Now()
	l, err := lake.Open(t.Context(), "lake")
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	opening := time.Since(began)
	q.opening = max(q.opening, opening)
	if opening > 2*time.Second {
		t.Errorf("opening took %s", opening)
	}
	wantSources, wantDays := q.want()
	for _, m := range s.Manifests() {
		if m.Frames != m.Rows+sum(m.Rejected) {
			t.Errorf("%s: %d frames, %d rows, rejected %v", m.Source, m.Frames, m.Rows, m.Rejected)
		}
		source := m.Source
		if s := q.sources[source]; s != nil && s.content != "" {
			source = s.content // which of two equal files comes first is all the same
		}
		if wantSources[source] != m.Rows {
			t.Errorf("%s: %d packets, want %d", m.Source, m.Rows, wantSources[source])
		}
		delete(wantSources, source)
	}
	for source, n := range wantSources {
		t.Errorf("%s with %d packets is not in the lake", source, n)
	}
	days := map[string]int64{}
	for _, f := range s.Files("packets") {
		days[f.Date] += f.Rows
	}
	capped := q.expiry().MaxBytes > 0
	for day, n := range wantDays {
		if days[day] != n && !(capped && days[day] < n) {
			t.Errorf("%d packets of %s, want %d", days[day], day, n)
		}
	}
	oldest := q.now().AddDate(0, 0, -quarterKeep-1).Format(time.DateOnly)
	for day, n := range days {
		if day < oldest {
			t.Errorf("%d packets of %s are too old", n, day)
		}
	}
	q.holdSize(s)
	if q.night%4 == 3 {
		if v, err := Verify(t.Context(), VerifyOptions{Lake: "lake"}); err != nil || v.Broken > 0 {
			t.Errorf("verify: %v %+v", err, v.Findings)
		}
	}
}

// want are packets by source, of all time, and by day, of the days that are kept whole.
func (q *quarter) want() (sources, days map[string]int64) {
	sources, days = map[string]int64{}, map[string]int64{}
	kept := q.now().AddDate(0, 0, -quarterKeep).Format(time.DateOnly)
	for path, s := range q.sources {
		n := int64(len(s.frames))
		if s.cut {
			n--
		}
		if s.bad || s.content != "" {
			continue
		}
		sources[path] = n
		if day := s.frames[0].at.UTC().Format(time.DateOnly); day > kept {
			days[day] += n
		}
	}
	return sources, days
}

// holdSize holds the number of files and, where there is one, the cap.
func (q *quarter) holdSize(s *lake.State) {
	t := q.t
	q.files = len(s.AllFiles())
	days := min(q.night+1, 3*quarterKeep+2)
	if most := 8*days + 2*(q.night+1) + 40; q.files > most { // merged files of 5 tables and of sums, and late ones
		t.Errorf("%d live files for %d days, at most %d", q.files, days, most)
	}
	q.bytes = occupied(t)
	if limit := q.expiry().MaxBytes; limit > 0 && q.bytes > limit {
		t.Errorf("the lake takes %d bytes, its cap is %d", q.bytes, limit)
	}
	if left, err := os.ReadDir("lake/_staging"); err == nil && len(left) > 0 {
		t.Errorf("%d folders of work are left over", len(left))
	}
}
