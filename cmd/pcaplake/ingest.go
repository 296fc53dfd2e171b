package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/etl/pseudonym"
	"github.com/urfave/cli/v2"
)

func ingestCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "ingest",
		Usage:     "captures into the lake, each exactly once",
		ArgsUsage: "SOURCE…",
		Description: `A SOURCE is a file, a folder, a glob pattern, the URL of an object or a prefix, or - for standard input: pcap or pcapng, plain, gzip or zstd.
What the lake has is not read again. A capture that grew comes in the place of its earlier part. The last line is a summary as JSON.

Examples:
  pcaplake ingest /archive/2026-11-22/                        a night's captures
  pcaplake ingest --sensor dmz --payload 256 'tap/*.pcap.gz'  with the first 256 bytes of every payload
  tcpdump -i eth0 -w - -c 1000 | pcaplake ingest -            from a pipe
  pcaplake ingest s3://archive/2026-11-22/                    from object storage
  pcaplake ingest --plan plan.json --shard 3                  a part of what pcaplake plan listed
  pcaplake ingest --live eth0 --count 100                     from an interface`,
		Flags: append(readingFlags(0),
			&cli.BoolFlag{Name: "replace", Usage: "put named files in the place of what was read from them before, or with other options"},
			&cli.BoolFlag{Name: "dry-run", Usage: "say what would be done"},
			&cli.StringFlag{Name: "plan", Usage: "ingest a shard of `PLAN`, told by its id, file or URL, instead of sources"},
			&cli.StringFlag{Name: "shard", Usage: "`I`, from 0; -: those whose numbers are lines on standard input; none: as the engine's environment says"},
			&cli.StringFlag{Name: "summary", Usage: "write the summary to `FILE` as well"},
			&cli.StringFlag{Name: "live", Usage: "capture from interface `IFACE` first (Linux)"},
			&cli.Int64Flag{Name: "count", Usage: "end the live capture after `N` frames"},
			&cli.DurationFlag{Name: "duration", Usage: "end the live capture after this `TIME`"},
		),
		Action: func(c *cli.Context) error { return ingest(c, s) },
	}
}

// readingFlags say how captures are read. Settle is the default of --settle.
func readingFlags(settle time.Duration) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "sensor", Usage: "`NAME` of where the captures were taken", Value: "default"},
		&cli.IntFlag{Name: "jobs", Usage: "captures read at a time; 0: one per processor"},
		&cli.StringFlag{Name: "payload", Usage: "bytes of each payload to keep: `N` or all", Value: "0"},
		&cli.DurationFlag{Name: "flow-idle", Usage: "a flow ends when it is silent for longer than this `TIME`", Value: flow.DefaultIdle * time.Microsecond},
		&cli.DurationFlag{Name: "flow-active", Usage: "a flow ends when it lasts longer than this `TIME`", Value: flow.DefaultActive * time.Microsecond},
		&cli.StringFlag{Name: "flow-vlan", Usage: "VLANs are part of the key of flows: `on` or off", Value: "on"},
		&cli.IntFlag{Name: "flow-max", Usage: "`N` flows are open at a time in a capture; beyond that the longest silent one ends", Value: flow.DefaultOpen},
		&cli.DurationFlag{Name: "settle", Usage: "leave files changed within this `TIME` for later", Value: settle},
		&cli.StringFlag{Name: "after", Usage: "what becomes of a source that is committed: keep, move=`DIR` or delete", Value: "keep"},
		&cli.BoolFlag{Name: "sha256", Usage: "record SHA-256 of the sources as well"},
		&cli.StringFlag{Name: "anonymize", Usage: "pseudonyms for addresses, names and texts, under the key in `KEYFILE` (docs/privacy.md)"},
	}
}

// rowOptions change what rows a capture gives.
var rowOptions = []string{"sensor", "payload", "flow-idle", "flow-active", "flow-vlan", "flow-max"}

func ingest(c *cli.Context, s streams) error {
	if c.String("plan") != "" {
		return ingestShards(c, s)
	}
	o, err := ingestOptions(c, s)
	if err != nil {
		return err
	}
	return ingestTold(c, s, o)
}

// ingestTold ingests and writes the summary. The first signal lets the captures at hand be dropped or finished whole; the summary is written all the same.
func ingestTold(c *cli.Context, s streams, o etl.Options) error {
	summary, err := ingestShown(c.Context, s, o)
	if werr := writeSummary(c, s, summary); err == nil && werr != nil {
		return werr
	}
	if status := etl.ExitStatus(summary, err); status != 0 {
		return &statusError{status, err}
	}
	return nil
}

// boundMemory has the garbage collector work harder, not later, beyond what a run needs: 150 MiB, and 100 more for each capture that is read at a time; where payloads are
// kept, 250 more, without which it takes as much time as all else. A limit of the user's own stays.
func boundMemory(jobs, payload int) {
	const base, each, payloads = 150 << 20, 100 << 20, 250 << 20
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	limit := base + each*int64(jobs)
	if payload != 0 {
		limit += payloads
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
}

// ingestShown ingests, with a bar on a terminal.
func ingestShown(ctx context.Context, s streams, o etl.Options) (etl.Summary, error) {
	bar := s.showProgress("captures", &o.Progress)
	defer bar.finish()
	boundMemory(o.Jobs, o.Payload)
	return etl.Ingest(ctx, o)
}

func ingestOptions(c *cli.Context, s streams) (etl.Options, error) {
	o, err := readingOptions(c, s)
	if err != nil {
		return o, err
	}
	o.Sources, o.Stdin, o.Replace, o.Explicit = c.Args().Slice(), s.in, c.Bool("replace"), slices.ContainsFunc(rowOptions, c.IsSet)
	if name := c.String("live"); name != "" {
		o.Live = &capture.LiveOptions{Interface: name, Count: c.Int64("count"), Duration: c.Duration("duration")}
	}
	if len(o.Sources) == 0 && o.Live == nil {
		return o, usage(fmt.Errorf("nothing to ingest: name files, folders, a pattern, - or --live IFACE"))
	}
	return o, nil
}

// readingOptions are what the flags of readingFlags say.
func readingOptions(c *cli.Context, s streams) (etl.Options, error) {
	o := etl.Options{
		Lake: c.String("lake"), Sensor: c.String("sensor"), Jobs: c.Int("jobs"), Settle: c.Duration("settle"), After: c.String("after"),
		SHA256: c.Bool("sha256"), DryRun: c.Bool("dry-run"), FlowIdle: c.Duration("flow-idle"), FlowActive: c.Duration("flow-active"),
		FlowMax: c.Int("flow-max"), ToolVersion: version,
	}
	switch vlan := c.String("flow-vlan"); vlan {
	case "on", "off":
		o.FlowIgnoreVLAN = vlan == "off"
	default:
		return o, usage(fmt.Errorf("flow-vlan %q: on or off", vlan))
	}
	var err error
	if o.Log, err = newLog(c, s.err); err != nil {
		return o, err
	}
	if path := c.String("anonymize"); path != "" {
		if o.Anonymize, err = pseudonym.Load(path); err != nil {
			return o, usage(fmt.Errorf("--anonymize: %w", err))
		}
	}
	o.Payload, err = payloadBytes(c.String("payload"))
	return o, err
}

func payloadBytes(text string) (int, error) {
	if text == "all" {
		return -1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, usage(fmt.Errorf("payload %q: a number of bytes, or all", text))
	}
	return n, nil
}
