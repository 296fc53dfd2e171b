package lake

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Modes of what a lake in a folder consists of, whatever the umask: readable by the group, nothing for others.
const (
	fileMode   = 0o640
	folderMode = 0o750
)

// asidePrefix begins the names of objects that are being written and are none yet.
const asidePrefix = ".put-"

// dir is a store in a folder of a local or network file system.
type dir struct{ root string }

// NewDir returns a store in a folder, which is made when it is first written to.
func NewDir(root string) Store { return &dir{root: root} }

func (d *dir) Path(name string) string { return filepath.Join(d.root, filepath.FromSlash(name)) }

func (d *dir) Read(name string) ([]byte, error) { return os.ReadFile(d.Path(name)) }

func (d *dir) Open(name string) (Content, error) {
	f, err := os.Open(d.Path(name))
	if err != nil {
		return nil, err // not f: a nil file in an interface is not nil
	}
	return f, nil
}

// PutIfAbsent writes aside and links: of two writers at once one wins, and nobody sees half an object.
func (d *dir) PutIfAbsent(name string, data []byte) (err error) {
	path := d.Path(name)
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	aside, err := os.CreateTemp(filepath.Dir(path), asidePrefix+"*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(aside.Name())) }()
	_, err = aside.Write(data)
	if err := errors.Join(err, aside.Chmod(fileMode), aside.Sync(), aside.Close()); err != nil {
		return err
	}
	if err := os.Link(aside.Name(), path); err != nil && !linked(aside.Name()) {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func (d *dir) Publish(staged, name string) error {
	path := d.Path(name)
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	return os.Rename(staged, path)
}

func (d *dir) List(folder string, _ ...string) ([]Object, error) {
	entries, err := os.ReadDir(d.Path(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var objects []Object
	for _, e := range entries {
		if e.IsDir() || e.Name()[0] == '.' {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		objects = append(objects, newObject(folder+"/"+e.Name(), info))
	}
	return objects, nil
}

func newObject(name string, info fs.FileInfo) Object {
	return Object{Name: name, Bytes: info.Size(), Changed: info.ModTime(), Mode: info.Mode()}
}

func (d *dir) Walk(visit func(Object) error) error {
	return fs.WalkDir(os.DirFS(d.root), ".", func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // gone since its folder was listed
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return visit(newObject(name, info))
	})
}

func (d *dir) Remove(name string) error {
	if err := os.Remove(d.Path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// makeFolder makes a folder and those above it with the lake's mode.
func makeFolder(path string) error {
	err := os.Mkdir(path, folderMode)
	switch {
	case err == nil:
		return os.Chmod(path, folderMode)
	case errors.Is(err, fs.ErrExist):
		info, err := os.Stat(path)
		if err == nil && !info.IsDir() {
			return fmt.Errorf("make folder %s: a file is in its place", path)
		}
		return err
	case errors.Is(err, fs.ErrNotExist):
		if err := makeFolder(filepath.Dir(path)); err != nil {
			return err
		}
		return makeFolder(path)
	}
	return err
}
