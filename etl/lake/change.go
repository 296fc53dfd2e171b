package lake

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

// Change is a manifest that removes: compaction, expiry, a grown or replaced capture. It holds no clock: its age is that of its object.
// Changes are numbered from 1 without gaps, and of two at once one wins the number.
type Change struct {
	Seq      int64       `json:"seq"`
	Adds     []File      `json:"adds"`               // each with Captures; sorted by name
	Removes  []string    `json:"removes"`            // names of files, sorted
	Drops    []string    `json:"drops"`              // content hashes of captures that live no more, sorted
	Captures []*Manifest `json:"captures,omitempty"` // that live from here on, in place of what was said of their contents before; by content hash
	Digest   string      `json:"digest,omitempty"`   // of this text: see seal
}

// maxChangeTries bounds how often a change is planned again because another one won its number.
const maxChangeTries = 100

// Change makes one removing manifest: plan sees the state and says what to add, remove and drop, and which captures come in place of others;
// nil means there is nothing to do. Of two changes at once one wins the number; the other loads the state again and plans again. Files that
// are added must be staged in s (Staging.Create … Finish) by then; s may be nil for a change that adds none. Sequence and digest are filled
// in here. What is added is durable under its name before the manifest is written; what is removed stays on the disk until Sweep.
// Plan must not keep the state. After an error a reader sees the lake as it was before or as it is after, and the same change may be tried again.
func (l *Lake) Change(ctx context.Context, s *Staging, plan func(*State) (*Change, error)) (*Change, error) {
	l.changing.Lock()
	defer l.changing.Unlock()
	published := map[string]bool{}
	for range maxChangeTries {
		state, err := l.before(ctx)
		if err != nil {
			return nil, err
		}
		c, err := plan(state)
		if c == nil || err != nil {
			return nil, err
		}
		c.settle(state.at.seq + 1)
		if problems := state.at.problems(c); len(problems) > 0 {
			return nil, fmt.Errorf("change lake: %s", problems[0])
		}
		text, err := encode(c, &c.Digest)
		if err != nil {
			return nil, fmt.Errorf("change lake: %w", err)
		}
		if err := l.publishChange(s, c, published); err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err = l.store.PutIfAbsent(changeManifest(c.Seq), text)
		if err == nil {
			l.last.add(c)
			return c, nil
		}
		if !exists(err) {
			return nil, fmt.Errorf("change lake: %w", err)
		}
	}
	return nil, fmt.Errorf("change lake: other changes won %d times", maxChangeTries)
}

// latest is what the lake was after the last change of this process, so that many changes in a row need not read it all again.
type latest struct {
	names []string // of the manifests, sorted
	at    *replay
}

// add takes the change that was made of what is remembered.
func (m *latest) add(c *Change) {
	name := changeManifest(c.Seq)
	at, _ := slices.BinarySearch(m.names, name)
	m.names = slices.Insert(m.names, at, name)
	m.at.change(c)
}

// before returns the state that a change starts from. It is the plan's as long as that runs.
func (l *Lake) before(ctx context.Context) (*State, error) {
	names, err := l.manifestNames()
	if err != nil {
		return nil, err
	}
	if l.last.at == nil || !slices.Equal(names, l.last.names) { // no manifest ever changes: the same names say the same
		h, err := l.readSound(ctx, whole)
		if err != nil {
			return nil, err
		}
		l.last = latest{names, h.replay()}
	}
	return l.state(l.last.at), nil
}

// changeManifest is the name of the manifest of a change.
func changeManifest(seq int64) string {
	return fmt.Sprintf("%s/%s%012d.json", manifestFolder, changeKind, seq)
}

