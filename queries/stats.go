package queries

import (
	"context"
	"fmt"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

// TableStats is how much of a table's files statements read. Files and row groups that were opened for their footers alone do not count as read: statistics and bloom
// filters told that they hold nothing of what was asked.
type TableStats struct {
	Table         string
	Files         int64 // live ones
	LeftOut       int64 // of these, by the dataset's period and sensors, which the manifests tell
	FilesRead     int64
	RowGroups     int64 // of the files that were not left out
	RowGroupsRead int64
	Bytes         int64 // of these files
	BytesRead     int64 // of them, footers and filters too; what is read twice counts twice
}

// String says it in one line.
func (t *TableStats) String() string {
	return fmt.Sprintf("%s: read %d of %d files (%d left out by period and sensor), %d of %d row groups, %d of %d bytes",
		t.Table, t.FilesRead, t.Files, t.LeftOut, t.RowGroupsRead, t.RowGroups, t.BytesRead, t.Bytes)
}

// logReads has DuckDB log every read of a file.
const logReads = "CALL enable_logging('FileSystem')"

// keepReads takes what was logged so far aside.
const keepReads = `CREATE OR REPLACE TEMP TABLE file_reads AS
	SELECT path, pos AS first, pos + bytes AS after FROM duckdb_logs_parsed('FileSystem') WHERE op = 'READ' AND pos IS NOT NULL`

// sumReads holds the reads against the columns of row groups: files with row groups, and reads, of a list of files.
const sumReads = `WITH chunks AS MATERIALIZED (
	SELECT file_name AS path, row_group_id AS no, least(coalesce(dictionary_page_offset, data_page_offset), data_page_offset) AS first, total_compressed_size AS size
	FROM parquet_metadata([%[1]s])),
touched AS (
	SELECT DISTINCT path, no FROM chunks SEMI JOIN file_reads r ON r.path = chunks.path AND r.first < chunks.first + chunks.size AND r.after > chunks.first)
SELECT (SELECT count(DISTINCT path) FROM touched) AS files_read, (SELECT count(DISTINCT (path, no)) FROM chunks) AS row_groups, (SELECT count(*) FROM touched) AS row_groups_read,
	(SELECT coalesce(sum(after - first), 0)::BIGINT FROM file_reads WHERE path IN (%[1]s)) AS bytes_read`

// Stats returns how much of each table was read by the statements so far, whose results must be closed; only tables that they named. The dataset must have Stats.
func (s *Session) Stats(ctx context.Context) ([]TableStats, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admin.exec(keepReads); err != nil {
		return nil, fmt.Errorf("take log of reads: %w", err)
	}
	var all []TableStats
	for _, t := range schema.Tables() {
		live := s.dataset.Live(t.Name)
		if s.made[aroundFlows] && t.Name == schema.Flows.Name {
			reach, err := s.dataset.reach()
			if err != nil {
				return nil, err
			}
			live = s.dataset.widened(reach).Live(t.Name)
		} else if !s.made[t.Name] && !s.narrowed[t.Name] {
			continue
		}
		stats := TableStats{Table: t.Name}
		for _, f := range s.dataset.Files {
			if f.Table == t.Name {
				stats.Files++
			}
		}
		stats.LeftOut = stats.Files - int64(len(live))
		if err := s.sumReads(ctx, live, &stats); err != nil {
			return nil, fmt.Errorf("look up what was read of %s: %w", t.Name, err)
		}
		all = append(all, stats)
	}
	return all, nil
}

// sumReads fills in what was read of files.
func (s *Session) sumReads(ctx context.Context, files []schema.File, stats *TableStats) error {
	if len(files) == 0 {
		return nil
	}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = literal(f.Path)
		stats.Bytes += f.Bytes
	}
	r, err := s.admin.start(ctx, fmt.Sprintf(sumReads, strings.Join(paths, ", ")), nil)
	if err != nil {
		return err
	}
	got, err := Collect(r, 1)
	if err != nil {
		return err
	}
	for i, to := range []*int64{&stats.FilesRead, &stats.RowGroups, &stats.RowGroupsRead, &stats.BytesRead} {
		*to = got.Rows[0][i].(int64)
	}
	return nil
}
