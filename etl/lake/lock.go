package lake

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lockName is the file that a nightly run locks and in which it says who it is. It is never deleted: a lock on a file that has lost its name excludes nobody.
const lockName = "_run.lock"

// Holder is the process that holds a lake's lock.
type Holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// BusyError says that another process holds the lake's lock.
type BusyError struct {
	Lake   string
	Holder Holder // zero where it has not said yet who it is
}

// Error says who holds it.
func (e *BusyError) Error() string {
	if e.Holder.PID == 0 {
		return fmt.Sprintf("lock lake %s: another run works on it", e.Lake)
	}
	return fmt.Sprintf("lock lake %s: a run works on it: process %d on %s, since %s", e.Lake, e.Holder.PID, e.Holder.Host, e.Holder.Since.Format(time.RFC3339))
}

// Lock is held by one process at a time, until it is released or the process ends. What a lake promises does not rest on it: it only keeps runs from
// doing the same work twice.
type Lock struct{ file *flock.Flock }

// Lock takes the lake's lock, or returns a *BusyError at once.
func (l *Lake) Lock() (*Lock, error) {
	path := filepath.Join(l.work, lockName)
	lock := &Lock{flock.New(path, flock.SetPermissions(fileMode))}
	mine, err := lock.file.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock lake: %w", err)
	}
	if !mine {
		busy := &BusyError{Lake: l.root}
		if text, err := os.ReadFile(path); err == nil {
			_ = json.Unmarshal(text, &busy.Holder) // it may be about to be written
		}
		return nil, busy
	}
	host, _ := os.Hostname() // "" where the system does not tell
	text, err := json.Marshal(Holder{os.Getpid(), host, time.Now().UTC().Truncate(time.Second)})
	if err == nil {
		err = os.WriteFile(path, append(text, '\n'), fileMode)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock lake: %w", err), lock.Release())
	}
	return lock, nil
}

// Release gives the lock back.
func (k *Lock) Release() error {
	if err := errors.Join(os.Truncate(k.file.Path(), 0), k.file.Close()); err != nil {
		return fmt.Errorf("release lock: %w", err)
	}
	return nil
}
