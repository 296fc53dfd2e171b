package queries

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/schema"
)

// Live returns the files of tables, of all when none is named, that can hold rows of the dataset's sensors and period, in the order of
// Files. They may hold other rows as well.
func (d *Dataset) Live(tables ...string) []schema.File {
	var out []schema.File
	for _, f := range d.Files {
		if f.Rows > 0 && (len(tables) == 0 || slices.Contains(tables, f.Table)) && d.of(f.Sensor) && d.reaches(f.MinTS, f.MaxTS) {
			out = append(out, f)
		}
	}
	return out
}

func (d *Dataset) of(sensor string) bool {
	return len(d.Sensors) == 0 || slices.Contains(d.Sensors, sensor)
}

// reaches reports whether something that lasts from one microsecond to another can lie in the period; NoTime lies in none.
func (d *Dataset) reaches(first, last int64) bool {
	if d.From.IsZero() && d.To.IsZero() {
		return true
	}
	return first != schema.NoTime && (d.From.IsZero() || last >= d.From.UnixMicro()) && (d.To.IsZero() || first < ceilMicro(d.To))
}

// ceilMicro is the first microsecond that is not before t.
func ceilMicro(t time.Time) int64 { return t.Add(999 * time.Nanosecond).UnixMicro() }

// beyond is the nanoseconds of t beyond its microsecond, as ts_extra_ns has them.
func beyond(t time.Time) int { return t.Nanosecond() % 1000 }

func microseconds(us int64) string { return fmt.Sprintf("make_timestamp(%d::BIGINT)", us) }

// where is the dataset's filter as a clause over a table's columns of time, what they have beyond microseconds, and sensor: rows that last reach into
// the period, and rows without a time are in none.
func (d *Dataset) where(t schema.Table) string {
	var conditions []string
	if at := d.From; !at.IsZero() {
		conditions = append(conditions, t.LastTS+" >= "+microseconds(at.UnixMicro()))
		if ns := beyond(at); ns > 0 {
			conditions = append(conditions, fmt.Sprintf("(%s > %s OR %[1]s_extra_ns >= %[3]d)", t.LastTS, microseconds(at.UnixMicro()), ns))
		}
	}
	if at := d.To; !at.IsZero() {
		conditions = append(conditions, t.FirstTS+" < "+microseconds(ceilMicro(at)))
		if ns := beyond(at); ns > 0 {
			conditions = append(conditions, fmt.Sprintf("(%s < %s OR %[1]s_extra_ns < %[3]d)", t.FirstTS, microseconds(at.UnixMicro()), ns))
		}
	}
	if len(d.Sensors) > 0 {
		var names []string
		for _, s := range d.Sensors {
			names = append(names, literal(s))
		}
		conditions = append(conditions, "sensor IN ("+strings.Join(names, ", ")+")")
	}
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}
