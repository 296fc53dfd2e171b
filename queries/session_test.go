package queries

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/schema"
)

func TestOnlyReads(t *testing.T) {
	l := newTestLake(t)
	l.add("packets", "SELECT 'c' AS capture_id, 'default' AS sensor, 1 AS frame_no, TIMESTAMP '2026-11-22 00:00:00' AS ts")
	s := l.session(Dataset{})
	file := literal(l.files[0].Path)
	out := literal(filepath.Join(t.TempDir(), "out"))
	cases := []struct {
		sql string
		err string // part of the error; "": allowed
	}{
		{"SELECT 1", ""},
		{"select count(*) from packets;", ""},
		{"FROM packets", ""},
		{"WITH x AS (SELECT 1) SELECT * FROM x", ""},
		{"VALUES (1), (2)", ""},
		{"EXPLAIN SELECT * FROM packets", ""},
		{"DESCRIBE packets", ""},
		{"SHOW TABLES", ""},
		{"SUMMARIZE packets", ""},
		{"PRAGMA table_info('packets')", ""},
		{"SELECT * FROM read_parquet(" + file + ")", ""},
		{"EXPLAIN ANALYZE SELECT 1", ErrNotReadOnly.Error()},
		{"EXPLAIN (ANALYZE) SELECT 1", ErrNotReadOnly.Error()},
		{"explain /* select */ analyze select 1", ErrNotReadOnly.Error()},
		{"CREATE TABLE t (a INTEGER)", ErrNotReadOnly.Error()},
		{"CREATE OR REPLACE VIEW packets AS SELECT 1", ErrNotReadOnly.Error()},
		{"INSERT INTO shape.packets (frame_no) VALUES (1)", ErrNotReadOnly.Error()},
		{"DROP VIEW packets", ErrNotReadOnly.Error()},
		{"DELETE FROM captures", ErrNotReadOnly.Error()},
		{"UPDATE captures SET frames = 0", ErrNotReadOnly.Error()},
		{"COPY (SELECT 1) TO " + out, ErrNotReadOnly.Error()},
		{"COPY packets TO " + file, ErrNotReadOnly.Error()},
		{"EXPORT DATABASE " + out, ErrNotReadOnly.Error()},
		{"ATTACH " + out + " AS x", ErrNotReadOnly.Error()},
		{"INSTALL httpfs", ErrNotReadOnly.Error()},
		{"LOAD httpfs", ErrNotReadOnly.Error()},
		{"SET memory_limit = '1GB'", ErrNotReadOnly.Error()},
		{"PRAGMA threads = 1", ErrNotReadOnly.Error()},
		{"CALL pragma_version()", ErrNotReadOnly.Error()},
		{"BEGIN", ErrNotReadOnly.Error()},
		{"CHECKPOINT", ErrNotReadOnly.Error()},
		{"SELECT * FROM read_text('/etc/passwd')", "Permission"},
		{"SELECT * FROM read_csv('/etc/passwd')", "Permission"},
		{"SELECT * FROM '/etc/passwd.csv'", "Permission"},
		{"SELECT * FROM glob('/*')", "Permission"},
		{"SELECT * FROM read_parquet('http://127.0.0.1/x.parquet')", "error"},
		{"", "empty"},
		{"-- nothing", "empty"},
		{"SELECT 1; SELECT 2", "one at a time"},
		{"SELECT 1; DROP VIEW packets", "one at a time"},
		{"SELEC 1", "Parser error: syntax error"},
		{"SELECT * FROM packet", "packet"},
		{"SELECT nothing FROM packets", "Binder error"},
	}
	for _, c := range cases {
		t.Run(c.sql, func(t *testing.T) {
			_, err := tryCollect(s, c.sql)
			switch {
			case c.err == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.err != "" && err == nil:
				t.Error("allowed")
			case c.err != "" && !strings.Contains(err.Error(), c.err):
				t.Errorf("error %q, want %q in it", err, c.err)
			case err != nil && strings.ContainsAny(err.Error(), "\n\x1b"):
				t.Errorf("error of several lines: %q", err)
			}
		})
	}
	if n := collect(t, s, "SELECT count(*) FROM packets").Rows[0][0]; n != int64(1) {
		t.Errorf("after all this packets has %v rows, want 1", n)
	}
}

