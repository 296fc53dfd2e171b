package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/pcaplake/pcaplake/etl/lake"
)

const (
	// partBytes is the size of the parts in which files go: at most 10,000 of them make an object.
	partBytes = 64 << 20
	// parts is how many go at once.
	parts = 4
	// tries is how often a manifest is put before the store counts as broken: with the waits between, for a minute.
	tries     = 10
	firstWait = 200 * time.Millisecond
	lastWait  = 15 * time.Second
)

// A store is the objects of a bucket below a prefix.
type store struct {
	*remote
	bucket, prefix string
}

// key is the key of an object.
func (s *store) key(name string) string { return path.Join(s.prefix, name) }

// below is what the keys of all objects in a folder begin with; "" is the store itself.
func (s *store) below(folder string) string {
	if key := s.key(folder); key != "" {
		return key + "/"
	}
	return ""
}

func (s *store) name(key string) string { return strings.TrimPrefix(key, s.below("")) }

func (s *store) Path(name string) string { return Scheme + "://" + s.bucket + "/" + s.key(name) }

// Read brings an object in one request, unless it is larger than lastBlock.
func (s *store) Read(name string) ([]byte, error) {
	in, err := s.open(context.Background(), s.bucket, s.key(name), lastBlock)
	if err != nil {
		return nil, err
	}
	if int64(len(in.block)) == in.info.Size {
		return in.block, nil
	}
	text := make([]byte, in.info.Size)
	_, err = in.ReadAt(text, 0)
	return text, err
}

func (s *store) Open(name string) (lake.Content, error) {
	in, err := s.open(context.Background(), s.bucket, s.key(name), firstBlock)
	if err != nil {
		return nil, err // not in: a nil content in an interface is not nil
	}
	return in, nil
}

// PutIfAbsent puts with If-None-Match: *, which the store must refuse with 412 when there is an object. Where an answer was lost and the next try is
// refused, the object is read: if it has these bytes, it is as good as ours.
func (s *store) PutIfAbsent(name string, data []byte) error {
	options := minio.PutObjectOptions{DisableMultipart: true}
	options.SetMatchETagExcept("*")
	unsure := false
	for try, wait := 1, firstWait; ; try, wait = try+1, min(2*wait, lastWait) {
		_, err := s.once.PutObject(context.Background(), s.bucket, s.key(name), bytes.NewReader(data), int64(len(data)), options)
		if err == nil {
			return nil
		}
		err = translate(err, s.bucket, s.key(name))
		if errors.Is(err, fs.ErrExist) && unsure {
			if there, readErr := s.Read(name); readErr == nil && bytes.Equal(there, data) {
				return nil
			}
		}
		if !passing(err) || try == tries {
			return err
		}
		unsure = unsure || !refused(err)
		time.Sleep(wait/2 + rand.N(wait/2))
	}
}

// passing reports whether an error may be gone at the next try: the store is busy (409, 429, 5xx), or there was no answer.
func passing(err error) bool {
	answer := minio.ToErrorResponse(cause(err))
	switch code := answer.StatusCode; {
	case errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist):
		return false
	case code == http.StatusConflict, code == http.StatusRequestTimeout, code == http.StatusTooManyRequests, code >= 500:
		return true
	}
	return !answered(err)
}

// refused reports whether the store did not do what it answers to.
func refused(err error) bool {
	code := minio.ToErrorResponse(cause(err)).StatusCode
	return answered(err) && (code == http.StatusConflict || code == http.StatusTooManyRequests)
}

// answered reports whether an error came from the server, and not from the way to it.
func answered(err error) bool {
	_, ok := cause(err).(minio.ErrorResponse)
	return ok
}

func cause(err error) error {
	var op *fs.PathError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// Publish uploads a staged file, in parts when it is large, which nobody sees before the last of them is there, and removes it.
func (s *store) Publish(staged, name string) error {
	in, err := os.Open(staged)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if _, err := s.client.PutObject(context.Background(), s.bucket, s.key(name), in, info.Size(), minio.PutObjectOptions{
		PartSize: partBytes, NumThreads: parts, ContentType: "application/vnd.apache.parquet",
	}); err != nil {
		return fmt.Errorf("upload: %w", translate(err, s.bucket, s.key(name)))
	}
	return os.Remove(staged)
}

func (s *store) Walk(visit func(lake.Object) error) error {
	return s.list(context.Background(), s.bucket, s.below(""), true, func(info *minio.ObjectInfo) error { return visit(object(s.name(info.Key), info)) })
}

func (s *store) Remove(name string) error {
	err := s.client.RemoveObject(context.Background(), s.bucket, s.key(name), minio.RemoveObjectOptions{})
	if err = translate(err, s.bucket, s.key(name)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Sync does nothing: what the store answered to is durable.
func (s *store) Sync() error { return nil }
