package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/etl/lake/s3"
	"github.com/pcaplake/pcaplake/internal/s3test"
)

// onS3 runs the program against a server in this process and returns what it prints, and its exit status.
type onS3 struct{ t *testing.T }

func newOnS3(t *testing.T) onS3 {
	t.Helper()
	endpoint := s3test.Fake(t, nil, "lakes", "archive")
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": s3test.AccessKey, "AWS_SECRET_ACCESS_KEY": s3test.SecretKey,
		"PCAPLAKE_CACHE": t.TempDir(), "PCAPLAKE_LAKE": "s3://lakes/night",
	} {
		t.Setenv(name, value)
	}
	remote, err := s3.New(s3.FromEnv())
	if err != nil {
		t.Fatal(err)
	}
	archive, err := remote.Store("s3://archive/2026")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"theft.pcap", "scan.pcap", "web.pcap"} {
		data, err := os.ReadFile(filepath.Join("../../testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := archive.PutIfAbsent(name, data); err != nil {
			t.Fatal(err)
		}
	}
	return onS3{t}
}

func (p onS3) run(status int, args ...string) string {
	p.t.Helper()
	var out, log bytes.Buffer
	if got := run(p.t.Context(), append([]string{"pcaplake"}, args...), strings.NewReader(""), &out, &log); got != status {
		p.t.Errorf("%s: exit status %d, want %d\n%s%s", args, got, status, out.String(), log.String())
	}
	return out.String()
}

// TestS3 holds that every command works on a lake on S3 and says what it says of the same lake in a folder.
func TestS3(t *testing.T) {
	p := newOnS3(t)
	p.run(66, "query", "captures")
	if out := p.run(0, "ingest", "s3://archive/2026/"); !strings.Contains(out, `"committed":3`) {
		t.Errorf("ingest: %s", out)
	}
	if out := p.run(0, "ingest", "s3://archive/2026/*.pcap"); !strings.Contains(out, `"known":3`) {
		t.Errorf("ingest again: %s", out)
	}
	folder := filepath.Join(t.TempDir(), "lake")
	p.run(0, "--lake", folder, "ingest", "s3://archive/2026/") // captures on S3, the lake in a folder
	for _, args := range [][]string{
		{"captures"},
		{"query", "most-frequent-address"},
		{"query", "conversations"},
		{"query", "SELECT count(*) FROM packets"},
		{"classify"},
		{"verify"},
	} {
		if got, want := p.run(0, args...), p.run(0, append([]string{"--lake", folder}, args...)...); got != want {
			t.Errorf("%s: from S3\n%s\nfrom a folder\n%s", args, got, want)
		}
	}
	if out := p.run(0, "files", "packets"); strings.Count(out, "s3://lakes/night/packets/") != 3 {
		t.Errorf("files: %s", out)
	}
	dir := t.TempDir()
	p.run(0, "report", "-o", filepath.Join(dir, "page.html"))
	p.run(0, "extract", "--where", "true", "-w", filepath.Join(dir, "s3.pcapng"))
	p.run(0, "--lake", folder, "extract", "--where", "true", "-w", filepath.Join(dir, "folder.pcapng"))
	holdSameFile(t, filepath.Join(dir, "s3.pcapng"), filepath.Join(dir, "folder.pcapng"))
	p.run(0, "compact")
	p.run(0, "expire")
	if out := p.run(0, "run", "--source", "s3://archive/2026/", "--settle", "0s", "--report-dir", dir); !strings.Contains(out, `"status":"nothing-new"`) {
		t.Errorf("run: %s", out)
	}
	if out := p.run(0, "plan", "s3://archive/2026/"); !strings.Contains(out, `"known":3`) {
		t.Errorf("plan: %s", out)
	}
}

func holdSameFile(t *testing.T, a, b string) {
	t.Helper()
	one, err := os.ReadFile(a)
	if err != nil {
		t.Fatal(err)
	}
	if other, err := os.ReadFile(b); err != nil || !bytes.Equal(one, other) {
		t.Errorf("%s and %s differ, %v", a, b, err)
	}
}

// TestS3Away holds that a server which is not there is told from a lake that is not.
func TestS3Away(t *testing.T) {
	p := newOnS3(t)
	t.Setenv("AWS_ENDPOINT_URL", fmt.Sprintf("http://127.0.0.1:%d", s3test.FreePort(t)))
	p.run(exitIO, "query", "SELECT 1")
}

// TestS3Pruning holds that a query fetches the files that it needs, once, and no others; and that a damaged object is not believed.
func TestS3Pruning(t *testing.T) {
	p := newOnS3(t)
	p.run(0, "ingest", "s3://archive/2026/")
	p.run(0, "query", "SELECT count(*) FROM packets", "--to", "2026-01-15T09:05:00Z")
	if n := copies(t); n != 1 {
		t.Errorf("%d files were fetched, of the one capture before that time", n)
	}
	p.run(0, "query", "SELECT count(*) FROM packets")
	if n := copies(t); n != 3 {
		t.Errorf("%d files were fetched, of three captures", n)
	}
	remote, err := s3.New(s3.FromEnv())
	if err != nil {
		t.Fatal(err)
	}
	store, err := remote.Store("s3://lakes/night")
	if err != nil {
		t.Fatal(err)
	}
	err = store.Walk(func(o lake.Object) error {
		if !strings.HasPrefix(o.Name, "flows/") {
			return nil
		}
		staged := filepath.Join(t.TempDir(), "staged")
		if err := os.WriteFile(staged, bytes.Repeat([]byte{1}, int(o.Bytes)), 0o600); err != nil {
			return err
		}
		return store.Publish(staged, o.Name)
	})
	if err != nil {
		t.Fatal(err)
	}
	p.run(exitFailed, "query", "SELECT count(*) FROM flows")
	p.run(exitFailed, "verify")
	if n := copies(t); n != 3 {
		t.Errorf("%d copies: damaged ones were kept", n)
	}
}

// copies counts the files in the cache.
func copies(t *testing.T) (n int) {
	t.Helper()
	err := filepath.WalkDir(os.Getenv("PCAPLAKE_CACHE"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".parquet" {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
