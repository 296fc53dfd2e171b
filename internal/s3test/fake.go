// Package s3test runs servers that speak S3 for tests: a fake in this process, and a real one where it is installed.
package s3test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// The keys that servers know.
const (
	AccessKey = "test"
	SecretKey = "testtest"
)

// Credentials are those that servers know.
func Credentials() *credentials.Credentials { return credentials.NewStaticV4(AccessKey, SecretKey, "") }

// Fake runs a server in this process until the test ends and returns its URL. Requests pass through between, if that is not nil.
func Fake(t *testing.T, between func(http.Handler) http.Handler, buckets ...string) string {
	t.Helper()
	objects := s3mem.New()
	for _, name := range buckets {
		if err := objects.CreateBucket(name); err != nil {
			t.Fatal(err)
		}
	}
	handler := plain(gofakes3.New(objects).Server())
	if between != nil {
		handler = between(handler)
	}
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL
}

// plain makes up for what gofakes3 does not know: signed chunks in the parts of an upload, and that an empty body has a length.
func plain(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
			body, err := unchunk(r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Length", fmt.Sprint(len(body)))
			r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
		}
		if r.Method == http.MethodPut && r.ContentLength == 0 {
			r.Header.Set("Content-Length", "0")
		}
		next.ServeHTTP(w, r)
	})
}

// unchunk reads a body of the form aws-chunked (AWS Signature Version 4, "signature calculations for the authorization header: transferring payload in
// multiple chunks"); signatures are not looked at.
func unchunk(in io.Reader) ([]byte, error) {
	var out bytes.Buffer
	b := bufio.NewReader(in)
	for {
		line, err := b.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("read chunk: %w", err)
		}
		var n int64
		if _, err := fmt.Sscanf(line, "%x;", &n); err != nil {
			return nil, fmt.Errorf("read chunk %q: %w", line, err)
		}
		if n == 0 {
			return out.Bytes(), nil
		}
		if _, err := io.CopyN(&out, b, n); err != nil {
			return nil, fmt.Errorf("read chunk: %w", err)
		}
		if _, err := b.Discard(len("\r\n")); err != nil {
			return nil, fmt.Errorf("read chunk: %w", err)
		}
	}
}
