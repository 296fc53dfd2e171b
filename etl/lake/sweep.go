package lake

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Leftover is an object that no reader of the lake sees and that takes space.
type Leftover struct {
	Object
	Change int64     // that removed it; 0: no manifest names it
	Since  time.Time // when that change was written; of what none names, when the object was
}

// Disk is what lies in a lake's folder.
type Disk struct {
	Objects   map[string]Object // all, by name within the lake
	Bytes     int64             // of all, as Occupied counts
	Leftovers []Leftover        // the oldest first
}

// block is the piece in which most file systems give room to files.
const block = 4096

// Occupied is how many bytes of the disk an object takes: its own, up to the next whole block.
func (o *Object) Occupied() int64 { return (o.Bytes + block - 1) / block * block }

// Disk lists all objects of the lake, those too that are removed or that nothing names.
func (l *Lake) Disk(ctx context.Context) (*Disk, error) {
	d := &Disk{Objects: map[string]Object{}}
	if err := l.store.Walk(func(o Object) error {
		d.Objects[o.Name] = o
		d.Bytes += o.Occupied()
		return ctx.Err()
	}); err != nil {
		return nil, fmt.Errorf("list objects: %w", err)
	}
	// Read after the walk: what was published before it and committed since is live here.
	h, err := l.readSound(ctx, whole)
	if err != nil {
		return nil, err
	}
	at, removals := h.replay(), map[string]Leftover{}
	for _, name := range slices.Sorted(maps.Keys(d.Objects)) {
		if strings.HasPrefix(name, manifestFolder+"/"+changeKind) {
			if err := l.removals(d.Objects[name], removals); err != nil {
				return nil, err
			}
		}
	}
	d.foldedManifests(l, h)
	for name, o := range d.Objects {
		left, removed := removals[name]
		if at.files[name] != nil || !sweepable(name) || !removed && at.removed[name] > 0 { // removed by a change since the walk: its time is not known
			continue
		}
		if left.Object = o; !removed {
			left.Since = o.Changed
		}
		d.Leftovers = append(d.Leftovers, left)
	}
	slices.SortFunc(d.Leftovers, func(a, b Leftover) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Name, b.Name)) })
	return d, nil
}

// removals notes what a change removed, and when; of changes that removed the same file the last counts.
func (l *Lake) removals(manifest Object, into map[string]Leftover) error {
	text, err := l.store.Read(manifest.Name)
	if notExists(err) {
		return nil // deleted since it was listed, and with it all that it removed
	}
	if err != nil {
		return fmt.Errorf("read manifest: %w", err)
	}
	var c Change
	if err := json.Unmarshal(text, &c); err != nil {
		return fmt.Errorf("read manifest %s: %w", l.store.Path(manifest.Name), err)
	}
	for _, name := range c.Removes {
		into[name] = Leftover{Change: c.Seq, Since: manifest.Changed}
	}
	return nil
}

// ofTable is the form of the names of tables' files.
var ofTable = regexp.MustCompile(`^[A-Za-z0-9][^/]*/sensor=[^/]+/date=[^/]+/[^/]+\.parquet$`)

// sweepable reports whether an object is of those that only a manifest keeps: files of tables, and what a crash left beside the manifests.
// Others may be the user's.
func sweepable(name string) bool {
	return ofTable.MatchString(name) || strings.HasPrefix(name, manifestFolder+"/"+asidePrefix)
}

// Due reports whether the object may be deleted: a file that a change removed after a grace, which queries that run may need to end;
// one that no manifest names after a day, in which a commit that is under way names it.
func (f *Leftover) Due(now time.Time, grace time.Duration) bool {
	if f.Change == 0 {
		grace = abandonedAfter
	}
	return now.Sub(f.Since) >= grace && now.Sub(f.Changed) >= min(grace, abandonedAfter)
}

// Sweep deletes leftovers one by one. Before each it looks again whether manifests came, reads them, and leaves what they now call live;
// where that look takes long it holds for a while. Done is told of each that is gone. The rest stays after an error.
func (l *Lake) Sweep(ctx context.Context, leftovers []Leftover, done func(Leftover)) error {
	w := &sweep{lake: l}
	for _, f := range leftovers {
		if err := ctx.Err(); err != nil {
			return err
		}
		// What stands in a checkpoint stands in all later ones.
		if kind, _ := manifestKind(f.Name); kind == "" {
			live, err := w.live(ctx, f.Name)
			if err != nil {
				return err
			}
			if live {
				continue
			}
		}
		if err := l.store.Remove(f.Name); err != nil {
			return fmt.Errorf("delete %s: %w", f.Name, err)
		}
		done(f)
	}
	return nil
}

// A sweep knows what is live.
type sweep struct {
	lake   *Lake
	seen   []string // names of manifests
	files  map[string]*LiveFile
	looked time.Time
	cost   time.Duration // of a look
}

// looksEvery is for how many times what it took a look at the manifests holds.
const looksEvery = 20

func (w *sweep) live(ctx context.Context, name string) (bool, error) {
	if began := time.Now(); w.files == nil || began.Sub(w.looked) > looksEvery*w.cost {
		names, err := w.lake.manifestNames()
		if err != nil {
			return false, err
		}
		w.looked, w.cost = began, time.Since(began)
		if w.files == nil || !slices.Equal(names, w.seen) { // no manifest ever changes: the same names say the same
			h, err := w.lake.readSound(ctx, whole)
			if err != nil {
				return false, err
			}
			w.files, w.seen = h.replay().files, names
		}
	}
	return w.files[name] != nil, nil
}

func (l *Lake) manifestNames() ([]string, error) {
	objects, err := l.listManifests()
	if err != nil {
		return nil, err
	}
	names := make([]string, len(objects))
	for i, o := range objects {
		names[i] = o.Name
	}
	slices.Sort(names)
	return names, nil
}
