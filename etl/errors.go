package etl

import (
	"errors"
	"fmt"

	"github.com/pcaplake/pcaplake/etl/lake"
)

var (
	// ErrUsage says that the options contradict themselves or name what does not exist.
	ErrUsage = errors.New("usage")
	// ErrNoInput says that the sources hold no capture, or that none of them exists.
	ErrNoInput = errors.New("no input")
	// ErrConflict says that a capture named in Options.Sources is in the lake with other options than those told by hand.
	ErrConflict = errors.New("option conflict")
	// ErrMixed says that a lake is anonymised with another key than the options', or by one of the two alone.
	ErrMixed = errors.New("two kinds of lake")
)

// An IOError is a failure of the lake's disk. It stops a run, as no later capture would fare better; what was committed before stays.
type IOError struct {
	Err error
}

// Error says what failed.
func (e *IOError) Error() string { return fmt.Sprintf("write lake: %v", e.Err) }

// Unwrap returns the cause, such as syscall.ENOSPC.
func (e *IOError) Unwrap() error { return e.Err }

// disk marks err as a failure of the lake's disk.
func disk(err error) error {
	var marked *IOError
	if err == nil || errors.As(err, &marked) {
		return err
	}
	return &IOError{Err: err}
}

// Exit statuses of a process that ran Ingest, after sysexits.h where that has one.
const (
	exitDone        = 0
	exitFailed      = 1
	exitPartial     = 3
	exitUsage       = 64
	exitNoInput     = 66
	exitIO          = 74
	exitBusy        = 75
	exitInterrupted = 130
)

// ExitStatus returns the process exit status that s and err, the results of one Ingest, call for: 0 done, also when there was nothing
// new; 1 failed; 3 some inputs bad or truncated and the rest committed; 64 usage or option conflict; 66 no input; 74 I/O; 75 captures of a shard
// could not be read now; 130 interrupted. A shard whose captures all have a verdict is done, whatever it is: Publish tells of bad ones.
func ExitStatus(s Summary, err error) int {
	var ioError *IOError
	switch {
	case errors.As(err, &ioError), errors.Is(err, lake.ErrNoAnswer):
		return exitIO
	case errors.Is(err, ErrUsage), errors.Is(err, ErrConflict), errors.Is(err, ErrMixed):
		return exitUsage
	case errors.Is(err, ErrNoInput):
		return exitNoInput
	case s.Status == StatusInterrupted:
		return exitInterrupted
	case errors.Is(err, ErrUnfinished):
		return exitBusy
	case err == nil && s.Shard != nil:
		return exitDone
	case err != nil, s.Status == StatusFailed:
		return exitFailed
	case s.Status == StatusPartial:
		return exitPartial
	}
	return exitDone
}
