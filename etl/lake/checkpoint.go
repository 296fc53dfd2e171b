package lake

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A checkpoint is the state of a lake after a change, with all captures that were committed by then: what stands in it need not be read from
// manifests again.
//
// It is a head of JSON that lists parts, each of some days and in Parquet files of its own, so that who wants a few days reads these, and the next
// checkpoint writes anew only what changed.
type checkpoint struct {
	Format  int                 `json:"checkpoint"`     // checkpointFormat
	Seq     int64               `json:"seq"`            // of the change
	Schema  int32               `json:"schema_version"` // the greatest of any row
	Parts   []part              `json:"parts"`          // in the order of their days
	Options []map[string]string `json:"options"`        // each that captures have, or had
	Fresh   []string            `json:"fresh"`          // contents whose own manifests were there too when it was written
	Digest  string              `json:"digest"`         // of this text: see seal

	old bool // it has no parts: its rows came with it
}

const (
	checkpointFormat    = 2
	checkpointExtension = ".json"
	// CheckpointAfter is how many captures may stand outside a checkpoint before there is to be one: each is a read for whoever opens the lake, while the
	// part of a night of 27,000 captures takes two seconds to write.
	CheckpointAfter = 500
	// checkpointTime is how long it may take until one is written: parts that it takes over from the one before are kept for longer.
	checkpointTime = 6 * time.Hour
)

// checkpointManifest is the name of the checkpoint after a change.
func checkpointManifest(seq int64) string {
	return fmt.Sprintf("%s/%s%012d%s", manifestFolder, checkpointKind, seq, checkpointExtension)
}

// name is that of its manifest.
func (c *checkpoint) name() string {
	if c.old {
		return strings.TrimSuffix(checkpointManifest(c.Seq), checkpointExtension) + oldExtension
	}
	return checkpointManifest(c.Seq)
}

// parseCheckpoint reads the head of a checkpoint.
func parseCheckpoint(text []byte) (*checkpoint, error) {
	if err := checkDigest(text); err != nil {
		return nil, err
	}
	c := new(checkpoint)
	if err := json.Unmarshal(text, c); err != nil {
		return nil, err
	}
	if c.Format > checkpointFormat {
		return nil, fmt.Errorf("%w: it is of format %d, this program reads up to %d", ErrNewer, c.Format, checkpointFormat)
	}
	return c, nil
}

// lastCheckpoint is the name of the last checkpoint among objects, or "".
func lastCheckpoint(objects []Object) string {
	last := ""
	for _, o := range objects {
		if kind, _ := manifestKind(o.Name); kind == checkpointKind {
			last = max(last, o.Name)
		}
	}
	return last
}

// Checkpoint writes a checkpoint if more captures stand outside the last one than make opening slow, and reports whether it did.
// Readers use it from then on; the manifests that stand in it are Leftovers.
func (l *Lake) Checkpoint(ctx context.Context) (bool, error) {
	return l.checkpoint(ctx, CheckpointAfter)
}

func (l *Lake) checkpoint(ctx context.Context, after int) (bool, error) {
	began := time.Now()
	h, err := l.readSound(ctx, func(h *history) reading {
		if len(h.captures) <= after {
			return reading{}
		}
		return reading{captures: h.changedParts(), files: h.changedParts()}
	})
	if err != nil || len(h.captures) <= after {
		return false, err
	}
	if h.base != nil && h.base.Seq == h.lastSeq() { // its number is taken: an empty change gives a new one
		if err := l.skip(ctx, h.base.Seq+1); err != nil {
			return false, err
		}
		return l.checkpoint(ctx, after)
	}
	if err := l.readSought(ctx, h); err != nil {
		return false, err
	}
	c, err := l.writeParts(h)
	if err != nil {
		return false, fmt.Errorf("write checkpoint: %w", err)
	}
	text, err := encode(c, &c.Digest)
	if err != nil {
		return false, err
	}
	if time.Since(began) > checkpointTime {
		return false, fmt.Errorf("write checkpoint: it took longer than %s: what it is made of may be gone", checkpointTime)
	}
	err = l.store.PutIfAbsent(checkpointManifest(c.Seq), text)
	if exists(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("write checkpoint: %w", err)
	}
	return true, nil
}

