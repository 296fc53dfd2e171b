package lake

import (
	"context"
	"fmt"
)

// Outcome is what became of one capture of a commit.
type Outcome uint8

// The outcomes of a commit.
const (
	Committed    Outcome = iota // the capture is part of the lake now
	AlreadyThere                // the same content was there before, under this or another name
)

// Commit makes captures part of the lake, each whole or not at all: their files are made durable, get their names, and last of all come the
// manifests that make them exist. Outcomes are in the order of ms. After an error a reader still sees each capture whole or not at all, and
// the same commit may be tried again.
func (l *Lake) Commit(ctx context.Context, s *Staging, ms []*Manifest) ([]Outcome, error) {
	outcomes := make([]Outcome, len(ms))
	texts := make([][]byte, len(ms))
	for i, m := range ms {
		if err := m.Check(); err != nil {
			return nil, err
		}
		var err error
		if texts[i], err = encode(m, &m.Digest); err != nil {
			return nil, err
		}
		if outcomes[i], err = l.outcome(m); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := l.publish(s, ms, outcomes); err != nil {
		return nil, err
	}
	for i, m := range ms {
		if outcomes[i] == AlreadyThere {
			continue
		}
		name, err := captureManifest(m.ContentHash)
		if err != nil {
			return nil, err
		}
		err = l.store.PutIfAbsent(name, texts[i])
		switch {
		case exists(err):
			outcomes[i] = AlreadyThere
		case err != nil:
			return nil, fmt.Errorf("commit %s: %w", m.Source, err)
		}
	}
	return outcomes, nil
}

// outcome tells whether the content is in the lake already; then nothing of it is published.
func (l *Lake) outcome(m *Manifest) (Outcome, error) {
	name, err := captureManifest(m.ContentHash)
	if err != nil {
		return 0, err
	}
	_, err = l.store.Read(name)
	switch {
	case err == nil:
		return AlreadyThere, nil
	case notExists(err):
		return Committed, nil
	}
	return 0, fmt.Errorf("look for %s: %w", name, err)
}

// publish gives the files of new captures their names.
func (l *Lake) publish(s *Staging, ms []*Manifest, outcomes []Outcome) error {
	var files []File
	for i, m := range ms {
		if outcomes[i] != AlreadyThere {
			files = append(files, m.Adds...)
		}
	}
	return l.Publish(s, files)
}

// Publish gives staged files their names: their bytes are durable before, the names after. A file that has its name already is replaced,
// by the same bytes, since no name ever means others. It makes no file part of the lake: a manifest does.
func (l *Lake) Publish(s *Staging, files []File) error {
	if err := l.store.Sync(); err != nil {
		return fmt.Errorf("sync lake: %w", err)
	}
	for _, f := range files {
		if err := l.store.Publish(s.path(f.Name), f.Name); err != nil {
			return fmt.Errorf("publish %s: %w", f.Name, err)
		}
	}
	if err := l.store.Sync(); err != nil {
		return fmt.Errorf("sync lake: %w", err)
	}
	return nil
}
