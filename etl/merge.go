package etl

import (
	"bufio"
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// A mergingSink merges captures by time, each in its own order. Their frames wait in a temporary file, one capture behind the other; memory is needed for
// those captures only that overlap at a time.
type mergingSink struct {
	out     frameWriter
	options *ExtractOptions
	file    *os.File // nil until there is a frame
	end     *countingWriter
	from    *lake.Manifest // of the section that is being written
	section *pcapngFrames
	parts   []spooled
}

// spooled is one capture in the temporary file.
type spooled struct {
	offset, size int64
	timed        bool // first holds
	first        instant
}

// An instant is a time of capture in nanoseconds, in two parts.
type instant struct {
	micros int64
	extra  int32
}

func (a instant) compare(b instant) int {
	return cmp.Or(cmp.Compare(a.micros, b.micros), cmp.Compare(a.extra, b.extra))
}

// countingWriter knows how far a file was written.
type countingWriter struct {
	*bufio.Writer
	n int64
}

func (w *countingWriter) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	w.n += int64(n)
	return n, err
}

func (s *mergingSink) take(from *lake.Manifest, f *capture.Frame, comments []capture.Comment) error {
	if from != s.from {
		if err := s.begin(from); err != nil {
			return err
		}
	}
	if p := &s.parts[len(s.parts)-1]; !p.timed && f.HasTS {
		p.timed, p.first = true, instant{f.TS, f.TSExtraNS}
	}
	return s.section.write(interfaceOf(from, f), f, comments)
}

// begin begins the section of a capture.
func (s *mergingSink) begin(from *lake.Manifest) error {
	if s.file == nil {
		var err error
		if s.file, err = os.CreateTemp(s.options.TempDir, "pcaplake-extract-*"); err != nil {
			return fmt.Errorf("make temporary file: %w", err)
		}
		s.end = &countingWriter{Writer: bufio.NewWriterSize(s.file, 1<<20)}
	}
	if err := s.finish(); err != nil {
		return err
	}
	s.from = from
	s.section = newPcapngFrames(capture.NewWriter(s.end, ""))
	s.parts = append(s.parts, spooled{offset: s.end.n})
	return nil
}

// finish ends the section at hand.
func (s *mergingSink) finish() error {
	if s.section == nil {
		return nil
	}
	if err := s.section.flush(); err != nil {
		return err
	}
	p := &s.parts[len(s.parts)-1]
	p.size = s.end.n - p.offset
	s.section = nil
	return nil
}

// close merges what waits.
func (s *mergingSink) close(ctx context.Context) error {
	if s.file == nil {
		return s.out.flush()
	}
	if err := s.finish(); err != nil {
		return err
	}
	if err := s.end.Flush(); err != nil {
		return fmt.Errorf("write temporary file: %w", err)
	}
	slices.SortStableFunc(s.parts, func(a, b spooled) int { return a.first.compare(b.first) })
	m := merge{in: s.file, waiting: s.parts}
	if err := m.run(ctx, s.out); err != nil {
		return err
	}
	return s.out.flush()
}

func (s *mergingSink) discard() {
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
		s.file = nil
	}
}

// merge is a heap of the captures that overlap, by their next frames.
type merge struct {
	in      io.ReaderAt
	waiting []spooled // that begin later
	open    []*merging
	opened  int
}

// A merging is a capture at one of its frames.
type merging struct {
	*capture.Reader
	order int // of its opening
	at    instant
}

func (m *merge) run(ctx context.Context, out frameWriter) error {
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for len(m.waiting) > 0 && (len(m.open) == 0 || m.waiting[0].first.compare(m.open[0].at) < 0) {
			if err := m.begin(m.waiting[0]); err != nil {
				return err
			}
			m.waiting = m.waiting[1:]
		}
		if len(m.open) == 0 {
			return nil
		}
		next := m.open[0]
		f := next.Frame()
		if err := out.write(next.Info().Interfaces[f.InterfaceID], f, onFrame(next.Comments())); err != nil {
			return err
		}
		if next.scan() {
			heap.Fix(m, 0)
			continue
		}
		heap.Pop(m)
		if err := next.Err(); err != nil {
			return err
		}
	}
}

func (m *merge) begin(p spooled) error {
	r, err := capture.NewReader(io.NewSectionReader(m.in, p.offset, p.size))
	if err != nil {
		return fmt.Errorf("read temporary file: %w", err)
	}
	next := &merging{Reader: r, order: m.opened, at: p.first}
	m.opened++
	if next.scan() {
		heap.Push(m, next)
	}
	return r.Err()
}

// scan moves on. A frame without a time, or with an earlier one than that before, stays where it is.
func (g *merging) scan() bool {
	if !g.Scan() {
		return false
	}
	if f := g.Frame(); f.HasTS {
		if at := (instant{f.TS, f.TSExtraNS}); at.compare(g.at) > 0 {
			g.at = at
		}
	}
	return true
}

// onFrame leaves out comments on sections and interfaces.
func onFrame(comments []capture.Comment) []capture.Comment {
	return slices.DeleteFunc(comments, func(c capture.Comment) bool { return c.Scope != capture.ScopeFrame })
}

// Len is heap.Interface's.
func (m *merge) Len() int { return len(m.open) }

// Less is heap.Interface's.
func (m *merge) Less(i, j int) bool {
	a, b := m.open[i], m.open[j]
	return cmp.Or(a.at.compare(b.at), cmp.Compare(a.order, b.order)) < 0
}

// Swap is heap.Interface's.
func (m *merge) Swap(i, j int) { m.open[i], m.open[j] = m.open[j], m.open[i] }

// Push is heap.Interface's.
func (m *merge) Push(x any) { m.open = append(m.open, x.(*merging)) }

// Pop is heap.Interface's.
func (m *merge) Pop() any {
	last := m.open[len(m.open)-1]
	m.open = m.open[:len(m.open)-1]
	return last
}