// TestAsked opens the files that the statement of a session reads, and no other of its dataset's.
func TestAsked(t *testing.T) {
	l := newTestLake(t)
	packets := l.add("packets", "SELECT 'c' AS capture_id, 'default' AS sensor, 1 AS frame_no").Path
	flows := l.add("flows", "SELECT 'c' AS capture_id, 'default' AS sensor, 1 AS flow_id").Path
	byPath := "SELECT count(*) FROM read_parquet(" + literal(flows) + ")"
	for _, c := range []struct {
		asked, sql string
		refused    bool
	}{
		{"SELECT count(*) FROM packets", "", false},
		{"SELECT count(*) FROM packets", "SELECT count(*) FROM read_parquet(" + literal(packets) + ")", false},
		{"SELECT count(*) FROM packets", byPath, true},
		{"SELECT count(*) FROM packets", "SELECT count(*) FROM flows", true},
		{"SELECT count(*) FROM packets", "SELECT count(*) FROM read_text('/etc/passwd')", true},
		{"SELECT 1", byPath, true},
		{byPath, "", false},
		{"SET threads = 1; SELECT count(*) FROM flows", "SELECT count(*) FROM flows", false},
		{"SELECT count(*) FROM conversations", "", false},
	} {
		s := l.session(Dataset{Asked: c.asked})
		sql := c.asked
		if c.sql != "" {
			sql = c.sql
			collect(t, s, strings.TrimPrefix(c.asked, "SET threads = 1; "))
		}
		table, err := tryCollect(s, sql)
		switch {
		case c.refused && (err == nil || !strings.Contains(err.Error(), "Permission")):
			t.Errorf("after %q: %q: %v, %v", c.asked, sql, table, err)
		case !c.refused && err != nil:
			t.Errorf("after %q: %q: %v", c.asked, sql, err)
		}
	}
}

