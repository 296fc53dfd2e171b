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
		if f.Rows > 0 && (len(tables) == 0 || slices.Contains(tables, f.Table)) && (schema.Derived(f.Table) || d.of(f.Sensor)) && d.reaches(f.MinTS, f.MaxTS) {
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

// wholeMicro is the first whole microsecond that is not before t; no time stays none.
func wholeMicro(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return time.UnixMicro(ceilMicro(t)).UTC()
}

// beyond is the nanoseconds of t beyond its microsecond, as ts_extra_ns has them.
func beyond(t time.Time) int { return t.Nanosecond() % 1000 }

func microseconds(us int64) string { return fmt.Sprintf("make_timestamp(%d::BIGINT)", us) }

// where is the dataset's filter as a clause over the columns of a table: rows that reach into the period, of its sensors. Rows without a time
// are in no period.
func (d *Dataset) where(t schema.Table) string {
	conditions := d.period(t.FirstTS, t.LastTS)
	if !slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Name == t.FirstTS+"_extra_ns" }) { // sums, whose times are whole microseconds
		conditions = (&Dataset{From: wholeMicro(d.From), To: wholeMicro(d.To)}).period(t.FirstTS, t.LastTS)
	}
	if len(d.Sensors) > 0 {
		var names []string
		for _, s := range d.Sensors {
			names = append(names, literal(s))
		}
		if list := strings.Join(names, ", "); t.Derived { // which have all sensors that saw it in one text
			conditions = append(conditions, "list_has_any(string_split(sensor, ','), ["+list+"])")
		} else {
			conditions = append(conditions, "sensor IN ("+list+")")
		}
	}
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}

// period is what holds of a row that lasts from the time in one column to that in another, if it reaches into the dataset's period. The
// nanoseconds of a time stand in the column of the same name with _extra_ns behind.
func (d *Dataset) period(first, last string) []string {
	var conditions []string
	if at := d.From; !at.IsZero() {
		conditions = append(conditions, last+" >= "+microseconds(at.UnixMicro()))
		if ns := beyond(at); ns > 0 {
			conditions = append(conditions, fmt.Sprintf("(%s > %s OR %s_extra_ns >= %d)", last, microseconds(at.UnixMicro()), last, ns))
		}
	}
	if at := d.To; !at.IsZero() {
		conditions = append(conditions, first+" < "+microseconds(ceilMicro(at)))
		if ns := beyond(at); ns > 0 {
			conditions = append(conditions, fmt.Sprintf("(%s < %s OR %s_extra_ns < %d)", first, microseconds(at.UnixMicro()), first, ns))
		}
	}
	return conditions
}

// periodMacro is the macro in_period: whether something that lasts from one time to another reaches into the dataset's period.
func (d *Dataset) periodMacro() string {
	conditions := append(d.period("first", "last"), "true")
	return "CREATE MACRO in_period(first, first_extra_ns, last, last_extra_ns) AS " + strings.Join(conditions, " AND ")
}

// all are the files that views of the dataset may read.
func (d *Dataset) all() []schema.File {
	if d.Past == nil {
		return d.Files
	}
	return slices.Concat(d.Files, d.Past.Files)
}

// PastDays is how many days before a period say what is usual.
const PastDays = 28

// past is what was before the dataset's period; without files where nothing is known of it.
func (d *Dataset) past() *Dataset {
	switch {
	case d.Past != nil:
		return d.Past
	case d.From.IsZero():
		return &Dataset{}
	}
	p := *d
	p.From, p.To = d.From.AddDate(0, 0, -PastDays), d.From
	return &p
}

// widened is the dataset with a period that begins earlier and ends later by d.
func (d *Dataset) widened(by time.Duration) *Dataset {
	w := *d
	if !w.From.IsZero() {
		w.From = w.From.Add(-by)
	}
	if !w.To.IsZero() {
		w.To = w.To.Add(by)
	}
	return &w
}
