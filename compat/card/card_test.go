package card_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
	"github.com/google/gopacket/pcapgo"
	_ "github.com/marcboeker/go-duckdb"
)

// files is the folder that internal/cardfiles filled.
func files(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("PCAPLAKE_CARD_DIR")
	if dir == "" {
		t.Fatal("PCAPLAKE_CARD_DIR is not set: run make card, which writes the files first")
	}
	return dir
}

func load(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(files(t), name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

type check struct{ SQL, Want string }

func checks(t *testing.T) map[string][]check {
	t.Helper()
	var out map[string][]check
	load(t, "checks.json", &out)
	if len(out) == 0 {
		t.Fatal("there is no table to read")
	}
	return out
}

// TestDuckDB has DuckDB 1.1.3 read every table: count, sum or least and greatest of every column, and WHERE with values that occur.
func TestDuckDB(t *testing.T) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var version string
	if err := db.QueryRow("SELECT version()").Scan(&version); err != nil || version != "v1.1.3" {
		t.Fatalf("DuckDB is %s (%v), the card's is v1.1.3", version, err)
	}
	for table, checks := range checks(t) {
		t.Run(table, func(t *testing.T) {
			path := filepath.Join(files(t), table+".parquet")
			if _, err := db.Exec("CREATE OR REPLACE VIEW sample AS FROM read_parquet('" + path + "')"); err != nil {
				t.Fatal(err)
			}
			for _, c := range checks {
				var got sql.NullString
				if err := db.QueryRow(c.SQL).Scan(&got); err != nil || got.String != c.Want {
					t.Errorf("%s: %q (%v), want %q", c.SQL, got.String, err, c.Want)
				}
			}
		})
	}
}

// TestArrow has arrow/go v17 read every table whole; what it reads must have as many rows and values as DuckDB finds.
func TestArrow(t *testing.T) {
	for table, checks := range checks(t) {
		t.Run(table, func(t *testing.T) {
			counts := readArrow(t, filepath.Join(files(t), table+".parquet"))
			if len(counts) == 0 {
				t.Fatal("no column was read")
			}
			for column, got := range counts {
				statement := fmt.Sprintf("SELECT CAST(count(*) || ' ' || count(%s) AS VARCHAR) FROM sample", column)
				want := ""
				for _, c := range checks {
					if c.SQL == statement {
						want = c.Want
					}
				}
				if got != want {
					t.Errorf("%s: rows and values %q, want %q", column, got, want)
				}
			}
		})
	}
}

// readArrow returns how many rows and values each column has.
func readArrow(t *testing.T, path string) map[string]string {
	t.Helper()
	in, err := file.OpenParquetFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	reader, err := pqarrow.NewFileReader(in, pqarrow.ArrowReadProperties{BatchSize: 10_000}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := reader.ReadTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer table.Release()
	counts := map[string]string{}
	for i := range int(table.NumCols()) {
		column := table.Column(i)
		counts[column.Name()] = fmt.Sprintf("%d %d", column.Len(), column.Len()-column.Data().NullN())
	}
	return counts
}

// TestGopacket has gopacket v1.1.19 count the frames of testdata's plain captures.
func TestGopacket(t *testing.T) {
	var want map[string]int
	load(t, "frames.json", &want)
	if len(want) == 0 {
		t.Fatal("there is no capture to read")
	}
	for path, frames := range want {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r, err := pcapgo.NewReader(f)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		got := 0
		for err == nil {
			if _, _, err = r.ReadPacketData(); err == nil {
				got++
			}
		}
		if err != io.EOF && err != io.ErrUnexpectedEOF || got != frames {
			t.Errorf("%s: %d frames (%v), want %d", path, got, err, frames)
		}
	}
}
