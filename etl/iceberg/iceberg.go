// Package iceberg makes the live files of a lake tables of Apache Iceberg, where they lie: engines that read its catalogs see what the lake's own readers see.
package iceberg

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/catalog"
	"github.com/apache/iceberg-go/table"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// Namespace is that of the tables unless another is named.
const Namespace = "pcaplake"

// Snapshot properties and table properties of ours.
const (
	seqProperty = "pcaplake.seq" // of a snapshot: the last manifest of the lake that it knows
	gcProperty  = "gc.enabled"   // of a table, "false": engines that expire snapshots or drop tables leave the files to the lake
)

// Options say what is published where.
type Options struct {
	Lake      string // as every command takes it
	Catalog   catalog.Catalog
	Namespace string // of the tables; made when it is missing
}

// Published is what became of one table.
type Published struct {
	Table    string `json:"table"`
	Files    int    `json:"files"` // that it has now
	Added    int    `json:"added"`
	Removed  int    `json:"removed"`
	Snapshot int64  `json:"snapshot"` // its id; 0: the table never had a file
}

// Publish sets the table of every table of the lake to the files that are live, in one snapshot, which says by pcaplake.seq of which state of the lake it is. What is right
// already is left, so it may be done again. Files are neither copied nor opened for writing, and stay the lake's: a snapshot is readable as long as the lake keeps
// its files, those of the past for the grace of compact and expire. Of several at once on one table one wins; the others end with table.ErrCommitFailed. Other errors are those
// of lake.Open and of the catalog.
func Publish(ctx context.Context, o Options) ([]Published, error) {
	root, err := absolute(o.Lake)
	if err != nil {
		return nil, err
	}
	l, err := lake.Open(ctx, root)
	if err != nil {
		return nil, err
	}
	state, err := l.Load(ctx)
	if err != nil {
		return nil, err
	}
	namespace := catalog.ToIdentifier(o.Namespace)
	if err := ensureNamespace(ctx, o.Catalog, namespace); err != nil {
		return nil, fmt.Errorf("make namespace %s: %w", o.Namespace, err)
	}
	live := map[string][]string{}
	for _, f := range state.AllFiles() {
		live[f.Table] = append(live[f.Table], location(f.Path))
	}
	var all []Published
	for _, t := range schema.Tables() {
		p, err := publish(ctx, o.Catalog, append(slices.Clone(namespace), t.Name), t, live[t.Name], state.Seq())
		if err != nil {
			return all, fmt.Errorf("publish table %s: %w", t.Name, err)
		}
		all = append(all, p)
	}
	return all, nil
}

// absolute is the address of a lake or a warehouse for whoever works in another folder.
func absolute(root string) (string, error) {
	if lake.IsURL(root) {
		return root, nil
	}
	return filepath.Abs(root)
}

// ensureNamespace makes the namespace when it is missing. It is looked for first, since a server may let one write tables that lets one make no namespaces, and again
// after a failure, since another may have made it meanwhile, which not every server tells as such.
func ensureNamespace(ctx context.Context, c catalog.Catalog, name table.Identifier) error {
	if there, err := c.CheckNamespaceExists(ctx, name); err == nil && there {
		return nil
	}
	err := c.CreateNamespace(ctx, name, nil)
	if err == nil || errors.Is(err, catalog.ErrNamespaceAlreadyExists) {
		return nil
	}
	if there, lookErr := c.CheckNamespaceExists(ctx, name); lookErr == nil && there {
		return nil
	}
	return err
}

// location is a path as Iceberg has it: with the scheme of its store.
func location(path string) string {
	if lake.IsURL(path) {
		return path
	}
	return "file://" + path
}

// publish sets one table to its live files.
func publish(ctx context.Context, c catalog.Catalog, name table.Identifier, t schema.Table, live []string, seq int64) (Published, error) {
	at, err := opened(ctx, c, name, t)
	if err != nil {
		return Published{}, err
	}
	has, err := files(ctx, at)
	if err != nil {
		return Published{}, err
	}
	before, added := at, []string(nil)
	for _, path := range live {
		if !has[path] {
			added = append(added, path)
		}
		delete(has, path)
	}
	removed := slices.Sorted(maps.Keys(has))
	if len(added)+len(removed) > 0 {
		tx := at.NewTransaction()
		if err := tx.ReplaceDataFiles(ctx, removed, added, iceberg.Properties{seqProperty: strconv.FormatInt(seq, 10)}); err != nil {
			return Published{}, fmt.Errorf("list files: %w", err)
		}
		if at, err = tx.Commit(ctx); err != nil {
			return Published{}, lost(ctx, c, before, err)
		}
	}
	p := Published{Table: t.Name, Files: len(live), Added: len(added), Removed: len(removed)}
	if s := at.CurrentSnapshot(); s != nil {
		p.Snapshot = s.SnapshotID
	}
	return p, nil
}

