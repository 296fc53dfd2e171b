package lake

import (
	"cmp"
	"slices"
)

// A replay is what a lake consists of after some of its manifests.
type replay struct {
	seq      int64                // of the last change
	captures map[string]*Manifest // by content hash, also those that live no more
	dropped  map[string]bool      // content hashes of the latter
	files    map[string]*LiveFile // live ones, by name
	order    []*LiveFile          // these in the order in which they came, and others that are not live
	removed  map[string]int64     // the change that removed a file, by the file's name
}

func newReplay() *replay {
	return &replay{captures: map[string]*Manifest{}, dropped: map[string]bool{}, files: map[string]*LiveFile{}, removed: map[string]int64{}}
}

// add takes a capture as it was committed. Of a content that is there the first manifest counts.
func (r *replay) add(m *Manifest) {
	if r.captures[m.ContentHash] == nil {
		r.put(m)
	}
}

func (r *replay) put(m *Manifest) {
	r.captures[m.ContentHash] = m
	for _, f := range m.Adds {
		r.putFile(&LiveFile{File: f, Capture: m})
	}
}

func (r *replay) putFile(f *LiveFile) {
	r.files[f.Name] = f
	r.order = append(r.order, f)
}

// liveCaptures returns the live captures by first time stamp and capture id.
func (r *replay) liveCaptures() []*Manifest {
	live := make([]*Manifest, 0, len(r.captures))
	for hash, m := range r.captures {
		if !r.dropped[hash] {
			live = append(live, m)
		}
	}
	slices.SortFunc(live, byStart)
	return live
}

// heads are the head hashes of all known captures.
func (r *replay) heads() map[string]bool {
	heads := make(map[string]bool, len(r.captures))
	for _, m := range r.captures {
		heads[m.HeadHash] = true
	}
	return heads
}

// sorted returns the live files by first time stamp and name.
func (r *replay) sorted() []*LiveFile {
	files := make([]*LiveFile, 0, len(r.files))
	for _, f := range r.order {
		if r.files[f.Name] == f {
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b *LiveFile) int { return byFirst(&a.File, &b.File) })
	return files
}

// byFirst orders files by first time stamp and name.
func byFirst(a, b *File) int {
	return cmp.Or(cmp.Compare(a.first(), b.first()), cmp.Compare(a.Name, b.Name))
}

// change takes the next change. One that carries a capture stands above whatever was committed of the same content.
func (r *replay) change(c *Change) {
	r.seq = c.Seq
	for _, name := range c.Removes {
		r.remove(name)
	}
	for _, hash := range c.Drops {
		r.dropped[hash] = true
	}
	for _, m := range c.Captures {
		if before := r.captures[m.ContentHash]; before != nil {
			for name, f := range r.files {
				if f.Capture == before {
					r.remove(name)
				}
			}
		}
		delete(r.dropped, m.ContentHash)
		r.put(m)
	}
	for _, f := range c.Adds {
		r.putFile(&LiveFile{File: f})
	}
	for f := range c.files() {
		delete(r.removed, f.Name)
	}
}

func (r *replay) remove(name string) {
	delete(r.files, name)
	r.removed[name] = r.seq
}

// capture returns the capture of a content, or nil when it is not part of the lake.
func (r *replay) capture(hash string) *Manifest {
	if r.dropped[hash] {
		return nil
	}
	return r.captures[hash]
}
