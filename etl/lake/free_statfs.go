//go:build linux || darwin || freebsd

package lake

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// Free returns the bytes that are left for a lake's folder on its disk, or errors.ErrUnsupported where the system does not tell, and behind a URL.
func Free(root string) (int64, error) {
	if IsURL(root) {
		return 0, errors.ErrUnsupported
	}
	var s unix.Statfs_t
	if err := unix.Statfs(root, &s); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: root, Err: err}
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}
