package etl

import (
	"errors"
	"fmt"
	"io"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// A sink is the open file of one table in one part; there is none until the first row.
type sink[R any] struct {
	table  string
	file   *lake.StagedFile
	out    *diskWriter
	writer *schema.Writer[R]
}

func (s *sink[R]) append(q *part, table *schema.Rows[R], rows []R) error {
	if len(rows) == 0 {
		return nil
	}
	if s.writer == nil {
		if err := s.open(q, table); err != nil {
			return err
		}
	}
	return s.check(s.writer.Append(rows))
}

func (s *sink[R]) open(q *part, table *schema.Rows[R]) (err error) {
	s.table = table.Name
	if s.file, err = q.parts.create(table.Name, q.date, q.number); err != nil {
		return disk(fmt.Errorf("create file of %s: %w", s.table, err))
	}
	s.out = &diskWriter{to: s.file}
	s.writer, err = table.NewWriter(s.out, q.parts.meta)
	return s.check(err)
}

func (s *sink[R]) close(q *part) error {
	if s.writer == nil {
		return nil
	}
	stats, err := s.writer.Close()
	s.writer = nil
	if err := s.check(err); err != nil {
		return errors.Join(err, s.file.Discard())
	}
	f, err := s.file.Finish(stats)
	if err != nil {
		return disk(fmt.Errorf("close file of %s: %w", s.table, err))
	}
	q.parts.files = append(q.parts.files, f)
	return nil
}

func (s *sink[R]) discard() {
	if s.writer != nil {
		s.writer.Abandon()
		_ = s.file.Discard() // what cannot be removed now goes with the staging folder
	}
}

// check tells a failing disk from rows that cannot be written: the former stops the run, the latter only this capture.
func (s *sink[R]) check(err error) error {
	switch {
	case err == nil:
		return nil
	case s.out.err != nil:
		err = disk(s.out.err)
	}
	return fmt.Errorf("write %s: %w", s.table, err)
}

// A diskWriter keeps the error of the disk apart, whatever the layers above make of it.
type diskWriter struct {
	to  io.Writer
	err error
}

func (w *diskWriter) Write(b []byte) (int, error) {
	n, err := w.to.Write(b)
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}
