package queries

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/schema"
)

// testLake writes rows given as SQL into Parquet files, one file per SELECT, by DuckDB: these tests need no other package of ours.
type testLake struct {
	t     testing.TB
	dir   string
	db    *database
	conn  *connection
	files []schema.File
}

func newTestLake(t testing.TB) *testLake {
	t.Helper()
	db, err := openDatabase(nil)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.connect()
	if err != nil {
		t.Fatal(err)
	}
	l := &testLake{t: t, dir: t.TempDir(), db: db, conn: conn}
	t.Cleanup(func() { conn.close(); db.close() })
	for _, table := range schema.Tables() {
		l.exec("CREATE TABLE " + table.Name + " " + table.DuckDB())
	}
	return l
}

func (l *testLake) exec(sql string) {
	l.t.Helper()
	if err := l.conn.exec(sql); err != nil {
		l.t.Fatalf("%v\nin %s", err, sql)
	}
}

// add writes one file of a table from a SELECT that names some of the table's columns.
func (l *testLake) add(table, selection string) *schema.File {
	l.t.Helper()
	dir := filepath.Join(l.dir, table, "sensor=default", "date=2026-11-22") // as a real lake lies
	if err := os.MkdirAll(dir, 0o750); err != nil {
		l.t.Fatal(err)
	}
	path := filepath.Join(dir, fmt.Sprintf("%d.parquet", len(l.files)))
	l.exec("DELETE FROM " + table + "; INSERT INTO " + table + " BY NAME " + selection)
	l.exec("COPY " + table + " TO " + literal(path) + " (FORMAT parquet)")
	f := schema.File{Table: table, Path: path, Name: filepath.Base(path), Sensor: "default", SchemaVersion: schema.Version}
	first, last := "ts", "ts"
	for _, t := range schema.Tables() {
		if t.Name == table {
			first, last = t.FirstTS, t.LastTS
		}
	}
	row := l.row(fmt.Sprintf("SELECT count(*), min(epoch_us(%s)), max(epoch_us(%s)), coalesce(min(sensor), 'default') FROM %s", first, last, table))
	f.Rows, f.MinTS, f.MaxTS, f.Sensor = row[0].(int64), schema.NoTime, schema.NoTime, row[3].(string)
	if row[1] != nil {
		f.MinTS, f.MaxTS = row[1].(int64), row[2].(int64)
	}
	if table != schema.Verdicts.Name {
		f.Captures = map[string]int64{}
		for _, row := range l.rows("SELECT coalesce(capture_id, ''), count(*) FROM " + table + " GROUP BY ALL") {
			f.Captures[row[0].(string)] = row[1].(int64)
		}
	}
	l.files = append(l.files, f)
	return &l.files[len(l.files)-1]
}

func (l *testLake) row(sql string) []any {
	l.t.Helper()
	return l.rows(sql)[0]
}

func (l *testLake) rows(sql string) [][]any {
	l.t.Helper()
	r, err := l.db.start(context.Background(), sql, nil)
	if err != nil {
		l.t.Fatal(err)
	}
	t, err := Collect(r, 0)
	if err != nil {
		l.t.Fatal(err)
	}
	return t.Rows
}

func (l *testLake) session(d Dataset) *Session {
	l.t.Helper()
	d.Files = append(d.Files, l.files...)
	return openSession(l.t, d)
}

func openSession(t testing.TB, d Dataset) *Session {
	t.Helper()
	s, err := Open(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func collect(t testing.TB, s *Session, sql string, params ...string) *Table {
	t.Helper()
	table, err := tryCollect(s, sql, params...)
	if err != nil {
		t.Fatalf("%v\nin %s", err, sql)
	}
	return table
}

func tryCollect(s *Session, sql string, params ...string) (*Table, error) {
	r, err := s.Query(context.Background(), sql, paramMap(params))
	if err != nil {
		return nil, err
	}
	return Collect(r, 0)
}

// paramMap reads "name=value" pairs.
func paramMap(pairs []string) map[string]string {
	m := map[string]string{}
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		m[name] = value
	}
	return m
}

func run(t testing.TB, s *Session, name string, params ...string) *Table {
	t.Helper()
	q, err := s.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Run(context.Background(), q, paramMap(params))
	if err != nil {
		t.Fatal(err)
	}
	table, err := Collect(r, 0)
	if err != nil {
		t.Fatal(err)
	}
	return table
}
