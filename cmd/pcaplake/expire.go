package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/schema"
	"github.com/urfave/cli/v2"
)

func expireCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "expire",
		Usage: "remove rows by age, and by a cap on the lake's size",
		Description: `Whole files go: those whose rows are all older than --keep says of their table, and for --max-bytes the oldest, of payloads first, then
of packets, then of the others. The plan is printed first. Removed files stay on the disk for --grace, so that queries end that read them;
for the cap they go at once. The cap counts all that lies in the lake's folder, each file in whole blocks of 4 KiB.
Captures are never touched, and stay known to ingest when their rows are gone.
Exit status: 0 done, also when there was nothing to do; 1 the cap cannot be met; 66 no lake; 74 I/O.

Examples:
  pcaplake expire --keep payloads=7d,packets=30d,dns=400d
  pcaplake expire --max-bytes 500GB --dry-run`,
		Flags:  slices.Concat(retentionFlags(), []cli.Flag{&cli.BoolFlag{Name: "dry-run", Usage: "print the plan and do nothing"}, outputFlag()}, formatFlags()),
		Action: func(c *cli.Context) error { return expire(c, s) },
	}
}

// retentionFlags say what of a lake is kept, and for how long.
func retentionFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "keep", Usage: "how long rows of tables are kept: `TABLE=AGE,…`, ages in d, h, m"},
		&cli.StringFlag{Name: "max-bytes", Usage: "cap on what lies in the lake's folder: `SIZE`, such as 500GB or 2TiB"},
		&cli.StringFlag{Name: "grace", Usage: "how long removed files stay on the disk: an `AGE`", Value: "24h"},
	}
}

func expire(c *cli.Context, s streams) error {
	if c.NArg() > 0 {
		return usage(fmt.Errorf("too many arguments: %q: tables are named by --keep, the lake by --lake", c.Args().Slice()))
	}
	if err := checkFormat(c); err != nil {
		return err
	}
	o, err := expireOptions(c)
	if err != nil {
		return err
	}
	o.Show = func(plan []etl.Expiring) error { return print(c, s, expiryTable(plan).Result()) }
	e, err := etl.Expire(c.Context, o)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.err, "pcaplake: "+expired(&e, o.DryRun))
	return nil
}

func expireOptions(c *cli.Context) (etl.ExpireOptions, error) {
	o := etl.ExpireOptions{Lake: c.String("lake"), DryRun: c.Bool("dry-run")}
	var err error
	if o.Keep, err = parseKeep(c.String("keep")); err != nil {
		return o, err
	}
	if o.Grace, err = parseAge(c.String("grace")); err != nil {
		return o, usage(fmt.Errorf("--grace %q: %w", c.String("grace"), err))
	}
	o.MaxBytes, err = parseSize(c, "max-bytes")
	return o, err
}

// parseSize reads a flag that is a size; one that is not there is 0.
func parseSize(c *cli.Context, flag string) (int64, error) {
	text := c.String(flag)
	if text == "" {
		return 0, nil
	}
	n, err := humanize.ParseBytes(text)
	if err != nil || n == 0 || n > 1<<62 {
		return 0, usage(fmt.Errorf("--%s %q: a size such as 500GB or 2TiB", flag, text))
	}
	return int64(n), nil
}

// parseKeep reads how long each table is kept.
func parseKeep(text string) (map[string]time.Duration, error) {
	if text == "" {
		return nil, nil
	}
	keep := map[string]time.Duration{}
	for part := range strings.SplitSeq(text, ",") {
		table, age, _ := strings.Cut(strings.TrimSpace(part), "=")
		if !slices.ContainsFunc(schema.Tables(), func(t schema.Table) bool { return t.Name == table }) {
			return nil, usage(fmt.Errorf("--keep %q: no such table: %q: pcaplake schema lists them", text, table))
		}
		if _, twice := keep[table]; twice {
			return nil, usage(fmt.Errorf("--keep %q: %s is there twice", text, table))
		}
		d, err := parseAge(age)
		if err != nil {
			return nil, usage(fmt.Errorf("--keep %q: %w", text, err))
		}
		keep[table] = d
	}
	return keep, nil
}

// maxDays is what a duration of nanoseconds can hold.
const maxDays = 106_000

// parseAge reads an age: days, as in 30d, or a duration of hours and less.
func parseAge(text string) (time.Duration, error) {
	if days, isDays := strings.CutSuffix(text, "d"); isDays {
		n, err := strconv.ParseUint(days, 10, 32)
		if err != nil || n > maxDays {
			return 0, fmt.Errorf("%q is not an age such as 30d or 12h", text)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not an age such as 30d or 12h", text)
	}
	return d, nil
}

// expiryTable lists the plan in the order in which it is carried out.
func expiryTable(plan []etl.Expiring) *queries.Table {
	t := &queries.Table{Columns: []queries.Column{
		{Name: "action", Type: "VARCHAR"},
		{Name: "reason", Type: "VARCHAR"},
		{Name: "table", Type: "VARCHAR"},
		{Name: "name", Type: "VARCHAR"},
		{Name: "rows", Type: "BIGINT"},
		{Name: "bytes", Type: "BIGINT"},
		{Name: "max_ts", Type: "TIMESTAMP"},
	}}
	for _, f := range plan {
		var rows any
		if f.Action == etl.ExpireRemove {
			rows = f.Rows
		}
		t.Rows = append(t.Rows, []any{f.Action, f.Reason, f.Table, f.Name, rows, f.Bytes, moment(f.MaxTS)})
	}
	return t
}

// expired is one line on what was done.
func expired(e *etl.Expiry, dryRun bool) string {
	size := fmt.Sprintf("%s of %s stay on the disk", humanize.IBytes(uint64(max(0, e.BytesAfter))), humanize.IBytes(uint64(e.BytesBefore)))
	if dryRun {
		return "nothing was done; " + strings.Replace(size, " stay ", " would stay ", 1)
	}
	return fmt.Sprintf("%s removed from the lake, %s deleted; %s", count(e.Removed, "file"), count(e.Deleted, "file"), size)
}
