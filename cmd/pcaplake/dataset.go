package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/schema"
	"github.com/urfave/cli/v2"
)

// datasetFlags narrow what a command reads, and name the user's files: enrichments and queries.
func datasetFlags() []cli.Flag {
	return append(rangeFlags(), userFlags()...)
}

// userFlags name the user's files.
func userFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "networks", Usage: "`FILE` that declares your networks, sites and servers (docs/enrichment.md)"},
		&cli.StringSliceFlag{Name: "geoip", Usage: "geolocation database `FILE` (.mmdb); may be repeated"},
		&cli.StringFlag{Name: "sql", Usage: "named queries of your own in `DIR`, before ours of the same name"},
	}
}

// memoryFlag bounds the queries of commands that judge.
func memoryFlag() cli.Flag {
	return &cli.StringFlag{Name: "memory", Usage: "memory of the queries, `SIZE`; what does not fit is spilled into the system's folder for temporary files", Value: "2GB"}
}

// memory is what --memory says, as a dataset has it; "" where the command has no such flag.
func memory(c *cli.Context) (string, error) {
	text := c.String("memory")
	if text == "" {
		return "", nil
	}
	size, err := humanize.ParseBytes(text)
	if err != nil || size < 64<<20 {
		return "", usage(fmt.Errorf("--memory %q: a size of 64MB or more", text))
	}
	return fmt.Sprintf("%dB", size), nil
}

// rangeFlags narrow what a command reads.
func rangeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "from", Usage: "only packets at `TIME` or later (2026-11-22, or RFC 3339; UTC)"},
		&cli.StringFlag{Name: "to", Usage: "only packets before `TIME`"},
		&cli.StringSliceFlag{Name: "sensor", Usage: "only of this sensor; may be repeated"},
	}
}

// openSession opens the lake's live files for queries.
func openSession(c *cli.Context) (*queries.Session, error) {
	return openRead(c, readLake)
}

// openWhole is openSession of the whole lake, whose files also say of which captures their rows are.
func openWhole(c *cli.Context) (*queries.Session, error) {
	return openRead(c, loadLake)
}

// openRead opens for queries what is read of the lake, by loadLake or readLake.
func openRead(c *cli.Context, read func(context.Context, string, *queries.Dataset) (*lake.Lake, *lake.State, error)) (*queries.Session, error) {
	d, err := dataset(c)
	if err != nil {
		return nil, err
	}
	if _, _, err := read(c.Context, c.String("lake"), &d); err != nil {
		return nil, err
	}
	return queries.Open(c.Context, d)
}

// openAsking is openSession whose statements may also prepare others, and ask for payloads out of the captures, which payloads tells of. The caller closes both.
// It is for the statements of the text asked; "": for any.
func openAsking(c *cli.Context, asked string) (*queries.Session, *etl.Payloads, error) {
	d, err := dataset(c)
	if err != nil {
		return nil, nil, err
	}
	l, state, err := readLake(c.Context, c.String("lake"), &d)
	if err != nil {
		return nil, nil, err
	}
	payloads := etl.NewPayloads(l, state, c.StringSlice("archive"))
	d.Payloads, d.Prepares, d.Asked = payloads.Read, true, asked
	session, err := queries.Open(c.Context, d)
	return session, payloads, err
}

func archiveFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "archive", Usage: "look in `DIR` for captures that have moved; may be repeated"}
}

// tellUnread tells of the captures that payload() could not read, whose rows had none: then the answer is partial.
func tellUnread(s streams, payloads *etl.Payloads) error {
	unread := payloads.Errors()
	tellSources(s, unread)
	if len(unread) > 0 {
		return &statusError{status: exitPartial}
	}
	return nil
}

// tellSources says of captures why they cannot be read.
func tellSources(s streams, errors []etl.SourceError) {
	for _, e := range errors {
		fmt.Fprintf(s.err, "pcaplake: %s: %s\n", queries.EscapeText(e.Source), queries.EscapeText(e.Error))
	}
}

// openLake opens the live files of a lake for queries, narrowed as the dataset is, and fills these in there.
func openLake(ctx context.Context, root string, d *queries.Dataset) (*queries.Session, error) {
	if _, _, err := readLake(ctx, root, d); err != nil {
		return nil, err
	}
	return queries.Open(ctx, *d)
}

// loadLake opens a lake and fills in what it has: its live files, where this machine reads them, and captures.
func loadLake(ctx context.Context, root string, d *queries.Dataset) (*lake.Lake, *lake.State, error) {
	return fillIn(ctx, root, d, (*lake.Lake).Load)
}

// readLake is loadLake of what reaches into the dataset's period, which a large lake gives much sooner than all it has: its live files, also of the days before that
// say what is usual, and captures when a statement needs them.
func readLake(ctx context.Context, root string, d *queries.Dataset) (*lake.Lake, *lake.State, error) {
	period := lake.Period{From: d.From, To: d.To, Before: queries.PastDays * 24 * time.Hour, Around: queries.Reach}
	return fillIn(ctx, root, d, func(l *lake.Lake, ctx context.Context) (*lake.State, error) { return l.LoadPeriod(ctx, period) })
}

// fillIn opens a lake and fills in what load reads of it.
func fillIn(ctx context.Context, root string, d *queries.Dataset, load func(*lake.Lake, context.Context) (*lake.State, error)) (*lake.Lake, *lake.State, error) {
	l, err := lake.Open(ctx, root)
	if err != nil {
		return nil, nil, err
	}
	state, err := load(l, ctx)
	if err != nil {
		return nil, nil, err
	}
	d.Files, d.Captures, d.Pseudonyms = l.Local(state.AllFiles()), etl.Quarantined(l.WorkDir()), etl.Anonymized(state) != ""
	d.MoreCaptures = sync.OnceValues(func() ([]schema.Capture, error) { return state.Captures(), state.Err() })
	if lake.IsURL(root) {
		d.Fetch = l.Fetch
	}
	return l, state, nil
}

// dataset is what the flags narrow a session to, without files.
func dataset(c *cli.Context) (queries.Dataset, error) {
	d := queries.Dataset{
		Sensors: c.StringSlice("sensor"), SQLDir: c.String("sql"), Model: c.String("model"),
		Stats: c.Bool("stats"), Networks: c.String("networks"), GeoIP: c.StringSlice("geoip"),
	}
	var err error
	if d.From, err = parseTime(c, "from"); err != nil {
		return d, err
	}
	if d.To, err = parseTime(c, "to"); err != nil {
		return d, err
	}
	d.Memory, err = memory(c)
	return d, err
}

// timeLayouts are the forms of a time on the command line; without a zone it is UTC.
var timeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly}

func parseTime(c *cli.Context, flag string) (time.Time, error) {
	text := c.String(flag)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usage(fmt.Errorf("--%s %q: a date such as 2026-11-22 or a time such as 2026-11-22T18:55:30Z", flag, text))
}
