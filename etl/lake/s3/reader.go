package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"sync"

	"github.com/minio/minio-go/v7"
)

const (
	// firstBlock is what a read brings that does not go on where the one before ended; each that does brings twice as much, up to lastBlock.
	firstBlock = 1 << 20
	lastBlock  = 16 << 20
)

// A reader is an open object. It holds one block of it, of at most lastBlock or the bytes asked for, and is for several goroutines.
type reader struct {
	*remote
	ctx         context.Context
	bucket, key string
	info        minio.ObjectInfo

	mu    sync.Mutex
	at    int64  // of Read
	from  int64  // of the block
	block []byte // what was read last
	size  int64  // of the next block
}

// open opens an object and brings so many bytes of it.
func (r *remote) open(ctx context.Context, bucket, key string, bytes int64) (*reader, error) {
	in := &reader{remote: r, ctx: ctx, bucket: bucket, key: key, size: firstBlock}
	if err := in.first(bytes); err != nil {
		return nil, err
	}
	return in, nil
}

// first brings the first block, and with it what the object is: a request less than asking before. An empty object has no range.
func (r *reader) first(bytes int64) error {
	block, info, err := r.get(0, bytes, "")
	if answer := minio.ToErrorResponse(cause(err)); err != nil && answer.Code == minio.InvalidRange {
		info, err = r.client.StatObject(r.ctx, r.bucket, r.key, minio.StatObjectOptions{})
		if err = translate(err, r.bucket, r.key); err == nil && info.Size > 0 {
			err = fmt.Errorf("read %s: %w", r.key, errChanged)
		}
	}
	r.block, r.info = block, info
	return err
}

var errChanged = errors.New("it was overwritten while it was read")

// get reads a range; of an object with an ETag, unless that is "".
func (r *reader) get(from, bytes int64, etag string) ([]byte, minio.ObjectInfo, error) {
	var o minio.GetObjectOptions
	if err := o.SetRange(from, from+bytes-1); err != nil {
		return nil, minio.ObjectInfo{}, err
	}
	if etag != "" {
		if err := o.SetMatchETag(etag); err != nil {
			return nil, minio.ObjectInfo{}, err
		}
	}
	var err error
	for range tries { // the client tries again by itself until there is an answer, not when its body breaks off
		var body io.ReadCloser
		var info minio.ObjectInfo
		var header http.Header
		body, info, header, err = minio.Core{Client: r.client}.GetObject(r.ctx, r.bucket, r.key, o)
		if err != nil {
			break
		}
		total := info.Size
		if range_ := header.Get("Content-Range"); range_ != "" {
			if _, err := fmt.Sscanf(range_, "bytes %d-%d/%d", new(int64), new(int64), &total); err != nil {
				return nil, info, errors.Join(fmt.Errorf("read %s: the answer's range is %q", r.key, range_), body.Close())
			}
		}
		block := make([]byte, max(0, min(bytes, total-from)))
		_, err = io.ReadFull(body, block)
		_ = body.Close() // all that was wanted is here
		if info.Size = total; err == nil || r.ctx.Err() != nil {
			return block, info, err
		}
	}
	err = translate(err, r.bucket, r.key)
	if errors.Is(err, fs.ErrExist) { // 412: another ETag
		err = fmt.Errorf("read %s: %w", r.key, errChanged)
	}
	return nil, minio.ObjectInfo{}, err
}

// ReadAt is that of io.ReaderAt.
func (r *reader) ReadAt(b []byte, at int64) (n int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.readAt(b, at)
}

func (r *reader) readAt(b []byte, at int64) (n int, err error) {
	if at < 0 {
		return 0, fs.ErrInvalid
	}
	for n < len(b) {
		if at >= r.info.Size {
			return n, io.EOF
		}
		if at < r.from || at >= r.from+int64(len(r.block)) {
			if err := r.fill(at, int64(len(b)-n)); err != nil {
				return n, err
			}
		}
		k := copy(b[n:], r.block[at-r.from:])
		n, at = n+k, at+int64(k)
	}
	return n, nil
}

// fill brings the block that begins at a place.
func (r *reader) fill(at, wanted int64) error {
	if at == r.from+int64(len(r.block)) {
		r.size = min(2*r.size, lastBlock)
	} else {
		r.size = firstBlock
	}
	bytes := min(max(r.size, wanted), r.info.Size-at)
	block, info, err := r.get(at, bytes, r.info.ETag)
	if err != nil {
		return err
	}
	if info.ETag != r.info.ETag || int64(len(block)) < bytes { // not every server knows If-Match
		return fmt.Errorf("read %s: %w", r.key, errChanged)
	}
	r.from, r.block = at, block
	return nil
}

// Read is that of io.Reader.
func (r *reader) Read(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(b) == 0 {
		return 0, nil
	}
	left := max(0, r.info.Size-r.at)
	n, err := r.readAt(b[:min(int64(len(b)), max(1, left))], r.at)
	r.at += int64(n)
	return n, err
}

// Seek is that of io.Seeker.
func (r *reader) Seek(offset int64, whence int) (int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.info.Size
	}
	if offset < 0 {
		return 0, fs.ErrInvalid
	}
	r.at = offset
	return offset, nil
}

// Close lets go of the block.
func (r *reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.block = nil
	return nil
}
