package etl

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// lastToGo orders tables by how soon the cap takes them: payloads, then packets, then the others, then the sums of them all and what was concluded.
func lastToGo(table string) int {
	switch {
	case table == schema.Payloads.Name:
		return 0
	case table == schema.Packets.Name:
		return 1
	case strings.HasPrefix(table, lake.SumsPrefix), schema.Derived(table):
		return 3
	}
	return 2
}

// An expiryPlan is what is to be done with a lake as it is now.
type expiryPlan struct {
	*ExpireOptions
	disk    *lake.Disk
	live    []lake.LiveFile // in the order in which the cap takes them
	reasons map[string]string
	deleted []lake.Leftover // those of reasons that go from the disk, in that order
	bytes   int64           // on the disk when all is done
	short   int64           // by how much the cap would be missed
}

// planExpiry finds what is too old, what may be deleted, and what else must go for the cap.
func planExpiry(ctx context.Context, l *lake.Lake, o *ExpireOptions) (*expiryPlan, error) {
	d, err := l.Disk(ctx)
	if err != nil {
		return nil, disk(err)
	}
	s, err := l.Load(ctx)
	if err != nil {
		return nil, err
	}
	p := &expiryPlan{ExpireOptions: o, disk: d, live: slices.Clone(s.LiveFiles()), reasons: map[string]string{}, bytes: d.Bytes}
	slices.SortStableFunc(p.live, func(a, b lake.LiveFile) int {
		return cmp.Or(cmp.Compare(lastToGo(a.Table), lastToGo(b.Table)), p.newest(&a).Compare(p.newest(&b)))
	})
	for i := range p.live {
		f := &p.live[i]
		if kept, bounded := p.Keep[f.Table]; bounded && p.Now.Sub(p.newest(f)) > kept {
			p.expire(f, ReasonAge)
		}
	}
	for _, f := range d.Leftovers {
		if f.Due(p.Now, p.Grace) {
			p.delete(f)
		}
	}
	if p.MaxBytes > 0 {
		p.meetCap()
	}
	return p, nil
}

// newest is the time of a file's last row, as far as it can be believed: no row is newer than its file.
func (p *expiryPlan) newest(f *lake.LiveFile) time.Time {
	written := p.Now
	if o, ok := p.disk.Objects[f.Name]; ok {
		written = o.Changed
	}
	if f.MaxTS == nil || time.UnixMicro(*f.MaxTS).After(written) {
		return written
	}
	return time.UnixMicro(*f.MaxTS)
}

// expire plans to remove a file from the lake, and from the disk as well where there is no grace.
func (p *expiryPlan) expire(f *lake.LiveFile, reason string) {
	if len(p.reasons) == 0 {
		p.bytes += changeBytes
	}
	p.reasons[f.Name] = reason
	p.bytes += int64(len(f.Name)) + changeBytesPerFile
	if p.Grace == 0 {
		p.delete(p.leftover(f))
	}
}

// What the manifest of a change takes, beside the names of the files.
const (
	changeBytes        = 2 * 4096
	changeBytesPerFile = 8
)

// leftover is the file as it will lie on the disk once it is removed from the lake.
func (p *expiryPlan) leftover(f *lake.LiveFile) lake.Leftover {
	o := p.disk.Objects[f.Name]
	o.Name = f.Name
	return lake.Leftover{Object: o, Change: math.MaxInt64, Since: p.Now}
}

func (p *expiryPlan) delete(f lake.Leftover) {
	p.deleted = append(p.deleted, f)
	p.bytes -= f.Occupied()
}

// meetCap takes what else must go until the lake is under its cap: what is removed already, then what is too old, then live files. It takes
// nothing where all that would not do.
func (p *expiryPlan) meetCap() {
	before := *p
	before.deleted = slices.Clip(p.deleted)
	deleted := map[string]bool{}
	for _, f := range p.deleted {
		deleted[f.Name] = true
	}
	for _, f := range p.disk.Leftovers {
		if p.bytes > p.MaxBytes && f.Change > 0 && !deleted[f.Name] {
			p.delete(f)
		}
	}
	for i := range p.live {
		if f := &p.live[i]; p.bytes > p.MaxBytes && p.reasons[f.Name] != "" && !deleted[f.Name] {
			p.delete(p.leftover(f))
		}
	}
	var taken []*lake.LiveFile
	for i := range p.live {
		if f := &p.live[i]; p.bytes > p.MaxBytes && p.reasons[f.Name] == "" {
			taken = append(taken, f)
			p.expire(f, ReasonCap)
			if p.Grace > 0 {
				p.delete(p.leftover(f))
			}
		}
	}
	if p.bytes <= p.MaxBytes {
		return
	}
	for _, f := range taken {
		delete(p.reasons, f.Name)
	}
	p.deleted, p.short, p.bytes = before.deleted, p.bytes-p.MaxBytes, before.bytes
}

// expires reports whether files are to be removed from the lake.
func (p *expiryPlan) expires() bool { return len(p.reasons) > 0 }

// list is the plan in the order in which it is carried out: files that are removed from the lake, then those that only go from the disk.
func (p *expiryPlan) list() []Expiring {
	var list []Expiring
	for i := range p.live {
		f := &p.live[i]
		reason := p.reasons[f.Name]
		if reason == "" {
			continue
		}
		maxTS := schema.NoTime
		if f.MaxTS != nil {
			maxTS = *f.MaxTS
		}
		list = append(list, Expiring{
			Action: ExpireRemove, Reason: reason, Table: f.Table, Name: f.Name, Sensor: f.Sensor, Date: f.Date, Rows: f.Rows, Bytes: f.Bytes, MaxTS: maxTS,
		})
	}
	for _, f := range p.deleted {
		reason := ReasonRemoved
		switch {
		case p.reasons[f.Name] != "":
			reason = p.reasons[f.Name]
		case f.Change == 0:
			reason = ReasonUnnamed
		}
		table, _, _ := strings.Cut(f.Name, "/")
		list = append(list, Expiring{Action: ExpireDelete, Reason: reason, Table: table, Name: f.Name, Bytes: f.Bytes, MaxTS: schema.NoTime})
	}
	return list
}
