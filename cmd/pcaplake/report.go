package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/etl/pseudonym"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/reports"
	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"
)

// reportFormats are the forms of a report on the command line.
var reportFormats = []string{"html", "markdown"}

func reportCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "report",
		Usage: "one page: coverage, verdicts, what changed, charts, their SQL and tables",
		Description: `The page is one HTML file that makes no request of the network. Beside it stand report.json, with all its data, and a folder of
CSV files, one per table, each named after the page. Where it is and its most telling lines are printed. With -f markdown a short text for
mail and chat is printed instead, or written where -o says.

Examples:
  pcaplake report -o night.html
  pcaplake report -o dmz.html --sensor dmz --from 2026-11-22 --to 2026-11-23
  pcaplake report -o night.html --compare yesterday.json --images pictures
  pcaplake report -o again.html --data night.json --lang zh-TW
  pcaplake report -o shared.html --anonymize lake.key
  pcaplake report -f markdown`,
		Flags: append(append([]cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the page to `FILE`", DefaultText: "report.html"},
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "`FORMAT`: " + strings.Join(reportFormats, " or "), Value: reportFormats[0]},
			&cli.StringFlag{Name: "compare", Usage: "say what changed since the report whose data is `FILE` (a report.json)"},
			&cli.StringFlag{Name: "data", Usage: "make the page of `FILE` (a report.json) instead of the lake"},
			&cli.StringFlag{Name: "images", Usage: "write every chart into `DIR` too, as SVG and PNG"},
			&cli.BoolFlag{Name: "reproducible", Usage: "leave out when the page was made: the same lake gives the same bytes"},
			&cli.StringFlag{Name: "anonymize", Usage: "pseudonyms for addresses, names and texts, under the key in `KEYFILE` (docs/privacy.md)"},
			baselineFlag(), allowlistFlag(), memoryFlag(),
		}, lookFlags()...), datasetFlags()...),
		Action: func(c *cli.Context) error { return report(c, s) },
	}
}

// lookFlags say how pages look.
func lookFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "title", Usage: "heading of the page"},
		&cli.StringFlag{Name: "logo", Usage: "picture `FILE` beside the heading (PNG, JPEG, GIF, WebP)"},
		&cli.StringFlag{Name: "style", Usage: "CSS `FILE` that goes after the page's own"},
		&cli.StringFlag{Name: "lang", Usage: "language of the page, `TAG`: " + strings.Join(reports.Languages, " or "), Value: reports.Languages[0]},
	}
}

func report(c *cli.Context, s streams) error {
	if c.NArg() > 0 {
		return usage(fmt.Errorf("too many arguments: %q: name the page with -o", c.Args().Slice()))
	}
	if f := c.String("format"); !slices.Contains(reportFormats, f) {
		return usage(fmt.Errorf("--format %q: one of %s", f, strings.Join(reportFormats, ", ")))
	}
	look, err := lookOf(c)
	if err != nil {
		return err
	}
	r, err := reportOf(c)
	if err != nil {
		return err
	}
	if dir := c.String("images"); dir != "" {
		if err := r.Images(dir, look); err != nil {
			return err
		}
	}
	page := c.String("output")
	if c.String("format") == "markdown" {
		write := func(out io.Writer) error { return r.Markdown(out, look) }
		if page == "" || page == "-" {
			return write(s.out)
		}
		return writeWhole(page, write)
	}
	if page == "" {
		page = "report.html"
	}
	if err := writeReport(page, r, look); err != nil {
		return err
	}
	fmt.Fprintln(s.out, queries.EscapeText(page))
	for _, line := range r.Highlights {
		fmt.Fprintln(s.out, queries.EscapeText(line))
	}
	return nil
}

