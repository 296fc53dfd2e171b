package iceberg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/catalog"
	"github.com/apache/iceberg-go/table"
	"github.com/google/go-cmp/cmp"

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

// state is what a lake has now.
func state(ctx context.Context, t *testing.T, root string) *lake.State {
	t.Helper()
	l, err := lake.Open(ctx, root)
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// liveRows are the rows of the live files of a lake, by table.
func liveRows(ctx context.Context, t *testing.T, root string) map[string]int64 {
	t.Helper()
	rows := map[string]int64{}
	for _, f := range state(ctx, t, root).AllFiles() {
		rows[f.Table] += f.Rows
	}
	return rows
}

// scan reads a table through the catalog and returns its rows, of the snapshot or, when that is 0, of the current one.
func scan(t *testing.T, c catalog.Catalog, namespace, name string, snapshot int64) int64 {
	t.Helper()
	at, err := c.LoadTable(t.Context(), catalog.ToIdentifier(namespace, name))
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

// server is the address of a server of Iceberg's REST protocol, whose warehouse lies in a folder of this machine.
const server = "PCAPLAKE_TEST_CATALOG"

// eachCatalog runs a test on every kind of catalog that lies in a folder, each empty and in a namespace of its own.
func eachCatalog(t *testing.T, test func(t *testing.T, c catalog.Catalog, namespace string)) {
	t.Helper()
	for _, kind := range []string{"hadoop", "sql", "rest"} {
		t.Run(kind, func(t *testing.T) {
			address, warehouse, namespace := "", t.TempDir(), Namespace
			switch kind {
			case "sql":
				address = "sqlite:" + filepath.Join(t.TempDir(), "catalog.db")
			case "rest":
				address, warehouse, namespace = os.Getenv(server), "", fmt.Sprintf("test%d", time.Now().UnixNano())
				if address == "" {
					t.Skipf("%s names no server; scripts/iceberg_rest.sh runs one", server)
				}
			}
			c, err := OpenCatalog(t.Context(), address, warehouse, nil)
			if err != nil {
				t.Fatal(err)
			}
			test(t, c, namespace)
		})
	}
}

func TestPublish(t *testing.T) {
	eachCatalog(t, func(t *testing.T, c catalog.Catalog, namespace string) {
		follow(t.Context(), t, filepath.Join(t.TempDir(), "lake"), c, namespace)
	})
}

func TestPublishOnS3(t *testing.T) {
	ctx, properties := onS3(t)
	c, err := OpenCatalog(ctx, "sqlite:"+filepath.Join(t.TempDir(), "catalog.db"), "s3://traffic/warehouse", properties)
	if err != nil {
		t.Fatal(err)
	}
	follow(ctx, t, "s3://traffic/lake", c, Namespace)
}

// follow follows a lake that grows and is compacted: after each Publish every table has the rows of the live files, and the snapshots of before have theirs.
func follow(ctx context.Context, t *testing.T, root string, c catalog.Catalog, namespace string) {
	t.Helper()
	publish := func() map[string]Published {
		t.Helper()
		all, err := Publish(ctx, Options{Lake: root, Catalog: c, Namespace: namespace})
		if err != nil {
			t.Fatal(err)
		}
		byTable := map[string]Published{}
		for _, p := range all {
			byTable[p.Table] = p
		}
		for _, s := range schema.Tables() {
			if got, want := scan(t, c, namespace, s.Name, 0), liveRows(ctx, t, root)[s.Name]; got != want {
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
	if got := scan(t, c, namespace, "packets", first["packets"].Snapshot); got != before {
		t.Errorf("the first snapshot has %d rows now, %d then", got, before)
	}
}

// TestGrown: a table that an older program made of its files gets the columns of today, with files that have them; in those of before they are missing.
func TestGrown(t *testing.T) {
	eachCatalog(t, func(t *testing.T, c catalog.Catalog, namespace string) {
		whole, name, root := schema.DNSs.Table, catalog.ToIdentifier(namespace, schema.DNSs.Name), filepath.Join(t.TempDir(), "lake")
		v1, err := filepath.Abs("../../testdata/lakes/v1")
		if err != nil {
			t.Fatal(err)
		}
		files := liveFiles(t.Context(), t, v1, whole.Name)
		old, has := whole, missingInFiles(t, files)
		old.Columns = slices.DeleteFunc(slices.Clone(whole.Columns), func(c schema.Column) bool { _, ok := has[c.Name]; return !ok })
		if len(old.Columns) == len(whole.Columns) {
			t.Fatal("the old files lack no columns")
		}
		if err := ensureNamespace(t.Context(), c, catalog.ToIdentifier(namespace)); err != nil {
			t.Fatal(err)
		}
		if _, err := publish(t.Context(), c, name, old, files, 1); err != nil {
			t.Fatal(err)
		}
		ingest(t.Context(), t, root, "dns.pcap")
		files = append(files, liveFiles(t.Context(), t, root, whole.Name)...)
		for range 2 {
			if _, err := publish(t.Context(), c, name, whole, files, 2); err != nil {
				t.Fatal(err)
			}
		}
		at, err := c.LoadTable(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if c.CatalogType() == catalog.SQL && !strings.HasPrefix(at.Location(), "file:///") {
			t.Errorf("the table lies in %s", at.Location())
		}
		for _, column := range whole.Columns {
			if f, ok := at.Schema().FindFieldByName(column.Name); !ok || !f.Type.Equals(types[column.Type]) {
				t.Errorf("column %s: %v", column.Name, f)
			}
		}
		got, want := missing(t, at), missingInFiles(t, files)
		if diff := cmp.Diff(want, got); diff != "" || len(got) != len(whole.Columns) {
			t.Errorf("values that are missing, of %d columns: %s", len(got), diff)
		}
	})
}

// liveFiles are where the live files of a table lie.
func liveFiles(ctx context.Context, t *testing.T, root, name string) []string {
	t.Helper()
	var files []string
	for _, f := range state(ctx, t, root).AllFiles() {
		if f.Table == name {
			files = append(files, location(f.Path))
		}
	}
	return files
}

// missing are the numbers of values that a table reads as NULL, by column.
func missing(t *testing.T, at *table.Table) map[string]int64 {
	t.Helper()
	rows, err := at.Scan().ToArrowTable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Release()
	n := map[string]int64{}
	for i := range int(rows.NumCols()) {
		n[rows.Column(i).Name()] = int64(rows.Column(i).NullN())
	}
	return n
}

// missingInFiles are those that the statistics of files tell, of all columns that one of them has.
func missingInFiles(t *testing.T, locations []string) map[string]int64 {
	t.Helper()
	rows, values := int64(0), map[string]int64{}
	for _, l := range locations {
		f, err := file.OpenParquetFile(strings.TrimPrefix(l, "file://"), false)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows += f.NumRows()
		for g := range f.NumRowGroups() {
			group := f.MetaData().RowGroup(g)
			for i := range f.MetaData().Schema.NumColumns() {
				chunk, err := group.ColumnChunk(i)
				if err != nil {
					t.Fatal(err)
				}
				s, err := chunk.Statistics()
				if err != nil || s == nil || !s.HasNullCount() {
					t.Fatalf("column %d has no statistics: %v", i, err)
				}
				values[f.MetaData().Schema.Column(i).Name()] += group.NumRows() - s.NullCount()
			}
		}
	}
	for name, n := range values {
		values[name] = rows - n
	}
	return values
}

// TestTwoCommitters: of two on one state of a table one wins, and the other is told so, whether the table was there or both were about to make it.
func TestTwoCommitters(t *testing.T) {
	for name, behind := range map[string]func(r *racing){
		"new table":   func(r *racing) { r.before = true },
		"first files": func(*racing) {},
	} {
		t.Run(name, func(t *testing.T) {
			eachCatalog(t, func(t *testing.T, c catalog.Catalog, namespace string) {
				root := filepath.Join(t.TempDir(), "lake")
				ingest(t.Context(), t, root, "web.pcap")
				r := &racing{Catalog: c, race: func(ctx context.Context) {
					if _, err := Publish(ctx, Options{Lake: root, Catalog: c, Namespace: namespace}); err != nil {
						t.Error(err)
					}
				}}
				behind(r)
				_, err := Publish(t.Context(), Options{Lake: root, Catalog: r, Namespace: namespace})
				if r.before && err != nil || !r.before && !errors.Is(err, table.ErrCommitFailed) {
					t.Errorf("the one that came late: %v", err)
				}
				if got, want := scan(t, c, namespace, "packets", 0), liveRows(t.Context(), t, root)["packets"]; got != want {
					t.Errorf("packets has %d rows, the lake %d: %v", got, want, err)
				}
			})
		})
	}
}

// racing is a catalog on which somebody else commits when the first table is about to be made, or between that and what follows.
type racing struct {
	catalog.Catalog
	before bool
	race   func(ctx context.Context)
}

func (r *racing) CreateTable(ctx context.Context, name table.Identifier, s *iceberg.Schema, opts ...catalog.CreateTableOpt) (*table.Table, error) {
	race := r.race
	r.race = nil
	if race != nil && r.before {
		race(ctx)
	}
	at, err := r.Catalog.CreateTable(ctx, name, s, opts...)
	if race != nil && !r.before {
		race(ctx)
	}
	return at, err
}
