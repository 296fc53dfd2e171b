package iceberg

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/catalog"
	"github.com/apache/iceberg-go/table"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/etl/lake/s3"
	"github.com/pcaplake/pcaplake/internal/s3test"
	"github.com/pcaplake/pcaplake/schema"
)

// ingest puts captures of testdata into a lake.
func ingest(ctx context.Context, t *testing.T, root string, captures ...string) {
	t.Helper()
	o := etl.Options{Lake: root, Payload: -1}
	for _, c := range captures {
		o.Sources = append(o.Sources, filepath.Join("../../testdata", c))
	}
	if s, err := etl.Ingest(ctx, o); err != nil || s.Committed == 0 {
		t.Fatalf("%d captures committed: %v", s.Committed, err)
	}
}

// liveRows are the rows of the live files of a lake, by table.
func liveRows(ctx context.Context, t *testing.T, root string) map[string]int64 {
	t.Helper()
	l, err := lake.Open(ctx, root)
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int64{}
	for _, f := range s.AllFiles() {
		rows[f.Table] += f.Rows
	}
	return rows
}

// scan reads a table through the catalog and returns its rows, of the snapshot or, when that is 0, of the current one.
func scan(t *testing.T, c catalog.Catalog, name string, snapshot int64) int64 {
	t.Helper()
	at, err := c.LoadTable(t.Context(), catalog.ToIdentifier(Namespace, name))
	if err != nil {
		t.Fatal(err)
	}
	if at.CurrentSnapshot() == nil {
		return 0
	}
	var options []table.ScanOption
	if snapshot != 0 {
		options = append(options, table.WithSnapshotID(snapshot))
	}
	got, err := at.Scan(options...).ToArrowTable(t.Context())
	if err != nil {
		t.Fatalf("scan %s: %v", name, err)
	}
	defer got.Release()
	return got.NumRows()
}

// onS3 runs a server with a bucket, and returns a context in which lakes can lie there, and what the catalog must know of it.
func onS3(t *testing.T) (context.Context, map[string]string) {
	t.Helper()
	endpoint := s3test.Fake(t, nil, "traffic")
	remote, err := s3.New(s3.Options{Endpoint: endpoint, Region: "us-east-1", PathStyle: true, Credentials: s3test.Credentials()})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", s3test.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3test.SecretKey)
	ctx := lake.WithLocal(lake.WithRemote(t.Context(), s3.Scheme, remote), lake.Local{Dir: t.TempDir(), Bytes: 1 << 30})
	return ctx, map[string]string{"s3.endpoint": endpoint, "s3.region": "us-east-1"}
}

// TestPublish follows a lake that grows and is compacted: after each Publish every table has the rows of the live files, and the snapshots of before have theirs.
func TestPublish(t *testing.T) {
	for _, kind := range []string{"hadoop", "sql", "s3"} {
		t.Run(kind, func(t *testing.T) {
			ctx, root, warehouse, address := t.Context(), filepath.Join(t.TempDir(), "lake"), filepath.Join(t.TempDir(), "warehouse"), ""
			if kind != "hadoop" {
				address, warehouse = "sqlite:"+filepath.Join(t.TempDir(), "catalog.db"), "file://"+warehouse
			}
			var properties map[string]string
			if kind == "s3" {
				ctx, properties = onS3(t)
				root, warehouse = "s3://traffic/lake", "s3://traffic/warehouse"
			}
			c, err := OpenCatalog(ctx, address, warehouse, properties)
			if err != nil {
				t.Fatal(err)
			}
			publish := func() map[string]Published {
				t.Helper()
				all, err := Publish(ctx, Options{Lake: root, Catalog: c, Namespace: Namespace})
				if err != nil {
					t.Fatal(err)
				}
				byTable := map[string]Published{}
				for _, p := range all {
					byTable[p.Table] = p
				}
				for _, s := range schema.Tables() {
					if got, want := scan(t, c, s.Name, 0), liveRows(ctx, t, root)[s.Name]; got != want {
						t.Errorf("%s has %d rows, the lake %d", s.Name, got, want)
					}
				}
				return byTable
			}
			ingest(ctx, t, root, "web.pcap", "dns.pcap")
			first, before := publish(), liveRows(ctx, t, root)["packets"]
			if p := first["packets"]; p.Added == 0 || p.Removed != 0 || p.Files != p.Added {
				t.Errorf("first: %+v", p)
			}
			if again := publish(); again["packets"].Added+again["packets"].Removed != 0 || again["packets"].Snapshot != first["packets"].Snapshot {
				t.Errorf("nothing new: %+v after %+v", again["packets"], first["packets"])
			}
			ingest(ctx, t, root, "theft.pcap", "scan.pcap")
			if p := publish()["packets"]; p.Added == 0 || p.Removed != 0 {
				t.Errorf("after another ingest: %+v", p)
			}
			if _, err := etl.Compact(ctx, etl.CompactOptions{Lake: root, Now: time.Now().Add(48 * time.Hour)}); err != nil {
				t.Fatal(err)
			}
			if p := publish()["packets"]; p.Added == 0 || p.Removed == 0 {
				t.Errorf("after compaction: %+v", p)
			}
			if got := scan(t, c, "packets", first["packets"].Snapshot); got != before {
				t.Errorf("the first snapshot has %d rows now, %d then", got, before)
			}
		})
	}
}