// lookOf reads what --title, --logo, --style and --lang say.
func lookOf(c *cli.Context) (reports.Look, error) {
	look := reports.Look{Language: c.String("lang"), Title: c.String("title")}
	if !slices.Contains(reports.Languages, look.Language) {
		return look, usage(fmt.Errorf("--lang %q: one of %s", look.Language, strings.Join(reports.Languages, ", ")))
	}
	var err error
	if name := c.String("logo"); name != "" {
		if look.Logo, err = os.ReadFile(name); err != nil {
			return look, fmt.Errorf("read logo: %w", err)
		}
	}
	if name := c.String("style"); name != "" {
		text, err := os.ReadFile(name)
		if err != nil {
			return look, fmt.Errorf("read style sheet: %w", err)
		}
		look.Style = string(text)
	}
	return look, nil
}

// reportOf makes the report of the lake, or reads the one that --data names.
func reportOf(c *cli.Context) (*reports.Report, error) {
	by, err := pseudonymsOf(c)
	if err != nil {
		return nil, err
	}
	if name := c.String("data"); name != "" {
		r, err := readReport(name)
		if err != nil || by == nil {
			return r, err
		}
		return r, misused(r.Anonymize(by))
	}
	o := reports.Options{Title: c.String("title"), Command: commandLine(), ToolVersion: version, Pseudonyms: by}
	if name := c.String("compare"); name != "" {
		if o.Previous, err = readReport(name); err != nil {
			return nil, err
		}
	}
	if !c.Bool("reproducible") {
		o.Generated = time.Now()
	}
	session, judged, _, err := openJudging(c)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	defer judged.close()
	o.Judging, o.Anonymized = judged.Options, judged.anonymized
	r, err := reports.Build(c.Context, session, o)
	return r, misused(err)
}

// pseudonymsOf reads the key of --anonymize; nil without one.
func pseudonymsOf(c *cli.Context) (reports.Pseudonyms, error) {
	path := c.String("anonymize")
	if path == "" {
		return nil, nil
	}
	key, err := pseudonym.Load(path)
	if err != nil {
		return nil, usage(fmt.Errorf("--anonymize: %w", err))
	}
	return key, nil
}

// misused makes an error of usage of one about pseudonyms.
func misused(err error) error {
	if errors.Is(err, reports.ErrAnonymised) {
		return usage(err)
	}
	return err
}

// readReport reads a report.json.
func readReport(name string) (*reports.Report, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	defer f.Close()
	r, err := reports.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", queries.EscapeText(name), err)
	}
	return r, nil
}

// secret reports whether what a flag says is for nobody else to see.
func secret(flag string) bool { return flag == "-webhook" || flag == "--webhook" }

// writeReport writes a page, its data and its tables beside it.
func writeReport(page string, r *reports.Report, look reports.Look) error {
	look.Tables = filepath.Base(tablesOf(page))
	var text, data bytes.Buffer
	var made errgroup.Group
	made.Go(func() error { return r.HTML(&text, look) })
	made.Go(func() error { return r.JSON(&data) })
	if err := made.Wait(); err != nil {
		return err
	}
	if err := writeWhole(page, written(&text)); err != nil {
		return err
	}
	return writeData(page, r, written(&data))
}

// written writes what was made.
func written(made *bytes.Buffer) func(io.Writer) error {
	return func(out io.Writer) error {
		_, err := made.WriteTo(out)
		return err
	}
}

// writeData writes what goes beside a page: report.json, which json gives, and the tables.
func writeData(page string, r *reports.Report, json func(io.Writer) error) error {
	if err := writeWhole(strings.TrimSuffix(page, filepath.Ext(page))+".json", json); err != nil {
		return err
	}
	tables := tablesOf(page)
	if err := os.MkdirAll(tables, 0o755); err != nil {
		return fmt.Errorf("write tables: %w", err)
	}
	return r.CSVs(tables)
}

// tablesOf is the folder of a page's tables.
func tablesOf(page string) string { return strings.TrimSuffix(page, filepath.Ext(page)) + "-csv" }

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
