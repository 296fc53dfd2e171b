package queries

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPrepare: what later statements go on from can be prepared, and nothing else can be changed by it.
func TestPrepare(t *testing.T) {
	l := newTestLake(t)
	l.add("packets", "SELECT 'c' AS capture_id, 'default' AS sensor, 1 AS frame_no, TIMESTAMP '2026-11-22 00:00:00' AS ts")
	cases := []struct {
		sql   string
		ask   string
		value string
	}{
		{"SET threads = 1", "SELECT current_setting('threads')", "1"},
		{"set\n\tglobal Threads to 1;", "SELECT current_setting('threads')", "1"},
		{"SET memory_limit = '100MB'", "SELECT current_setting('memory_limit')", "95.3 MiB"},
		{"SET VARIABLE limit_port = 1024", "SELECT getvariable('limit_port')", "1024"},
		{"SET VARIABLE n = (SELECT count(*) FROM packets)", "SELECT getvariable('n')", "1"},
		{"RESET threads", "SELECT 1", "1"},
		{"CREATE TEMP TABLE few AS SELECT * FROM packets", "SELECT count(*) FROM few", "1"},
		{"create or replace temporary view p AS SELECT frame_no + 1 AS n FROM packets", "SELECT n FROM p", "2"},
		{"CREATE TEMP MACRO twice(x) AS 2 * x", "SELECT twice(21)", "42"},
		{"CREATE TEMP TABLE main.x AS SELECT 1", "SELECT database_name FROM duckdb_tables() WHERE table_name = 'x'", "temp"},
		{"CREATE TEMP VIEW packets AS SELECT 7 AS frame_no", "SELECT frame_no FROM packets", "7"},
	}
	for _, c := range cases {
		s := l.session(Dataset{Prepares: true})
		if err := s.Prepare(context.Background(), c.sql, nil); err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		for range 2 { // the second finds it too
			if got := collect(t, s, c.ask); Text(got.Rows[0][0], got.Columns[0]) != c.value {
				t.Errorf("%s: then %s is %v, want %s", c.sql, c.ask, got.Rows[0][0], c.value)
			}
		}
		if err := l.session(Dataset{}).Prepare(context.Background(), c.sql, nil); !errors.Is(err, ErrNotReadOnly) {
			t.Errorf("%s where nothing is prepared: %v", c.sql, err)
		}
	}
}

// TestPrepareRefuses: hostile statements open no file and no connection, load nothing, and change neither tables nor the settings that keep them from it.
func TestPrepareRefuses(t *testing.T) {
	l := newTestLake(t)
	l.add("packets", "SELECT 'c' AS capture_id, 1 AS frame_no")
	s := l.session(Dataset{Prepares: true})
	dir := t.TempDir()
	in := func(name string) string { return literal(filepath.Join(dir, name)) }
	for _, sql := range []string{
		"SET enable_external_access = true", "SET lock_configuration = false", "SET allowed_paths = ['/etc/passwd']", "SET allowed_directories = ['/']",
		"SET allowed_configs = ['temp_directory']", "SET GLOBAL temp_directory = " + in("spill"), "SET SESSION profile_output = " + in("profile"),
		"SET profiling_output = " + in("profile"), "SET enable_profiling = 'json'", "SET log_query_path = " + in("log"), "SET enable_logging = true", "SET logging_storage = 'file'",
		"SET home_directory = " + in("home"), "SET extension_directory = " + in("x"), "SET secret_directory = " + in("x"), "SET custom_extension_repository = 'http://127.0.0.1'",
		"SET autoload_known_extensions = true", "SET autoinstall_known_extensions = true", "SET allow_unsigned_extensions = true", "SET allow_community_extensions = true",
		"SET http_proxy = '127.0.0.1:9'", "SET file_search_path = '/etc'", "SET disabled_filesystems = ''", "SET enable_progress_bar = true", "SET max_temp_directory_size = '1TB'",
		"RESET enable_external_access", "RESET lock_configuration", "RESET temp_directory", "set\"lock_configuration\"=false", "SET/**/lock_configuration = false",
		"SET threads = 1; SET lock_configuration = false", "SET threads = 1; COPY (SELECT 1) TO " + in("out"),
		"SET VARIABLE x = (SELECT content FROM read_text('/etc/passwd'))", "SET VARIABLE x = (SELECT count(*) FROM glob('/*'))",
		"CREATE TEMP TABLE x AS SELECT * FROM read_text('/etc/passwd')", "CREATE TEMP TABLE x AS FROM '/etc/passwd'", "CREATE TEMP VIEW x AS FROM read_csv('/etc/passwd')",
		"CREATE TEMP TABLE shape.x AS SELECT 1", "CREATE TABLE x AS SELECT 1", "CREATE /* TEMP TABLE */ TABLE x (a INTEGER)",
		"CREATE OR REPLACE VIEW packets AS SELECT 1", "CREATE TEMP SECRET x (TYPE s3)", "CREATE SECRET x (TYPE s3)", "CREATE SCHEMA x", "CREATE TEMP TABLE x AS SELECT 1; DROP VIEW packets",
		"PRAGMA threads = 1", "PRAGMA database_list", "USE shape", "ATTACH " + in("db"), "COPY (SELECT 1) TO " + in("out"), "COPY packets FROM '/etc/passwd'", "EXPORT DATABASE " + in("out"),
		"IMPORT DATABASE " + in("out"), "INSTALL httpfs", "LOAD httpfs", "LOAD " + in("x.so"), "PREPARE p AS SELECT 1", "EXECUTE p", "DEALLOCATE p", "EXPLAIN ANALYZE COPY (SELECT 1) TO " + in("out"),
		"EXPLAIN ANALYZE CREATE TEMP TABLE x AS SELECT 1", "CALL enable_logging()", "DELETE FROM captures", "DROP TABLE captures", "INSERT INTO captures DEFAULT VALUES", "BEGIN", "SELECT 1",
		"WITH x AS (SELECT 1) INSERT INTO captures SELECT * FROM x", "VACUUM", "CHECKPOINT", "SET", "CREATE TEMP TABLE",
	} {
		if err := s.Prepare(context.Background(), sql, nil); err == nil {
			t.Errorf("%s: prepared", sql)
		} else if strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%s: error of several lines: %q", sql, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files were written: %v, %v", left, err)
	}
	for setting, want := range map[string]string{"enable_external_access": "false", "lock_configuration": "true", "autoload_known_extensions": "false"} {
		if got := collect(t, s, "SELECT CAST(current_setting('"+setting+"') AS VARCHAR)"); got.Rows[0][0] != want {
			t.Errorf("%s is %v by now", setting, got.Rows[0][0])
		}
	}
	if got := collect(t, s, "SELECT count(*) FROM packets"); got.Rows[0][0] != int64(1) {
		t.Errorf("packets has %v rows by now", got.Rows[0][0])
	}
}
