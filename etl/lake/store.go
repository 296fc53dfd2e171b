package lake

import (
	"errors"
	"io"
	"io/fs"
	"time"
)

// Store keeps the objects of a lake. Names are slash-separated and relative to the lake; none of them ever means other bytes.
// A new store is one file that passes the conformance test of this package.
type Store interface {
	// Read returns the bytes of an object, or fs.ErrNotExist.
	Read(name string) ([]byte, error)
	// Open opens an object to be read piece by piece, or fails with fs.ErrNotExist. The caller closes it.
	Open(name string) (Content, error)
	// PutIfAbsent makes an object whole at once, or fails with fs.ErrExist and leaves what is there.
	PutIfAbsent(name string, data []byte) error
	// Publish gives a staged file its name. Whoever finds the name taken puts its own copy, which has the same bytes, over it:
	// that renews the object's age.
	Publish(staged, name string) error
	// List returns the objects directly under a folder, in no order; none when there is no such folder. Cuts, which ascend, are where a store that lists
	// page by page may cut the names in the folder, to list the pieces at once.
	List(folder string, cuts ...string) ([]Object, error)
	// Walk calls visit for every object of the lake at any depth, hidden ones too, until it fails.
	Walk(visit func(Object) error) error
	// Remove deletes an object; that it is gone already is no error.
	Remove(name string) error
	// Sync makes everything done before durable.
	Sync() error
	// Path is how a reader of the object, such as DuckDB, names it.
	Path(name string) string
}

// Object is one object of a store.
type Object struct {
	Name    string // within the lake
	Bytes   int64
	Changed time.Time
	Mode    fs.FileMode // 0 where the store knows none
}

// Content is an open object of a store.
type Content interface {
	io.Reader
	io.ReaderAt
	io.Seeker
	io.Closer
}

// What a lake can be that cannot be opened.
var (
	// ErrNoLake is the error of a folder without lake.json.
	ErrNoLake = errors.New("no lake here")
	// ErrNewer is the error of a lake that a newer version of this program wrote.
	ErrNewer = errors.New("the lake is newer than this program")
	// ErrNoAnswer is the error of a store on the network that cannot be reached.
	ErrNoAnswer = errors.New("the store does not answer")
	// ErrStore is the error of a store that does not keep its promises.
	ErrStore = errors.New("the store cannot hold a lake")
)

func exists(err error) bool { return errors.Is(err, fs.ErrExist) }
