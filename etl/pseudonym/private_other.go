//go:build !unix

package pseudonym

import (
	"errors"
	"io/fs"
)

// private returns why a file is none that a secret may stand in. What others may do is not to be seen in its mode here.
func private(info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return errors.New("is no regular file")
	}
	return nil
}