// skip makes an empty change, unless another has its number.
func (l *Lake) skip(_ context.Context, seq int64) error {
	l.changing.Lock()
	defer l.changing.Unlock()
	c := new(Change)
	c.settle(seq)
	text, err := encode(c, &c.Digest)
	if err != nil {
		return err
	}
	if err := l.store.PutIfAbsent(changeManifest(seq), text); err != nil && !exists(err) {
		return fmt.Errorf("change lake: %w", err)
	}
	return nil
}

// lastSeq is the number of the last change.
func (h *history) lastSeq() int64 {
	switch {
	case len(h.changes) > 0:
		return h.changes[len(h.changes)-1].Seq
	case h.base != nil:
		return h.base.Seq
	}
	return 0
}

// changedParts are the parts of the checkpoint that captures and changes after it have to do with, as far as can be told without reading them.
func (h *history) changedParts() []int {
	if h.base == nil {
		return nil
	}
	parts := map[int]bool{}
	capture := func(m *Manifest) { parts[h.base.partOf(dayOf(m.FirstTS))] = true }
	for _, m := range h.captures {
		capture(m)
	}
	for _, c := range h.changes {
		for _, m := range c.Captures {
			capture(m)
		}
		for _, f := range c.Adds {
			parts[h.base.partOf(f.Date)] = true
		}
		for _, name := range c.Removes {
			date := dateOfName(name)
			for i := range h.base.Parts {
				if h.base.Parts[i].hasDate(date) {
					parts[i] = true
				}
			}
		}
	}
	delete(parts, len(h.base.Parts)) // of a checkpoint without parts
	return slices.Sorted(maps.Keys(parts))
}

// dateOfName is the date in the name of a table's file.
func dateOfName(name string) string {
	date := strings.TrimPrefix(path.Base(path.Dir(name)), "date=")
	if !safeDate.MatchString(date) {
		return ""
	}
	return date
}

// readSought reads the parts that have the contents which changes drop or replace, where these were not read yet: a change does not say of which days they are.
func (l *Lake) readSought(ctx context.Context, h *history) error {
	if h.base == nil || h.base.old {
		return nil
	}
	sought := map[string]bool{}
	for _, c := range h.changes {
		for _, hash := range c.Drops {
			sought[hash] = true
		}
		for _, m := range c.Captures {
			sought[m.ContentHash] = true
		}
	}
	read := map[int]bool{}
	for _, r := range h.rows {
		read[r.part] = true
		for i := range r.captures {
			delete(sought, r.captures[i].ContentHash)
		}
	}
	for _, m := range h.captures {
		delete(sought, m.ContentHash)
	}
	for i := len(h.base.Parts) - 1; i >= 0 && len(sought) > 0; i-- { // those of late are the likelier
		if read[i] {
			continue
		}
		found := new(rows)
		if err := l.readCaptures(ctx, h.base, i, contentFields, found); err != nil {
			return err
		}
		if !slices.ContainsFunc(found.captures, func(c checkpointCapture) bool { return sought[c.ContentHash] }) {
			continue
		}
		for _, c := range found.captures {
			delete(sought, c.ContentHash)
		}
		if err := l.readParts(ctx, h, reading{captures: []int{i}, files: []int{i}}); err != nil {
			return err
		}
	}
	return nil
}

