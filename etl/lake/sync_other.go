//go:build !linux

package lake

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Sync flushes every file and folder of the lake: there is no call that flushes one whole file system.
func (d *dir) Sync() error {
	return filepath.WalkDir(d.root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || runtime.GOOS == "windows" && e.IsDir() { // which cannot flush a folder
			return err
		}
		f, err := os.OpenFile(path, syncFlag(e), 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

func syncFlag(e fs.DirEntry) int {
	if e.IsDir() {
		return os.O_RDONLY
	}
	return os.O_RDWR
}

// linked is for NFS on Linux.
func linked(string) bool { return false }
