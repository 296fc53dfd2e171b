package lake

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pcaplake/pcaplake/schema"
	"github.com/zeebo/blake3"
)

// A cache keeps copies of a remote lake's files on this machine, for readers that open paths. A copy goes by the hash that the manifest gives: no name and
// no ETag, which stores make in their own ways, says as surely what its bytes are. Any of it may be deleted.
type cache struct {
	dir   string // "": of a lake in a folder, whose files need no copies
	bytes int64
}

const (
	cacheFolder = "files"
	// fetches is how many files are brought at once.
	fetches = 8
	// inUse is how long after its last use a copy is not deleted: another process may be about to open it.
	inUse = 15 * time.Minute
)

func cacheOf(ctx context.Context, work string) cache {
	local, _ := ctx.Value(localKey{}).(Local)
	if local.Bytes == 0 {
		local.Bytes = DefaultCache
	}
	return cache{filepath.Join(work, cacheFolder), local.Bytes}
}

// Local returns files with the paths by which this machine opens them. Those of a remote lake are there only once Fetch has brought them.
func (l *Lake) Local(files []schema.File) []schema.File {
	if !IsURL(l.root) {
		return files
	}
	out := slices.Clone(files)
	for i := range out {
		out[i].Path = l.cache.path(&out[i])
	}
	return out
}

// path is where the copy of a file lies. Files from before manifests had hashes go by their names, which never mean other bytes either.
func (c cache) path(f *schema.File) string {
	name := f.BLAKE3
	if !contentHash.MatchString(name) {
		sum := blake3.Sum256([]byte(f.Name))
		name = "n" + hex.EncodeToString(sum[:])
	}
	return filepath.Join(c.dir, name[:2], name+".parquet")
}

// Fetch brings files of a remote lake to where Local says, several at once, unless they are there, and deletes the copies that were used least
// recently while they take more than they may. What a copy's manifest does not say of it is damage, and an error. Files that Local did not return are passed over.
func (l *Lake) Fetch(ctx context.Context, files []schema.File) error {
	var missing []*schema.File
	var bytes int64
	now := time.Now()
	for i := range files {
		f := &files[i]
		if f.Path != l.cache.path(f) {
			continue
		}
		if info, err := os.Stat(f.Path); err == nil && info.Size() == f.Bytes {
			_ = os.Chtimes(f.Path, now, now) // it is only its age that suffers
			continue
		}
		missing, bytes = append(missing, f), bytes+f.Bytes
	}
	if len(missing) == 0 {
		return nil
	}
	if err := l.cache.makeRoom(bytes, now); err != nil {
		return fmt.Errorf("make room for copies: %w", err)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan *schema.File)
	var fetchers sync.WaitGroup
	for range min(fetches, len(missing)) {
		fetchers.Go(func() {
			for f := range queue {
				if err := l.fetch(ctx, f); err != nil {
					stop(fmt.Errorf("fetch %s: %w", f.Name, err))
				}
			}
		})
	}
	for _, f := range missing {
		queue <- f
	}
	close(queue)
	fetchers.Wait()
	return context.Cause(ctx)
}

// fetch brings one file, which appears whole or not at all.
func (l *Lake) fetch(ctx context.Context, f *schema.File) (err error) {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	in, err := l.store.Open(f.Name)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := makeFolder(filepath.Dir(f.Path)); err != nil {
		return err
	}
	aside, err := os.CreateTemp(filepath.Dir(f.Path), asidePrefix+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(aside.Name()))
		}
	}()
	sum := blake3.New()
	n, err := io.Copy(io.MultiWriter(aside, sum), whileAlive{ctx, in})
	if err := errors.Join(err, aside.Chmod(fileMode), aside.Close()); err != nil {
		return err
	}
	if n != f.Bytes || f.BLAKE3 != "" && hex.EncodeToString(sum.Sum(nil)) != f.BLAKE3 {
		return errors.New("its bytes are not those that its manifest says: pcaplake verify tells more")
	}
	return os.Rename(aside.Name(), f.Path)
}

// whileAlive reads until its context ends.
type whileAlive struct {
	ctx context.Context
	in  io.Reader
}

func (r whileAlive) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.Read(b)
}

// makeRoom deletes the copies that were used least recently until there is room for so many bytes more, or only those are left that are in use.
func (c cache) makeRoom(bytes int64, now time.Time) error {
	type copied struct {
		path  string
		bytes int64
		used  time.Time
	}
	var copies []copied
	total := bytes
	err := filepath.WalkDir(c.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return ignoreAbsent(err)
		}
		info, err := e.Info()
		if err != nil {
			return ignoreAbsent(err)
		}
		total += info.Size()
		copies = append(copies, copied{path, info.Size(), info.ModTime()})
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(copies, func(a, b copied) int {
		if order := a.used.Compare(b.used); order != 0 {
			return order
		}
		return strings.Compare(a.path, b.path)
	})
	for _, f := range copies {
		if total <= c.bytes || now.Sub(f.used) < inUse {
			return nil
		}
		if err := os.Remove(f.path); ignoreAbsent(err) != nil {
			return err
		}
		total -= f.bytes
	}
	return nil
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
