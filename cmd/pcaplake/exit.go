package main

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/queries"
)

// Exit statuses, after sysexits.h where that has one. 2 stays free: a Go panic ends with it.
const (
	exitFailed      = 1
	exitPartial     = 3
	exitFound       = 4 // classify --fail-on found something
	exitUsage       = 64
	exitNoInput     = 66
	exitIO          = 74
	exitBusy        = 75 // try again later
	exitInterrupted = 130
)

// statusError is an error whose exit status is known where it arises.
type statusError struct {
	status int
	err    error // nil: everything was said already
}

func (e *statusError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

func usage(err error) error { return &statusError{exitUsage, err} }

// silent reports whether the summary has said it all.
func silent(err error) bool {
	var s *statusError
	return errors.As(err, &s) && s.err == nil
}

// exitStatus maps what a command came to on the status of the process.
func exitStatus(err error) int {
	var s *statusError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &s):
		return s.status
	case errors.Is(err, etl.ErrUsage), errors.Is(err, queries.ErrUnknownQuery), errors.Is(err, queries.ErrNotReadOnly),
		errors.Is(err, queries.ErrNotPackets), errors.Is(err, queries.ErrFlow), errors.Is(err, queries.ErrCaptureFilter), errors.Is(err, queries.ErrBinary),
		errors.Is(err, capture.ErrLinkTypes), errors.Is(err, capture.ErrTime):
		return exitUsage
	case errors.Is(err, lake.ErrNoLake):
		return exitNoInput
	case errors.As(err, new(*lake.BusyError)), errors.Is(err, etl.ErrUnfinished):
		return exitBusy
	case errors.Is(err, lake.ErrNoAnswer):
		return exitIO
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EIO), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EDQUOT):
		return exitIO
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

// hints say what to do about an error.
var hints = []struct {
	err  error
	hint string
}{
	{lake.ErrNoLake, "ingest captures first, or name another lake with --lake"},
	{lake.ErrNewer, "update pcaplake"},
	{etl.ErrNoInput, "name capture files or folders that hold some"},
	{etl.ErrCap, "raise --max-bytes, or move what is not the lake's out of its folder"},
	{etl.ErrConflict, "--replace puts it in the place of what is there"},
	{syscall.ENOSPC, "free space on the lake's disk and run again; what was committed is safe"},
	{fs.ErrPermission, "check who may read and write there"},
	{capture.ErrNoInterface, "ip link lists them"},
}

// oneLine is an error as one line that is safe to print: what, where, what to do.
func oneLine(err error) string {
	text := strings.Join(strings.Split(strings.TrimSpace(err.Error()), "\n"), "; ")
	for _, h := range hints {
		if errors.Is(err, h.err) && !strings.Contains(text, h.hint) {
			text += ": " + h.hint
			break
		}
	}
	return queries.EscapeText(text)
}
