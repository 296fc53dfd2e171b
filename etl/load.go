package etl

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/zeebo/blake3"
)

// A load is one capture on its way into the lake.
type load struct {
	*worker
	source  *source
	stored  *io.SectionReader // the bytes that the file had when it was opened, whatever it grows by meanwhile
	opened  time.Time
	id      string // capture id
	head    string // head hash
	claim   *claim
	earlier []*claim // of captures that may have the same content
	pass    int64    // stored bytes read in this pass
	counted int64    // stored bytes read in the longest pass, as the meter has them
}

// A loaded capture is whole in staging and not yet in the lake, or known: the lake has its content, or will by an earlier source of the
// run.
type loaded struct {
	source   *source
	manifest *lake.Manifest // nil where nothing is staged: of known content, and in a dry run
	known    bool
	opened   time.Time
	content  string
	whole    bool     // nothing of it was cut or damaged
	dates    []string // UTC days of its packets, in a dry run
	points   []capture.Point

	supersedes []*lake.Manifest // live captures in whose place it comes
	exchange   bool             // the lake has its content otherwise, or had
}

// changes reports whether the capture needs a change: something in the lake goes as it comes.
func (d *loaded) changes() bool { return len(d.supersedes) > 0 || d.exchange }

// bring reads what the lake does not have yet. What may be known, by fingerprint or head, is only hashed first.
func (l *load) bring(ctx context.Context) (*loaded, error) {
	l.head = l.o.identity(headHash(l.stored, l.source.size))
	l.claim, l.earlier = l.claims.enter(l.source.order, l.id, l.head)
	_, met := l.contents[l.id]
	met = met || len(l.earlier) > 0 || l.state.ByHead(l.head)
	if met || l.o.DryRun {
		info, dates, err := l.hash(ctx)
		if err != nil {
			return nil, err
		}
		done := &loaded{source: l.source, opened: l.opened, content: info.ContentHash, whole: whole(info), dates: dates}
		done.known = l.known(done.content)
		if done.known || l.o.DryRun {
			done.supersedes = l.superseded(done.content)
			return done, nil
		}
		if l.taken(done.content) {
			l.id = salted(l.id, done.content)
		}
	}
	done, err := l.decode(ctx)
	if err == nil && l.state.Lacks(done.manifest.FirstTS) {
		done, err = l.lookAgain(ctx, done)
	}
	if err != nil {
		return nil, err
	}
	done.supersedes = l.superseded(done.content)
	done.exchange = l.replaces() && l.state.Known(done.content)
	return done, nil
}

// hash reads the capture only to know its content, and the UTC days of its packets.
func (l *load) hash(ctx context.Context) (capture.Info, []string, error) {
	r, err := l.open(nil)
	if err != nil {
		return capture.Info{}, nil, err
	}
	defer r.Close()
	days := map[int64]bool{}
	for n := 0; r.Scan(); n++ {
		if n%chunkFrames == 0 && ctx.Err() != nil {
			return capture.Info{}, nil, context.Cause(ctx)
		}
		if f := r.Frame(); f.HasTS && len(days) < maxDates {
			days[dayOf(f.TS)] = true
		}
	}
	if err := r.Err(); err != nil {
		return capture.Info{}, nil, fmt.Errorf("read frames: %w", err)
	}
	var dates []string
	for _, day := range slices.Sorted(maps.Keys(days)) {
		if day != undated {
			dates = append(dates, dateOf(day))
		}
	}
	return l.o.conceal(r.Info()), dates, nil
}

// decode reads the capture into files in staging.
func (l *load) decode(ctx context.Context) (_ *loaded, err error) {
	var sum hash.Hash
	if l.o.SHA256 {
		sum = sha256.New()
	}
	r, err := l.open(sum)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	p := l.newParts()
	defer func() {
		if err != nil {
			p.discard()
		}
	}()
	t, rewritten, err := l.rows(ctx, r, p)
	if err != nil {
		return nil, err
	}
	files, err := p.close()
	if err != nil {
		return nil, err
	}
	info := l.o.conceal(r.Info())
	m := l.manifest(info, t, files)
	m.Rewritten = l.o.concealPairs(rewritten)
	if sum != nil {
		if _, err := io.Copy(sum, l.stored); err != nil {
			return nil, fmt.Errorf("hash stored bytes: %w", err)
		}
		m.SHA256 = hex.EncodeToString(sum.Sum(nil))
	}
	if err := m.Check(); err != nil {
		return nil, err
	}
	return &loaded{source: l.source, manifest: m, opened: l.opened, content: info.ContentHash, whole: whole(info), points: info.Points}, nil
}

func whole(info capture.Info) bool { return !info.Truncated && len(info.Damage) == 0 }

// known reports whether the lake or an earlier source of the run has this content; it waits for those that may.
func (l *load) known(content string) bool {
	if contains(l.earlier, content) {
		return true
	}
	if m, live := l.state.ByContent(content); l.replaces() {
		return live && !l.stale(m)
	}
	return l.state.Known(content)
}

// taken reports whether other content goes by the capture's id.
func (l *load) taken(content string) bool {
	if other, ok := l.contents[l.id]; ok && other != content {
		return true
	}
	for _, c := range l.earlier {
		if c.id == l.id && c.content != "" {
			return true
		}
	}
	return false
}

// salted is the capture id of content whose fingerprint belongs to other content, as after the repair of a transfer.
func salted(id, content string) string {
	sum := blake3.Sum256([]byte(id + content))
	return hex.EncodeToString(sum[:16])
}
