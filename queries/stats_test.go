package queries

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"
)

// TestStats counts what statements read of three files of five row groups each. Row groups that are said not to be read are then destroyed, which changes no answer.
func TestStats(t *testing.T) {
	cases := []struct {
		name, sql string
		from      time.Time
		want      TableStats // without bytes
	}{
		{"all", "SELECT sum(cap_len) FROM packets", time.Time{}, TableStats{Table: "packets", Files: 3, FilesRead: 3, RowGroups: 15, RowGroupsRead: 15}},
		{"one row group", "SELECT sum(cap_len) FROM packets WHERE frame_no BETWEEN 10100 AND 10200", time.Time{}, TableStats{Table: "packets", Files: 3, FilesRead: 1, RowGroups: 15, RowGroupsRead: 1}},
		{"two", "SELECT sum(cap_len) FROM packets WHERE frame_no BETWEEN 9900 AND 10200", time.Time{}, TableStats{Table: "packets", Files: 3, FilesRead: 2, RowGroups: 15, RowGroupsRead: 2}},
		{"a period", "SELECT sum(cap_len) FROM packets", hour(1), TableStats{Table: "packets", Files: 3, LeftOut: 1, FilesRead: 2, RowGroups: 10, RowGroupsRead: 10}},
		{"by a limit", "SELECT frame_no FROM packets LIMIT 1", hour(2), TableStats{Table: "packets", Files: 3, LeftOut: 2, FilesRead: 1, RowGroups: 5, RowGroupsRead: 1}},
		{"out of footers", "SELECT count(*) FROM packets", time.Time{}, TableStats{Table: "packets", Files: 3, RowGroups: 15}},
		{"nothing", "SELECT sum(cap_len) FROM packets WHERE frame_no = -1", time.Time{}, TableStats{Table: "packets", Files: 3, RowGroups: 15}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := newTestLake(t)
			for i := range 3 {
				f := l.add("packets", fmt.Sprintf("SELECT 'c' AS capture_id, range AS frame_no, range * 7 %% 1500 AS cap_len, "+
					"TIMESTAMP '2026-11-22 00:00:00' + INTERVAL (%d) HOUR + INTERVAL (range %% 1000) SECOND AS ts FROM range(%d, %d)", i, i*10_000, (i+1)*10_000))
				l.exec("COPY (FROM packets ORDER BY frame_no) TO " + literal(f.Path) + " (FORMAT parquet, ROW_GROUP_SIZE 2048)")
			}
			answer, got := statsOf(t, l, c.sql, c.from)
			if got.BytesRead == 0 {
				t.Error("nothing was read at all")
			}
			got.BytesRead = 0
			if got != c.want {
				t.Fatalf("%s\nwant %s", got.String(), c.want.String())
			}
			destroyed := destroyUnread(t, l, c.sql, c.from)
			if left := got.RowGroups - got.RowGroupsRead; int64(destroyed) < left {
				t.Fatalf("%d row groups destroyed, %d were not read", destroyed, left)
			}
			if again, _ := statsOf(t, l, c.sql, c.from); again != answer {
				t.Errorf("without the row groups that are not read the answer is %v, it was %v", again, answer)
			}
		})
	}
}

func hour(n int) time.Time { return time.Date(2026, 11, 22, n, 0, 0, 0, time.UTC) }

func statsOf(t *testing.T, l *testLake, sql string, from time.Time) (answer any, stats TableStats) {
	t.Helper()
	s := l.session(Dataset{Stats: true, From: from, Threads: 1})
	answer = collect(t, s, sql).Rows[0][0]
	all, err := s.Stats(context.Background())
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	return answer, all[0]
}

// destroyUnread overwrites the columns of all row groups that a statement does not read, and returns how many they are.
func destroyUnread(t *testing.T, l *testLake, sql string, from time.Time) (destroyed int) {
	t.Helper()
	s := l.session(Dataset{Stats: true, From: from, Threads: 1})
	collect(t, s, sql)
	if _, err := s.Stats(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, f := range l.files {
		r, err := s.admin.start(context.Background(), "SELECT min(begin_at), max(begin_at + size) FROM (SELECT row_group_id AS no, least(coalesce(dictionary_page_offset, data_page_offset), "+
			"data_page_offset) AS begin_at, total_compressed_size AS size FROM parquet_metadata("+literal(f.Path)+")) GROUP BY no HAVING NOT bool_or(EXISTS (FROM file_reads r WHERE r.path = "+
			literal(f.Path)+" AND r.first < begin_at + size AND r.after > begin_at))", nil)
		if err != nil {
			t.Fatal(err)
		}
		unread, err := Collect(r, 0)
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range unread.Rows {
			clear(content[row[0].(int64):row[1].(int64)])
			destroyed++
		}
		if err := os.WriteFile(f.Path, content, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return destroyed
}
