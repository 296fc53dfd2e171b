package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/reports"
	"github.com/urfave/cli/v2"
)

func reportCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "report",
		Usage: "one page: findings, charts, their SQL and tables",
		Description: `The page is one HTML file that makes no request of the network. Beside it stand report.json, with all its data, and a folder of
CSV files, one per table, each named after the page. Where it is and its most telling lines are printed.

Examples:
  pcaplake report -o night.html
  pcaplake report -o dmz.html --sensor dmz --from 2026-11-22 --to 2026-11-23`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the page to `FILE`", Value: "report.html"},
			&cli.StringFlag{Name: "title", Usage: "heading of the page"},
			&cli.BoolFlag{Name: "reproducible", Usage: "leave out when the page was made: the same lake gives the same bytes"},
		}, datasetFlags()...),
		Action: func(c *cli.Context) error { return report(c, s) },
	}
}

func report(c *cli.Context, s streams) error {
	if c.NArg() > 0 {
		return usage(fmt.Errorf("too many arguments: %q: name the page with -o", c.Args().Slice()))
	}
	session, err := openSession(c)
	if err != nil {
		return err
	}
	defer session.Close()
	o := reports.Options{Title: c.String("title"), Command: commandLine(), ToolVersion: version}
	if !c.Bool("reproducible") {
		o.Generated = time.Now()
	}
	r, err := reports.Build(c.Context, session, o)
	if err != nil {
		return err
	}
	page := c.String("output")
	if err := writeReport(page, r); err != nil {
		return err
	}
	fmt.Fprintln(s.out, queries.EscapeText(page))
	for _, line := range r.Highlights {
		fmt.Fprintln(s.out, queries.EscapeText(line))
	}
	return nil
}

// secret reports whether what a flag says is for nobody else to see.
func secret(flag string) bool { return flag == "-webhook" || flag == "--webhook" }

// writeReport writes a page, its data and its tables beside it.
func writeReport(page string, r *reports.Report) error {
	base := strings.TrimSuffix(page, filepath.Ext(page))
	if err := writeWhole(page, r.HTML); err != nil {
		return err
	}
	if err := writeWhole(base+".json", r.JSON); err != nil {
		return err
	}
	if err := os.MkdirAll(base+"-csv", 0o755); err != nil {
		return fmt.Errorf("write tables: %w", err)
	}
	return r.CSVs(base + "-csv")
}

// commandLine is what the user typed, words with spaces in quotes, without secrets.
func commandLine() string {
	words := []string{"pcaplake"}
	for i, w := range os.Args[1:] {
		if flag, _, joined := strings.Cut(w, "="); joined && secret(flag) {
			w = flag + "=…"
		} else if secret(os.Args[i]) {
			w = "…"
		}
		if strings.ContainsAny(w, " \t\n'\"$") {
			w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}