// TestStreams reads the beginning of a result that has no end.
func TestStreams(t *testing.T) {
	s := openSession(t, Dataset{})
	r, err := s.Query(context.Background(), "SELECT range FROM range(9000000000000000)", nil)
	if err != nil {
		t.Fatal(err)
	}
	for want := range int64(5000) {
		if !r.Next() || r.Row()[0] != want {
			t.Fatalf("row %d is %v, error %v", want, r.Row(), r.Err())
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if r.Next() {
		t.Error("rows after Close")
	}
}

func TestResultsAtOnce(t *testing.T) {
	s := openSession(t, Dataset{})
	var open []*Result
	for range 3 {
		r, err := s.Query(context.Background(), "SELECT range FROM range(1000000)", nil)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, r)
	}
	for want := range int64(10_000) {
		for i, r := range open {
			if !r.Next() || r.Row()[0] != want {
				t.Fatalf("result %d: row %d is %v, error %v", i, want, r.Row(), r.Err())
			}
		}
	}
	for _, r := range open {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestCancel(t *testing.T) {
	s := openSession(t, Dataset{})
	t.Run("before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := s.Query(ctx, "SELECT 1", nil); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("before the first row", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		_, err := s.Query(ctx, "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * 7 = b.range + 3", nil)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("between rows", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		r, err := s.Query(ctx, "SELECT range FROM range(9000000000000000)", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Next()
		cancel()
		for r.Next() {
		}
		if err := r.Close(); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("the session goes on", func(t *testing.T) {
		collect(t, s, "SELECT 1")
	})
}

// TestSpills sorts more than fits into its memory: the confined database can still write to its own folder.
func TestSpills(t *testing.T) {
	s := openSession(t, Dataset{Memory: "60MB", Threads: 1, TempDir: t.TempDir()})
	got := collect(t, s, `SELECT count(*) FROM (SELECT row_number() OVER (ORDER BY hash(x)) AS n
		FROM (SELECT 'a text of some length that has to be kept ' || range AS x FROM range(1500000))) WHERE n % 2 = 0`)
	if got.Rows[0][0] != int64(750_000) {
		t.Errorf("%v rows", got.Rows[0][0])
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.temp); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder for spilled rows is left: %v", err)
	}
	if _, err := s.Query(context.Background(), "SELECT 1", nil); err == nil {
		t.Error("a closed session answers")
	}
}

func TestPeriodAndSensors(t *testing.T) {
	l := newTestLake(t)
	for hour, sensor := range []string{"a", "a", "b"} {
		l.add("packets", "SELECT '"+sensor+"' AS sensor, range AS frame_no, 'c"+sensor+"' AS capture_id, "+
			"TIMESTAMP '2026-11-22 00:00:00' + INTERVAL ("+strconv.Itoa(hour)+") HOUR + INTERVAL (range) MINUTE AS ts FROM range(60)")
	}
	l.add("packets", "SELECT 'a' AS sensor, 1 AS frame_no, 'ca' AS capture_id") // a row without a time
	at := func(text string) time.Time {
		v, err := parseTime(text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	first, last := at("2026-11-22").UnixMicro(), at("2026-11-22 01:59").UnixMicro()
	captures := []schema.Capture{
		{CaptureID: "ca", Sensor: "a", FirstTS: &first, LastTS: &last, Status: "ok"},
		{CaptureID: "failed", Sensor: "a", Status: "failed"},
		{CaptureID: "cb", Sensor: "b", Status: "ok"},
	}
	cases := []struct {
		name           string
		d              Dataset
		rows, captures int64
		files          int
	}{
		{"all", Dataset{}, 181, 3, 4},
		{"from", Dataset{From: at("2026-11-22 00:59")}, 121, 3, 3},
		{"to is excluded", Dataset{To: at("2026-11-22 01:00")}, 60, 3, 1},
		{"half-open", Dataset{From: at("2026-11-22 01:00"), To: at("2026-11-22 01:01")}, 1, 3, 1},
		{"from a microsecond later", Dataset{From: at("2026-11-22 01:00:00.000001"), To: at("2026-11-22 01:01")}, 0, 3, 1},
		{"nothing there", Dataset{From: at("2027-01-01")}, 0, 2, 0},
		{"sensor", Dataset{Sensors: []string{"b"}}, 60, 1, 1},
		{"sensors", Dataset{Sensors: []string{"a", "b"}}, 181, 3, 4},
		{"unknown sensor", Dataset{Sensors: []string{"it's"}}, 0, 0, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.d.Captures = captures
			s := l.session(c.d)
			if got := collect(t, s, "SELECT count(*) FROM packets").Rows[0][0]; got != c.rows {
				t.Errorf("%v rows, want %d", got, c.rows)
			}
			if got := collect(t, s, "SELECT count(*) FROM captures").Rows[0][0]; got != c.captures {
				t.Errorf("%v captures, want %d", got, c.captures)
			}
			if files := s.dataset.Live("packets"); len(files) != c.files {
				t.Errorf("%d files opened, want %d", len(files), c.files)
			}
		})
	}
}

// TestPaths reads files whose names mean something to SQL, to globs and to paths.
func TestPaths(t *testing.T) {
	l := newTestLake(t)
	text, err := os.ReadFile(l.add("packets", "SELECT 'c' AS capture_id, 'default' AS sensor, 1 AS frame_no").Path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	for _, path := range []string{
		"relative/x.parquet", "./up/../up/x.parquet", filepath.Join(dir, "a[b]c", "*?{x}.parquet"), filepath.Join(dir, "it's", "x y.parquet"),
		"日本/x.parquet", "sensor=S/date=2026-11-22/x.parquet", "--/$x.parquet",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		s := openSession(t, Dataset{Files: []schema.File{{Table: "packets", Path: path, Rows: 1, SchemaVersion: schema.Version}}})
		if n := collect(t, s, "SELECT count(*) FROM packets").Rows[0][0]; n != int64(1) {
			t.Errorf("%s: %v rows", path, n)
		}
	}
}

// TestOlderFiles reads files of an older schema, which lack columns, together with present ones.
func TestOlderFiles(t *testing.T) {
	for _, mixed := range []bool{false, true} {
		l := newTestLake(t)
		old := filepath.Join(l.dir, "old.parquet")
		l.exec("COPY (SELECT 'old' AS capture_id, 7::BIGINT AS frame_no, 'default' AS sensor) TO " + literal(old) + " (FORMAT parquet)")
		if mixed {
			l.add("packets", "SELECT 'new' AS capture_id, 1 AS frame_no, 443 AS dst_port, 'default' AS sensor")
		}
		d := Dataset{Files: []schema.File{{Table: "packets", Path: old, Sensor: "default", Rows: 1, SchemaVersion: schema.Version - 1}}}
		s := l.session(d)
		want := [][]any{{"old", int64(7), nil}}
		if mixed {
			want = append([][]any{{"new", int64(1), int64(443)}}, want...)
		}
		got := collect(t, s, "SELECT capture_id, frame_no, dst_port FROM packets ORDER BY capture_id").Rows
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("mixed %v: %s", mixed, diff)
		}
		columns := collect(t, s, "SELECT column_name FROM (DESCRIBE packets)").Rows
		if len(columns) != len(schema.Tables()[0].Columns) {
			t.Errorf("mixed %v: %d columns", mixed, len(columns))
		}
	}
}

func TestParameters(t *testing.T) {
	l := newTestLake(t)
	l.add("packets", "SELECT 'default' AS sensor, range AS frame_no, range AS src_port, 'name ' || range AS capture_id, TIMESTAMP '2026-11-22' + INTERVAL (range) DAY AS ts FROM range(5)")
	s := l.session(Dataset{})
	cases := []struct {
		sql    string
		params []string
		want   any    // first value
		err    string // or part of the error
	}{
		{"SELECT count(*) FROM packets WHERE src_port = $p", []string{"p=3"}, int64(1), ""},
		{"SELECT count(*) FROM (SELECT 1 FROM packets LIMIT $n)", []string{"n=2"}, int64(2), ""},
		{"SELECT count(*) FROM packets WHERE ts >= $t", []string{"t=2026-11-24"}, int64(3), ""},
		{"SELECT count(*) FROM packets WHERE ts >= $t", []string{"t=2026-11-24T01:00:00+02:00"}, int64(3), ""},
		{"SELECT capture_id FROM packets WHERE capture_id = $c", []string{"c=name 4"}, "name 4", ""},
		{"SELECT $x", []string{"x='; DROP VIEW packets; --"}, "'; DROP VIEW packets; --", ""},
		{"SELECT $a || $b || $a", []string{"a=1", "b=2"}, "121", ""},
		{"SELECT 1", []string{"unused=1"}, int64(1), ""},
		{"SELECT count(*) FROM packets WHERE src_port = $p", []string{"p=x"}, nil, `parameter p: "x" is no BIGINT`},
		{"SELECT $x", nil, nil, "parameter $x has no value"},
	}
	for _, c := range cases {
		got, err := tryCollect(s, c.sql, c.params...)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error %v, want %q in it", c.sql, err, c.err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.sql, err)
		case got.Rows[0][0] != c.want:
			t.Errorf("%s: %v, want %v", c.sql, got.Rows[0][0], c.want)
		}
	}
}
