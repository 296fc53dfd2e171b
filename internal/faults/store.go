// Package faults breaks work on a lake at every operation of its store, one after the other, and holds what a reader sees and what comes of
// doing the work again. Tests of ingest, growth, expiry and compaction share it.
package faults

import (
	"errors"
	"sync"
	"syscall"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// Mode is how an operation breaks.
type Mode string

// The modes.
const (
	DiesBefore Mode = "dies before" // the process ends before the operation: it and all later ones fail, and do nothing
	DiesAfter  Mode = "dies after"  // the operation is done, and its caller does not live to know
	FailsOnce  Mode = "fails once"  // the operation fails with EIO, and later ones succeed
)

// Modes are all of them.
var Modes = []Mode{DiesBefore, DiesAfter, FailsOnce}

// errDead is what operations of a process that ended return. Its callers run on in the test; what they write outside the store
// is work in progress.
var errDead = errors.New("the process is dead")

// A Store does what the store behind it does, but for one operation. Sync does nothing: the machine goes on when the process ends.
type Store struct {
	lake.Store
	breaks int // the operation that breaks, counted from 1; 0: none
	mode   Mode
	seen   func() // is called after each operation that changed something; nil: is not
	before func() // is called before each operation; nil: is not

	mu   sync.Mutex
	ops  int
	dead bool
}

// do does one operation, or breaks.
func (s *Store) do(writes bool, op func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.before != nil {
		s.before()
	}
	s.ops++
	hit := s.ops == s.breaks
	switch {
	case s.dead, hit && s.mode == DiesBefore:
		s.dead = true
		return errDead
	case hit && s.mode == FailsOnce:
		return syscall.EIO
	}
	err := op()
	if writes && s.seen != nil {
		s.seen()
	}
	if hit {
		s.dead = true
		return errDead
	}
	return err
}

// Read is that of lake.Store.
func (s *Store) Read(name string) (text []byte, err error) {
	err = s.do(false, func() error {
		text, err = s.Store.Read(name)
		return err
	})
	return text, err
}

// Open is that of lake.Store.
func (s *Store) Open(name string) (in lake.Content, err error) {
	err = s.do(false, func() error {
		in, err = s.Store.Open(name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return in, nil
}

// PutIfAbsent is that of lake.Store.
func (s *Store) PutIfAbsent(name string, data []byte) error {
	return s.do(true, func() error { return s.Store.PutIfAbsent(name, data) })
}

// Publish is that of lake.Store.
func (s *Store) Publish(staged, name string) error {
	return s.do(true, func() error { return s.Store.Publish(staged, name) })
}

// List is that of lake.Store.
func (s *Store) List(folder string, cuts ...string) (objects []lake.Object, err error) {
	err = s.do(false, func() error {
		objects, err = s.Store.List(folder, cuts...)
		return err
	})
	return objects, err
}

// Walk is that of lake.Store.
func (s *Store) Walk(visit func(lake.Object) error) error {
	return s.do(false, func() error { return s.Store.Walk(visit) })
}

// Remove is that of lake.Store.
func (s *Store) Remove(name string) error {
	return s.do(true, func() error { return s.Store.Remove(name) })
}

// Sync counts as an operation and does nothing.
func (s *Store) Sync() error {
	return s.do(false, func() error { return nil })
}
