package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestFresh holds that the captures in testdata are what the generator makes, which `make gen` writes.
func TestFresh(t *testing.T) {
	for _, c := range slices.Concat(captures, formats) {
		have, err := os.ReadFile(filepath.Join("..", c.name))
		if err != nil {
			t.Fatal(err)
		}
		ident = 0
		if made := c.bytes(); !bytes.Equal(made, have) {
			t.Errorf("%s is stale: %d bytes, the generator makes %d", c.name, len(have), len(made))
		}
	}
}
