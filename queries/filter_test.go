package queries_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"

	"github.com/pcaplake/pcaplake/internal/rowgen"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/schema"
)

// TestFilters writes two row groups of every table and holds DuckDB to what was written, column by column: how many values and NULLs,
// sum, least and greatest, and for several values that WHERE finds all rows that have it. A wrong minimum in the statistics of a row
// group or page, or a page that is read wrong, loses rows in silence; this is where it shows. Without -all a tenth of
// that is asked of each file, of a compacted one something else than of a plain one.
func TestFilters(t *testing.T) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, sample := range rowgen.Samples(schema.RowGroup+1000, 11) {
		for part, file := range []struct {
			name  string
			write func(io.Writer) error
		}{{sample.Table.Name, sample.Write}, {sample.Table.Name + " compacted", sample.WriteMerged}} {
			t.Run(file.name, func(t *testing.T) {
				path := parquet(t, file.write)
				var groups int
				scan(t, db, fmt.Sprintf("SELECT count(DISTINCT row_group_id) FROM parquet_metadata('%s')", path), &groups)
				if want := schema.RowGroup/sample.Table.GroupRows + 1; groups != want {
					t.Fatalf("%d row groups, want %d", groups, want)
				}
				scan(t, db, fmt.Sprintf("CREATE OR REPLACE VIEW %s AS FROM read_parquet('%s')", rowgen.View, path))
				for i, check := range sample.Checks() {
					if !*queries.Everything && i%10 != part {
						continue
					}
					var got sql.NullString
					if scan(t, db, check.SQL, &got); got.String != check.Want {
						t.Errorf("%s: %q, want %q", check.SQL, got.String, check.Want)
					}
				}
			})
		}
	}
}

// parquet is the path of a file that write makes.
func parquet(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.parquet")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBloomFilters holds that DuckDB reads the bloom filters of compacted files and leaves row groups out by them: of a value between the least
// and the greatest that is nowhere, it reads the filters alone.
func TestBloomFilters(t *testing.T) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	sample := rowgen.Samples(2*schema.RowGroup+1000, 12)[0]
	plain, compacted := parquet(t, sample.Write), parquet(t, sample.WriteMerged)
	var present string
	scan(t, db, fmt.Sprintf("SELECT max(src_ip) FROM '%s' WHERE src_ip < (SELECT max(src_ip) FROM '%[1]s')", compacted), &present)
	for value, excluded := range map[string]int{present: 0, "3.absent": 3} {
		var got int
		scan(t, db, fmt.Sprintf("SELECT count(*) FILTER (bloom_filter_excludes) FROM parquet_bloom_probe('%s', 'src_ip', '%s')", compacted, value), &got)
		if value == present && got == 3 || value != present && got < excluded-1 { // the second row group has NULLs alone, and no filter
			t.Errorf("%s: %d of 3 row groups are excluded", value, got)
		}
	}
	without, with, found := bytesRead(t, db, plain, "3.absent"), bytesRead(t, db, compacted, "3.absent"), bytesRead(t, db, compacted, present)
	if with > without/2 || with > found/2 {
		t.Errorf("%d bytes are read for a value that the filters exclude, %d without filters, %d for one that is there", with, without, found)
	}
}

// bytesRead is how much of a file DuckDB reads to find a source address.
func bytesRead(t *testing.T, db *sql.DB, path, value string) int {
	t.Helper()
	var key, plan string
	scan(t, db, fmt.Sprintf("EXPLAIN (ANALYZE, FORMAT json) SELECT count(*) FROM '%s' WHERE src_ip = '%s'", path, value), &key, &plan)
	m := regexp.MustCompile(`"total_bytes_read": *([0-9]+)`).FindStringSubmatch(plan)
	if m == nil {
		t.Fatalf("no count of bytes in %s", plan)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
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
