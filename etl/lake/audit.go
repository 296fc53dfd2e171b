package lake

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

// Severity says what a finding means.
type Severity string

// The severities of findings.
const (
	Info   Severity = "info"  // worth knowing; no reader is led astray
	Broken Severity = "error" // the lake does not hold what it promises
)

// Finding is what is wrong with one object of a lake, or worth knowing of it.
type Finding struct {
	Severity Severity
	Object   string // its name within the lake
	Problem  string
	Remedy   string // what to do about it
	Err      error  // of the store, when the object could not be read: it was not judged
}

// Unnamed is the problem of an object that no manifest names.
const Unnamed = "no manifest names it"

// LiveFile is a file that the lake promises.
type LiveFile struct {
	File
	Capture *Manifest // that it came by; nil: of several captures
}

// Audit is what the manifests of a lake promise, as far as they can be read, and what is wrong with them and around them.
// Unlike a State it is there for every lake, however damaged.
type Audit struct {
	Captures []*Manifest // live ones
	Files    []LiveFile  // live ones, by name
	Findings []Finding   // of everything but the contents of Files
}

// aheadTolerance is how far the clocks of a machine and of its file server may be apart.
const aheadTolerance = 5 * time.Minute

// What to do.
const (
	restoreManifest   = "restore it from a backup, or move it away and ingest its capture again: its files come back under the same names"
	restoreCheckpoint = "restore it from a backup"
	restoreChange     = "restore from a backup what is missing in _manifests"
	updateProgram     = "update pcaplake; move it away if it is not pcaplake's"
	sweptAway         = "nothing: no reader sees it; expire deletes it after its grace"
	sweptLater        = "nothing: no reader sees it; expire and verify --repair delete it when it is a day old"
	nothingToDo       = "nothing: no reader sees it; remove it to free its space once no ingest is running"
)

// Audit reads all manifests and the names, sizes and modes of all objects; no live file is opened. An error is one of the store as a whole.
func (l *Lake) Audit(ctx context.Context) (*Audit, error) {
	a := &audit{lake: l, history: new(history), names: map[string]string{}, changes: map[*Change]string{}, modes: map[fs.FileMode][]string{}}
	a.marker()
	objects, err := l.listManifests()
	if err != nil {
		return nil, err
	}
	if a.last = lastCheckpoint(objects); a.last != "" {
		a.checkpoint(ctx)
	}
	a.folded = a.history.folds()
	for _, o := range objects {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a.manifest(o.Name)
	}
	a.settle()
	if err := l.store.Walk(func(o Object) error { a.object(o); return ctx.Err() }); err != nil {
		return nil, fmt.Errorf("list objects: %w", err)
	}
	a.tellModes()
	a.tellAhead()
	return &a.Audit, nil
}

// An audit is an Audit being made.
type audit struct {
	Audit
	lake    *Lake
	history *history
	last    string                        // name of the last checkpoint
	folded  func(kind, which string) bool // whether a manifest stands in it
	at      *replay                       // what is live
	names   map[string]string             // the manifest that adds a file, by the file's name
	changes map[*Change]string            // the names of their manifests
	ahead   []string                      // names of objects from the future
	modes   map[fs.FileMode][]string
}

func (a *audit) broken(object, remedy, format string, args ...any) {
	a.Findings = append(a.Findings, Finding{Severity: Broken, Object: object, Problem: fmt.Sprintf(format, args...), Remedy: remedy})
}

func (a *audit) info(object, problem, remedy string) {
	a.Findings = append(a.Findings, Finding{Severity: Info, Object: object, Problem: problem, Remedy: remedy})
}

// marker holds lake.json, which Open could read, to the byte.
func (a *audit) marker() {
	got, err := a.lake.store.Read(marker)
	if want, _ := json.Marshal(header{Format: Format}); err == nil && string(got) != string(want)+"\n" {
		a.broken(marker, "write that one line into it", "it is not %s and a line end", want)
	}
}

