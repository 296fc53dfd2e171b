package s3

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/internal/s3test"
	"github.com/pcaplake/pcaplake/internal/storetest"
)

// A server speaks S3 and has one bucket.
type server struct {
	remote lake.Remote
	bucket string
}

func serverAt(t *testing.T, endpoint string) server {
	t.Helper()
	r, err := New(Options{Endpoint: endpoint, Region: "us-east-1", PathStyle: true, Credentials: s3test.Credentials()})
	if err != nil {
		t.Fatal(err)
	}
	s := server{r, "captures"}
	if err := r.(*remote).client.MakeBucket(t.Context(), s.bucket, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	return s
}

// lakes gives every test a prefix of its own.
var lakes atomic.Int64

func (s server) store(t *testing.T) lake.Store {
	t.Helper()
	store, err := s.remote.Store(fmt.Sprintf("s3://%s/some/lake-%d/", s.bucket, lakes.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestStore(t *testing.T) {
	for name, start := range map[string]func(t *testing.T) string{
		"gofakes3": func(t *testing.T) string { return s3test.Fake(t, nil) }, "versitygw": s3test.Gateway,
	} {
		t.Run(name, func(t *testing.T) {
			s := serverAt(t, start(t))
			storetest.Run(t, func(t *testing.T) (lake.Store, string) { return s.store(t), t.TempDir() })
			t.Run("large", func(t *testing.T) { holdLarge(t, s.store(t)) })
			t.Run("pages", func(t *testing.T) { holdPages(t, s.store(t)) })
			t.Run("sources", func(t *testing.T) { holdSources(t, s) })
		})
	}
}

// holdLarge publishes a file of several parts and reads it forwards, and here and there.
func holdLarge(t *testing.T, s lake.Store) {
	t.Helper()
	data := make([]byte, partBytes+partBytes/2)
	for i := range data {
		data[i] = byte(i>>16 ^ i>>8 ^ i*7)
	}
	staged := filepath.Join(t.TempDir(), "staged")
	if err := os.WriteFile(staged, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(staged, "packets/large.parquet"); err != nil {
		t.Fatal(err)
	}
	in, err := s.Open("packets/large.parquet")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if got, err := io.ReadAll(in); err != nil || !bytes.Equal(got, data) {
		t.Errorf("read %d bytes of %d, %v", len(got), len(data), err)
	}
	for _, at := range []int64{0, 5, firstBlock - 3, 40 << 20, 3, int64(len(data)) - 8} {
		got := make([]byte, 8)
		if n, err := in.ReadAt(got, at); n != 8 || err != nil || !bytes.Equal(got, data[at:at+8]) {
			t.Errorf("at %d: %d bytes %x, %v", at, n, got, err)
		}
	}
	if n, err := in.ReadAt(make([]byte, 8), int64(len(data))-4); n != 4 || err != io.EOF {
		t.Errorf("across the end: %d, %v", n, err)
	}
}

// holdPages lists a folder in pages of three names, in pieces and in one: nothing is missing and nothing is there twice, wherever it is cut.
func holdPages(t *testing.T, s lake.Store) {
	t.Helper()
	defer func(n int) { pageKeys = n }(pageKeys)
	pageKeys = 3
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprintf("m/c-%02x", i*5))
	}
	want = append(want, "m/k-1", "m/p-1")
	for _, name := range append([]string{"m/.hidden", "m/c-3/below", "n/other"}, want...) {
		if err := s.PutIfAbsent(name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, cuts := range [][]string{nil, {"c-00"}, {"c-0a", "c-0b", "c-5", "c-5a", "c-g"}, {"a", "b"}, {"k-1", "z"}} {
		objects, err := s.List("m", cuts...)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range objects {
			got = append(got, o.Name)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("cut at %v: %d names of %d: %v", cuts, len(got), len(want), got)
		}
	}
}

// TestListAtOnce: the pieces of a folder are asked for at once. Each request behind the first page waits here until there is one for every piece.
func TestListAtOnce(t *testing.T) {
	defer func(n int) { pageKeys = n }(pageKeys)
	pageKeys = 3
	cuts := []string{"c-2", "c-4", "c-6", "c-8"}
	var lists atomic.Int64
	all := make(chan struct{})
	s := serverAt(t, s3test.Fake(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("list-type") == "2" {
				if n := lists.Add(1); n == int64(len(cuts))+2 {
					close(all)
				} else if n > 1 {
					select {
					case <-all:
					case <-time.After(20 * time.Second):
						t.Errorf("%d lists at once", n-1)
					}
				}
			}
			next.ServeHTTP(w, r)
		})
	})).store(t)
	for i := range 40 {
		if err := s.PutIfAbsent(fmt.Sprintf("m/c-%02d", i*2), []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if objects, err := s.List("m", cuts...); err != nil || len(objects) != 40 {
		t.Errorf("%d names, %v", len(objects), err)
	}
}

// holdSources finds objects by URL: one, those below a folder, none.
func holdSources(t *testing.T, s server) {
	t.Helper()
	store, err := s.remote.Store("s3://" + s.bucket)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"in/a.pcap", "in/b/c.pcap", "in2.pcap", "empty"} {
		text := name
		if name == "empty" {
			text = ""
		}
		if err := store.PutIfAbsent(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for told, want := range map[string]string{
		"/in": "/in/a.pcap /in/b/c.pcap", "/in/": "/in/a.pcap /in/b/c.pcap", "/in/a.pcap": "/in/a.pcap", "/i": "", "/in2.pcap": "/in2.pcap",
	} {
		url := "s3://" + s.bucket
		var got []string
		err := s.remote.Each(t.Context(), url+told, func(o lake.Object) error {
			got = append(got, strings.TrimPrefix(o.Name, url))
			return nil
		})
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v, %v; want %s", told, got, err, want)
		}
	}
	in, o, err := s.remote.Open(t.Context(), "s3://"+s.bucket+"/empty")
	if err != nil || o.Bytes != 0 {
		t.Fatalf("an empty object: %+v, %v", o, err)
	}
	if got, err := io.ReadAll(in); err != nil || len(got) > 0 {
		t.Errorf("an empty object has %q, %v", got, err)
	}
	if _, _, err := s.remote.Open(t.Context(), "s3://"+s.bucket+"/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
	if err := s.remote.Each(t.Context(), "s3://other-bucket/", func(lake.Object) error { return nil }); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no bucket: %v", err)
	}
}

// TestChangedWhileRead overwrites an object between two of its blocks.
func TestChangedWhileRead(t *testing.T) {
	s := serverAt(t, s3test.Fake(t, nil)).store(t)
	put := func(fill byte) {
		staged := filepath.Join(t.TempDir(), "staged")
		if err := errors.Join(os.WriteFile(staged, bytes.Repeat([]byte{fill}, 3*firstBlock), 0o600), s.Publish(staged, "x")); err != nil {
			t.Fatal(err)
		}
	}
	put(1)
	in, err := s.Open("x")
	if err != nil {
		t.Fatal(err)
	}
	put(2)
	if _, err := io.ReadAll(in); !errors.Is(err, errChanged) {
		t.Errorf("read across a change: %v", err)
	}
}

// TestRetries has the server fail in every way that passes, before and after it did what it was asked.
func TestRetries(t *testing.T) {
	for _, status := range []int{409, 429, 500, 503, 0} {
		for _, done := range []bool{false, true} {
			if done && (status == 409 || status == 429) {
				continue // the server says that it did nothing
			}
			t.Run(fmt.Sprintf("%d done=%t", status, done), func(t *testing.T) { holdRetries(t, status, done) })
		}
	}
}

// holdRetries fails each first PUT; status 0 is a broken connection.
func holdRetries(t *testing.T, status int, done bool) {
	t.Helper()
	var mu sync.Mutex
	failed := map[string]bool{}
	s := serverAt(t, s3test.Fake(t, func(handler http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			first := r.Method == http.MethodPut && !failed[r.URL.Path] && strings.Count(r.URL.Path, "/") > 2
			failed[r.URL.Path] = true
			mu.Unlock()
			if !first {
				handler.ServeHTTP(w, r)
				return
			}
			if done {
				handler.ServeHTTP(httptest.NewRecorder(), r)
			}
			if status == 0 {
				c, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				_ = c.Close()
				return
			}
			w.WriteHeader(status)
		})
	})).store(t)
	if err := s.PutIfAbsent("m/a.json", []byte("ours")); err != nil {
		t.Errorf("put: %v", err)
	}
	if err := s.PutIfAbsent("m/a.json", []byte("theirs")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("put again: %v", err)
	}
	if text, err := s.Read("m/a.json"); err != nil || string(text) != "ours" {
		t.Errorf("it is %q, %v", text, err)
	}
}

// TestPlainPut holds that a store which ignores If-None-Match holds no lake.
func TestPlainPut(t *testing.T) {
	s := serverAt(t, s3test.Fake(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("If-None-Match")
			next.ServeHTTP(w, r)
		})
	}))
	ctx := lake.WithRemote(lake.WithLocal(t.Context(), lake.Local{Dir: t.TempDir()}), Scheme, s.remote)
	if _, err := lake.Create(ctx, "s3://captures/lake"); !errors.Is(err, lake.ErrStore) {
		t.Errorf("create: %v", err)
	}
}

func TestParse(t *testing.T) {
	for told, want := range map[string]string{
		"s3://b": "b|", "s3://b/": "b|", "s3://b/p": "b|p", "s3://b/p/q/": "b|p/q", "s3://b//p": "b|p", "s3://b/../x": "b|x",
		"s3://": "", "s3:///x": "", "s3://b:80/x": "", "b/p": "", "s3://user@b/x": "",
	} {
		bucket, key, err := parse(told)
		if got := bucket + "|" + key; err == nil && got != want || err != nil && want != "" {
			t.Errorf("%s: %s, %v; want %s", told, got, err, want)
		}
	}
}
