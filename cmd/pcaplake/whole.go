package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// writeWhole replaces a file at once by what write writes; after an error the file is as before.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	aside, err := os.CreateTemp(filepath.Dir(path), ".pcaplake-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(aside.Name()))
		}
	}()
	if err := write(aside); err != nil {
		return errors.Join(err, aside.Close())
	}
	if err := errors.Join(aside.Chmod(0o644), aside.Sync(), aside.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(aside.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// writeText is writeWhole of a text.
func writeText(path string, text []byte) error {
	return writeWhole(path, func(out io.Writer) error {
		_, err := out.Write(text)
		return err
	})
}
