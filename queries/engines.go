package queries

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

// An otherEngine is a database that can read a lake's files: how it writes types and names, and how it is told of a table.
type otherEngine struct {
	name  string
	types map[schema.Type]string
	quote string // around names
	head  string // what its user has to know, a line each
	first string // a statement that goes before those of tables
	files bool   // it is told of files, so that there must be some; otherwise of folders, or what it is told holds for none as well
	table func(e *otherEngine, t *schema.Table, files []schema.File, root string) string
}

// otherEngines are all of them.
var otherEngines = []otherEngine{
	{
		name: "duckdb", quote: `"`, head: "Views over the live files, for DuckDB 1.1 or later. Names are those of the lake as it is now: print it anew after ingest, compact or expire.",
		types: map[schema.Type]string{
			schema.Int32: "INTEGER", schema.Int64: "BIGINT", schema.Bool: "BOOLEAN", schema.String: "VARCHAR", schema.Binary: "BLOB", schema.Timestamp: "TIMESTAMP", schema.Double: "DOUBLE",
		},
		table: duckDBView,
	},
	{
		name: "spark", quote: "`", files: true, head: "Views over the live files, for Spark 3.4 or later. Names are those of the lake as it is now: print it anew after ingest, compact or expire.",
		types: map[schema.Type]string{
			schema.Int32: "INT", schema.Int64: "BIGINT", schema.Bool: "BOOLEAN", schema.String: "STRING", schema.Binary: "BINARY", schema.Timestamp: "TIMESTAMP_NTZ", schema.Double: "DOUBLE",
		},
		table: func(e *otherEngine, t *schema.Table, files []schema.File, _ string) string {
			return fmt.Sprintf("CREATE OR REPLACE TEMPORARY VIEW %s (%s)\nUSING parquet OPTIONS (path %s);", e.quoted(t.Name), e.columns(t, "%s %s"), literal(braced(files)))
		},
	},
	{
		name: "clickhouse", quote: "`", files: true, head: "Views over the live files, for ClickHouse; the files lie in its user_files, or it is clickhouse-local.",
		types: map[schema.Type]string{
			schema.Int32: "Int32", schema.Int64: "Int64", schema.Bool: "Bool", schema.String: "String", schema.Binary: "String", schema.Timestamp: "DateTime64(6, 'UTC')", schema.Double: "Float64",
		},
		table: func(e *otherEngine, t *schema.Table, files []schema.File, _ string) string {
			return fmt.Sprintf("CREATE OR REPLACE VIEW %s AS SELECT * FROM file(%s, 'Parquet', %s);", e.quoted(t.Name), literal(braced(files)), literal(e.columns(t, "%s Nullable(%s)")))
		},
	},
	{
		name: "trino", quote: `"`, files: true, first: "CREATE SCHEMA IF NOT EXISTS " + trinoSchema + ";",
		head: "Tables over the lake's folders, for a catalog of Trino's Hive connector with hive.timestamp-precision=MICROSECONDS and hive.recursive-directories=true; of a lake in a " +
			"folder with fs.native-local.enabled=true and local.location=/ too. Call sync_partition_metadata again when there are new days. Trino reads every file that lies there, " +
			"also those that were merged or expired until they are deleted: read after compact and expire with --grace 0s, or publish iceberg.",
		types: map[schema.Type]string{
			schema.Int32: "integer", schema.Int64: "bigint", schema.Bool: "boolean", schema.String: "varchar", schema.Binary: "varbinary", schema.Timestamp: "timestamp(6)", schema.Double: "double",
		},
		table: trinoTable,
	},
	{
		name: "athena", quote: "`",
		head: "Tables over the lake's folders on S3, for Athena. It reads every file that lies there, also those that were merged or expired until they are deleted: register the " +
			"lake after compact and expire with --grace 0s.",
		types: map[schema.Type]string{
			schema.Int32: "INT", schema.Int64: "BIGINT", schema.Bool: "BOOLEAN", schema.String: "STRING", schema.Binary: "BINARY", schema.Timestamp: "TIMESTAMP", schema.Double: "DOUBLE",
		},
		table: func(e *otherEngine, t *schema.Table, _ []schema.File, root string) string {
			return fmt.Sprintf("CREATE EXTERNAL TABLE IF NOT EXISTS %s (%s)\nSTORED AS PARQUET LOCATION %s;", e.quoted(t.Name), e.columns(t, "%s %s"), literal(root+"/"+t.Name+"/"))
		},
	},
}

