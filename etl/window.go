package etl

import (
	"io"
	"time"

	"github.com/pcaplake/pcaplake/etl/capture"
)

// asked reports whether the source is of the time that the run is asked for.
func (l *load) asked() bool {
	if l.o.From.IsZero() && l.o.To.IsZero() {
		return true
	}
	at := l.source.mtime
	if !l.o.FileTime {
		at = l.firstPacket()
	}
	return !at.Before(l.o.From) && (l.o.To.IsZero() || at.Before(l.o.To))
}

// firstPacket is the time of the first packet. A file without one that has a time, or that cannot be read, is of the time it was modified: so it is told
// in one window, and no more.
func (l *load) firstPacket() time.Time {
	r, err := capture.NewReader(io.NewSectionReader(l.stored, 0, l.source.size))
	if err != nil {
		return l.source.mtime
	}
	defer r.Close()
	if r.Scan() && r.Frame().HasTS {
		return time.UnixMicro(r.Frame().TS)
	}
	return l.source.mtime
}

// leave counts a source that is not of the time asked for.
func (r *run) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sum.Outside++
}

// Late reports whether the time to take files in is up.
func (o *Options) Late() bool { return !o.Until.IsZero() && !time.Now().Before(o.Until) }

// postpone counts a source for which there is no time left.
func (r *run) postpone() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sum.Postponed++
}
