package queries

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

// What differs between engines stands in macros; this file is DuckDB's.
//
//go:embed sql/macros/duckdb.sql
var macros string

// reasonDoc is the macro reason_doc(name): what a value of malformed, chksum_note or end_reason means.
func reasonDoc() string {
	b := strings.Builder{}
	b.WriteString("CREATE MACRO reason_doc(name) AS CASE name")
	for _, r := range slices.Concat(schema.MalformedReasons, schema.ChksumNotes, schema.EndReasons) {
		b.WriteString(" WHEN " + literal(r.Name) + " THEN " + literal(r.Doc))
	}
	b.WriteString(" END")
	return b.String()
}

//go:embed sql/views/scapy.sql
var scapyView string

// catalogWords ask what views there are.
var catalogWords = []string{"show", "information_schema", "duckdb_views", "duckdb_columns", "sql_auto_complete"}

// viewNames are all views of a session.
func viewNames() []string {
	names := []string{"captures", "scapy"}
	for _, t := range schema.Tables() {
		names = append(names, t.Name)
	}
	return names
}

// makeViews makes the views that a statement may name: every word of it that is one's name. A view over many files costs time
// (10,000 files: 155 ms), so none is made that is not asked for.
func (s *Session) makeViews(sql string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return errors.New("the session is closed")
	}
	named := words(sql)
	if slices.ContainsFunc(named, func(w string) bool { return slices.Contains(catalogWords, w) }) {
		named = append(viewNames(), named...)
	}
	if slices.Contains(named, "scapy") {
		named = append([]string{"packets", "payloads"}, named...)
	}
	for _, name := range named {
		if s.made[name] {
			continue
		}
		made, err := s.makeView(name)
		if err != nil {
			return fmt.Errorf("make view %s: %w", name, err)
		}
		if made {
			s.made[name] = true
		}
	}
	return nil
}

// makeView makes the view of that name; false when there is none.
func (s *Session) makeView(name string) (bool, error) {
	switch name {
	case "scapy":
		return true, s.admin.exec("CREATE VIEW scapy AS " + scapyView)
	case "captures":
		return true, s.makeCaptures()
	}
	for _, t := range schema.Tables() {
		if t.Name == name {
			return true, s.admin.exec(s.tableView(t))
		}
	}
	return false, nil
}

// tableView reads a table's files: one read_parquet of a list for each schema version, joined by name, so that a column which older
// files lack is NULL there. (DuckDB's own union_by_name is 2-3 times slower and takes 5 times the memory, and a list of mixed
// versions without it drops columns in silence.) The shape, an empty table, gives the columns, their order and their types.
func (s *Session) tableView(t schema.Table) string {
	shape := "shape." + identifier(t.Name)
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s %s; CREATE VIEW %s AS SELECT * FROM (SELECT * FROM %s", shape, t.DuckDB(), identifier(t.Name), shape)
	versions := map[int32][]string{}
	for _, f := range s.dataset.Live(t.Name) {
		versions[f.SchemaVersion] = append(versions[f.SchemaVersion], literal(f.Path))
	}
	if list := versions[schema.Version]; len(versions) == 1 && list != nil {
		b.Reset()
		fmt.Fprintf(&b, "CREATE VIEW %s AS SELECT * FROM (%s", identifier(t.Name), readParquet(list))
	} else {
		for _, version := range sortedKeys(versions) {
			b.WriteString(" UNION ALL BY NAME " + readParquet(versions[version]))
		}
	}
	b.WriteString(")" + s.dataset.where(t))
	return b.String()
}

func readParquet(paths []string) string {
	return "SELECT * FROM read_parquet([" + strings.Join(paths, ", ") + "], hive_partitioning = false)"
}

func sortedKeys[V any](m map[int32]V) []int32 {
	keys := make([]int32, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// literal is s as a string of SQL.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// identifier is s as a quoted name of SQL.
func identifier(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
