package etl

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
)

const (
	tarBlock   = 512
	maxMembers = 1 << 20 // of an archive, captures or not
	maxName    = 1024    // bytes of a member's name
)

// expand puts the captures in archives in the place of these.
func (r *run) expand(ctx context.Context, f *finder) {
	var found []*source
	for _, s := range f.found {
		if a := r.bundleOf(ctx, s); a != nil {
			found = append(found, r.list(ctx, f, s, a)...)
		} else {
			found = append(found, s)
		}
	}
	for order, s := range found {
		s.order = order
	}
	f.found = found
}

// bundleOf returns a source as an archive, or nil for what is none or is left for later. Objects that are called captures are not looked at, since each look is a
// request.
func (r *run) bundleOf(ctx context.Context, s *source) *bundle {
	if s.single || s.fifo || s.ours || lake.IsURL(s.path) && calledCapture(s.path) || !r.settled(s) || r.index.content(s) != "" {
		return nil
	}
	a := &bundle{path: s.path, size: s.size, mtime: s.mtime, listed: time.Now()}
	if r.index.archive(s) != nil || a.recognise(ctx) == nil && a.kind != noBundle {
		return a
	}
	s.single = true
	return nil // also for what cannot be opened: the taking of it will tell
}

// recognise finds out the kind.
func (a *bundle) recognise(ctx context.Context) error {
	file, err := a.open(ctx)
	if err != nil {
		return err
	}
	a.kind = kindOf(file)
	return file.Close()
}

// kindOf tells archives by their first bytes, compressed or not.
func kindOf(file io.Reader) bundleKind {
	content, packed, err := capture.Decompress(file)
	if err != nil {
		return noBundle
	}
	defer content.Close()
	head := make([]byte, tarBlock)
	n, _ := io.ReadFull(content, head)
	head = head[:n]
	switch {
	case packed == "" && (bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))):
		return zipBundle
	case n < tarBlock || !isTar(head):
		return noBundle
	case packed != "":
		return packedTar
	}
	return tarBundle
}

// isTar goes by the checksum of the first header, since tar files older than POSIX have no magic.
func isTar(head []byte) bool {
	_, err := tar.NewReader(bytes.NewReader(head)).Next()
	return err == nil || errors.Is(err, io.ErrUnexpectedEOF) // the latter where a header goes on behind the first block
}

// list returns the captures of an archive as sources. What cannot be listed is an error of f; files that are no captures are counted there.
func (r *run) list(ctx context.Context, f *finder, s *source, a *bundle) []*source {
	if r.after.action != keepSource {
		r.o.Log.Warn("archive left in place: nothing becomes of archives", "source", s.name, "after", r.after.action)
	}
	l := &listing{run: r, ctx: ctx, finder: f, source: s, archive: a, seen: map[string]int{}}
	if !l.recall() {
		if err := l.read(); err != nil {
			a.broken = true
			if ctx.Err() == nil {
				l.fail(s.name, err)
			}
		}
	}
	f.skipped += a.skipped
	if len(l.found) == 0 && s.named && !a.broken {
		l.fail(s.name, errors.New("no capture is in this archive"))
	}
	a.waiting = len(l.found)
	r.archives = append(r.archives, a)
	return l.found
}

// A listing goes through the members of one archive.
type listing struct {
	*run
	ctx     context.Context
	finder  *finder
	source  *source
	archive *bundle
	seen    map[string]int // names, and how often
	count   int
	found   []*source
}

func (l *listing) fail(name string, err error) {
	l.finder.errors = append(l.finder.errors, SourceError{name, reason(err)})
}

// recall takes the list from the index, if each member that it names is in the lake.
func (l *listing) recall() bool {
	known := l.index.archive(l.source)
	if known == nil {
		return false
	}
	for _, name := range known.Members {
		s := (&member{archive: l.archive, name: name}).source(l.source)
		if _, live := l.state.ByContent(l.index.content(s)); !live {
			l.found, l.archive.members = nil, nil
			return false
		}
		l.found, l.archive.members = append(l.found, s), append(l.archive.members, name)
	}
	l.archive.skipped = known.Skipped
	return true
}

