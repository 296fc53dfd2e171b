package schema

import (
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	pq "github.com/apache/arrow-go/v18/parquet/schema"
)

// ReadStats returns what the footer of a file says that the Writer wrote, in constant memory: no page is read. The times are those of the
// first column of timestamps, by the statistics of its row groups. It fails where the footer is broken or contradicts itself. It is for bytes
// that are known to be a Writer's, by their hash: the library's parser of footers is no match for hostile ones.
func ReadStats(in parquet.ReaderAtSeeker, bytes int64) (FileStats, error) {
	stats := FileStats{Bytes: bytes, MinTS: NoTime, MaxTS: NoTime}
	f, err := file.NewParquetReader(in)
	if err != nil {
		return stats, fmt.Errorf("read footer: %w", err)
	}
	footer := f.MetaData()
	stats.Rows, stats.RowGroups = footer.GetNumRows(), len(footer.RowGroups)
	ts, rows := timeColumn(footer.Schema), int64(0)
	for i := range footer.RowGroups {
		group := footer.RowGroup(i)
		rows += group.NumRows()
		if ts < 0 {
			continue
		}
		if err := stats.addGroup(group, ts); err != nil {
			return stats, fmt.Errorf("read footer: %w", err)
		}
	}
	if rows != stats.Rows {
		return stats, fmt.Errorf("read footer: %d rows, %d in its row groups", stats.Rows, rows)
	}
	return stats, nil
}

// addGroup widens the times by those of a row group.
func (s *FileStats) addGroup(group *metadata.RowGroupMetaData, column int) error {
	chunk, err := group.ColumnChunk(column)
	if err != nil {
		return err
	}
	values, err := chunk.Statistics()
	if err != nil {
		return err
	}
	times, ok := values.(*metadata.Int64Statistics)
	if !ok {
		return errors.New("the column of times has no statistics")
	}
	if !times.HasMinMax() {
		return nil // no row of the group has a time
	}
	if s.MinTS == NoTime || times.Min() < s.MinTS {
		s.MinTS = times.Min()
	}
	s.MaxTS = max(s.MaxTS, times.Max())
	return nil
}

// timeColumn is the first column of timestamps, or -1.
func timeColumn(s *pq.Schema) int {
	for i := range s.NumColumns() {
		if _, ok := s.Column(i).LogicalType().(pq.TimestampLogicalType); ok {
			return i
		}
	}
	return -1
}
