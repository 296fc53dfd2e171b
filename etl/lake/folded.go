package lake

import (
	"maps"
	"slices"
	"time"
)

// foldedManifests adds the manifests that stand in the last checkpoint, and the checkpoints before it with their parts. Each is left over since the first of the
// checkpoints that are there which made it so, as did all after that: a lake that gets one after the other would else never let go of any.
func (d *Disk) foldedManifests(l *Lake, h *history) {
	if h.base == nil {
		return
	}
	last, ok := d.Objects[h.base.name()]
	if !ok {
		return // it was written since the walk
	}
	folded, since := h.folds(), map[string]time.Time{}
	var heads []string
	for name := range d.Objects {
		kind, which := manifestKind(name)
		if kind == checkpointKind && name < last.Name {
			heads = append(heads, name)
		}
		if kind == checkpointKind && name < last.Name || kind == partKind && h.base.spent(name) || folded(kind, which) {
			since[name] = last.Changed
		}
	}
	slices.Sort(heads)
	left := slices.Collect(maps.Keys(since))
	for _, head := range slices.Backward(heads) {
		text, err := l.store.Read(head)
		if err != nil {
			break // what is before it counts from the one behind it
		}
		c, err := parseCheckpoint(text)
		if err != nil {
			break
		}
		folds := c.folding()
		left = slices.DeleteFunc(left, func(name string) bool { return !folds(name) })
		for _, name := range left {
			since[name] = d.Objects[head].Changed
		}
	}
	for name, when := range since {
		d.Leftovers = append(d.Leftovers, Leftover{Object: d.Objects[name], Change: max(1, h.base.Seq), Since: when})
	}
}

// folding returns what tells of a manifest whether the checkpoint made it one that counts no more.
func (c *checkpoint) folding() func(name string) bool {
	folds := (&history{base: c}).folds()
	return func(name string) bool {
		switch kind, which := manifestKind(name); kind {
		case checkpointKind:
			return name < c.name()
		case partKind:
			return c.spent(name)
		default:
			return folds(kind, which)
		}
	}
}