// read lists the archive by its bytes.
func (l *listing) read() error {
	if l.archive.kind == noBundle { // the index knew it
		if err := l.archive.recognise(l.ctx); err != nil {
			return err
		}
	}
	file, err := l.archive.open(l.ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	switch l.archive.kind {
	case zipBundle:
		return l.readZip(file)
	case packedTar:
		content, _, err := capture.Decompress(file)
		if err != nil {
			return err
		}
		defer content.Close()
		counted := &counter{in: bounded(content, l.archive.size)}
		return l.readTar(counted, func() int64 { return counted.at })
	}
	return l.readTar(file, func() int64 { at, _ := file.Seek(0, io.SeekCurrent); return at }) // a file that was opened can be sought
}

type counter struct {
	in io.Reader
	at int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.at += int64(n)
	return n, err
}

// readTar goes through a tar; at tells the place in it.
func (l *listing) readTar(in io.Reader, at func() int64) error {
	members := tar.NewReader(in)
	for {
		h, err := members.Next()
		switch {
		case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return fmt.Errorf("the tar archive breaks off: %w", err)
		case h.Typeflag == tar.TypeReg && h.Size > 0 && !sparse(h):
			err = l.add(member{name: h.Name, offset: at(), size: h.Size}, members)
		case h.Typeflag == tar.TypeGNUSparse, h.Typeflag == tar.TypeReg && sparse(h):
			l.fail(l.name(h.Name), errors.New("a sparse file: extract it from the archive first"))
		}
		if err != nil {
			return err
		}
	}
}

func sparse(h *tar.Header) bool {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}

func (l *listing) readZip(file io.ReaderAt) error {
	z, err := openZip(file, l.archive.size)
	if err != nil {
		return fmt.Errorf("the zip archive cannot be read: %w", err)
	}
	const encrypted = 1 // of the general purpose bit flag
	for i, entry := range z.File {
		if entry.Mode().IsDir() {
			continue
		}
		m := member{name: entry.Name, size: int64(min(entry.UncompressedSize64, 1<<62)), entry: i}
		if entry.Flags&encrypted != 0 {
			l.fail(l.name(m.name), errors.New("it is encrypted"))
			continue
		}
		content, err := entry.Open()
		if err != nil {
			l.fail(l.name(m.name), err)
			continue
		}
		err = errors.Join(l.add(m, content), content.Close())
		if err != nil {
			return err
		}
	}
	return nil
}

// openZip reads the directory of a zip; beside deflate its members may be packed as bzip2, zstd or xz (APPNOTE 4.4.5).
func openZip(file io.ReaderAt, size int64) (*zip.Reader, error) {
	z, err := zip.NewReader(file, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are never paths to us
		return nil, err
	}
	unpack := func(in io.Reader) io.ReadCloser {
		content, _, err := capture.Decompress(in)
		if err != nil {
			return io.NopCloser(&failing{err})
		}
		return content
	}
	z.RegisterDecompressor(12, func(in io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(in)) })
	z.RegisterDecompressor(93, unpack)
	z.RegisterDecompressor(95, unpack)
	return z, nil
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// add takes a member as a source if it is a capture or is called one; content are its bytes.
func (l *listing) add(m member, content io.Reader) error {
	if l.count++; l.count > maxMembers {
		return fmt.Errorf("more than %d members: the rest is left out", maxMembers)
	}
	if l.ctx.Err() != nil {
		return context.Cause(l.ctx)
	}
	r, err := capture.NewReader(content)
	if err == nil {
		err = r.Close()
	}
	switch {
	case err != nil && unreadable(err) && !calledCapture(m.name):
		l.archive.skipped++
		return nil
	case err != nil && !unreadable(err):
		l.archive.broken = true
		l.fail(l.name(m.name), err)
		return nil
	}
	m.archive, m.name = l.archive, strings.TrimPrefix(l.name(m.name), l.source.name+memberMark)
	l.found, l.archive.members = append(l.found, m.source(l.source)), append(l.archive.members, m.name)
	return nil
}

// name is the name of a member as a source: of the archive, and the member's own as text, which is never a path to us.
func (l *listing) name(name string) string {
	name = strings.ToValidUTF8(name[:min(len(name), maxName)], "\uFFFD")
	if l.seen[name]++; l.seen[name] > 1 {
		name = fmt.Sprintf("%s#%d", name, l.seen[name])
	}
	return l.source.name + memberMark + name
}

// unzip spools a member of a zip, whole or not at all: its checksum is at its end.
func (m *member) unzip(ctx context.Context, file io.ReaderAt, dir string) (*io.SectionReader, func(), error) {
	z, err := openZip(file, m.archive.size)
	if err != nil {
		return nil, nil, err
	}
	if m.entry >= len(z.File) {
		return nil, nil, io.ErrUnexpectedEOF
	}
	entry := z.File[m.entry]
	content, err := entry.Open()
	if err != nil {
		return nil, nil, err
	}
	defer content.Close()
	packed := int64(min(entry.CompressedSize64, uint64(m.archive.size)))
	out, err := spoolFile(ctx, bounded(content, packed), dir)
	if err == nil {
		var size int64
		if size, err = out.Seek(0, io.SeekEnd); err == nil {
			return io.NewSectionReader(out, 0, size), func() { _ = out.Close() }, nil
		}
	}
	if out != nil {
		err = errors.Join(fmt.Errorf("unpack member: %w", err), out.Close())
	}
	return nil, nil, err
}
