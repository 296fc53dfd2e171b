package lake

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/pcaplake/pcaplake/schema"
)

// The kinds of manifests, by what their names begin with.
const (
	captureKind    = "c-"
	changeKind     = "m-"
	checkpointKind = "k-"
	partKind       = "p-" // of a checkpoint
)

// manifestKinds are the kinds and how their names end.
var manifestKinds = []struct{ kind, extension string }{
	{captureKind, ".json"}, {changeKind, ".json"}, {checkpointKind, checkpointExtension}, {checkpointKind, oldExtension}, {partKind, ".parquet"},
}

// manifestKind is the kind of manifest that a name stands for, or "", and the part of the name that tells it from others of the kind.
func manifestKind(name string) (kind, which string) {
	base := strings.TrimPrefix(name, manifestFolder+"/")
	for _, k := range manifestKinds {
		if which, ok := strings.CutPrefix(base, k.kind); ok && strings.HasSuffix(which, k.extension) {
			return k.kind, strings.TrimSuffix(which, k.extension)
		}
	}
	return "", ""
}

// A history is the manifests of a lake as they were read: what every capture and every change said that the last checkpoint does not hold.
type history struct {
	base     *checkpoint // nil: there is none
	rows     []*rows     // of its parts, those that were read
	listed   []string    // contents whose manifests are there, ascending
	captures []*Manifest
	changes  []*Change
	changed  []string // names of manifests whose text is not that of their digest
}

// parse reads a manifest of a capture or a change from its text and adds it.
func (h *history) parse(kind string, text []byte) error {
	if kind == captureKind {
		m := new(Manifest)
		if err := json.Unmarshal(text, m); err != nil {
			return err
		}
		h.captures = append(h.captures, m)
		return nil
	}
	c := new(Change)
	if err := json.Unmarshal(text, c); err != nil {
		return err
	}
	h.changes = append(h.changes, c)
	return nil
}

// maxReads bounds how often manifests are read again because one was deleted since they were listed, as it stands in a checkpoint by now.
const maxReads = 5

// A reading is which parts of a checkpoint are read, by their numbers, in ascending order.
type reading struct {
	captures, files []int
	lean            bool // files without which captures they are of
}

// whole is the reading of all parts.
func whole(h *history) reading {
	if h.base == nil {
		return reading{}
	}
	all := make([]int, len(h.base.Parts))
	for i := range all {
		all[i] = i
	}
	return reading{captures: all, files: all}
}

// read reads all manifests that count, and of the checkpoint the parts that are chosen when all others are read.
func (l *Lake) read(ctx context.Context, which func(*history) reading) (h *history, err error) {
	for range maxReads {
		if h, err = l.readOnce(ctx, which); err == nil || !notExists(err) {
			break
		}
	}
	return h, err
}

// manifestCuts cut the names of manifests of captures, which are hashes, into pieces that a store lists in a page each while there are 30,000, and take the
// others from them.
var manifestCuts = func() []string {
	var cuts []string
	for i := range 32 {
		cuts = append(cuts, fmt.Sprintf("%s%02x", captureKind, i*8))
	}
	return append(cuts, captureKind+"g")
}()

// listManifests returns all manifests, in no order.
func (l *Lake) listManifests() ([]Object, error) {
	objects, err := l.store.List(manifestFolder, manifestCuts...)
	if err != nil {
		return nil, fmt.Errorf("list manifests: %w", err)
	}
	return objects, nil
}

func (l *Lake) readOnce(ctx context.Context, which func(*history) reading) (*history, error) {
	objects, err := l.listManifests()
	if err != nil {
		return nil, err
	}
	h := new(history)
	if err := l.readCheckpoint(ctx, h, lastCheckpoint(objects)); err != nil {
		return nil, err
	}
	folded := h.folds()
	objects = slices.DeleteFunc(objects, func(o Object) bool {
		kind, content := manifestKind(o.Name)
		if kind == captureKind {
			h.listed = append(h.listed, content)
		}
		return kind == checkpointKind || kind == partKind || folded(kind, content)
	})
	slices.Sort(h.listed)
	texts := l.readAhead(objects)
	for i, o := range objects {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := l.parseManifest(h, o.Name, texts(i)); err != nil {
			return nil, err
		}
	}
	if err := l.fillGaps(h); err != nil {
		return nil, err
	}
	if err := h.newer(); err != nil {
		return nil, err
	}
	return h, l.readParts(ctx, h, which(h))
}

// newer refuses rows of a schema that this program does not know: it would read them wrong, or not at all, and say nothing.
func (h *history) newer() error {
	refuse := func(name string, version int32) error {
		if version <= schema.Version {
			return nil
		}
		return fmt.Errorf("%w: %s is of schema version %d, this program knows up to %d", ErrNewer, name, version, schema.Version)
	}
	var err error
	if h.base != nil {
		err = refuse("its last checkpoint", h.base.Schema)
	}
	for _, r := range h.rows { // of a checkpoint of before
		for i := range r.captures {
			err = cmp.Or(err, refuse(r.captures[i].Source, r.captures[i].SchemaVersion))
		}
		for i := range r.files {
			err = cmp.Or(err, refuse(r.files[i].Name, r.files[i].SchemaVersion))
		}
	}
	for _, m := range h.captures {
		err = cmp.Or(err, refuse(m.Source, m.SchemaVersion))
	}
	for _, c := range h.changes {
		for _, m := range c.Captures {
			err = cmp.Or(err, refuse(m.Source, m.SchemaVersion))
		}
		for _, f := range c.Adds {
			err = cmp.Or(err, refuse(f.Name, f.SchemaVersion))
		}
	}
	return err
}

