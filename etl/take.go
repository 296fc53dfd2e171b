package etl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// A verdict is what a run makes of one source. The zero value is of a source that was not taken.
type verdict struct {
	action string   // one of Planned's actions, or "" for what is no capture
	err    string   // of ActionFail
	bad    bool     // of ActionFail: the bytes are to blame, and trying again is of no use
	dates  []string // of ActionCommit and ActionSupersede in a dry run
}

// errBefore is a failure that an earlier run had on the same bytes.
type errBefore struct{ bad }

func (e errBefore) Error() string {
	return fmt.Sprintf("%s (unchanged since run %s, not read again)", e.bad.Error, e.Since)
}

// take brings one source to its verdict. Ctx ends the reading; told, the caller's own, only the spooling of a stream.
func (w *worker) take(ctx, told context.Context, s *source) {
	defer w.claims.pass(s.order)
	if ctx.Err() != nil || s.fifo && told.Err() != nil {
		w.drop(s)
		return
	}
	w.meter.current.Store(&s.name)
	if s.member != nil {
		defer s.member.archive.release()
	}
	if !s.once && w.o.Late() {
		w.postpone()
		return
	}
	l := &load{worker: w, source: s, opened: time.Now()}
	done, err := l.take(ctx, told)
	switch {
	case err != nil:
		w.fail(ctx, l, err)
	case done != nil && w.o.DryRun:
		w.plan(done)
	case done != nil:
		w.loaded <- done
	}
	if l.claim != nil {
		l.claim.settle(contentOf(done))
	}
	w.meter.done.Add(1)
	w.meter.read.Add(s.size - l.counted)
}

func contentOf(done *loaded) string {
	if done == nil {
		return ""
	}
	return done.content
}

// take opens the source and loads what is new in it. It returns nil for a source that is left for later.
func (l *load) take(ctx, told context.Context) (*loaded, error) {
	s := l.source
	if s.fifo {
		if err := l.spool(told, s); err != nil {
			return nil, err
		}
	}
	if s.member != nil {
		if known := l.recall(); known != nil {
			return known, nil // and nothing was unpacked for it
		}
	}
	done, err := l.openStored(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if !l.settled(s) {
		l.judge(s, verdict{action: ActionUnsettled})
		l.o.Log.Info("left for later", "source", s.name, "age", time.Since(s.mtime).Round(time.Second), "settle", l.o.Settle)
		return nil, nil
	}
	if known := l.recall(); known != nil {
		return known, nil
	}
	if !l.asked() {
		l.leave()
		return nil, nil
	}
	if l.id, err = capture.Fingerprint(l.stored, s.size); err != nil {
		return nil, fmt.Errorf("fingerprint: %w", err)
	}
	l.id = l.o.identity(l.id)
	if b, ok := l.quarantine.find(l.id, l.o.ToolVersion); ok {
		return nil, errBefore{b}
	}
	return l.bring(ctx)
}

// openStored opens the stored bytes of the source; the caller calls done after the last read.
func (l *load) openStored(ctx context.Context) (done func(), err error) {
	s := l.source
	if s.member != nil {
		dir := ""
		if l.staging != nil {
			dir = l.staging.Dir()
		}
		if l.stored, done, err = s.member.open(ctx, dir); err == nil {
			s.size = l.stored.Size()
		}
		return done, err
	}
	if lake.IsURL(s.path) {
		var o lake.Object
		if l.stored, o, done, err = openRemote(ctx, s.path); err != nil {
			return nil, err
		}
		s.size, s.mtime = o.Bytes, o.Changed
		return done, nil
	}
	file, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	s.size, s.mtime = info.Size(), info.ModTime()
	l.stored = io.NewSectionReader(file, 0, s.size)
	return func() { _ = file.Close() }, nil
}

// recall returns the source as known by the index, or nil: also where the lake never had its content, and for what is to be deleted, moved or
// put in the place of others, which is read whatever the index says.
func (l *load) recall() *loaded {
	content := l.index.content(l.source)
	if content == "" || !l.state.Known(content) || l.doubtful(content) || l.replaces() || l.after.action != keepSource && l.source.member == nil {
		return nil
	}
	return &loaded{source: l.source, opened: l.opened, content: content, known: true, whole: true}
}

// fail gives a source its verdict where it could not be loaded.
func (w *worker) fail(ctx context.Context, l *load, err error) {
	var ioError *IOError
	s := l.source
	switch {
	case errors.As(err, &ioError):
		w.stop(err)
	case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
		w.drop(s)
	case !s.named && (unreadable(err) && !calledCapture(s.name) || errors.Is(err, fs.ErrNotExist)): // the latter went while others were read
		w.judge(s, verdict{})
	default:
		w.o.Log.Warn("capture failed", "source", s.name, "error", reason(err))
		w.judge(s, verdict{action: ActionFail, err: reason(err), bad: unreadable(err)})
		if unreadable(err) && !errors.As(err, new(errBefore)) && s.size > 0 {
			w.quarantine.add(bad{
				CaptureID: l.id, Source: w.o.identity(s.name), Sensor: w.o.Sensor, Error: reason(err), ToolVersion: w.o.ToolVersion, Since: w.name,
			})
		}
	}
}

// unreadable reports whether err lies in the bytes of the file: no capture, or of a kind that this version cannot read.
func unreadable(err error) bool {
	var unsupported *capture.UnsupportedError
	return errors.Is(err, capture.ErrNotCapture) || errors.Is(err, capture.ErrEmpty) || errors.As(err, &unsupported) ||
		errors.As(err, new(errBefore))
}

// drop notes that a source was not taken, or not to its end.
func (r *run) drop(s *source) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.interrupted = true
	if r.dropped < 0 || s.order < r.dropped {
		r.dropped = s.order
	}
}

// judge notes a verdict and counts it; commits are counted when they are durable.
func (r *run) judge(s *source, v verdict) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.verdicts[s.order] = v
	switch v.action {
	case ActionFail:
		r.sum.Failed++
	case ActionKnown:
		r.sum.Known++
	case ActionUnsettled:
		r.sum.Unsettled++
	case ActionDefer:
		r.sum.Deferred++
	case "":
		r.sum.Skipped++
		return
	}
	r.sum.CapturesFound++
}

// plan gives the verdict of a dry run.
func (w *worker) plan(done *loaded) {
	if done.known {
		w.recognise(done)
		return
	}
	action := ActionCommit
	if _, live := w.state.ByContent(done.content); live || len(done.supersedes) > 0 {
		action = ActionSupersede
	}
	w.judge(done.source, verdict{action: action, dates: done.dates})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sum.Committed++
	w.sum.Superseded += len(done.supersedes)
	if !done.whole {
		w.sum.Truncated++
	}
}

// recognise gives the verdict of known content: known, whatever the options. It is a conflict, and then true, when other options were
// told by hand for a file that was named.
func (r *run) recognise(done *loaded) (conflict bool) {
	s := done.source
	r.judge(s, verdict{action: ActionKnown})
	r.o.Log.Info("known", "source", s.name, "content", done.content)
	m, ok := r.state.ByContent(done.content)
	if !ok || !r.stale(m) || r.o.Replace && s.named { // of the last an earlier source of the run had the same content
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sum.KnownOtherOptions++
	if r.o.Explicit && s.named {
		r.conflicts = append(r.conflicts, s.name)
		return true
	}
	if !r.warned {
		r.warned = true
		r.o.Log.Warn("known captures stay as they were committed, with another sensor or payload", "source", s.name, "sensor", m.Sensor)
	}
	return false
}
