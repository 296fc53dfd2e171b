package queries

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
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

// catalogWords ask what views there are.
var catalogWords = []string{"show", "information_schema", "duckdb_views", "duckdb_columns", "sql_auto_complete"}

// ViewNames are the tables and views that SQL can name, as documents list them.
func ViewNames() []string {
	names := []string{"captures", "enrichment"}
	for _, t := range schema.Tables() {
		names = append(names, t.Name)
	}
	for _, v := range derivedViews() {
		names = append(names, v.Name)
	}
	return names
}

// makeViews makes the views that a statement may name: every word of it that is one's name. A view over many files costs time
// (10,000 files: 155 ms), so none is made that is not asked for.
func (s *Session) makeViews(ctx context.Context, sql string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return errors.New("the session is closed")
	}
	if !s.bound {
		sql += "\n" + s.dataset.Asked
	}
	named := words(sql)
	if slices.ContainsFunc(named, func(w string) bool { return slices.Contains(catalogWords, w) }) {
		named = append(ViewNames(), named...)
	}
	if slices.Contains(named, "resolved_name") {
		named = append(named, "resolutions") // which that macro reads
	}
	if payloadCall.MatchString(sql) {
		named = append(named, payloadMacro)
	}
	if err := s.makeNamed(ctx, named); err != nil || s.bound {
		return err
	}
	if strings.Contains(sql, ".parquet") { // files by their paths
		s.reads = s.dataset.all()
	}
	return s.confine(s.reads)
}

// makeNamed makes the views of these names; what is no view's name is passed over.
func (s *Session) makeNamed(ctx context.Context, names []string) error {
	for _, name := range names {
		if s.made[name] {
			continue
		}
		made, err := s.makeView(ctx, name)
		if err != nil {
			return fmt.Errorf("make view %s: %w", name, err)
		}
		if made {
			s.made[name] = true
		}
	}
	return nil
}

// makeView makes the view of that name, and before it those that it reads; false when there is none.
func (s *Session) makeView(ctx context.Context, name string) (bool, error) {
	switch name {
	case "captures":
		return true, s.makeCaptures()
	case "capture_order":
		return true, s.makeCaptureOrder()
	case conversationLinks:
		if err := s.makeNamed(ctx, []string{aroundFlows, "capture_order"}); err != nil {
			return false, err
		}
		return true, s.admin.exec("CREATE TABLE " + conversationLinks + " AS " + linksView())
	case "enrichment":
		return true, s.makeEnrichment()
	case pastFlows:
		return true, s.makeTable(ctx, s.dataset.past(), pastFlows, schema.Flows.Table)
	case payloadMacro:
		return true, s.makePayloadMacro(ctx)
	case aroundFlows:
		reach, err := s.dataset.reach()
		if err != nil {
			return false, err
		}
		return true, s.makeTable(ctx, s.dataset.widened(reach), aroundFlows, schema.Flows.Table)
	}
	for _, t := range schema.Tables() {
		if t.Name == name {
			return true, s.makeTable(ctx, &s.dataset, name, t)
		}
	}
	for _, v := range derivedViews() {
		if v.Name == name {
			return true, s.makeDerived(ctx, v)
		}
	}
	return false, nil
}

// makeTable makes the view of a table's files, once they are at hand.
func (s *Session) makeTable(ctx context.Context, d *Dataset, name string, t schema.Table) error {
	if d.Fetch != nil {
		if err := d.Fetch(ctx, d.Live(t.Name)); err != nil {
			if op := new(fs.PathError); errors.As(err, &op) && errors.Is(err, fs.ErrNotExist) {
				s.gone = op.Path
			}
			return err
		}
	}
	s.reads = append(s.reads, d.Live(t.Name)...)
	return s.admin.exec(d.tableView(name, t))
}

func (s *Session) makeDerived(ctx context.Context, v derivedView) error {
	needed := slices.DeleteFunc(words(v.SQL), func(w string) bool { return w == v.Name })
	if err := s.makeNamed(ctx, needed); err != nil {
		return err
	}
	sql := "CREATE VIEW " + identifier(v.Name) + " AS " + v.SQL
	if v.Name == "resolutions" {
		sql += ";" + resolutionMacros
	}
	return s.admin.exec(sql)
}

// tableView reads a table's files: one read_parquet of a list for each schema version, joined by name, so that a column which older
// files lack is NULL there. (DuckDB's own union_by_name is 2-3 times slower and takes 5 times the memory, and a list of mixed
// versions without it drops columns in silence.) The shape, an empty table, gives the columns, their order and their types.
func (d *Dataset) tableView(name string, t schema.Table) string {
	shape := "shape." + identifier(name)
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s %s; CREATE VIEW %s AS SELECT * FROM (SELECT * FROM %s", shape, t.DuckDB(), identifier(name), shape)
	versions := map[int32][]string{}
	for _, f := range d.Live(t.Name) {
		versions[f.SchemaVersion] = append(versions[f.SchemaVersion], literal(f.Path))
	}
	if list := versions[schema.Version]; len(versions) == 1 && list != nil {
		b.Reset()
		fmt.Fprintf(&b, "CREATE VIEW %s AS SELECT * FROM (%s", identifier(name), readParquet(list))
	} else {
		for _, version := range sortedKeys(versions) {
			b.WriteString(" UNION ALL BY NAME " + readParquet(versions[version]))
		}
	}
	b.WriteString(")" + d.where(t))
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
