package lake

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/zeebo/blake3"
)

// MergedName is BaseName for a file that is made of others of one table, sensor and date: it says from which, in their order, and without the
// rows of which captures. Schema version and writer version stand in it as in every name.
func MergedName(sensor string, inputs, without []string) string {
	sum := blake3.New()
	for _, name := range inputs {
		fmt.Fprintf(sum, "file=%q\n", name)
	}
	for _, id := range slices.Sorted(slices.Values(without)) {
		fmt.Fprintf(sum, "without=%q\n", id)
	}
	return BaseName(hex.EncodeToString(sum.Sum(nil)[:16]), OptionsID(nil, sensor), 0)
}

// Shares are the rows of a file by capture id; nil where they were summed over captures.
func (f *LiveFile) Shares() map[string]int64 { return f.shares() }

// OpenFile opens a file of the lake to be read; the caller closes it.
func (l *Lake) OpenFile(f *File) (Content, error) { return l.store.Open(f.Name) }

// CommittedSince returns the content hashes of the captures that were committed, or brought in place of others, at a time or later, by when
// their manifests were written. A manifest that a checkpoint stands for and that was swept counts as old.
func (l *Lake) CommittedSince(ctx context.Context, when time.Time) (map[string]bool, error) {
	objects, err := l.listManifests()
	if err != nil {
		return nil, err
	}
	young := map[string]bool{}
	for _, o := range objects {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		kind, which := manifestKind(o.Name)
		if o.Changed.Before(when) || kind != captureKind && kind != changeKind {
			continue
		}
		if kind == captureKind {
			young[which] = true
			continue
		}
		text, err := l.store.Read(o.Name)
		if notExists(err) {
			continue // a checkpoint holds it since it was listed
		}
		var c Change
		if err == nil {
			err = json.Unmarshal(text, &c)
		}
		if err != nil {
			return nil, fmt.Errorf("read manifest %s: %w", l.store.Path(o.Name), err)
		}
		for _, m := range c.Captures {
			young[m.ContentHash] = true
		}
	}
	return young, nil
}
