package main

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/classify"
	"github.com/pcaplake/pcaplake/schema"
)

// judgeLake classifies the period of a dataset and puts the verdicts into the lake's table verdicts: a night's step. The
// dataset needs no files: they are the lake's. What is usual comes from the lake's days before the period. The verdicts are the gravest first. The errors are
// those of package classify and of etl.Judge; after one the table is as it was.
func judgeLake(ctx context.Context, root string, d queries.Dataset, allowed []classify.Allowed) (etl.Judgement, []classify.Verdict, error) {
	session, err := openLake(ctx, root, &d)
	if err != nil {
		return etl.Judgement{}, nil, err
	}
	defer session.Close()
	o := judgingOptions{Options: classify.Options{Allowlist: allowed}}
	defer o.close()
	if err := o.past(ctx, root, &d); err != nil {
		return etl.Judgement{}, nil, err
	}
	verdicts, err := classify.Verdicts(ctx, session, o.Options)
	if err != nil {
		return etl.Judgement{}, nil, err
	}
	sum, err := keepVerdicts(ctx, root, &d, verdicts)
	return sum, verdicts, err
}

// keepVerdicts puts the verdicts of a dataset's period into the lake.
func keepVerdicts(ctx context.Context, root string, d *queries.Dataset, verdicts []classify.Verdict) (etl.Judgement, error) {
	rows := make([]schema.Verdict, len(verdicts))
	for i := range verdicts {
		rows[i] = verdicts[i].Verdict
	}
	return etl.Judge(ctx, etl.JudgementOptions{Lake: root, Verdicts: rows, From: d.From, To: d.To, ToolVersion: version})
}

// notAllowed reports whether a lake could not be written because it may only be read.
func notAllowed(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}
