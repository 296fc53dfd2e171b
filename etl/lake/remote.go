package lake

import (
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/zeebo/blake3"
)

// Remote is the object stores behind the URLs of one scheme.
type Remote interface {
	// Store returns the store of the objects below a URL. It outlives any context: what was begun is finished.
	Store(url string) (Store, error)
	// Each calls visit for the object that a URL names, or, when there is none, for all objects below it at any depth, in the order of names,
	// until it fails. Their names are URLs.
	Each(ctx context.Context, url string, visit func(Object) error) error
	// Open opens the object that a URL names, or fails with fs.ErrNotExist. Reading fails when it is overwritten meanwhile, and when ctx ends.
	Open(ctx context.Context, url string) (Content, Object, error)
	// Remove deletes the object that a URL names.
	Remove(ctx context.Context, url string) error
}

// Local is where a machine keeps what belongs to lakes that are not in a folder of its own: work in progress and copies of files for queries.
type Local struct {
	Dir   string // "": pcaplake in the user's folder for caches
	Bytes int64  // that copies for queries may take beyond those in use; 0: DefaultCache
}

// DefaultCache is how many bytes copies for queries may take.
const DefaultCache = 10 << 30

type (
	remoteKey string // a scheme
	localKey  struct{}
)

// WithRemote has lakes and captures whose URL is of a scheme be found in r under the context.
func WithRemote(ctx context.Context, scheme string, r Remote) context.Context {
	return context.WithValue(ctx, remoteKey(scheme), r)
}

// WithLocal says where lakes under the context that are in no folder have what lies on this machine.
func WithLocal(ctx context.Context, l Local) context.Context {
	return context.WithValue(ctx, localKey{}, l)
}

// IsURL reports whether a lake or a capture is told by a URL, and not by a path.
func IsURL(name string) bool { return strings.Contains(name, "://") }

// RemoteOf returns what finds a URL. The error wraps fs.ErrInvalid where nothing does.
func RemoteOf(ctx context.Context, url string) (Remote, error) {
	scheme, _, _ := strings.Cut(url, "://")
	if r, ok := ctx.Value(remoteKey(scheme)).(Remote); ok {
		return r, nil
	}
	return nil, fmt.Errorf("open %s: %w: no store is known for %s://", url, fs.ErrInvalid, scheme)
}

// WorkDir is the folder on this machine for what belongs to a lake and is not part of it: staging, index, lock. It is that of a lake in a folder.
func WorkDir(ctx context.Context, root string) (string, error) {
	if !IsURL(root) {
		return root, nil
	}
	local, _ := ctx.Value(localKey{}).(Local)
	if local.Dir == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find a folder for the work on %s: %w: name one with --cache", root, err)
		}
		local.Dir = filepath.Join(dir, "pcaplake")
	}
	sum := blake3.Sum256([]byte(strings.TrimRight(root, "/")))
	return filepath.Join(local.Dir, hex.EncodeToString(sum[:8])), nil
}
