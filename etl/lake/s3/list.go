package s3

import (
	"strings"
	"sync"

	"github.com/minio/minio-go/v7"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// pageKeys is how many keys a list gives at a time: the most that the protocol allows. Tests make it smaller.
var pageKeys = 1000

// A listing is a List that is being made. The pages of one list come one after the other, so a folder of many is listed in pieces at once.
type listing struct {
	*store
	prefix string

	mu      sync.Mutex
	objects []lake.Object
	err     error
}

// A piece is what of a folder has keys behind after and up to last; "" is no bound.
type piece struct{ after, last string }

// List lists a folder; one of several pages in the pieces that cuts make, all at once.
func (s *store) List(folder string, cuts ...string) ([]lake.Object, error) {
	l := &listing{store: s, prefix: s.below(folder)}
	first, err := l.page("", "")
	if err != nil {
		return nil, err
	}
	if !first.IsTruncated {
		l.take(piece{}, first.Contents)
		return l.objects, nil
	}
	pieces := make([]piece, 1, len(cuts)+1)
	for i, name := range cuts {
		pieces[i].last = l.prefix + name
		pieces = append(pieces, piece{after: pieces[i].last})
	}
	var group sync.WaitGroup
	for i, p := range pieces {
		page := first
		group.Go(func() {
			var err error
			if i > 0 {
				page, err = l.page(p.after, "")
			}
			for err == nil && l.take(p, page.Contents) && page.IsTruncated {
				page, err = l.page("", page.NextContinuationToken)
			}
			l.fail(err)
		})
	}
	group.Wait()
	return l.objects, l.err
}

// page asks for the page behind a key, or for the one that a page before names.
func (l *listing) page(after, token string) (minio.ListBucketV2Result, error) {
	page, err := minio.Core{Client: l.client}.ListObjectsV2(l.bucket, l.prefix, after, token, "/", pageKeys)
	return page, translate(err, l.bucket, l.prefix)
}

// take takes what of a page is in the piece, and reports whether the next page may have more of it.
func (l *listing) take(p piece, page []minio.ObjectInfo) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range page {
		name := strings.TrimPrefix(page[i].Key, l.prefix)
		switch {
		case p.last != "" && page[i].Key > p.last:
			return false
		case name == "" || name[0] == '.' || strings.HasSuffix(name, "/"): // hidden, or what consoles make to stand for a folder
		default:
			l.objects = append(l.objects, object(l.name(page[i].Key), &page[i]))
		}
	}
	return true
}

func (l *listing) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = err
	}
}
