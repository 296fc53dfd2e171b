// Command simulate writes a lake of millions of captures as its manifests would be after a year, without their rows: the last night is as ingested, with
// manifests of its own, the others are compacted. One night has rows, copies of those of a small lake, so that it can be asked. Beside it lies an
// archive of the last night's captures and as many new ones, to be planned.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// simulation is what is written.
type simulation struct {
	root, archive string
	captures      int // of the year
	days          int
	small         string // lake whose files the one night has
	first         time.Time
	night         time.Time

	lake  *lake.Lake
	files []lake.LiveFile // of the small lake
}

func main() {
	s := &simulation{}
	flag.StringVar(&s.root, "lake", "", "folder of the lake")
	flag.StringVar(&s.archive, "archive", "", "folder of the captures of the last night, and of new ones")
	flag.IntVar(&s.captures, "captures", 10_000_000, "captures")
	flag.IntVar(&s.days, "days", 365, "days")
	flag.StringVar(&s.small, "small", "", "lake whose files the night of its first capture has")
	listen := flag.String("listen", "", "do nothing but pass requests to this address on, each after a while")
	server := flag.String("server", "", "to the server at this URL")
	delay := flag.Duration("delay", 0, "after so long")
	flag.Parse()
	if *listen != "" {
		fmt.Fprintln(os.Stderr, "simulate:", serveDelayed(*listen, *server, *delay))
		os.Exit(1)
	}
	if err := s.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(1)
	}
}

// batch is how many days are written at once.
const batch = 7

func (s *simulation) run(ctx context.Context) error {
	if err := s.readSmall(ctx); err != nil {
		return err
	}
	var err error
	if s.lake, err = lake.Create(ctx, s.root); err != nil {
		return err
	}
	began := time.Now()
	s.first = s.night.AddDate(0, 0, -s.days/2)
	var captures []*lake.Manifest
	var files []lake.File
	for day := range s.days {
		night, err := s.makeNight(day)
		if err != nil {
			return err
		}
		captures, files = append(captures, night.captures...), append(files, night.files...)
		if len(files) > 0 && day%batch < batch-1 && day < s.days-1 {
			continue
		}
		if day == s.days-1 {
			if err := s.writeOwn(night.captures); err != nil {
				return err
			}
		}
		if err := s.lake.Simulate(ctx, captures, files); err != nil {
			return err
		}
		captures, files = nil, nil
		if err := s.sweep(); err != nil {
			return err
		}
	}
	if err := s.writeNew(); err != nil {
		return err
	}
	fmt.Printf("%d captures of %d days written in %.0f s\n", s.captures, s.days, time.Since(began).Seconds())
	return nil
}

// readSmall learns which night it is that has rows, and what they are.
func (s *simulation) readSmall(ctx context.Context) error {
	l, err := lake.Open(ctx, s.small)
	if err != nil {
		return err
	}
	state, err := l.Load(ctx)
	if err != nil {
		return err
	}
	s.files = state.LiveFiles()
	if len(s.files) == 0 {
		return fmt.Errorf("%s is empty", s.small)
	}
	s.night, err = time.Parse(time.DateOnly, s.files[0].Date)
	return err
}

// sweep removes what the last checkpoint stands for, as expire does after its grace.
func (s *simulation) sweep() error {
	folder := filepath.Join(s.root, "_manifests")
	heads, err := filepath.Glob(filepath.Join(folder, "k-*"))
	if err != nil {
		return err
	}
	head, err := os.ReadFile(heads[len(heads)-1])
	if err != nil {
		return err
	}
	parts, err := filepath.Glob(filepath.Join(folder, "p-*"))
	if err != nil {
		return err
	}
	for _, name := range append(heads[:len(heads)-1], parts...) {
		if !bytes.Contains(head, []byte(filepath.Base(name))) {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// link gives a file of the small lake another name in the large one.
func (s *simulation) link(f *lake.LiveFile, name string) error {
	to := filepath.Join(s.root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(s.small, filepath.FromSlash(f.Name)))
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o640)
}
