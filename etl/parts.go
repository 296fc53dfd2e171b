package etl

import (
	"cmp"
	"errors"
	"iter"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// Bounds on the partitions of one capture, since its stamps are hostile: memory holds the rows of openDates dates and of the default
// partition, and a lake gets no more than maxParts files per table from one capture.
const (
	openDates = 2
	maxDates  = 400
	maxParts  = 1024
)

// parts write the rows of one capture, per table and UTC date, in the order of the capture. A date whose part was closed to make room
// and that returns gets a new part. Rows without a date, and all beyond the bounds, go to one part of the default partition.
type parts struct {
	create func(table, date string, part int) (*lake.StagedFile, error)
	meta   schema.Meta
	open   []*part       // dated; the last used first
	last   *part         // to which rows went last
	rest   *part         // of the default partition; nil until it is needed
	opened map[int64]int // parts opened so far, by day
	count  int           // the sum of opened
	files  []lake.File   // of closed parts

	unamended int64 // fragments that their first came too late for
}

// A part holds the open files of one date.
type part struct {
	parts   *parts
	day     int64
	date    string // "" for the default partition
	number  int    // from 0, among the parts of the date
	packets sink[schema.Packet]
	sinks   map[string]sinker // of the other tables that have rows here, by name
}

func (p *parts) newPart(day int64, date string, number int) *part {
	q := &part{parts: p, day: day, date: date, number: number, sinks: map[string]sinker{}}
	q.packets = sink[schema.Packet]{part: q, table: schema.Packets}
	return q
}

func (l *load) newParts() *parts {
	return &parts{
		create: func(table, date string, part int) (*lake.StagedFile, error) {
			return l.staging.Create(table, l.o.Sensor, date, lake.BaseName(l.id, l.optionsID, part))
		},
		meta: schema.Meta{
			Jobs: l.o.Jobs, Mask: l.o.mask(), KeyValues: map[string]string{"pcaplake.capture_id": l.id, "pcaplake.sensor": l.o.Sensor},
		},
		opened: map[int64]int{},
		files:  []lake.File{},
	}
}

// append writes the rows of consecutive frames, once it has amended those of earlier ones. It marks packets of the default partition as suspect, in place. Comments lie with the frame
// that they are on or that follows them; those behind the last frame lie with that, and those of a capture without frames in the default partition.
func (p *parts) append(c *chunk) error {
	p.amend(c.amended)
	var done [len(tables)]int
	for packets := c.Packets; len(packets) > 0; {
		day, n := sameDay(packets)
		to, err := p.part(day)
		if err != nil {
			return err
		}
		run := packets[:n]
		if to == p.rest {
			for i := range run {
				run[i].TSSuspect = true
			}
		}
		if err := to.append(c, run, &done); err != nil {
			return err
		}
		packets, p.last = packets[n:], to
	}
	if p.last == nil && len(c.comments) > 0 {
		p.last = p.undated()
	}
	for i, t := range tables {
		if _, err := t.appendTo(p.last, c, done[i], math.MaxInt64); err != nil {
			return err
		}
		if err := t.appendDays(p, c); err != nil {
			return err
		}
	}
	return nil
}

// What a fragment takes from the first of its datagram, by table.
var (
	resolvedPackets  = schema.Packets.Indexes(flow.Resolved...)
	resolvedPayloads = schema.Payloads.Indexes("src_port", "dst_port")
)

// amend gives fragments, whose rows were appended before, what they take from their first. It counts those whose row is written already.
func (p *parts) amend(packets []schema.Packet) {
	for i := range packets {
		if !slices.ContainsFunc(p.all(), func(q *part) bool { return q.amend(&packets[i]) }) {
			p.unamended++
		}
	}
}

func (q *part) amend(to *schema.Packet) bool {
	if w := q.packets.writer; w == nil || !w.Amend(to.FrameNo, to, resolvedPackets) {
		return false
	}
	if w := payloads.sink(q).writer; w != nil {
		w.Amend(to.FrameNo, &schema.Payload{HasPorts: to.Has&schema.HasPorts != 0, SrcPort: to.SrcPort, DstPort: to.DstPort}, resolvedPayloads)
	}
	return true
}

// append writes packets and the rows beside them. Done is how many rows of the chunk's tables are written.
func (q *part) append(c *chunk, packets []schema.Packet, done *[len(tables)]int) error {
	err := q.packets.append(packets)
	for i, t := range tables {
		if err == nil {
			done[i], err = t.appendTo(q, c, done[i], packets[len(packets)-1].FrameNo)
		}
	}
	return err
}

// undated returns the part of the default partition.
func (p *parts) undated() *part {
	if p.rest == nil {
		p.rest = p.newPart(undated, "", 0)
	}
	return p.rest
}

// part returns the part that rows of a day go to now.
func (p *parts) part(day int64) (*part, error) {
	i := slices.IndexFunc(p.open, func(q *part) bool { return q.day == day })
	if i >= 0 {
		p.open[0], p.open[i] = p.open[i], p.open[0]
		return p.open[0], nil
	}
	number, seen := p.opened[day]
	if day == undated || p.count == maxParts || !seen && len(p.opened) == maxDates {
		return p.undated(), nil
	}
	if len(p.open) == openDates {
		oldest := p.open[openDates-1]
		p.open = p.open[:openDates-1]
		if err := oldest.close(); err != nil {
			return nil, err
		}
	}
	p.opened[day] = number + 1
	p.count++
	p.open = slices.Insert(p.open, 0, p.newPart(day, dateOf(day), number))
	return p.open[0], nil
}

// close writes what is left and returns the files, by name.
func (p *parts) close() ([]lake.File, error) {
	var err error
	for _, q := range p.all() {
		err = errors.Join(err, q.close())
	}
	p.open, p.rest = nil, nil
	if err != nil {
		return nil, err
	}
	slices.SortFunc(p.files, func(a, b lake.File) int { return cmp.Compare(a.Name, b.Name) })
	return p.files, nil
}

func (p *parts) all() []*part {
	if p.rest == nil {
		return p.open
	}
	return append(slices.Clone(p.open), p.rest)
}

// discard gives up the open files; closed ones stay in staging until the run ends.
func (p *parts) discard() {
	for _, q := range p.all() {
		for s := range q.all() {
			s.discard()
		}
	}
}

func (q *part) close() error {
	var err error
	for s := range q.all() {
		err = errors.Join(err, s.close())
	}
	return err
}

// all goes through the files of the part, in an order of their own.
func (q *part) all() iter.Seq[sinker] {
	return func(yield func(sinker) bool) {
		if !yield(&q.packets) {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(q.sinks)) {
			if !yield(q.sinks[name]) {
				return
			}
		}
	}
}

const (
	dayMicros = 24 * 60 * 60 * 1e6
	undated   = int64(-1) << 62 // the day of what has none
)

// Days that DATE and a folder's name can hold: 0001-01-01 to 9999-12-31.
var (
	firstDay = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400
	lastDay  = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).Unix() / 86400
)

// sameDay returns the day of the first packet, in days since 1970-01-01 UTC, and how many packets at the head share it.
func sameDay(packets []schema.Packet) (day int64, n int) {
	day = dayOf(packets[0].TS)
	for n = 1; n < len(packets) && dayOf(packets[n].TS) == day; n++ {
	}
	return day, n
}

func dayOf(ts int64) int64 {
	if ts == schema.NoTime {
		return undated
	}
	day := ts / dayMicros
	if ts%dayMicros < 0 {
		day--
	}
	if day < firstDay || day > lastDay {
		return undated
	}
	return day
}

func dateOf(day int64) string { return time.Unix(day*86400, 0).UTC().Format(time.DateOnly) }
