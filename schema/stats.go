package schema

import (
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	pq "github.com/apache/arrow-go/v18/parquet/schema"
)

// ReadStats returns what the footer of a file says that the Writer wrote, in constant memory: no page is read. The times are those
// from and to which the rows of its table last, by the statistics of its row groups. It fails where the footer is broken or contradicts itself. It is for bytes
// that are known to be a Writer's, by their hash: the library's parser of footers is no match for hostile ones.
func ReadStats(in parquet.ReaderAtSeeker, bytes int64) (FileStats, error) {
	stats := FileStats{Bytes: bytes, MinTS: NoTime, MaxTS: NoTime}
	f, err := file.NewParquetReader(in)
	if err != nil {
		return stats, fmt.Errorf("read footer: %w", err)
	}
	footer := f.MetaData()
	stats.Rows, stats.RowGroups = footer.GetNumRows(), len(footer.RowGroups)
	first, last := timeColumns(footer.Schema)
	rows := int64(0)
	for i := range footer.RowGroups {
		group := footer.RowGroup(i)
		rows += group.NumRows()
		if first < 0 || last < 0 {
			continue
		}
		if err := stats.addGroup(group, first, last); err != nil {
			return stats, fmt.Errorf("read footer: %w", err)
		}
	}
	if rows != stats.Rows {
		return stats, fmt.Errorf("read footer: %d rows, %d in its row groups", stats.Rows, rows)
	}
	return stats, nil
}

// addGroup widens the times by those of a row group.
func (s *FileStats) addGroup(group *metadata.RowGroupMetaData, first, last int) error {
	from, err := timesOf(group, first)
	if err != nil {
		return err
	}
	to, err := timesOf(group, last)
	if err != nil {
		return err
	}
	if !from.HasMinMax() || !to.HasMinMax() {
		return nil // no row of the group has a time
	}
	if s.MinTS == NoTime || from.Min() < s.MinTS {
		s.MinTS = from.Min()
	}
	s.MaxTS = max(s.MaxTS, to.Max())
	return nil
}

func timesOf(group *metadata.RowGroupMetaData, column int) (*metadata.Int64Statistics, error) {
	chunk, err := group.ColumnChunk(column)
	if err != nil {
		return nil, err
	}
	values, err := chunk.Statistics()
	if err != nil {
		return nil, err
	}
	times, ok := values.(*metadata.Int64Statistics)
	if !ok {
		return nil, errors.New("a column of times has no statistics")
	}
	return times, nil
}

// timeColumns are the columns from which and to which a row lasts, by the table that the schema is named after; -1 where one is no column of
// timestamps.
func timeColumns(s *pq.Schema) (first, last int) {
	names := [2]string{"ts", "ts"}
	for _, t := range Tables() {
		if t.Name == s.Root().Name() {
			names = [2]string{t.FirstTS, t.LastTS}
		}
	}
	return timeColumn(s, names[0]), timeColumn(s, names[1])
}

func timeColumn(s *pq.Schema, name string) int {
	i := s.ColumnIndexByName(name)
	if i >= 0 {
		if _, ok := s.Column(i).LogicalType().(pq.TimestampLogicalType); ok {
			return i
		}
	}
	return -1
}
