package etl

import (
	"errors"
	"fmt"
	"io"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// A sink is the file of one table in one part; it is open from the first row on.
type sink[R any] struct {
	part   *part
	table  *schema.Rows[R]
	file   *lake.StagedFile
	out    *diskWriter
	writer *schema.Writer[R]
}

// sinker is a sink whatever its rows are.
type sinker interface {
	close() error
	discard()
}

func (s *sink[R]) append(rows []R) error {
	if len(rows) == 0 {
		return nil
	}
	if s.writer == nil {
		if err := s.open(); err != nil {
			return err
		}
	}
	return s.check(s.writer.Append(rows))
}

func (s *sink[R]) open() (err error) {
	q := s.part
	if s.file, err = q.parts.create(s.table.Name, q.date, q.number); err != nil {
		return disk(fmt.Errorf("create file of %s: %w", s.table.Name, err))
	}
	s.out = &diskWriter{to: s.file}
	s.writer, err = s.table.NewWriter(s.out, q.parts.meta)
	return s.check(err)
}

func (s *sink[R]) close() error {
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
		return disk(fmt.Errorf("close file of %s: %w", s.table.Name, err))
	}
	s.part.parts.files = append(s.part.parts.files, f)
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
	return fmt.Errorf("write %s: %w", s.table.Name, err)
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