// Engines are the names that DDL takes.
func Engines() []string {
	names := make([]string, len(otherEngines))
	for i := range otherEngines {
		names[i] = otherEngines[i].name
	}
	return names
}

// DDL is what another engine has to be told of the dataset's tables, statements that end with semicolons; of tables without files only engines that take folders
// are told, and DuckDB. root is the lake's address. An unknown engine is an error that lists them.
func DDL(engine, root string, d *Dataset) (string, error) {
	for i := range otherEngines {
		e := &otherEngines[i]
		if e.name != engine {
			continue
		}
		var b strings.Builder
		b.WriteString("-- " + e.head + "\n")
		if e.first != "" {
			b.WriteString(e.first + "\n")
		}
		for _, t := range schema.Tables() {
			files := d.Live(t.Name)
			if len(files) == 0 && e.files {
				continue
			}
			b.WriteString(e.table(e, &t, files, strings.TrimSuffix(root, "/")) + "\n")
		}
		return b.String(), nil
	}
	return "", fmt.Errorf("engine %s: one of %s", EscapeText(engine), strings.Join(Engines(), ", "))
}

// quoted is a quoted name.
func (e *otherEngine) quoted(name string) string { return e.quote + name + e.quote }

// columns are the definitions of a table's columns.
func (e *otherEngine) columns(t *schema.Table, format string) string {
	parts := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		parts[i] = fmt.Sprintf(format, e.quoted(c.Name), e.types[c.Type])
	}
	return strings.Join(parts, ", ")
}

// duckDBView is the view of a table: its shape, and the files of each schema version by the names of their columns.
func duckDBView(e *otherEngine, t *schema.Table, files []schema.File, _ string) string {
	shape := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		shape[i] = "CAST(NULL AS " + e.types[c.Type] + ") AS " + e.quoted(c.Name)
	}
	versions := map[int32][]string{}
	for _, f := range files {
		versions[f.SchemaVersion] = append(versions[f.SchemaVersion], literal(f.Path))
	}
	sql := "CREATE OR REPLACE VIEW " + e.quoted(t.Name) + " AS SELECT * FROM (SELECT " + strings.Join(shape, ", ") + ") WHERE false"
	for _, version := range sortedKeys(versions) {
		sql += "\nUNION ALL BY NAME " + readParquet(versions[version])
	}
	return sql + ";"
}

// trinoSchema is that of the tables in a catalog of Trino, which its procedures have to be told by name.
const trinoSchema = "pcaplake"

// trinoTable is a table over the folder of its files, whose names SENSOR and DATE are columns that are pruned by. Trino wants those last and the sensor from there
// alone, a location with a scheme, and is told of the folders that there are.
func trinoTable(e *otherEngine, t *schema.Table, _ []schema.File, root string) string {
	inFile := *t
	inFile.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(c schema.Column) bool { return c.Name == "sensor" })
	if !strings.Contains(root, "://") {
		root = "local://" + root
	}
	return fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s.%s (%s, %s varchar, %s date)\nWITH (format = 'PARQUET', partitioned_by = ARRAY['sensor', 'date'], external_location = %s);\n"+
		"CALL system.sync_partition_metadata(%s, %s, 'FULL');", trinoSchema, e.quoted(t.Name), e.columns(&inFile, "%s %s"), e.quoted("sensor"), e.quoted("date"),
		literal(root+"/"+t.Name+"/"), literal(trinoSchema), literal(t.Name))
}

// braced is the paths of files as one pattern: the folder that they share, and the rest in braces.
func braced(files []schema.File) string {
	folder := path.Dir(files[0].Path)
	for _, f := range files[1:] {
		for folder != "." && folder != "/" && !strings.HasPrefix(f.Path, folder+"/") {
			folder = path.Dir(folder)
		}
	}
	folder = strings.TrimSuffix(folder, "/") + "/"
	if folder == "./" {
		folder = ""
	}
	rest := make([]string, len(files))
	for i, f := range files {
		rest[i] = strings.TrimPrefix(f.Path, folder)
	}
	if len(rest) == 1 {
		return folder + rest[0]
	}
	return folder + "{" + strings.Join(rest, ",") + "}"
}
