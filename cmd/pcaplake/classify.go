package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/classify"
	"github.com/urfave/cli/v2"
)

func classifyCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "classify",
		ArgsUsage: "[eval]",
		Usage:     "normal or not: scans, denial of service, theft, guessed passwords, with proof",
		Description: `One row per verdict: who, whom, when, how grave, what was measured against which threshold, SQL that gives the finding again, and the command
that extracts its packets. docs/detection.md says what each detector looks for; --sql adds your own. With eval, verdicts are scored against labels, in Markdown or JSON.

Examples:
  pcaplake classify
  pcaplake classify --from 2026-11-22 --to 2026-11-23 --fail-on high -f json
  pcaplake classify --per capture
  pcaplake classify eval --labels labels.csv`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "fail-on", Usage: "exit with status 4 when a verdict is of this `SEVERITY` or graver: " + strings.Join(queries.Severities, ", ")},
			&cli.StringFlag{Name: "per", Usage: "one answer, normal, malicious or not judged, per `SUBJECT`: " + strings.Join(classify.Subjects, " or ")},
			&cli.StringFlag{Name: "labels", Usage: "of eval: `FILE` of labels (CSV: start,end,src,dst,proto,dport,class,subclass,tool,direction)"},
			&cli.StringFlag{Name: "unlabelled", Usage: "of eval: flows without a label are left out (ignore) or count as normal", Value: classify.Ignore},
			outputFlag(),
		}, append(formatFlags(), datasetFlags()...)...),
		Action: func(c *cli.Context) error {
			if c.NArg() == 1 && c.Args().First() == "eval" {
				return evaluate(c, s)
			}
			return judge(c, s)
		},
	}
}

func judge(c *cli.Context, s streams) error {
	failOn, per := c.String("fail-on"), c.String("per")
	switch {
	case c.NArg() > 0:
		return usage(fmt.Errorf("too many arguments: %q: choose a period with --from and --to", c.Args().Slice()))
	case failOn != "" && !slices.Contains(queries.Severities, failOn):
		return usage(fmt.Errorf("--fail-on %q: one of %s", failOn, strings.Join(queries.Severities, ", ")))
	case per != "" && !slices.Contains(classify.Subjects, per):
		return usage(fmt.Errorf("--per %q: one of %s", per, strings.Join(classify.Subjects, ", ")))
	}
	if err := checkFormat(c); err != nil {
		return err
	}
	session, err := openSession(c)
	if err != nil {
		return err
	}
	defer session.Close()
	verdicts, err := classify.Verdicts(c.Context, session)
	if err != nil {
		return err
	}
	table := classify.Table(verdicts)
	if per != "" {
		if table, err = classify.Answers(c.Context, session, per, verdicts); err != nil {
			return err
		}
	}
	if err := print(c, s, table.Result()); err != nil {
		return err
	}
	for i := range verdicts {
		if failOn != "" && verdicts[i].AtLeast(failOn) {
			return &statusError{status: exitFound}
		}
	}
	return nil
}

// evaluate scores verdicts against labels.
func evaluate(c *cli.Context, s streams) error {
	format := c.String("format")
	switch {
	case c.String("labels") == "":
		return usage(errors.New("which labels? --labels FILE"))
	case format != "" && format != "json" && format != "markdown":
		return usage(fmt.Errorf("format %q: eval writes markdown or json", format))
	case c.String("unlabelled") != classify.Ignore && c.String("unlabelled") != classify.Normal:
		return usage(fmt.Errorf("--unlabelled %q: %s or %s", c.String("unlabelled"), classify.Ignore, classify.Normal))
	}
	file, err := os.Open(c.String("labels"))
	if err != nil {
		return fmt.Errorf("open labels: %w", err)
	}
	defer file.Close()
	labels, err := classify.ReadLabels(file)
	if err != nil {
		return err
	}
	session, err := openSession(c)
	if err != nil {
		return err
	}
	defer session.Close()
	e, err := classify.Evaluate(c.Context, session, labels, c.String("unlabelled") == classify.Normal)
	if err != nil {
		return err
	}
	write := e.Markdown
	if format == "json" {
		write = e.JSON
	}
	if path := c.String("output"); path != "" {
		return writeWhole(path, write)
	}
	return write(s.out)
}
