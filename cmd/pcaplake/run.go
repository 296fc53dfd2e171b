package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/urfave/cli/v2"
)

func runCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "the whole night: ingest, classify, hunt, report, compact, expire",
		ArgsUsage: "--source DIR… --report-dir DIR",
		Description: `For cron, systemd and Airflow: every step is safe to repeat, and a second run on the same lake ends at once with 75 and says who is at work.
What still changes is left for the next run (--settle). The days that something came of are classified, and their verdicts put into the lake. The report of the night, DIR/YYYY-MM-DD.html and DIR/latest.html, covers what was committed
since midnight UTC, or with --from and --to that time. Expiry also runs when another step failed, and first when the disk is short of
--min-free; then what was removed before goes without its grace. The last line is a summary as JSON (docs/summary.md).
With --dry-run what would be done is printed, one row per capture and file: compaction and expiry as the lake is now.
Exit status: 0 done, also when there was nothing new; 1 failed; 3 some inputs were bad or truncated, or the time was up; 4 by --fail-on;
64 usage; 66 no input; 74 I/O, or no free space; 75 another run is at work; 130, 143 interrupted.

Examples:
  pcaplake run --source /archive --report-dir /srv/reports
  pcaplake run --source /archive --after move=/archive/done --keep payloads=7d,packets=30d,flows=400d --max-bytes 2TB --min-free 50GB
  pcaplake run --source /archive --from 2026-11-01 --to 2026-11-02 --report-dir /srv/reports     backfill of a day
  pcaplake run --source /archive --deadline 4h --exit-when-empty 99 --summary last.json`,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringSliceFlag{Name: "source", Usage: "captures: a file, a `DIR` or a pattern; may be repeated"},
			&cli.StringFlag{Name: "report-dir", Usage: "write the report of the night into `DIR`; none: no report"},
			&cli.StringFlag{Name: "from", Usage: "only captures whose first packet is at `TIME` or later (2026-11-22, or RFC 3339; UTC)"},
			&cli.StringFlag{Name: "to", Usage: "only captures whose first packet is before `TIME`"},
			&cli.StringSliceFlag{Name: "ioc", Usage: "look for the indicators of `FILE` in what is new, and in the whole lake when it has changed; may be repeated"},
			&cli.StringFlag{Name: "by", Usage: "what --from and --to look at: packet (the first one) or file (when it was modified)", Value: byPacket},
			&cli.DurationFlag{Name: "deadline", Usage: "take no new work after this `TIME`; what is at hand is finished"},
			&cli.StringFlag{Name: "min-free", Usage: "expire first when less than `SIZE` is free on the lake's disk; take no captures while it is"},
			&cli.IntFlag{Name: "exit-when-empty", Usage: "exit with `STATUS` when there was nothing new"},
			&cli.StringFlag{Name: "fail-on", Usage: "exit with status 4 when a verdict of the days judged is of this `SEVERITY` or graver: " + strings.Join(queries.Severities, ", ")},
			allowlistFlag(), memoryFlag(),
			&cli.BoolFlag{Name: "dry-run", Usage: "print what would be done and do nothing"},
			&cli.StringFlag{Name: "summary", Usage: "write the summary to `FILE` as well"},
			&cli.StringFlag{Name: "metrics", Usage: "replace `FILE` by figures for Prometheus' node_exporter (textfile)"},
			&cli.StringFlag{Name: "lineage", Usage: "append OpenLineage events to `FILE`, one JSON object a line"},
			&cli.StringFlag{Name: "webhook", Usage: "post the summary to `URL`"},
		}, readingFlags(time.Minute), retentionFlags(), userFlags(), formatFlags()),
		Action: func(c *cli.Context) error { return runNight(c, s) },
	}
}

// Values of --by.
const (
	byPacket = "packet"
	byFile   = "file"
)

func runNight(c *cli.Context, s streams) error {
	n, err := newNight(c, s)
	if err != nil {
		return err
	}
	err = n.run()
	if werr := n.tell(); err == nil && werr != nil {
		return werr
	}
	if err != nil {
		return err
	}
	if status := n.exit(); status != 0 {
		return &statusError{status, nil}
	}
	return nil
}

// newNight reads the flags.
func newNight(c *cli.Context, s streams) (*night, error) {
	n := &night{c: c, s: s, began: time.Now(), reportDir: c.String("report-dir")}
	var err error
	if n.ingest, err = readingOptions(c, s); err != nil {
		return nil, err
	}
	n.log = n.ingest.Log
	n.ingest.Sources = append(c.StringSlice("source"), c.Args().Slice()...)
	if len(n.ingest.Sources) == 0 {
		return nil, usage(fmt.Errorf("nothing to ingest: name files, folders or patterns with --source"))
	}
	if slices.Contains(n.ingest.Sources, "-") {
		return nil, usage(fmt.Errorf("--source -: standard input cannot be read again after a failure: pcaplake ingest reads it"))
	}
	if err := n.times(); err != nil {
		return nil, err
	}
	if n.expire, err = expireOptions(c); err != nil {
		return nil, err
	}
	if n.minFree, err = parseSize(c, "min-free"); err != nil {
		return nil, err
	}
	if grave := c.String("fail-on"); grave != "" && !slices.Contains(queries.Severities, grave) {
		return nil, usage(fmt.Errorf("--fail-on %q: one of %s", grave, strings.Join(queries.Severities, ", ")))
	}
	if n.allowed, err = readAllowlist(c.String("allowlist")); err != nil {
		return nil, err
	}
	if e := c.Int("exit-when-empty"); e < 0 || e > 255 {
		return nil, usage(fmt.Errorf("--exit-when-empty %d: 0 to 255", e))
	}
	n.compact = etl.CompactOptions{Lake: c.String("lake"), MinFiles: 2, Jobs: c.Int("jobs"), DryRun: c.Bool("dry-run"), ToolVersion: version, Log: n.log}
	n.data = queries.Dataset{SQLDir: c.String("sql"), Networks: c.String("networks"), GeoIP: c.StringSlice("geoip")}
	if n.data.Memory, err = memory(c); err != nil {
		return nil, err
	}
	n.sum = nightSummary{
		Command: "run", DryRun: c.Bool("dry-run"), Night: n.date(), Started: n.began.UTC().Truncate(time.Second), Steps: []stepSummary{}, ToolVersion: version,
	}
	if err := checkWebhook(c.String("webhook")); err != nil {
		return nil, err
	}
	return n, checkFormat(c)
}

// times reads what bounds the night in time.
func (n *night) times() (err error) {
	c, o := n.c, &n.ingest
	if o.From, err = parseTime(c, "from"); err != nil {
		return err
	}
	if o.To, err = parseTime(c, "to"); err != nil {
		return err
	}
	if !o.To.IsZero() && !o.From.Before(o.To) {
		return usage(fmt.Errorf("--from %s is not before --to %s", c.String("from"), c.String("to")))
	}
	switch by := c.String("by"); by {
	case byPacket, byFile:
		o.FileTime = by == byFile
	default:
		return usage(fmt.Errorf("--by %q: packet or file", by))
	}
	if d := c.Duration("deadline"); d < 0 {
		return usage(fmt.Errorf("--deadline %s: a time such as 4h", d))
	} else if d > 0 {
		o.Until = n.began.Add(d)
	}
	return nil
}
