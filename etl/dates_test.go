package etl

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/schema"
)

// TestDates holds the rules of partitions: how many parts of packets each date gets, and what ends in the default partition.
func TestDates(t *testing.T) {
	day := func(n int) time.Time { return evening.AddDate(0, 0, n) }
	manyDates := make([]stamped, 500)
	for i := range manyDates {
		manyDates[i] = stamped{day(i), whoHas(host.Addr(), web.Addr())}
	}
	at := func(days ...int) []stamped {
		var out []stamped
		for _, n := range days {
			out = append(out, stamped{day(n), whoHas(host.Addr(), web.Addr())})
		}
		return out
	}
	inTurn := make([]stamped, 1100) // a new part each, up to the bound; then the two dates that are open stay
	for i := range inTurn {
		inTurn[i] = stamped{day(i % 3), whoHas(host.Addr(), web.Addr())}
	}
	tests := []struct {
		name    string
		frames  []stamped
		want    map[string]int // parts by date, where they are few
		dates   int
		parts   int
		rest    int64 // rows of the default partition
		suspect int
	}{
		{name: "midnight", frames: packetsOf(1, evening, time.Second, 90), want: map[string]int{"2026-11-22": 1, "2026-11-23": 1}, dates: 2, parts: 2},
		{name: "two dates in turn", frames: at(0, 1, 0, 1, 0, 1), want: map[string]int{"2026-11-22": 1, "2026-11-23": 1}, dates: 2, parts: 2},
		{
			name: "three dates in turn", frames: at(0, 1, 2, 0, 1, 2),
			want: map[string]int{"2026-11-22": 2, "2026-11-23": 2, "2026-11-24": 2}, dates: 3, parts: 6,
		},
		{
			name: "the last used stay", frames: at(0, 1, 0, 2, 0, 1),
			want: map[string]int{"2026-11-22": 1, "2026-11-23": 2, "2026-11-24": 1}, dates: 3, parts: 4,
		},
		{name: "1,100 parts", frames: inTurn, dates: 4, parts: 1025, rest: 26, suspect: 26},
		{name: "500 dates", frames: manyDates, dates: 401, parts: 401, rest: 100, suspect: 100},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if testing.Short() && test.parts > 500 {
				t.Skip("writes a thousand files: not in short mode")
			}
			root := filepath.Join(t.TempDir(), "lake")
			dir := files(t, map[string][]byte{"a.pcap": pcap(test.frames...)})
			s := ingest(t, Options{Lake: root, Sources: []string{dir}})
			if s.Packets != int64(len(test.frames)) {
				t.Fatalf("%d packets of %d", s.Packets, len(test.frames))
			}
			byDate, parts, rest := map[string]int{}, 0, int64(0)
			for _, f := range state(t, root).Files("packets") {
				byDate[f.Date]++
				parts++
				if f.Date == "" {
					rest += f.Rows
				}
			}
			if len(byDate) != test.dates || parts != test.parts || rest != test.rest {
				t.Errorf("%d dates, %d parts, %d rows in the default partition; want %d, %d, %d",
					len(byDate), parts, rest, test.dates, test.parts, test.rest)
			}
			if test.want != nil && !cmp.Equal(test.want, byDate) {
				t.Errorf("parts by date: %v, want %v", byDate, test.want)
			}
			suspects := column(t, root, "packets", "ts_suspect")
			if n := len(suspects) - strings.Count(strings.Join(suspects, " "), "false"); n != test.suspect {
				t.Errorf("%d suspect rows, want %d", n, test.suspect)
			}
			numbers := column(t, root, "packets", "frame_no")
			slices.Sort(numbers)
			if len(slices.Compact(numbers)) != len(test.frames) {
				t.Error("frame numbers are not those of the capture")
			}
		})
	}
}

// TestParts holds the bounds: beyond them a date that is not open goes to the default partition, one that is open stays.
func TestParts(t *testing.T) {
	tests := []struct {
		name   string
		days   int // in turn
		frames int
		parts  int
		rest   int // frames of the default partition
		open   int
	}{
		{name: "one day", days: 1, frames: 5000, parts: 1, open: 1},
		{name: "two days", days: 2, frames: 5000, parts: 2, open: 2},
		{name: "three days", days: 3, frames: 1024, parts: 1024, open: 2},
		{name: "three days, longer", days: 3, frames: 1100, parts: 1024, rest: 26, open: 2},
		{name: "400 days", days: 400, frames: 400, parts: 400, open: 2},
		{name: "401 days", days: 401, frames: 802, parts: 800, rest: 2, open: 2},
	}
	for _, test := range tests {
		p := &parts{opened: map[int64]int{}}
		rest := 0
		for i := range test.frames {
			to, err := p.part(int64(i % test.days))
			if err != nil {
				t.Fatal(err)
			}
			if to == p.rest {
				rest++
			}
		}
		if p.count != test.parts || rest != test.rest || len(p.open) != test.open {
			t.Errorf("%s: %d parts, %d frames in the default partition, %d dates open; want %d, %d, %d",
				test.name, p.count, rest, len(p.open), test.parts, test.rest, test.open)
		}
	}
}

func TestDayOf(t *testing.T) {
	tests := []struct {
		ts   int64
		want string
	}{
		{0, "1970-01-01"},
		{-1, "1969-12-31"},
		{-dayMicros, "1969-12-31"},
		{-dayMicros - 1, "1969-12-30"},
		{dayMicros - 1, "1970-01-01"},
		{time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).UnixMicro(), "9999-12-31"},
		{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), ""},
		{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), "0001-01-01"},
		{time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC).UnixMicro(), ""},
		{math.MaxInt64, ""},
		{schema.NoTime + 1, ""},
		{schema.NoTime, ""},
	}
	for _, test := range tests {
		got := ""
		if day := dayOf(test.ts); day != undated {
			got = dateOf(day)
		}
		if got != test.want {
			t.Errorf("date of %d: %q, want %q", test.ts, got, test.want)
		}
	}
}

func TestTally(t *testing.T) {
	packets := []schema.Packet{
		{TS: 100, CapLen: 60, WireLen: 60},
		{TS: 100, TSExtraNS: 5, CapLen: 60, WireLen: 1500},
		{TS: 100, TSExtraNS: 4, CapLen: 60, WireLen: 60, Malformed: "a"}, // out of order
		{TS: schema.NoTime, CapLen: 60, WireLen: 60},
		{TS: 50, CapLen: 60, WireLen: 60, Malformed: "a"}, // out of order
		{TS: 60, CapLen: 60, WireLen: 60, Malformed: "b"},
	}
	var got tally
	got.add(packets[:3])
	got.add(packets[3:])
	want := tally{
		rows: 6, malformed: map[string]int64{"a": 2, "b": 1}, snapped: 1, outOfOrder: 2, timed: true, first: 50, last: 100, prevTS: 60,
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(tally{}, flowTally{})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
