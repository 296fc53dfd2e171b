package lake

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	"github.com/pcaplake/pcaplake/schema"
	"github.com/zeebo/blake3"
)

const (
	heartbeatEvery = time.Minute
	abandonedAfter = 24 * time.Hour
	heartbeatName  = "heartbeat"
)

// Staging is a run's own folder for work in progress: nothing in it is part of the lake. Its heartbeat tells others that it is in use.
type Staging struct {
	lake *Lake
	dir  string
	stop chan struct{}
	once sync.Once
}

// Stage makes the staging folder of a run, and removes those that runs left behind a day ago or longer.
func (l *Lake) Stage(run string) (*Staging, error) {
	if _, err := SafeName(run); err != nil {
		return nil, err
	}
	l.sweep()
	s := &Staging{lake: l, dir: filepath.Join(l.work, stagingFolder, run), stop: make(chan struct{})}
	if err := makeFolder(s.dir); err != nil {
		return nil, fmt.Errorf("make staging folder: %w", err)
	}
	if err := s.beat(); err != nil {
		return nil, fmt.Errorf("make staging folder: %w", err)
	}
	go s.heartbeat()
	return s, nil
}

// Dir is the staging folder, for what else a run has to put somewhere for a while.
func (s *Staging) Dir() string { return s.dir }

func (s *Staging) beat() error {
	return os.WriteFile(filepath.Join(s.dir, heartbeatName), nil, fileMode)
}

func (s *Staging) heartbeat() {
	tick := time.NewTicker(heartbeatEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case now := <-tick.C:
			// A heartbeat that fails harms only after a day; the disk that refuses it will refuse the rows as well.
			_ = os.Chtimes(filepath.Join(s.dir, heartbeatName), now, now)
		}
	}
}

// Discard removes the folder with all that was not committed.
func (s *Staging) Discard() error {
	s.once.Do(func() { close(s.stop) })
	return os.RemoveAll(s.dir)
}

// sweep removes abandoned staging folders. That one cannot be removed is no reason to stop: the next run tries again.
func (l *Lake) sweep() {
	entries, _ := os.ReadDir(filepath.Join(l.work, stagingFolder))
	for _, e := range entries {
		dir := filepath.Join(l.work, stagingFolder, e.Name())
		info, err := os.Stat(filepath.Join(dir, heartbeatName))
		if err != nil {
			info, err = os.Stat(dir)
		}
		if err == nil && time.Since(info.ModTime()) > abandonedAfter {
			_ = os.RemoveAll(dir)
		}
	}
}

// StagedFile is a Parquet file being written. It is not part of the lake before a commit.
type StagedFile struct {
	file *os.File
	buf  *bufio.Writer // small writes are many: headers, indexes and the pages of columns that say little
	name string
	at   File
	sum  *blake3.Hasher
}

// stagedBuffer is what a file gathers before it is hashed and written.
const stagedBuffer = 128 << 10

// Create makes a staged file for rows of a table and a UTC day ("" for the default partition). Base is BaseName's.
func (s *Staging) Create(table, sensor, date, base string) (*StagedFile, error) {
	name, err := fileName(table, sensor, date, base)
	if err != nil {
		return nil, err
	}
	staged := s.path(name)
	if err := makeFolder(filepath.Dir(staged)); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(staged, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(fileMode); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	staging := &StagedFile{file: f, name: name, sum: blake3.New(), at: File{Name: name, Table: table, Sensor: sensor, Date: date}}
	staging.buf = bufio.NewWriterSize((*unbuffered)(staging), stagedBuffer)
	return staging, nil
}

// path is where a file waits for its commit.
func (s *Staging) path(name string) string {
	return filepath.Join(s.dir, filepath.FromSlash(path.Clean(name)))
}

// Name is the file's name within the lake.
func (f *StagedFile) Name() string { return f.name }

// Write appends to the file. An error of the disk may come with a later call.
func (f *StagedFile) Write(b []byte) (int, error) { return f.buf.Write(b) }

// unbuffered is the file behind its buffer.
type unbuffered StagedFile

func (f *unbuffered) Write(b []byte) (int, error) {
	_, _ = f.sum.Write(b)
	f.at.Bytes += int64(len(b))
	return f.file.Write(b)
}

// Finish closes the file and returns its entry for the manifest.
func (f *StagedFile) Finish(stats schema.FileStats) (File, error) {
	if err := errors.Join(f.buf.Flush(), f.file.Close()); err != nil {
		return File{}, err
	}
	f.at.Rows = stats.Rows
	if stats.MinTS != schema.NoTime {
		first, last := stats.MinTS, stats.MaxTS
		f.at.MinTS, f.at.MaxTS = &first, &last
	}
	f.at.BLAKE3 = hex.EncodeToString(f.sum.Sum(nil))
	return f.at, nil
}

// Discard closes and removes the file.
func (f *StagedFile) Discard() error {
	return errors.Join(f.file.Close(), os.Remove(f.file.Name()))
}
