package lake

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestLock(t *testing.T) {
	l, err := Create(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	// What a run that was killed left behind excludes nobody.
	if err := os.WriteFile(filepath.Join(l.Root(), lockName), []byte(`{"pid":1,"host":"gone"}`), 0o640); err != nil {
		t.Fatal(err)
	}
	lock, err := l.Lock()
	if err != nil {
		t.Fatal(err)
	}
	var busy *BusyError
	if _, err := l.Lock(); !errors.As(err, &busy) || busy.Holder.PID != os.Getpid() || busy.Holder.Since.IsZero() {
		t.Errorf("a second lock: %v, %+v", err, busy)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := l.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
	a, err := l.Audit(t.Context())
	if err != nil || len(a.Findings) > 0 {
		t.Errorf("the lock's file is found: %v, %v", a.Findings, err)
	}
}
