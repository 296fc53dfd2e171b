package queries_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"

	"github.com/pcaplake/pcaplake/internal/rowgen"
	"github.com/pcaplake/pcaplake/schema"
)

// TestFilters writes three row groups of every table and holds DuckDB to what was written, column by column: how many values and NULLs,
// sum, least and greatest, and for several values that WHERE finds all rows that have it. A wrong minimum in the statistics of a row
// group or page, or a page that is read wrong, loses rows in silence; this is where it shows.
func TestFilters(t *testing.T) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, sample := range rowgen.Samples(2*schema.RowGroup+1000, 11) {
		t.Run(sample.Table.Name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "rows.parquet")
			file, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := sample.Write(file); err != nil {
				t.Fatal(err)
			}
			if err := file.Close(); err != nil {
				t.Fatal(err)
			}
			var groups int
			scan(t, db, fmt.Sprintf("SELECT count(DISTINCT row_group_id) FROM parquet_metadata('%s')", path), &groups)
			if want := 2*schema.RowGroup/sample.Table.GroupRows + 1; groups != want {
				t.Fatalf("%d row groups, want %d", groups, want)
			}
			scan(t, db, fmt.Sprintf("CREATE OR REPLACE VIEW %s AS FROM read_parquet('%s')", rowgen.View, path))
			for _, check := range sample.Checks() {
				var got sql.NullString
				if scan(t, db, check.SQL, &got); got.String != check.Want {
					t.Errorf("%s: %q, want %q", check.SQL, got.String, check.Want)
				}
			}
		})
	}
}

func scan(t *testing.T, db *sql.DB, query string, into ...any) {
	t.Helper()
	var err error
	if len(into) == 0 {
		_, err = db.Exec(query)
	} else {
		err = db.QueryRow(query).Scan(into...)
	}
	if err != nil {
		t.Fatalf("%v\nin %s", err, query)
	}
}