// settle brings the change into its one form.
func (c *Change) settle(seq int64) {
	c.Seq = seq
	c.Adds = slices.SortedFunc(slices.Values(c.Adds), func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	for i := range c.Adds {
		c.Adds[i].SchemaVersion = cmp.Or(c.Adds[i].SchemaVersion, schema.Version)
	}
	c.Removes, c.Drops = notNil(slices.Sorted(slices.Values(c.Removes))), notNil(slices.Sorted(slices.Values(c.Drops)))
	c.Adds = notNil(c.Adds)
	slices.SortFunc(c.Captures, func(a, b *Manifest) int { return cmp.Compare(a.ContentHash, b.ContentHash) })
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// publishChange gives the files of a change their names, once each, whatever happens to the change.
func (l *Lake) publishChange(s *Staging, c *Change, published map[string]bool) error {
	var files []File
	for f := range c.files() {
		if !published[f.Name] {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return nil
	}
	if err := l.Publish(s, files); err != nil {
		return err
	}
	for _, f := range files {
		published[f.Name] = true
	}
	return nil
}

// files are all files that the change adds, those of its captures too.
func (c *Change) files() func(yield func(File) bool) {
	return func(yield func(File) bool) {
		for _, f := range c.Adds {
			if !yield(f) {
				return
			}
		}
		for _, m := range c.Captures {
			for _, f := range m.Adds {
				if !yield(f) {
					return
				}
			}
		}
	}
}

// problems are what contradicts in a change itself, and in the change and the state before it.
func (r *replay) problems(c *Change) []string {
	var out []string
	report := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	names := map[string]bool{}
	for f := range c.files() {
		if !f.wellNamed() {
			report("it adds %q, which is no name for a file of a lake", f.Name)
		}
		if names[f.Name] || r.files[f.Name] != nil && !r.replaced(c, r.files[f.Name]) {
			report("it adds %s, which is live already", f.Name)
		}
		names[f.Name] = true
	}
	for _, name := range c.Removes {
		if r.files[name] == nil {
			report("it removes %s, which is not live", name)
		}
	}
	for _, hash := range c.Drops {
		if r.capture(hash) == nil {
			report("it drops content %q, which is not live", hash)
		}
	}
	for _, m := range c.Captures {
		out = append(out, m.contradictions()...)
	}
	return append(append(out, r.unbalanced(c)...), r.left(c)...)
}

// left holds that nothing stays of captures that the change drops or replaces.
func (r *replay) left(c *Change) []string {
	ended := r.ended(c)
	if len(ended) == 0 {
		return nil
	}
	removed := make(map[string]bool, len(c.Removes))
	for _, name := range c.Removes {
		removed[name] = true
	}
	var out []string
	hold := func(f *LiveFile) {
		for id := range f.shares() {
			if ended[id] {
				out = append(out, fmt.Sprintf("it leaves %s, which has rows of capture %s", f.Name, id))
			}
		}
	}
	for name, f := range r.files {
		if !removed[name] && !r.replaced(c, f) {
			hold(f)
		}
	}
	for _, f := range c.Adds {
		hold(&LiveFile{File: f})
	}
	slices.Sort(out)
	return out
}

// A share is what one capture has in one table.
type share struct{ table, capture string }

// unbalanced holds the ledger of a change. One that only removes lets rows expire. One that adds puts the rows of the files that it removes
// into others: of each capture it adds as many as it removes, or none where the capture itself is dropped or replaced. Of sums it counts the
// rows that went into them. Tables that are made from others stand outside it.
func (r *replay) unbalanced(c *Change) []string {
	if len(c.Adds)+len(c.Captures) == 0 {
		return nil
	}
	var out []string
	balance, added := map[share]int64{}, map[share]bool{}
	for _, f := range c.Adds {
		if schema.Derived(f.Table) {
			if f.Captures != nil {
				out = append(out, fmt.Sprintf("it adds %s, whose rows are of no one capture, as of %d", f.Name, len(f.Captures)))
			}
			continue
		}
		sum := int64(0)
		for id, rows := range f.Captures {
			balance[share{f.Table, id}] += rows
			added[share{f.Table, id}] = true
			sum += rows
		}
		if sum < f.Rows || sum > f.Rows && !strings.HasPrefix(f.Table, SumsPrefix) {
			out = append(out, fmt.Sprintf("it adds %s with %d rows, of captures %d", f.Name, f.Rows, sum))
		}
	}
	for _, name := range c.Removes {
		f := r.files[name]
		if f == nil {
			continue
		}
		for id, rows := range f.shares() {
			balance[share{f.Table, id}] -= rows
		}
	}
	ended := r.ended(c)
	for _, of := range slices.SortedFunc(maps.Keys(balance), func(a, b share) int {
		return cmp.Or(strings.Compare(a.table, b.table), strings.Compare(a.capture, b.capture))
	}) {
		if n := balance[of]; n != 0 && (added[of] || !ended[of.capture]) {
			out = append(out, fmt.Sprintf("it adds %+d rows of capture %s to %s", n, of.capture, of.table))
		}
	}
	return out
}

// replaced reports whether a live file is of a capture in whose place the change puts one: a commit and a change may bring the same content.
func (r *replay) replaced(c *Change, f *LiveFile) bool {
	return f.Capture != nil && slices.ContainsFunc(c.Captures, func(m *Manifest) bool { return m.ContentHash == f.Capture.ContentHash })
}

// ended are the ids of captures that a change drops or replaces.
func (r *replay) ended(c *Change) map[string]bool {
	ids := map[string]bool{}
	for _, hash := range c.Drops {
		if m := r.capture(hash); m != nil {
			ids[m.CaptureID] = true
		}
	}
	for _, m := range c.Captures {
		if before := r.capture(m.ContentHash); before != nil {
			ids[before.CaptureID] = true
		}
	}
	return ids
}

// SumsPrefix begins the names of tables whose rows are sums over those of others, and may be summed further when files are put together.
const SumsPrefix = "rollup_"

// shares are the rows of a file by capture id; of sums, the rows that went into them.
func (f *LiveFile) shares() map[string]int64 {
	switch {
	case f.File.Captures != nil:
		return f.File.Captures
	case f.Capture != nil:
		return map[string]int64{f.Capture.CaptureID: f.Rows}
	}
	return nil
}