// lost is the error of a commit as table.ErrCommitFailed when another program has changed the table meanwhile: catalogs of Hadoop and SQL do not tell that from other errors.
func lost(ctx context.Context, c catalog.Catalog, before *table.Table, err error) error {
	if now, loadErr := c.LoadTable(ctx, before.Identifier()); errors.Is(err, table.ErrCommitFailed) || loadErr != nil || now.MetadataLocation() == before.MetadataLocation() {
		return err
	}
	return fmt.Errorf("%w: %w", table.ErrCommitFailed, err)
}

// opened is the table in the catalog, made or given the columns that it lacks.
func opened(ctx context.Context, c catalog.Catalog, name table.Identifier, t schema.Table) (*table.Table, error) {
	at, err := c.LoadTable(ctx, name)
	if errors.Is(err, catalog.ErrNoSuchTable) {
		properties := iceberg.Properties{gcProperty: "false", "comment": t.Doc}
		at, err = c.CreateTable(ctx, name, fields(t), catalog.WithProperties(properties))
		if !errors.Is(err, catalog.ErrTableAlreadyExists) {
			return at, err
		}
		at, err = c.LoadTable(ctx, name) // another made it meanwhile
	}
	if err != nil {
		return nil, err
	}
	return grown(ctx, c, at, t)
}

// grown adds columns that the table does not have yet: files without them read as NULL.
func grown(ctx context.Context, c catalog.Catalog, at *table.Table, t schema.Table) (*table.Table, error) {
	tx := at.NewTransaction()
	update := tx.UpdateSchema(true, false, table.WithNameMapping(at.NameMapping()))
	missing := false
	for _, column := range t.Columns {
		if _, known := at.Schema().FindFieldByName(column.Name); !known {
			missing = true
			update.AddColumn([]string{column.Name}, types[column.Type], column.Doc, false, nil)
		}
	}
	if !missing {
		return at, nil
	}
	if err := update.Commit(); err != nil {
		return nil, fmt.Errorf("add columns: %w", err)
	}
	after, err := tx.Commit(ctx)
	if err != nil {
		return nil, lost(ctx, c, at, fmt.Errorf("add columns: %w", err))
	}
	return after, nil
}

// files are those of the current snapshot.
func files(ctx context.Context, at *table.Table) (map[string]bool, error) {
	out := map[string]bool{}
	if at.CurrentSnapshot() == nil {
		return out, nil
	}
	tasks, err := at.Scan().PlanFiles(ctx)
	if err != nil {
		return nil, fmt.Errorf("list files of snapshot %d: %w", at.CurrentSnapshot().SnapshotID, err)
	}
	for _, task := range tasks {
		out[task.File.FilePath()] = true
	}
	return out, nil
}

// types are those of columns; times are of no zone, as in the files.
var types = map[schema.Type]iceberg.Type{
	schema.Int32: iceberg.PrimitiveTypes.Int32, schema.Int64: iceberg.PrimitiveTypes.Int64, schema.Bool: iceberg.PrimitiveTypes.Bool, schema.String: iceberg.PrimitiveTypes.String,
	schema.Binary: iceberg.PrimitiveTypes.Binary, schema.Timestamp: iceberg.PrimitiveTypes.Timestamp, schema.Double: iceberg.PrimitiveTypes.Float64,
}

// fields is the schema of a table. Columns are numbered as they are declared; files, which have no numbers, are read by the names of the table's name mapping.
func fields(t schema.Table) *iceberg.Schema {
	list := make([]iceberg.NestedField, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = iceberg.NestedField{ID: i + 1, Name: c.Name, Type: types[c.Type], Doc: strings.TrimSpace(c.Doc)}
	}
	return iceberg.NewSchema(0, list...)
}
