package etl

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// findRemote adds what a URL stands for: one object, all below a folder, or the matches of a pattern, in which * does not match a slash. Hidden ones
// and the lake are left out of the latter two.
func (f *finder) findRemote(ctx context.Context, told string) {
	remote, err := lake.RemoteOf(ctx, told)
	if err != nil {
		f.fail(told, err)
		return
	}
	root, pattern := told, ""
	if at := strings.IndexAny(told, "*?["); at >= 0 {
		root, pattern = told[:strings.LastIndex(told[:at], "/")+1], told
		if _, err := path.Match(pattern, ""); err != nil {
			f.errors = append(f.errors, SourceError{told, "match pattern: " + err.Error()})
			return
		}
	}
	any := false
	err = remote.Each(ctx, root, func(o lake.Object) error {
		named := o.Name == told
		if pattern != "" {
			named, _ = path.Match(pattern, o.Name)
		}
		within, _ := strings.CutPrefix(o.Name, strings.TrimSuffix(root, "/")+"/")
		switch {
		case pattern != "" && !named, !named && slices.ContainsFunc(strings.Split(within, "/"), hidden):
			return nil
		case f.lakeURL != "" && strings.HasPrefix(o.Name, f.lakeURL+"/"):
			return nil
		}
		any = true
		f.add(&source{name: o.Name, path: o.Name, within: within, named: named, size: o.Bytes, mtime: o.Changed})
		return nil
	})
	switch {
	case err != nil:
		f.fail(told, err)
	case !any && pattern != "":
		f.absent++
		f.errors = append(f.errors, SourceError{told, "no object matches"})
	case !any:
		f.fail(told, fs.ErrNotExist)
	}
}

// openRemote opens an object as the stored bytes of a source.
func openRemote(ctx context.Context, url string) (*io.SectionReader, lake.Object, func(), error) {
	remote, err := lake.RemoteOf(ctx, url)
	if err != nil {
		return nil, lake.Object{}, nil, err
	}
	in, o, err := remote.Open(ctx, url)
	if err != nil {
		return nil, o, nil, err
	}
	return io.NewSectionReader(in, 0, o.Bytes), o, func() { _ = in.Close() }, nil
}

// applyRemote deletes an object that is as it was when it was read.
func (a after) applyRemote(ctx context.Context, s *source, whole bool) error {
	if a.action == moveSource {
		return errors.New("it is in no folder, and is not moved")
	}
	if !whole {
		return errors.New("it is damaged, and what the lake lacks is only here")
	}
	_, o, done, err := openRemote(ctx, s.path)
	if err != nil {
		return err
	}
	done()
	if o.Bytes != s.size || !o.Changed.Equal(s.mtime) {
		return errors.New("it changed after it was read")
	}
	remote, err := lake.RemoteOf(ctx, s.path)
	if err != nil {
		return err
	}
	return remote.Remove(ctx, s.path)
}
