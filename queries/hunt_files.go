package queries

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/schema"
)

// A hunted is where a hunt reads a table: a view, and what must hold of its rows.
type hunted struct {
	view      string // "": no file can have what is sought
	condition string
}

// A stretch is a time from one microsecond to another, both within.
type stretch struct{ first, last int64 }

// in says where to read the table of a sighting: of files whose captures are known only those that have rows of the captures looked at, and of sums only what the tables
// that say more do not cover, day by day, since expiry takes days. Nothing is read to find that out.
func (h *hunt) in(ctx context.Context, at *sighting) (hunted, error) {
	if known, ok := h.views[at]; ok {
		return known, nil
	}
	to := hunted{at.table.Name, h.within()}
	live := h.dataset.Live(at.table.Name)
	files, covered, told := h.uncovered(at, h.holding(live))
	switch {
	case !told:
		for _, table := range at.unless {
			to.condition += " AND capture_id NOT IN (SELECT capture_id FROM " + table + " WHERE capture_id IS NOT NULL)"
		}
	case len(files) == 0:
		to.view = ""
	case len(files) < len(live):
		var err error
		if to.view, err = h.narrow(ctx, at.table, files); err != nil {
			return to, err
		}
		fallthrough
	default:
		to.condition += covered
	}
	h.views[at] = to
	return to, nil
}

// within is the condition of the captures that are looked at.
func (h *hunt) within() string {
	if h.o.Captures == nil {
		return "true"
	}
	return "capture_id IN (" + literals(h.o.Captures) + ")"
}

// holding leaves out files without rows of the captures that are looked at.
func (h *hunt) holding(files []schema.File) []schema.File {
	if h.o.Captures == nil {
		return files
	}
	var out []schema.File
	for _, f := range files {
		if !f.Told() || slices.ContainsFunc(h.o.Captures, f.Has) {
			out = append(out, f)
		}
	}
	return out
}

// uncovered leaves out files whose rows are all of days of captures on which tables that say more have files, and tells the condition that leaves out the rest of such rows. It
// is not told where a file does not say whose rows it has.
func (h *hunt) uncovered(at *sighting, files []schema.File) (left []schema.File, condition string, told bool) {
	if len(at.unless) == 0 {
		return files, "", true
	}
	more := map[string][]stretch{} // by capture
	for _, f := range h.dataset.Live(at.unless...) {
		if !f.Told() {
			return files, "", false
		}
		for id := range f.CaptureIDs() {
			more[id] = append(more[id], stretch{f.MinTS, f.MaxTS})
		}
	}
	var covers strings.Builder
	for _, f := range files {
		if !f.Told() {
			return files, "", false
		}
		of, count := dayOf(&f), 0
		var known []string
		for id := range f.CaptureIDs() {
			if count++; slices.ContainsFunc(more[id], of.meets) {
				known = append(known, id)
			}
		}
		if len(known) == count {
			continue
		}
		if left = append(left, f); len(known) > 0 {
			slices.Sort(known)
			fmt.Fprintf(&covers, " AND NOT (%s BETWEEN %s AND %s AND capture_id IN (%s))", at.table.FirstTS, microseconds(of.first), microseconds(of.last), literals(known))
		}
	}
	return left, covers.String(), true
}

// dayOf is the day of a file's partition; of the default one the time of its sums, the last of which goes on for an hour at most.
func dayOf(f *schema.File) stretch {
	day, err := time.Parse(time.DateOnly, f.Date)
	if err != nil {
		return stretch{f.MinTS, f.MaxTS + time.Hour.Microseconds()}
	}
	return stretch{day.UnixMicro(), day.AddDate(0, 0, 1).UnixMicro() - 1}
}

// meets reports whether two times have a microsecond in common.
func (s stretch) meets(other stretch) bool { return s.first <= other.last && s.last >= other.first }

// narrow makes a view of some files of a table.
func (h *hunt) narrow(ctx context.Context, t schema.Table, files []schema.File) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	name := fmt.Sprintf("hunted_%d", h.hunted)
	h.hunted++
	d := h.dataset
	d.Files = files
	if err := h.makeTable(ctx, &d, name, t); err != nil {
		return "", fmt.Errorf("make view of %s: %w", t.Name, err)
	}
	h.narrowed[t.Name] = true
	return name, nil
}
