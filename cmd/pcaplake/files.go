package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/schema"
	"github.com/urfave/cli/v2"
)

func filesCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "files",
		Usage:     "the live files of the lake, for other engines",
		ArgsUsage: "[TABLE…]",
		Description: `One row per Parquet file. A reader takes this list, never a pattern over the folders: what no manifest names is not part of the lake.
--from, --to and --sensor leave out files that hold no such rows; a file that stays may hold others as well.

Examples:
  pcaplake files packets
  pcaplake files -f csv --from 2026-11-22 --to 2026-11-23
  pcaplake files packets | cut -f 2 | tail -n +2                 one path a line`,
		Flags:  append([]cli.Flag{outputFlag()}, append(formatFlags(), rangeFlags()...)...),
		Action: func(c *cli.Context) error { return files(c, s) },
	}
}

func files(c *cli.Context, s streams) error {
	if err := checkFormat(c); err != nil {
		return err
	}
	tables := c.Args().Slice()
	for _, name := range tables {
		if !slices.ContainsFunc(schema.Tables(), func(t schema.Table) bool { return t.Name == name }) {
			return usage(fmt.Errorf("no such table: %q: %s", name, tableHint(name)))
		}
	}
	d, err := dataset(c)
	if err != nil {
		return err
	}
	_, state, err := readLake(c.Context, c.String("lake"), &d)
	if err != nil {
		return err
	}
	d.Files = state.AllFiles() // where every reader finds them
	return print(c, s, fileTable(d.Live(tables...)).Result())
}

// fileTable lists files by table, sensor, date and time, as the lake has them.
func fileTable(list []schema.File) *queries.Table {
	t := &queries.Table{Columns: []queries.Column{
		{Name: "table", Type: "VARCHAR"},
		{Name: "path", Type: "VARCHAR"},
		{Name: "sensor", Type: "VARCHAR"},
		{Name: "date", Type: "VARCHAR"},
		{Name: "rows", Type: "BIGINT"},
		{Name: "bytes", Type: "BIGINT"},
		{Name: "min_ts", Type: "TIMESTAMP"},
		{Name: "max_ts", Type: "TIMESTAMP"},
		{Name: "schema_version", Type: "INTEGER"},
		{Name: "blake3", Type: "VARCHAR"},
	}}
	for _, f := range list {
		var date any
		if f.Date != "" {
			date = f.Date
		}
		t.Rows = append(t.Rows, []any{f.Table, f.Path, f.Sensor, date, f.Rows, f.Bytes, moment(f.MinTS), moment(f.MaxTS), f.SchemaVersion, f.BLAKE3})
	}
	return t
}

// moment is a time of microseconds as results have it; nil where there is none.
func moment(us int64) any {
	if us == schema.NoTime {
		return nil
	}
	return time.UnixMicro(us).UTC()
}
