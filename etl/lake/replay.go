package lake

// A replay is what a lake consists of after some of its manifests.
type replay struct {
	seq      int64                // of the last change
	captures map[string]*Manifest // by content hash, also those that live no more
	dropped  map[string]bool      // content hashes of the latter
	files    map[string]*LiveFile // live ones, by name
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
		r.files[f.Name] = &LiveFile{File: f, Capture: m}
	}
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
			for _, f := range before.Adds {
				r.remove(f.Name)
			}
		}
		delete(r.dropped, m.ContentHash)
		r.put(m)
	}
	for _, f := range c.Adds {
		r.files[f.Name] = &LiveFile{File: f}
	}
	for f := range c.files() {
		delete(r.removed, f.Name)
	}
}

func (r *replay) remove(name string) {
	delete(r.files, name)
	r.removed[name] = r.seq
}

// live returns the capture of a content, or nil when it is not part of the lake.
func (r *replay) live(hash string) *Manifest {
	if r.dropped[hash] {
		return nil
	}
	return r.captures[hash]
}
