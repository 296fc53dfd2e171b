package main

import (
	"fmt"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/urfave/cli/v2"
)

func compactCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "compact",
		Usage: "small files of a table and day into larger ones",
		Description: `Files below 64 MiB of one table, sensor and day become files of up to 256 MiB, their rows sorted by flow, with bloom filters. Captures that are
in the lake for less than 24 hours are left alone. Queries see every row once, before and after; the files that were replaced stay on the disk
until pcaplake expire deletes them. With --dry-run the plan is printed. The last line is a summary as JSON.
Exit status: 0 done, also when there was nothing to do; 1 failed; 3 some files are damaged, the rest is done; 66 no lake; 74 I/O; 130 interrupted.

Examples:
  pcaplake compact
  pcaplake compact --table packets --min-files 10 --dry-run`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "table", Usage: "compact this `TABLE` only"},
			&cli.IntFlag{Name: "min-files", Usage: "a file is made of at least `N`", Value: 2},
			&cli.IntFlag{Name: "jobs", Usage: "columns encoded at a time; 0: one per processor"},
			&cli.BoolFlag{Name: "dry-run", Usage: "print the plan and do nothing"},
			&cli.StringFlag{Name: "summary", Usage: "write the summary to `FILE` as well"},
		}, formatFlags()...),
		Action: func(c *cli.Context) error { return compact(c, s) },
	}
}

func compact(c *cli.Context, s streams) error {
	if c.NArg() > 0 {
		return usage(fmt.Errorf("too many arguments: %q: the table is named by --table, the lake by --lake", c.Args().Slice()))
	}
	if c.Int("min-files") < 2 {
		return usage(fmt.Errorf("--min-files %d: at least 2", c.Int("min-files")))
	}
	if err := checkFormat(c); err != nil {
		return err
	}
	o := etl.CompactOptions{
		Lake: c.String("lake"), Table: c.String("table"), MinFiles: c.Int("min-files"), Jobs: c.Int("jobs"), DryRun: c.Bool("dry-run"), ToolVersion: version,
	}
	var err error
	if o.Log, err = newLog(c, s.err); err != nil {
		return err
	}
	if o.DryRun {
		o.Show = func(plan []etl.Merging) error { return print(c, s, mergings(plan).Result()) }
	}
	bar := s.showProgress("files", &o.Progress)
	summary, err := etl.Compact(c.Context, o)
	bar.finish()
	if werr := writeSummary(c, s, summary); err == nil && werr != nil {
		return werr
	}
	if status := summary.ExitStatus(err); status != 0 {
		if err != nil && status == exitFailed {
			return err // its kind tells the status
		}
		return &statusError{status, err}
	}
	return nil
}

func mergings(plan []etl.Merging) *queries.Table {
	t := &queries.Table{Columns: []queries.Column{
		{Name: "table", Type: "VARCHAR"},
		{Name: "sensor", Type: "VARCHAR"},
		{Name: "date", Type: "VARCHAR"},
		{Name: "files", Type: "BIGINT"},
		{Name: "rows", Type: "BIGINT"},
		{Name: "bytes", Type: "BIGINT"},
		{Name: "name", Type: "VARCHAR"},
	}}
	for _, m := range plan {
		t.Rows = append(t.Rows, []any{m.Table, m.Sensor, m.Date, int64(m.Files), m.Rows, m.Bytes, m.Name})
	}
	return t
}
