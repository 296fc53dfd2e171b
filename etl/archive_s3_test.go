package etl

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/etl/lake/s3"
	"github.com/pcaplake/pcaplake/internal/s3test"
)

// onFake returns a context under which a server in this process has the bucket archive with these objects.
func onFake(t *testing.T, objects map[string][]byte) context.Context {
	t.Helper()
	remote, err := s3.New(s3.Options{Endpoint: s3test.Fake(t, nil, "archive"), Region: "us-east-1", PathStyle: true, Credentials: s3test.Credentials()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := remote.Store("s3://archive")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range objects {
		if err := store.PutIfAbsent(name, data); err != nil {
			t.Fatal(err)
		}
	}
	return lake.WithRemote(t.Context(), s3.Scheme, remote)
}

// TestArchivesOnS3: an archive that is an object gives the sources, ids and rows that it gives as a file, by itself and as a shard; and its captures are found again.
func TestArchivesOnS3(t *testing.T) {
	members := night(t)
	objects := map[string][]byte{
		"night/n.tar": tarOf(t, members...), "night/n.tar.gz": gzipped(t, tarOf(t, members...)), "night/n.zip": zipOf(t, members...), "night/cut": tarOf(t, members...)[:9000],
	}
	ctx := onFake(t, objects)
	for name, content := range objects {
		t.Run(name, func(t *testing.T) {
			t.Chdir(files(t, map[string][]byte{name: content}))
			url, ingested := "s3://archive/"+name, map[string]Summary{}
			for root, source := range map[string]string{"folder": name, "s3": url, "shard": url, "again": url} {
				o := Options{Lake: root, Sources: []string{source}}
				if root == "shard" {
					o = Options{Lake: root, Plan: planOf(ctx, t, o)}
				}
				s, err := Ingest(ctx, o)
				if err != nil && root != "shard" { // a shard is not done while an archive of it breaks off
					t.Fatal(err)
				}
				if ingested[root] = s; root == "again" {
					if s, err := Ingest(ctx, o); err != nil || s.Committed != 0 || s.Known != ingested[root].Committed {
						t.Errorf("again: %+v, %v", s, err)
					}
				}
			}
			for _, root := range []string{"s3", "shard", "again"} {
				if diff := cmp.Diff(tablesOf(t, "folder"), tablesOf(t, root)); diff != "" {
					t.Errorf("files: -folder +%s\n%s", root, diff)
				}
				if s := ingested[root]; s.Committed != ingested["folder"].Committed || s.Failed != ingested["folder"].Failed || s.Skipped != ingested["folder"].Skipped {
					t.Errorf("%s: %+v; folder: %+v", root, s, ingested["folder"])
				}
				holdFound(ctx, t, root, "folder", url)
			}
		})
	}
}

// planOf is the plan of one shard of what the options name.
func planOf(ctx context.Context, t *testing.T, o Options) *Plan {
	t.Helper()
	sum, err := MakePlan(ctx, PlanOptions{Options: o})
	if err != nil || sum.Shards != 1 {
		t.Fatalf("%+v, %v", sum, err)
	}
	p, err := OpenPlan(ctx, o.Lake, sum.Plan)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// tablesOf are the files of a lake's tables.
func tablesOf(t *testing.T, root string) map[string]string {
	t.Helper()
	all := promised(t, root)
	maps.DeleteFunc(all, func(name, _ string) bool { return strings.HasPrefix(name, "_") })
	return all
}

// holdFound holds that the captures of one lake are in an archive behind a URL, and that they are those of another lake.
func holdFound(ctx context.Context, t *testing.T, root, other, url string) {
	t.Helper()
	bytesOf := func(root string) (names []string) {
		l, err := lake.Open(ctx, root)
		if err != nil {
			t.Fatal(err)
		}
		x := newOriginals(l, nil)
		for _, m := range state(t, root).Manifests() {
			o, err := x.open(ctx, m)
			if err != nil {
				t.Fatalf("%s: %v", m.Source, err)
			}
			var data bytes.Buffer
			if _, err := io.Copy(&data, o); err != nil {
				t.Fatalf("%s: %v", m.Source, err)
			}
			o.done()
			archive, member, _ := strings.Cut(m.Source, memberMark)
			if root != other && archive != url {
				t.Errorf("capture of %s, not of %s", archive, url)
			}
			names = append(names, fmt.Sprint(filepath.ToSlash(member), " ", m.CaptureID, " ", hashOf(data.Bytes())))
		}
		slices.Sort(names)
		return names
	}
	if diff := cmp.Diff(bytesOf(other), bytesOf(root)); diff != "" {
		t.Errorf("captures: -folder +%s\n%s", root, diff)
	}
}
