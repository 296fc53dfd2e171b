package etl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// memberMark stands between the name of an archive and that of a member in the name of a source.
const memberMark = "!"

// A bundle is an archive: a tar or zip file. Each capture in it is a source of its own; nothing ever becomes of the archive itself.
type bundle struct {
	path  string // or URL
	size  int64
	mtime time.Time
	kind  bundleKind

	members []string // names of the captures in it
	skipped int      // files in it that are no captures
	broken  bool     // not all of it could be listed
	listed  time.Time

	mu       sync.Mutex
	waiting  int      // members that are yet to be taken
	unpacked *os.File // of a packed tar; nil until the first member is taken and after the last
}

type bundleKind int

const (
	noBundle bundleKind = iota
	tarBundle
	packedTar // in one layer of compression
	zipBundle
)

// A member is where the bytes of a source lie in an archive.
type member struct {
	archive *bundle
	name    string // as told, of the bytes that UTF-8 has; a second one of that name ends with #2
	offset  int64  // of its bytes in a tar
	size    int64  // as the archive says
	entry   int    // in the directory of a zip
}

// What may come out of packed bytes: no capture shrinks further, and more is a file made to fill disks.
const (
	maxExpansion  = 1100      // beyond the 1,032 that deflate can reach
	freeExpansion = 256 << 20 // bytes that are always let out
)

var errExpands = fmt.Errorf("it unpacks to more than %d times its size", maxExpansion)

// bounded reads what was packed in so many bytes.
func bounded(in io.Reader, packed int64) io.Reader {
	return &boundedReader{in, max(freeExpansion, packed*maxExpansion)}
}

type boundedReader struct {
	in   io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errExpands
	}
	return n, err
}

// open returns the stored bytes of a member. Those that lie packed are unpacked into dir first, "" being the system's own folder for that.
// The caller calls done when it has read them.
func (m *member) open(ctx context.Context, dir string) (stored *io.SectionReader, done func(), err error) {
	file, err := m.archive.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	switch m.archive.kind {
	case zipBundle:
		defer file.Close()
		return m.unzip(ctx, file, dir)
	case packedTar:
		defer file.Close()
		unpacked, err := m.archive.unpack(ctx, file, dir)
		if err != nil {
			return nil, nil, err
		}
		info, err := unpacked.Stat()
		if err != nil {
			return nil, nil, disk(err)
		}
		return m.section(unpacked, info.Size()), func() {}, nil
	}
	return m.section(file, m.archive.size), func() { _ = file.Close() }, nil
}

// section is the member within its tar; where that ends early, it is shorter.
func (m *member) section(tar io.ReaderAt, size int64) *io.SectionReader {
	return io.NewSectionReader(tar, m.offset, max(0, min(m.size, size-m.offset)))
}

// open opens the archive that was listed.
func (a *bundle) open(ctx context.Context) (lake.Content, error) {
	if lake.IsURL(a.path) {
		return a.openRemote(ctx)
	}
	file, err := os.Open(a.path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && (info.Size() != a.size || !info.ModTime().Equal(a.mtime)) {
		err = errRepacked
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

var errRepacked = errors.New("the archive changed after it was listed")

// openRemote opens one that is an object. Times are compared by the second: a list may tell them finer than the object itself.
func (a *bundle) openRemote(ctx context.Context) (lake.Content, error) {
	remote, err := lake.RemoteOf(ctx, a.path)
	if err != nil {
		return nil, err
	}
	in, o, err := remote.Open(ctx, a.path)
	if err != nil {
		return nil, err
	}
	if o.Bytes != a.size || o.Changed.Unix() != a.mtime.Unix() && !a.mtime.IsZero() { // a plan tells no times
		return nil, errors.Join(errRepacked, in.Close())
	}
	return in, nil
}

// unpack decompresses a tar once for all its members. Where its compression is damaged, which the listing has told, the members before the
// damage are there.
func (a *bundle) unpack(ctx context.Context, file io.Reader, dir string) (*os.File, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.unpacked != nil {
		return a.unpacked, nil
	}
	content, _, err := capture.Decompress(file)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	out, err := spoolFile(ctx, bounded(content, a.size), dir)
	if err != nil && out == nil {
		return nil, err
	}
	a.unpacked = out
	return out, nil
}

// spoolFile copies a stream into a new file that has no name any more. Where the stream breaks, it returns both file and error; on a failing
// disk or a cancelled ctx only the error.
func spoolFile(ctx context.Context, in io.Reader, dir string) (*os.File, error) {
	out, err := os.CreateTemp(dir, "member-*")
	if err != nil {
		return nil, disk(fmt.Errorf("create spool: %w", err))
	}
	_ = os.Remove(out.Name()) // the open file keeps its bytes
	err = copyStream(ctx, out, in)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	var full *IOError
	if ctx.Err() != nil || errors.As(err, &full) {
		return nil, errors.Join(err, out.Close())
	}
	return out, err
}

// release is called once for each member that was taken; the last one lets the unpacked tar go.
func (a *bundle) release() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting--
	if a.waiting <= 0 && a.unpacked != nil {
		_ = a.unpacked.Close()
		a.unpacked = nil
	}
}

// source is the member as a source of the run.
func (m *member) source(of *source) *source {
	return &source{
		name: of.name + memberMark + m.name, path: of.path, within: filepath.Base(of.path), member: m, size: m.size, mtime: of.mtime,
		planned: of.planned,
	}
}
