//go:build unix

package pseudonym

import (
	"errors"
	"io/fs"
	"syscall"
)

// private returns why a file is none that a secret may stand in.
func private(info fs.FileInfo) error {
	mode := info.Mode()
	if !mode.IsRegular() {
		return errors.New("is no regular file")
	}
	open := mode.Perm() & 0o077
	if s, ok := info.Sys().(*syscall.Stat_t); ok && s.Gid == 0 {
		open &^= 0o040
	}
	if open != 0 {
		return errors.New("can be read or written by others: chmod 600")
	}
	return nil
}
