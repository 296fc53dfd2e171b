package lake

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/zeebo/blake3"
)

// A part of a checkpoint is the captures and files of some days in a row. A capture belongs to the day of its first packet, and its files with it; a
// file of several captures to its date. A part has days up to the next part's first.
type part struct {
	From     string     `json:"from"` // the first day
	Captures object     `json:"captures"`
	Files    object     `json:"files"`
	Shares   object     `json:"shares"`  // of files of several captures: which these are; the most bytes, that few readers want
	Spans    []interval `json:"spans"`   // what captures last, joined where they overlap
	Untimed  int        `json:"untimed"` // captures without a time
	Dates    []dateOf   `json:"dates"`   // of the files, ascending
	Sources  [2]string  `json:"sources"` // the least and the greatest of the captures
}

// An object of a part is the rows of one kind.
type object struct {
	Name  string `json:"name"` // within the folder of manifests; it holds the hash of the bytes; "": there are no rows
	Rows  int    `json:"rows"`
	Bytes int64  `json:"bytes"`
}

// objects are all of the part.
func (p *part) objects() []object { return []object{p.Captures, p.Files, p.Shares} }

// An interval is from one microsecond to another, both counted.
type interval [2]int64

func (s interval) meets(o interval) bool { return s[0] <= o[1] && s[1] >= o[0] }

// dateOf is one date that files of a part have, and the time of their rows; Times is nil when no row has one.
type dateOf struct {
	Date  string    `json:"date"`
	Times *interval `json:"times"`
}

// PartRows is how many captures and files a part of a checkpoint has at most, unless one day alone has more. Tests make it smaller, for lakes of several parts.
var PartRows = 100_000

// dayOf is the UTC day of a time; "" without one, and where four digits do not hold the year.
func dayOf(us *int64) string {
	if us == nil {
		return ""
	}
	t := time.UnixMicro(*us).UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return ""
	}
	return t.Format(time.DateOnly)
}

// day is the day that a file belongs to.
func (f *LiveFile) day() string {
	if f.Capture != nil {
		return dayOf(f.Capture.FirstTS)
	}
	return f.Date
}

// partOf is the index of the part that has a day.
func (c *checkpoint) partOf(day string) int {
	at, found := slices.BinarySearchFunc(c.Parts, day, func(p part, day string) int { return cmp.Compare(p.From, day) })
	if !found {
		at--
	}
	return max(0, at)
}

// A leaf is what becomes a part.
type leaf struct {
	from     string
	captures []*Manifest
	files    []*LiveFile
}

// leaves cuts what a replay has come to into parts: at the days where parts of the checkpoint before begin, and where one would get too many rows.
func (r *replay) leaves(before *checkpoint) []*leaf {
	days := map[string]*leaf{}
	of := func(day string) *leaf {
		if days[day] == nil {
			days[day] = &leaf{from: day}
		}
		return days[day]
	}
	for _, m := range slices.SortedFunc(maps.Values(r.captures), byStart) {
		d := of(dayOf(m.FirstTS))
		d.captures = append(d.captures, m)
	}
	for _, f := range r.sorted() { // as readers want them
		d := of(f.day())
		d.files = append(d.files, f)
	}
	var out []*leaf
	last := -1
	for _, day := range slices.Sorted(maps.Keys(days)) {
		d, at := days[day], 0
		if before != nil {
			at = before.partOf(day)
		}
		n := len(out) - 1
		if at != last || out[n].rows()+d.rows() > PartRows {
			if at != last && before != nil && len(before.Parts) > 0 {
				d.from = min(day, before.Parts[at].From)
			}
			out, last = append(out, d), at
			continue
		}
		out[n].captures, out[n].files = append(out[n].captures, d.captures...), append(out[n].files, d.files...)
	}
	return out
}

func (l *leaf) rows() int { return len(l.captures) + len(l.files) }

// part describes the leaf, without its objects.
func (l *leaf) part() part {
	p := part{From: l.from, Spans: []interval{}, Dates: []dateOf{}}
	var spans []interval
	for i, m := range l.captures {
		if p.Sources[1] = max(p.Sources[1], m.Source); i == 0 || m.Source < p.Sources[0] {
			p.Sources[0] = m.Source
		}
		if m.FirstTS == nil || m.LastTS == nil {
			p.Untimed++
			continue
		}
		spans = append(spans, interval{*m.FirstTS, *m.LastTS})
	}
	p.Spans = joined(spans)
	dates := map[string]*interval{}
	for _, f := range l.files {
		s, known := dates[f.Date]
		switch {
		case f.MinTS == nil || f.MaxTS == nil:
			if !known {
				dates[f.Date] = nil
			}
		case s == nil:
			dates[f.Date] = &interval{*f.MinTS, *f.MaxTS}
		default:
			s[0], s[1] = min(s[0], *f.MinTS), max(s[1], *f.MaxTS)
		}
	}
	for _, date := range slices.Sorted(maps.Keys(dates)) {
		p.Dates = append(p.Dates, dateOf{date, dates[date]})
	}
	return p
}

// joined are spans in order, those put together that overlap.
func joined(spans []interval) []interval {
	out := []interval{}
	slices.SortFunc(spans, func(a, b interval) int { return cmp.Compare(a[0], b[0]) })
	for _, s := range spans {
		if n := len(out) - 1; n >= 0 && s[0] <= out[n][1] {
			out[n][1] = max(out[n][1], s[1])
			continue
		}
		out = append(out, s)
	}
	return out
}

// hasFiles reports whether files of the part can have rows in an interval.
func (p *part) hasFiles(in interval) bool {
	return slices.ContainsFunc(p.Dates, func(d dateOf) bool { return d.Times != nil && d.Times.meets(in) })
}

// hasCaptures reports whether captures of the part reach into an interval; one without a time is in every one.
func (p *part) hasCaptures(in interval) bool {
	return p.Untimed > 0 || slices.ContainsFunc(p.Spans, in.meets)
}

// hasDate reports whether a file of the part is of a date.
func (p *part) hasDate(date string) bool {
	return slices.ContainsFunc(p.Dates, func(d dateOf) bool { return d.Date == date })
}

// partName is the name of an object of a part that is written for the checkpoint after a change.
func partName(seq int64, text []byte) string {
	return fmt.Sprintf("%s%012d-%s.parquet", partKind, seq, hashOfBytes(text))
}

func hashOfBytes(text []byte) string {
	sum := blake3.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// strays are what a part's rows and what the checkpoint says of the part have against each other: who reads by that would not find them.
func (r *rows) strays(c *checkpoint, at int) []string {
	var out []string
	p := &c.Parts[at]
	found := newReplay()
	r.start(found)
	got := (&leaf{p.From, slices.Collect(maps.Values(found.captures)), slices.Collect(maps.Values(found.files))}).part()
	if got.Captures, got.Files, got.Shares = p.Captures, p.Files, p.Shares; !reflect.DeepEqual(&got, p) {
		out = append(out, fmt.Sprintf("it does not say of the part from %q what that holds", p.From))
	}
	for _, m := range found.captures {
		if c.partOf(dayOf(m.FirstTS)) != at {
			out = append(out, fmt.Sprintf("capture %s is not in the part of its day", m.CaptureID))
		}
	}
	return out
}
