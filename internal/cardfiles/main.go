// Command cardfiles writes what the test of compat/card reads: Parquet files of every table, as ingest and as compact write them, with the checks that a reader must
// pass, and how many frames the captures of testdata/ have.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/internal/rowgen"
	"github.com/pcaplake/pcaplake/schema"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: cardfiles TESTDATA DIR")
		os.Exit(64)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "cardfiles:", err)
		os.Exit(1)
	}
}

func write(testdata, dir string) error {
	checks := map[string][]rowgen.Check{}
	for _, s := range rowgen.Samples(schema.RowGroup+1000, 11) {
		for name, rows := range map[string]func(io.Writer) error{s.Table.Name: s.Write, s.Table.Name + "-compacted": s.WriteMerged} {
			if err := writeSample(rows, filepath.Join(dir, name+".parquet")); err != nil {
				return fmt.Errorf("write %s: %w", name, err)
			}
			checks[name] = s.Checks()
		}
	}
	frames, err := countFrames(testdata)
	if err != nil {
		return err
	}
	return errors.Join(writeJSON(filepath.Join(dir, "checks.json"), checks), writeJSON(filepath.Join(dir, "frames.json"), frames))
}

func writeSample(rows func(io.Writer) error, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(rows(f), f.Close())
}

// countFrames counts the rows that the plain pcap files of a folder give, by path.
func countFrames(dir string) (map[string]int, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.pcap"))
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, path := range paths {
		r, err := capture.Open(path)
		if err != nil {
			return nil, err
		}
		for r.Scan() {
			counts[path]++
		}
		if err := errors.Join(r.Err(), r.Close()); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

func writeJSON(path string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o640)
}
