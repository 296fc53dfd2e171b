package etl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// spool copies a stream into the staging folder, where it can be read as often as needed, and points s to the copy. Cancelling ctx ends
// the stream early and is no error: what has come cannot be had again.
func (r *run) spool(ctx context.Context, s *source) (err error) {
	if r.o.DryRun {
		return errors.New("a dry run does not read streams")
	}
	in := r.o.Stdin
	if s.name != stdinSource {
		f, err := os.Open(s.path)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	if in == nil {
		return errors.New("there is no standard input")
	}
	out, err := os.Create(filepath.Join(r.staging.Dir(), fmt.Sprintf("stream-%d", s.order)))
	if err != nil {
		return disk(fmt.Errorf("create spool: %w", err))
	}
	defer func() { err = errors.Join(err, disk(out.Close())) }()
	if err := copyStream(ctx, out, in); err != nil {
		return err
	}
	info, err := out.Stat()
	if err != nil {
		return disk(err)
	}
	s.path, s.size, s.mtime, s.ours = out.Name(), info.Size(), info.ModTime(), true
	return nil
}

func copyStream(ctx context.Context, out io.Writer, in io.Reader) error {
	buffer := make([]byte, 1<<20)
	for ctx.Err() == nil {
		n, err := in.Read(buffer)
		if _, err := out.Write(buffer[:n]); err != nil {
			return disk(fmt.Errorf("write spool: %w", err))
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read stream: %w", err)
		}
	}
	return nil
}

// live captures from an interface into a file of the lake's _live folder, which appears there only when it is whole, and returns it as a
// source; nil when there was no frame. Cancelling ctx ends the capture.
func (r *run) live(ctx context.Context, o capture.LiveOptions) (*source, error) {
	name, err := lake.SafeName(o.Interface)
	if err != nil {
		return nil, fmt.Errorf("%w: interface %q: %w", ErrUsage, o.Interface, err)
	}
	dir := r.lake.LiveDir()
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, disk(err)
	}
	aside, err := os.CreateTemp(dir, ".live-*")
	if err != nil {
		return nil, disk(err)
	}
	defer os.Remove(aside.Name())
	out := &diskWriter{to: aside}
	stats, err := capture.Live(ctx, out, o)
	if err := disk(errors.Join(out.err, aside.Chmod(0o640), aside.Sync(), aside.Close())); err != nil {
		return nil, fmt.Errorf("capture from %s: %w", o.Interface, err)
	}
	if err != nil && stats.Frames == 0 {
		return nil, fmt.Errorf("capture from %s: %w", o.Interface, err)
	}
	if err != nil {
		r.o.Log.Warn("the capture broke off, what came before is kept", "interface", o.Interface, "error", err)
	}
	if stats.Frames == 0 {
		r.o.Log.Warn("no frame seen", "interface", o.Interface)
		return nil, nil
	}
	if stats.Dropped > 0 {
		r.o.Log.Warn("the kernel dropped frames", "interface", o.Interface, "frames", stats.Frames, "dropped", stats.Dropped)
	}
	path := filepath.Join(dir, "live-"+name+"-"+stats.First.UTC().Format("20060102T150405.000000Z")+".pcapng")
	if err := os.Link(aside.Name(), path); err != nil {
		return nil, disk(fmt.Errorf("keep live capture: %w", err))
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, disk(err)
	}
	s := newSource(path, filepath.Base(path), info)
	s.name, s.named, s.once, s.ours = filepath.Base(dir)+"/"+filepath.Base(path), true, true, true
	return s, nil
}

// settled reports whether a file has been left alone for as long as it takes to count as finished.
func (r *run) settled(s *source) bool {
	return s.ours || r.o.Settle <= 0 || time.Since(s.mtime) >= r.o.Settle
}