// writeParts writes the parts that are new since the last checkpoint, and returns the next, of which the parts that were not read are those of before.
func (l *Lake) writeParts(h *history) (*checkpoint, error) {
	r := h.replay()
	c := &checkpoint{Format: checkpointFormat, Seq: r.seq, Parts: []part{}, Fresh: h.listed}
	read, known := map[int]bool{}, map[string]object{}
	if h.base != nil {
		c.Schema, c.Options = h.base.Schema, h.base.Options
		for _, rows := range h.rows {
			read[rows.part] = true
		}
		for i, p := range h.base.Parts {
			if !read[i] {
				c.Parts = append(c.Parts, p)
				continue
			}
			for _, o := range p.objects() {
				known[hashOfName(o.Name)] = o
			}
		}
	}
	for _, leaf := range r.leaves(h.base) {
		p, rows := leaf.part(), leaf.asRows(r.dropped)
		if err := l.putRows(c.Seq, &p, rows, known); err != nil {
			return nil, err
		}
		c.Parts = append(c.Parts, p)
	}
	slices.SortFunc(c.Parts, func(a, b part) int { return strings.Compare(a.From, b.From) })
	c.note(r)
	return c, nil
}

// putRows writes the objects of a part.
func (l *Lake) putRows(seq int64, p *part, r *rows, known map[string]object) error {
	shared := len(r.files)
	if !slices.ContainsFunc(r.files, func(f LiveFile) bool { return f.File.Captures != nil }) {
		shared = 0
	}
	for _, o := range []struct {
		to     *object
		rows   int
		encode func() ([]byte, error)
	}{
		{&p.Captures, len(r.captures), r.encodeCaptures},
		{&p.Files, len(r.files), func() ([]byte, error) { return r.encodeFiles(leanFields) }},
		{&p.Shares, shared, func() ([]byte, error) { return r.encodeFiles(shareFields) }},
	} {
		if o.rows == 0 {
			continue
		}
		text, err := o.encode()
		if err == nil {
			*o.to, err = l.putPart(seq, text, o.rows, known)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// note takes down what of captures and files is of use to those who do not read them.
func (c *checkpoint) note(r *replay) {
	for _, m := range r.captures {
		c.Schema = max(c.Schema, m.SchemaVersion)
		c.Options = withOptions(c.Options, m.Options)
	}
	for _, f := range r.files {
		c.Schema = max(c.Schema, f.SchemaVersion)
	}
	slices.SortFunc(c.Options, func(a, b map[string]string) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
}

// withOptions are options and one more, unless it is among them.
func withOptions(all []map[string]string, one map[string]string) []map[string]string {
	for _, o := range all {
		if maps.Equal(o, one) {
			return all
		}
	}
	return append(all, one)
}

// putPart writes an object of a part, unless it is known. One that is there has these bytes: they are in its name.
func (l *Lake) putPart(seq int64, text []byte, n int, known map[string]object) (object, error) {
	if o, ok := known[hashOfBytes(text)]; ok {
		return o, nil
	}
	o := object{Name: partName(seq, text), Rows: n, Bytes: int64(len(text))}
	if err := l.store.PutIfAbsent(manifestFolder+"/"+o.Name, text); err != nil && !exists(err) {
		return o, err
	}
	return o, nil
}

// hashOfName is the hash in the name of a part's object.
func hashOfName(name string) string {
	_, hash, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(name, partKind), ".parquet"), "-")
	return hash
}

// holds reports whether an object of a part is one of the checkpoint's.
func (c *checkpoint) holds(name string) bool {
	base := path.Base(name)
	return slices.ContainsFunc(c.Parts, func(p part) bool {
		return slices.ContainsFunc(p.objects(), func(o object) bool { return o.Name == base })
	})
}

// spent reports whether an object of a part is of no use: the checkpoint that it was written for, or a later one, is there and does not name it.
func (c *checkpoint) spent(name string) bool {
	digits, _, _ := strings.Cut(strings.TrimPrefix(path.Base(name), partKind), "-")
	seq, err := strconv.ParseInt(digits, 10, 64)
	return err == nil && seq <= c.Seq && !c.holds(name)
}
