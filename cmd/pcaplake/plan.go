package main

import (
	"fmt"
	"slices"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/urfave/cli/v2"
)

func planCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "plan",
		Usage:     "split what is to be ingested into shards, for many machines",
		ArgsUsage: "SOURCE…",
		Description: `Lists captures, leaves out those that the lake has, and packs the others into shards of about the same size. The plan holds sensor and
options; it never changes, and the same captures give the same plan. The lake keeps it unless -o names a file. The last line is a summary as JSON, with its id.
Then, anywhere, at once, and again where it failed: pcaplake ingest --plan ID --shard I; and when all are done: pcaplake publish --plan ID.
Tell sources by URLs or by paths that are the same everywhere. docs/scaling.md says how engines do it.
Exit status: 0 done, also when there was nothing to do; 3 some folders cannot be listed; 64 usage; 66 no input; 74 I/O; 130 interrupted.

Examples:
  pcaplake --lake s3://lakes/night plan s3://archive/2026-11-22/
  pcaplake plan /archive/2026-11-22 --max-shards 8 -o plan.json`,
		Flags: append(readingFlags(0),
			&cli.IntFlag{Name: "max-shards", Usage: "at most `N` shards", Value: etl.DefaultShards},
			&cli.StringFlag{Name: "target", Usage: "as few shards as have captures of `SIZE` each", Value: "2GiB"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the plan to `FILE` instead"},
			&cli.IntFlag{Name: "exit-when-empty", Usage: "exit with `STATUS` when there is nothing to do"},
			&cli.StringFlag{Name: "summary", Usage: "write the summary to `FILE` as well"},
		),
		Action: func(c *cli.Context) error { return plan(c, s) },
	}
}

func plan(c *cli.Context, s streams) error {
	read, err := readingOptions(c, s)
	if err != nil {
		return err
	}
	o := etl.PlanOptions{Options: read, MaxShards: c.Int("max-shards")}
	o.Sources = c.Args().Slice()
	switch {
	case len(o.Sources) == 0:
		return usage(fmt.Errorf("nothing to plan: name files, folders, patterns or URLs"))
	case o.MaxShards < 1:
		return usage(fmt.Errorf("--max-shards %d: at least 1", o.MaxShards))
	case o.After != "keep":
		return usage(fmt.Errorf("--after %s: what shards have read stays", o.After))
	}
	if o.Target, err = parseSize(c, "target"); err != nil {
		return err
	}
	if path := c.String("output"); path != "" {
		o.Keep = func(_ string, text []byte) error { return writeText(path, text) }
	}
	sum, err := etl.MakePlan(c.Context, o)
	if werr := writeSummary(c, s, sum); err == nil && werr != nil {
		return werr
	}
	if status := etl.ExitStatus(etl.Summary{Status: sum.Status}, err); status != 0 {
		return &statusError{status, err}
	}
	if sum.Shards == 0 && c.Int("exit-when-empty") != 0 {
		return &statusError{c.Int("exit-when-empty"), nil}
	}
	return nil
}

func publishCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "publish",
		Usage:     "end the work on a plan, once its shards are done, or set tables of Apache Iceberg to the live files",
		ArgsUsage: "[iceberg]",
		Description: `Makes the changes that shards leave, such as captures that grew, in the order of the plan; says which captures cannot be read; writes a checkpoint
when it is time. What shards committed is in the lake already. It may be done again. The last line is a summary as JSON.
Exit status: 0 done; 3 some captures cannot be read; 66 no lake; 74 I/O; 75 shards are missing: do them and publish again.

With iceberg every table of the lake becomes one of Apache Iceberg over the same files, which are not copied; each is set to the live files in one snapshot, whose
property pcaplake.seq says of which state of the lake it is. Doing it again changes nothing. Run it after ingest, and after compact and expire before their --grace is
over: then readers find the files of their snapshot. The files stay the lake's (gc.enabled=false). Without --catalog the warehouse is a catalog of Hadoop; to a server it
is the name of one of its warehouses, or left out. Who one is to a server stands in the environment: PCAPLAKE_CATALOG__TOKEN, or PCAPLAKE_CATALOG__CREDENTIAL
(CLIENT:SECRET) with PCAPLAKE_CATALOG__OAUTH2_SERVER_URI and PCAPLAKE_CATALOG__SCOPE; so can every property of Iceberg's clients: __ is a dot, _ a hyphen. The work
is done by pcaplake-iceberg, which lies beside pcaplake or on the PATH.
Exit status: 0 done, or nothing new; 1 failed; 66 no lake; 75 another program committed to the catalog meanwhile: publish again.

Examples:
  pcaplake publish --plan plan.json
  pcaplake publish iceberg --warehouse /srv/warehouse
  pcaplake --lake s3://traffic/lake publish iceberg --catalog sqlite:/srv/catalog.db --warehouse s3://traffic/warehouse
  pcaplake --lake s3://traffic/lake publish iceberg --catalog https://catalog.example.org/iceberg --warehouse traffic`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "plan", Usage: "`PLAN` by its id, file or URL"},
			&cli.IntFlag{Name: "jobs", Usage: "captures read at a time; 0: one per processor"},
			&cli.StringFlag{Name: "summary", Usage: "write the summary to `FILE` as well"},
			&cli.StringFlag{Name: "warehouse", Usage: "iceberg: `DIR` or s3://BUCKET/PREFIX where the metadata of tables lie, or a server's name for it"},
			&cli.StringFlag{Name: "catalog", Usage: "iceberg: `ADDRESS` of another catalog: sqlite:FILE, or http://SERVER of Iceberg's REST protocol"},
			&cli.StringFlag{Name: "namespace", Usage: "iceberg: `NAME` that the tables are in", Value: "pcaplake"},
		},
		Action: func(c *cli.Context) error {
			if c.Args().First() == "iceberg" {
				return publishIceberg(c, s)
			}
			return publishPlan(c, s)
		},
	}
}

func publishPlan(c *cli.Context, s streams) error {
	if c.String("plan") == "" || c.NArg() > 0 {
		return usage(fmt.Errorf("a plan is named by --plan: its id, a file or a URL"))
	}
	log, err := newLog(c, s.err)
	if err != nil {
		return err
	}
	p, err := etl.OpenPlan(c.Context, c.String("lake"), c.String("plan"))
	if err != nil {
		return err
	}
	defer p.Close()
	sum, err := etl.Publish(c.Context, p, etl.Options{Lake: c.String("lake"), Jobs: c.Int("jobs"), ToolVersion: version, Log: log})
	if werr := writeSummary(c, s, sum); err == nil && werr != nil {
		return werr
	}
	if status := sum.ExitStatus(err); status != 0 {
		if err != nil && status == exitFailed {
			return err // its kind tells the status
		}
		return &statusError{status, err}
	}
	return nil
}

// plannedOptions are rowOptions and what else a plan holds.
var plannedOptions = append(slices.Clone(rowOptions), "sha256", "settle", "after", "replace", "live")
