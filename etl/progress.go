package etl

import (
	"sync"
	"sync/atomic"
	"time"
)

// tick is the time between two reports of progress.
const tick = 250 * time.Millisecond

// A meter adds up progress from all workers and reports it from one goroutine.
type meter struct {
	report   func(Progress)
	began    time.Time
	captures int
	bytes    int64
	done     atomic.Int64
	read     atomic.Int64 // stored bytes
	packets  atomic.Int64
	current  atomic.Pointer[string]
	stop     chan struct{}
	stopped  sync.WaitGroup
}

// newMeter starts the reports on so many captures, or files, and their bytes.
func newMeter(report func(Progress), count int, bytes int64) *meter {
	m := &meter{report: report, began: time.Now(), captures: count, bytes: bytes, stop: make(chan struct{})}
	m.stopped.Go(m.run)
	return m
}

func (m *meter) run() {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			m.report(m.progress())
		case <-m.stop:
			m.report(m.progress())
			return
		}
	}
}

func (m *meter) progress() Progress {
	p := Progress{
		Captures: m.captures, CapturesDone: int(m.done.Load()),
		Bytes: m.bytes, BytesDone: min(m.read.Load(), m.bytes),
		Packets: m.packets.Load(), Elapsed: time.Since(m.began),
	}
	if name := m.current.Load(); name != nil {
		p.Current = *name
	}
	return p
}

// close reports once more and ends the reports.
func (m *meter) close() {
	close(m.stop)
	m.stopped.Wait()
}
