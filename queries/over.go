package queries

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/pcaplake/pcaplake/schema"
)

// ErrNotOurs is the error of a Parquet file whose columns are those of no table.
var ErrNotOurs = errors.New("its columns are those of no table")

// FilesOver makes a dataset's files of Parquet files beside a lake, such as copies of a lake's or what other programs wrote in its schema. Each is of the table whose columns
// it has; columns that it lacks are NULL, as those of older versions are. ErrNotOurs wrapped: it has columns that no table has, or too few to tell which table it is of.
func FilesOver(ctx context.Context, paths []string) ([]schema.File, error) {
	db, err := openDatabase(nil)
	if err != nil {
		return nil, err
	}
	defer db.close()
	var files []schema.File
	versions := map[string]int32{} // by the columns that are there
	for _, path := range paths {
		f, columns, err := fileOver(ctx, db, path)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		shape := fmt.Sprint(f.Table, columns)
		if _, known := versions[shape]; !known {
			versions[shape] = schema.Version - int32(len(versions)) - 1
		}
		f.SchemaVersion = versions[shape]
		files = append(files, *f)
	}
	return files, nil
}

func fileOver(ctx context.Context, db *database, path string) (*schema.File, []string, error) {
	described, err := rowsOf(ctx, db, "DESCRIBE "+readParquet([]string{literal(path)}))
	if err != nil {
		return nil, nil, err
	}
	var columns []string
	for _, row := range described {
		columns = append(columns, row[0].(string))
	}
	t := tableOf(columns)
	if t == nil {
		return nil, nil, ErrNotOurs
	}
	sums, err := rowsOf(ctx, db, fmt.Sprintf("SELECT count(*), min(epoch_us(%s)), max(epoch_us(%s)), coalesce(min(sensor), '') FROM (%s)", t.FirstTS, t.LastTS, readParquet([]string{literal(path)})))
	if err != nil {
		return nil, nil, err
	}
	f := &schema.File{Table: t.Name, Path: path, Name: filepath.Base(path), Rows: sums[0][0].(int64), MinTS: schema.NoTime, MaxTS: schema.NoTime, Sensor: sums[0][3].(string)}
	if first, ok := sums[0][1].(int64); ok {
		f.MinTS, f.MaxTS = first, sums[0][2].(int64)
	}
	return f, columns, nil
}

func rowsOf(ctx context.Context, db *database, sql string) ([][]any, error) {
	r, err := db.start(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	t, err := Collect(r, 0)
	if err != nil {
		return nil, err
	}
	return t.Rows, nil
}

// tableOf is the table that has all of these columns and the fewest beside; nil where none has, or its times or sensor are missing.
func tableOf(columns []string) *schema.Table {
	var best *schema.Table
	for _, t := range schema.Tables() {
		names := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			names[i] = c.Name
		}
		lacks := func(name string) bool { return !slices.Contains(names, name) }
		if slices.ContainsFunc(columns, lacks) || !slices.Contains(columns, t.FirstTS) || !slices.Contains(columns, t.LastTS) || !slices.Contains(columns, "sensor") {
			continue
		}
		if best == nil || len(t.Columns) < len(best.Columns) {
			best = &t
		}
	}
	return best
}
