// Command make writes the variants of a labelled capture: go run ./internal/variants/make -o DIR CAPTURE LABELS
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pcaplake/pcaplake/internal/variants"
)

func main() {
	dir := flag.String("o", "variants", "folder for NAME.pcap and NAME.csv")
	only := flag.String("only", "", "name of one variant")
	flag.Parse()
	if err := write(*dir, *only, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(dir, only string, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("want a capture and its labels, got %q", args)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	for _, v := range variants.All() {
		if only != "" && only != v.Name {
			continue
		}
		if err := v.Write(args[0], filepath.Join(dir, v.Name+".pcap"), args[1], filepath.Join(dir, v.Name+".csv")); err != nil {
			return fmt.Errorf("make %s: %w", v.Name, err)
		}
	}
	return nil
}