// manifest reads one manifest and holds it against itself; one that can be read counts, whatever else is wrong with it.
func (a *audit) manifest(name string) {
	kind, which := manifestKind(name)
	if kind == "" {
		a.broken(name, updateProgram, "it is a kind of manifest that this program does not know, so that nothing can read the lake")
		return
	}
	if kind == checkpointKind || kind == partKind || a.folded(kind, which) {
		return
	}
	text, err := a.lake.store.Read(name)
	if err != nil {
		a.Findings = append(a.Findings, unread(name, err))
		return
	}
	if err := a.history.parse(kind, text); err != nil {
		a.broken(name, restoreManifest, "it cannot be read: %v", err)
		return
	}
	var problems []string
	if kind == captureKind {
		m := a.history.captures[len(a.history.captures)-1]
		problems = m.problems(name, text)
		a.add(name, m.Adds)
		if m.Digest == "" {
			a.info(name, "it has no digest, as those of older versions: a change of it may go unseen", "nothing")
		}
	} else {
		c := a.history.changes[len(a.history.changes)-1]
		problems, a.changes[c] = c.problems(name, text), name
	}
	for _, p := range problems {
		a.broken(name, restoreManifest, "%s", p)
	}
}

// checkpoint reads the last checkpoint. Without it, or without a part of it, nothing can be said of what stands there.
func (a *audit) checkpoint(ctx context.Context) {
	if err := a.lake.readCheckpoint(ctx, a.history, a.last); err != nil {
		a.unreadable(a.last, err)
		return
	}
	base := a.history.base
	if base.name() != a.last {
		a.broken(a.last, restoreCheckpoint, "it is after change %d, which is not its name", base.Seq)
	}
	for i := range base.Parts {
		if err := a.lake.readParts(ctx, a.history, reading{captures: []int{i}, files: []int{i}}); err != nil {
			for _, o := range base.Parts[i].objects() {
				if err := a.lake.readObject(o, func([]byte) error { return nil }); err != nil {
					a.unreadable(manifestFolder+"/"+o.Name, err)
				}
			}
			continue
		}
		for _, p := range a.history.rows[len(a.history.rows)-1].strays(base, i) {
			a.broken(a.last, restoreCheckpoint, "%s", p)
		}
	}
}

// unreadable tells of a checkpoint, or an object of it, that it cannot be read: for the store, or for what it holds.
func (a *audit) unreadable(name string, err error) {
	if _, storeErr := a.lake.store.Read(name); storeErr != nil {
		a.Findings = append(a.Findings, unread(name, storeErr))
		return
	}
	a.broken(name, restoreCheckpoint, "it cannot be read: %v", err)
}

// stale reports whether a manifest counts no more, as it stands in the last checkpoint.
func (a *audit) stale(name string) bool {
	kind, which := manifestKind(name)
	return kind == checkpointKind && name != a.last || a.folded(kind, which) || kind == partKind && a.history.base != nil && a.history.base.spent(name)
}

// add notes who adds which files: no two manifests may add the same one.
func (a *audit) add(manifest string, files []File) {
	var twice []string
	for _, f := range files {
		if other := a.names[f.Name]; other != "" {
			twice = append(twice, f.Name+", as "+other+" does")
		}
		a.names[f.Name] = manifest
	}
	if len(twice) > 0 {
		a.broken(manifest, restoreManifest, "it adds %s%s", twice[0], andMore(twice))
	}
}

// andMore says how many others there are beside the first.
func andMore(names []string) string {
	if len(names) < 2 {
		return ""
	}
	return fmt.Sprintf("; so it is for %d more", len(names)-1)
}

