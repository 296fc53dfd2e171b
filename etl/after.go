package etl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// after is what becomes of a source once its rows are durable.
type after struct {
	action string // keepSource, deleteSource or moveSource
	dir    string // of moveSource
}

// The actions of after, as they are told.
const (
	keepSource   = "keep"
	deleteSource = "delete"
	moveSource   = "move"
)

func parseAfter(s string) (after, error) {
	dir, isMove := strings.CutPrefix(s, moveSource+"=")
	switch {
	case s == "" || s == keepSource:
		return after{action: keepSource}, nil
	case s == deleteSource:
		return after{action: deleteSource}, nil
	case isMove && dir != "":
		return after{action: moveSource, dir: filepath.Clean(dir)}, nil
	}
	return after{}, fmt.Errorf("%w: after %q: it is keep, delete or move=DIR", ErrUsage, s)
}

// apply deletes or moves a source that is as it was when it was read; never an archive. Whole says that every byte of it is in the lake's rows: a damaged
// capture is never deleted.
func (a after) apply(ctx context.Context, s *source, whole bool) error {
	if a.action == keepSource || s.ours || s.member != nil {
		return nil
	}
	if lake.IsURL(s.path) {
		return a.applyRemote(ctx, s, whole)
	}
	info, err := os.Lstat(s.path)
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return errors.New("it is a symbolic link")
	case info.Size() != s.size || !info.ModTime().Equal(s.mtime):
		return errors.New("it changed after it was read")
	case a.action == moveSource:
		return move(s.path, filepath.Join(a.dir, s.within))
	case !whole:
		return errors.New("it is damaged, and what the lake lacks is only here")
	}
	return os.Remove(s.path)
}

// move renames a file without replacing another; onto another file system it copies first. A file that cannot leave its place is nowhere else afterwards.
func move(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	err := os.Link(from, to)
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	if err != nil {
		if err := copyFile(from, to); err != nil {
			return err
		}
	}
	if err := os.Remove(from); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

// copyFile makes a durable copy under a name that is free, or none.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, out.Close())
		if err != nil {
			os.Remove(to)
		}
	}()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return err
	}
	return os.Chtimes(to, time.Time{}, info.ModTime())
}
