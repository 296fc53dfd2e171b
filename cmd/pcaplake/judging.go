package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/classify"
	"github.com/urfave/cli/v2"
)

// judgingOptions are the options of verdicts with what they hold open.
type judgingOptions struct {
	classify.Options
	session    *queries.Session
	dataset    queries.Dataset // of the session
	temp       string          // lake of a capture that serves as baseline
	anonymized string          // fingerprint of the key of the lake that is judged; "": it is not anonymised
}

// openJudging opens the lake as the flags narrow it, and what its verdicts are told by flags. The caller closes both.
func openJudging(c *cli.Context) (*queries.Session, *judgingOptions, *queries.Dataset, error) {
	d, err := dataset(c)
	if err != nil {
		return nil, nil, nil, err
	}
	o, err := judging(c, &d)
	if err != nil {
		return nil, nil, nil, err
	}
	if c.String("baseline") != "" {
		d.Past = &o.dataset
	}
	_, state, err := readLake(c.Context, c.String("lake"), &d)
	if err != nil {
		o.close()
		return nil, nil, nil, err
	}
	session, err := queries.Open(c.Context, d)
	if err != nil {
		o.close()
		return nil, nil, nil, err
	}
	o.anonymized = etl.Anonymized(state)
	return session, o, &d, nil
}

// judging reads what verdicts are told by flags: the baseline and the allowlist.
func judging(c *cli.Context, d *queries.Dataset) (o *judgingOptions, err error) {
	o = &judgingOptions{}
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	if o.Allowlist, err = readAllowlist(c.String("allowlist")); err != nil {
		return o, err
	}
	path := c.String("baseline")
	if path == "" {
		return o, o.past(c.Context, c.String("lake"), d)
	}
	root := path
	if info, err := os.Stat(path); err != nil {
		return o, usage(fmt.Errorf("--baseline: %w", err))
	} else if !info.IsDir() {
		if root, err = o.ingest(c.Context, path, d); err != nil {
			return o, err
		}
	}
	return o, o.open(c.Context, root, queries.Dataset{Networks: d.Networks, SQLDir: d.SQLDir, Memory: d.Memory})
}

func baselineFlag() cli.Flag {
	return &cli.StringFlag{Name: "baseline", Usage: "what was usual before: a lake's folder or a `CAPTURE` of quiet times; without it the lake's 28 days before --from"}
}

func allowlistFlag() cli.Flag {
	return &cli.StringFlag{Name: "allowlist", Usage: "`FILE` of what is suppressed (CSV: detector,src,dst,dport,reason,expires)"}
}

// readAllowlist reads the file of --allowlist; "" is none.
func readAllowlist(path string) ([]classify.Allowed, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, usage(fmt.Errorf("--allowlist: %w", err))
	}
	defer file.Close()
	list, err := classify.ReadAllowlist(file)
	if err != nil {
		return nil, usage(fmt.Errorf("--allowlist %s: %w", path, err))
	}
	return list, nil
}

// ingest makes a lake of a capture, with what is found in it, for as long as the options are open.
func (o *judgingOptions) ingest(ctx context.Context, path string, d *queries.Dataset) (root string, err error) {
	if o.temp, err = os.MkdirTemp("", "pcaplake-baseline-"); err != nil {
		return "", fmt.Errorf("make folder for baseline: %w", err)
	}
	root = filepath.Join(o.temp, "lake")
	if _, err := etl.Ingest(ctx, etl.Options{Lake: root, Sources: []string{path}, ToolVersion: version}); err != nil {
		return "", fmt.Errorf("read baseline: %w", err)
	}
	_, _, err = judgeLake(ctx, root, queries.Dataset{Networks: d.Networks, SQLDir: d.SQLDir, Memory: d.Memory}, nil)
	return root, err
}

// past takes the lake's days before the period as what is usual; without a period there are none.
func (o *judgingOptions) past(ctx context.Context, root string, d *queries.Dataset) error {
	if d.From.IsZero() {
		return nil
	}
	before := *d
	before.From, before.To = d.From.AddDate(0, 0, -queries.PastDays), d.From
	return o.open(ctx, root, before)
}

func (o *judgingOptions) open(ctx context.Context, root string, d queries.Dataset) (err error) {
	o.dataset = d
	if o.session, err = openLake(ctx, root, &o.dataset); err != nil {
		if errors.Is(err, lake.ErrNoLake) {
			return usage(fmt.Errorf("--baseline: %w", err))
		}
		return err
	}
	o.Baseline, err = classify.NewBaseline(ctx, o.session)
	return err
}

func (o *judgingOptions) close() {
	if o.session != nil {
		_ = o.session.Close()
	}
	if o.temp != "" {
		_ = os.RemoveAll(o.temp)
	}
}