// settle finds out what is live, and holds each change against what was there before it.
func (a *audit) settle() {
	a.at = newReplay()
	a.history.begin(a.at)
	for name, f := range a.at.files {
		if a.names[name] == "" {
			a.names[f.Name] = a.last
		}
	}
	a.history.sort()
	for _, c := range a.history.changes {
		name := a.changes[c]
		if c.Seq != a.at.seq+1 {
			a.broken(name, restoreChange, "the change before it is %d", a.at.seq)
		}
		for _, p := range a.at.problems(c) {
			a.broken(name, restoreChange, "%s", p)
		}
		for f := range c.files() {
			a.names[f.Name] = name
		}
		a.at.change(c)
	}
	packets := a.lake.state(a.at).countPackets()
	for hash, m := range a.at.captures {
		if a.at.dropped[hash] {
			continue
		}
		if a.Captures = append(a.Captures, m); packets[m.CaptureID] > m.Rows {
			a.broken(hash, restoreChange, "live files have %d packets of capture %s of %s, which has %d", packets[m.CaptureID], m.CaptureID, m.Source, m.Rows)
		}
	}
	for _, f := range a.at.files {
		a.Files = append(a.Files, *f)
	}
	slices.SortFunc(a.Captures, func(x, y *Manifest) int { return strings.Compare(x.ContentHash, y.ContentHash) })
	slices.SortFunc(a.Files, func(x, y LiveFile) int { return strings.Compare(x.Name, y.Name) })
}

// object judges an object by its name: whether a manifest names it, and whether it is left over.
func (a *audit) object(o Object) {
	folder, rest, _ := strings.Cut(o.Name, "/")
	if time.Until(o.Changed) > aheadTolerance && folder != stagingFolder {
		a.ahead = append(a.ahead, o.Name)
	}
	switch {
	case a.at.files[o.Name] != nil:
		a.mode(o)
	case a.at.removed[o.Name] > 0:
		a.info(o.Name, "it was removed from the lake and still takes space", sweptAway)
	case folder == stagingFolder:
		if strings.HasSuffix(rest, "/"+heartbeatName) && time.Since(o.Changed) > abandonedAfter {
			a.info(strings.TrimSuffix(o.Name, "/"+heartbeatName), "work that a run left behind", "nothing: the next ingest removes it")
		}
	case folder == manifestFolder && a.stale(o.Name):
		a.info(o.Name, "it stands in "+a.last, sweptAway)
	case folder == manifestFolder && !hidden(o.Name):
		a.mode(o)
	case sweepable(o.Name):
		a.info(o.Name, Unnamed, sweptLater)
	case folder == manifestFolder && hidden(o.Name), !strings.HasPrefix(folder, "_") && o.Name != marker:
		a.info(o.Name, Unnamed, nothingToDo)
	}
}

func hidden(name string) bool { return name[strings.LastIndex(name, "/")+1] == '.' }

// mode notes an object that is not of the mode of a lake's files.
func (a *audit) mode(o Object) {
	if o.Mode != 0 && o.Mode != fileMode {
		a.modes[o.Mode] = append(a.modes[o.Mode], o.Name)
	}
}

// tellAhead gives one finding for all objects from the future.
func (a *audit) tellAhead() {
	if len(a.ahead) > 0 {
		slices.Sort(a.ahead)
		a.info(a.ahead[0], "its time is ahead of the clock"+andMore(a.ahead), "set the clock right: until then it is not old enough to be deleted or to expire")
	}
}

// tellModes gives one finding for each such mode: a lake that was copied has it everywhere.
func (a *audit) tellModes() {
	for _, mode := range slices.Sorted(maps.Keys(a.modes)) {
		names := a.modes[mode]
		problem := fmt.Sprintf("its mode is %v, not %v%s", mode, fs.FileMode(fileMode), andMore(names))
		a.info(names[0], problem, fmt.Sprintf("chmod %o, unless others are meant to read the lake", fileMode))
	}
}

func unread(name string, err error) Finding {
	return Finding{Severity: Broken, Object: name, Problem: fmt.Sprintf("it cannot be read: %v", err), Remedy: "check the disk and who may read there", Err: err}
}