// readCheckpoint reads the head of a checkpoint; of one of before all rows.
func (l *Lake) readCheckpoint(ctx context.Context, h *history, name string) error {
	if name == "" {
		return nil
	}
	text, err := l.store.Read(name)
	if err != nil {
		return fmt.Errorf("read checkpoint: %w", err)
	}
	if strings.HasSuffix(name, oldExtension) {
		var r *rows
		if h.base, r, err = parseOld(ctx, text); err == nil {
			h.rows = []*rows{r}
		}
	} else {
		h.base, err = parseCheckpoint(text)
	}
	if err != nil {
		return fmt.Errorf("read checkpoint %s: %w", l.store.Path(name), err)
	}
	return nil
}

// folds returns what tells whether a manifest stands in the checkpoint, and so counts no more: as far as is known of captures.
func (h *history) folds() func(kind, which string) bool {
	if h.base == nil {
		return func(string, string) bool { return false }
	}
	contents := make(map[string]bool, len(h.base.Fresh))
	for _, hash := range h.base.Fresh {
		contents[hash] = true
	}
	for _, r := range h.rows {
		for i := range r.captures {
			contents[r.captures[i].ContentHash] = true
		}
	}
	return func(kind, which string) bool {
		switch kind {
		case captureKind:
			return contents[which]
		case changeKind:
			seq, err := strconv.ParseInt(which, 10, 64)
			return err == nil && seq <= h.base.Seq
		}
		return false
	}
}

// fillGaps puts changes in order. They have numbers without gaps: one that was not listed was written while the folder was read, after some
// that were, and is read by its name.
func (l *Lake) fillGaps(h *history) error {
	h.sort()
	first := int64(1)
	if h.base != nil {
		first += h.base.Seq
	}
	for i := 0; i < len(h.changes); i++ {
		want := first + int64(i)
		if h.changes[i].Seq > want {
			if err := l.readManifest(h, changeManifest(want)); err != nil {
				return err
			}
			h.sort()
		}
		if h.changes[i].Seq != want {
			return fmt.Errorf("read manifests: change %d is there under two names", h.changes[i].Seq)
		}
	}
	return nil
}

func (h *history) sort() {
	slices.SortFunc(h.changes, func(a, b *Change) int { return cmp.Compare(a.Seq, b.Seq) })
}

func (l *Lake) readManifest(h *history, name string) error {
	return l.parseManifest(h, name, func() ([]byte, error) { return l.store.Read(name) })
}

// manifestReads is how many manifests are read at once from a store that takes its time.
const manifestReads = 64

// readAhead returns what gives the text of each object. Those of a remote store are read several at a time, before they are asked for.
func (l *Lake) readAhead(objects []Object) func(i int) func() ([]byte, error) {
	if !IsURL(l.root) {
		return func(i int) func() ([]byte, error) {
			return func() ([]byte, error) { return l.store.Read(objects[i].Name) }
		}
	}
	type result struct {
		text []byte
		err  error
	}
	results := make([]chan result, len(objects))
	for i := range results {
		results[i] = make(chan result, 1)
	}
	var next atomic.Int64
	for range min(manifestReads, len(objects)) {
		go func() {
			for i := next.Add(1) - 1; i < int64(len(objects)); i = next.Add(1) - 1 {
				text, err := l.store.Read(objects[i].Name)
				results[i] <- result{text, err}
			}
		}()
	}
	return func(i int) func() ([]byte, error) {
		return func() ([]byte, error) {
			r := <-results[i]
			return r.text, r.err
		}
	}
}

func (l *Lake) parseManifest(h *history, name string, read func() ([]byte, error)) error {
	kind, _ := manifestKind(name)
	if kind == "" {
		return fmt.Errorf("%w: it holds %s, of a kind that this program does not know", ErrNewer, name)
	}
	text, err := read()
	if err != nil {
		return fmt.Errorf("read manifest: %w", err)
	}
	if err := h.parse(kind, text); err != nil {
		return fmt.Errorf("read manifest %s: %w", l.store.Path(name), err)
	}
	if bytes.Contains(text, []byte(digestKey)) && checkDigest(text) != nil {
		h.changed = append(h.changed, name)
	}
	return nil
}

// readSound reads all manifests that count, and refuses those that something damaged: what they say cannot be the reason to remove files.
func (l *Lake) readSound(ctx context.Context, which func(*history) reading) (*history, error) {
	h, err := l.read(ctx, which)
	if err == nil && len(h.changed) > 0 {
		return nil, fmt.Errorf("read manifest %s: %s: nothing is removed before it is restored", l.store.Path(h.changed[0]), problemText)
	}
	return h, err
}

// replay takes the manifests in the order in which they hold.
func (h *history) replay() *replay {
	r := newReplay()
	h.begin(r)
	for _, c := range h.changes {
		r.change(c)
	}
	return r
}

// begin takes what holds before the changes.
func (h *history) begin(r *replay) {
	if h.base != nil {
		r.seq = h.base.Seq
	}
	for _, rows := range h.rows {
		rows.start(r)
	}
	for _, m := range h.captures {
		r.add(m)
	}
}
