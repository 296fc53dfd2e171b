package queries

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

// TestDuckDBReadsDDL holds that plain DuckDB, told what DDL prints, sees the same rows as a session.
func TestDuckDBReadsDDL(t *testing.T) {
	s := smallLake(t)
	text, err := DDL("duckdb", "lake", &s.dataset)
	if err != nil {
		t.Fatal(err)
	}
	plain := newTestLake(t)
	for _, table := range schema.Tables() {
		plain.exec("DROP TABLE " + table.Name)
	}
	plain.exec(text)
	rows := int64(0)
	for _, table := range schema.Tables() {
		sum := "SELECT count(*), sum(hash(" + strings.Join(columnNames(table), ", ") + ")) FROM " + table.Name
		want, got := collect(t, s, sum).Rows[0], plain.row(sum)
		if Text(want[0], Column{}) != Text(got[0], Column{}) || Text(want[1], Column{}) != Text(got[1], Column{}) {
			t.Errorf("%s: DuckDB sees %v, a session %v", table.Name, got, want)
		}
		rows += want[0].(int64)
	}
	if rows < 30 {
		t.Errorf("%d rows were compared", rows)
	}
}

func columnNames(t schema.Table) []string {
	var names []string
	for _, c := range t.Columns {
		names = append(names, identifier(c.Name))
	}
	return names
}

// TestDDLParses has the statements for each engine read by sqlglot (PyPI), in that engine's dialect; PCAPLAKE_PYTHON names an interpreter that has it.
func TestDDLParses(t *testing.T) {
	s := smallLake(t)
	python := shared.Python(t, "sqlglot")
	for _, engine := range Engines() {
		text, err := DDL(engine, "s3://bucket/lake", &s.dataset)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "ddl.sql")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		const script = `
import logging, sys, sqlglot
from sqlglot import exp
logging.disable() # of statements such as CALL, which it keeps as they are
found = [s for s in sqlglot.parse(open(sys.argv[2]).read(), dialect=sys.argv[1], error_level=sqlglot.ErrorLevel.RAISE) if s]
assert all(isinstance(s, exp.Create) or isinstance(s, exp.Command) and s.this == "CALL" for s in found), [type(s) for s in found]
print(len(found))`
		out, err := exec.Command(python, "-c", script, engine, file).CombinedOutput()
		if want := strings.Count(text, ";\n"); err != nil || strings.TrimSpace(string(out)) != Text(int64(want), Column{}) || want < 3 {
			t.Errorf("%s: %d statements, read as %s, %v", engine, want, out, err)
		}
	}
	if _, err := DDL("oracle", "", &s.dataset); err == nil || !strings.Contains(err.Error(), "duckdb, spark, clickhouse, trino, athena") {
		t.Errorf("an unknown engine: %v", err)
	}
}

// TestTrinoDDL: only tables with files, since Trino refuses a folder that is not there; its location has a scheme; the columns of the folders' names stand last.
func TestTrinoDDL(t *testing.T) {
	s := smallLake(t)
	for root, location := range map[string]string{"/srv/lake/": "local:///srv/lake/packets/", "s3://bucket/lake": "s3://bucket/lake/packets/"} {
		text, err := DDL("trino", root, &s.dataset)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			"CREATE SCHEMA IF NOT EXISTS pcaplake;\n", `CREATE TABLE IF NOT EXISTS pcaplake."packets" ("capture_id" varchar, "frame_no" bigint, `, `"ts" timestamp(6), `,
			`, "sensor" varchar, "date" date)` + "\nWITH (format = 'PARQUET', partitioned_by = ARRAY['sensor', 'date'], external_location = '" + location + "');",
			"CALL system.sync_partition_metadata('pcaplake', 'packets', 'FULL');\n",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: without %s", root, want)
			}
		}
		for _, table := range schema.Tables() {
			if told, want := strings.Contains(text, `"`+table.Name+`" (`), len(s.dataset.Live(table.Name)) > 0; told != want {
				t.Errorf("%s: told of it: %v; it has files: %v", table.Name, told, want)
			}
		}
	}
}
