package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/indicators"
)

// hunt looks for indicators in captures, writes the hits beside the report, and sums them up.
func (n *night) hunt(ctx context.Context, d queries.Dataset, wanted []indicators.Indicator, captures []string, sum *huntSummary) error {
	session, err := queries.Open(ctx, d)
	if err != nil {
		return err
	}
	defer session.Close()
	o := queries.HuntOptions{Command: extractCommandLine(n.ingest.Lake)}
	if !sum.Whole {
		o.Captures = captures
	}
	found, err := session.Hunt(ctx, wanted, o)
	if err != nil {
		return err
	}
	sum.Seen = seenIndicators(found)
	for i, row := range found.Rows {
		if i == hitsTold {
			break
		}
		text := func(column int) string { return queries.Text(row[column], found.Columns[column]) }
		sum.Hits = append(sum.Hits, huntHit{text(0), text(1), text(3), text(4), text(5), text(7), row[8], row[10]})
	}
	if n.reportDir == "" || len(found.Rows) == 0 {
		return nil
	}
	if err := os.MkdirAll(n.reportDir, 0o755); err != nil {
		return fmt.Errorf("make folder of hits: %w", err)
	}
	sum.File = filepath.Join(n.reportDir, "hunt-"+n.began.UTC().Format("20060102T150405Z")+".csv")
	return writeWhole(sum.File, func(w io.Writer) error {
		_, err := queries.Write(ctx, w, "csv", found.Result(), queries.FormatOptions{})
		return err
	})
}