// TestGrown: a table that an older program made gets the columns that it lacks.
func TestGrown(t *testing.T) {
	c, err := OpenCatalog(t.Context(), "", t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	old := schema.ARPs.Table
	old.Columns = old.Columns[:len(old.Columns)-2]
	if err := c.CreateNamespace(t.Context(), catalog.ToIdentifier(Namespace), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := opened(t.Context(), c, catalog.ToIdentifier(Namespace, old.Name), old); err != nil {
		t.Fatal(err)
	}
	at, err := opened(t.Context(), c, catalog.ToIdentifier(Namespace, old.Name), schema.ARPs.Table)
	if err != nil {
		t.Fatal(err)
	}
	for _, column := range schema.ARPs.Columns {
		if f, ok := at.Schema().FindFieldByName(column.Name); !ok || !f.Type.Equals(types[column.Type]) {
			t.Errorf("column %s: %v", column.Name, f)
		}
	}
	if got, want := len(at.NameMapping()), len(schema.ARPs.Columns); at.NameMapping() != nil && got != want {
		t.Errorf("%d columns have names to read files by, of %d", got, want)
	}
}

// TestTwoCommitters: of two on one state of a table one wins.
func TestTwoCommitters(t *testing.T) {
	root := filepath.Join(t.TempDir(), "lake")
	ingest(t.Context(), t, root, "web.pcap")
	c, err := OpenCatalog(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "catalog.db"), "file://"+t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	behind := &racing{Catalog: c, race: func(ctx context.Context) {
		if _, err := Publish(ctx, Options{Lake: root, Catalog: c, Namespace: Namespace}); err != nil {
			t.Error(err)
		}
	}}
	_, err = Publish(t.Context(), Options{Lake: root, Catalog: behind, Namespace: Namespace})
	if err == nil {
		t.Error("both committed the files")
	}
	if got, want := scan(t, c, "packets", 0), liveRows(t.Context(), t, root)["packets"]; got != want {
		t.Errorf("packets has %d rows, the lake %d: %v", got, want, err)
	}
	if _, err = OpenCatalog(t.Context(), "mysql:x", t.TempDir(), nil); err == nil || errors.Is(err, table.ErrCommitFailed) {
		t.Errorf("a catalog that nobody knows: %v", err)
	}
}

// racing is a catalog on which somebody else commits between the loading of the first table and what follows.
type racing struct {
	catalog.Catalog
	race func(ctx context.Context)
}

func (r *racing) CreateTable(ctx context.Context, name table.Identifier, s *iceberg.Schema, opts ...catalog.CreateTableOpt) (*table.Table, error) {
	at, err := r.Catalog.CreateTable(ctx, name, s, opts...)
	if race := r.race; race != nil {
		r.race = nil
		race(ctx)
	}
	return at, err
}
