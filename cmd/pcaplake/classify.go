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
		ArgsUsage: "[eval|anova|fit]",
		Usage:     "normal or not: scans, denial of service, theft, guessed passwords, with proof",
		Description: `One row per verdict: who, whom, when, how grave, what was measured against which threshold, SQL that gives the finding again, and the command
that extracts its packets. The verdicts of the period take the place of those that the lake's table verdicts had of it, in one step; with --dry-run, --sensor,
or where the lake cannot be written, the table stays as it is. docs/detection.md says what each detector looks for; --sql adds your own. With eval, verdicts are scored against labels, in Markdown or JSON:
with defaults, with a baseline where --baseline names one, and naive rules beside. With anova, features of flows are ranked by how far classes differ in them. With fit, a
small forest is grown from labelled flows and written as SQL, which --model takes as one more detector.

Examples:
  pcaplake classify
  pcaplake classify --from 2026-11-22 --to 2026-11-23 --fail-on high -f json
  pcaplake classify --per capture
  pcaplake classify eval --labels labels.csv --baseline quiet.pcap
  pcaplake classify anova --labels labels.csv
  pcaplake classify fit --labels labels.csv -o model.sql`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "fail-on", Usage: "exit with status 4 when a verdict is of this `SEVERITY` or graver: " + strings.Join(queries.Severities, ", ")},
			&cli.StringFlag{Name: "per", Usage: "one answer, normal, malicious or not judged, per `SUBJECT`: " + strings.Join(classify.Subjects, " or ")},
			&cli.StringFlag{Name: "labels", Usage: "of eval, anova and fit: `FILE` of labels (CSV: start,end,src,dst,proto,dport,class,subclass,tool,direction)"},
			&cli.StringFlag{Name: "unlabelled", Usage: "of eval: flows without a label are left out (ignore) or count as normal", Value: classify.Ignore},
			baselineFlag(), allowlistFlag(),
			&cli.StringFlag{Name: "model", Usage: "`FILE` that fit wrote: one more detector"},
			&cli.IntFlag{Name: "seed", Usage: "of fit: the same seed grows the same forest", Value: 1},
			&cli.BoolFlag{Name: "dry-run", Usage: "do not put the verdicts into the lake's table verdicts"},
			memoryFlag(), outputFlag(),
		}, append(formatFlags(), datasetFlags()...)...),
		Action: func(c *cli.Context) error {
			if act, ok := classifyActs[c.Args().First()]; ok && c.NArg() == 1 {
				return act(c, s)
			}
			return judge(c, s)
		},
	}
}

// classifyActs are what classify does beside judging.
var classifyActs = map[string]func(*cli.Context, streams) error{"eval": evaluate, "anova": rankFeatures, "fit": fitModel}

func judge(c *cli.Context, s streams) error {
	if err := checkJudge(c); err != nil {
		return err
	}
	session, o, d, err := openJudging(c)
	if err != nil {
		return err
	}
	defer session.Close()
	defer o.close()
	verdicts, err := classify.Verdicts(c.Context, session, o.Options)
	if err != nil {
		return err
	}
	if !c.Bool("dry-run") && len(d.Sensors) == 0 {
		if _, err := keepVerdicts(c.Context, c.String("lake"), d, verdicts); err != nil && !notAllowed(err) {
			return err
		} else if err != nil {
			fmt.Fprintf(s.err, "pcaplake: the verdicts are not kept: %v\n", oneLine(err))
		}
	}
	table := classify.Table(verdicts)
	if per := c.String("per"); per != "" {
		if table, err = classify.Answers(c.Context, session, per, verdicts); err != nil {
			return err
		}
	}
	if err := print(c, s, table.Result()); err != nil {
		return err
	}
	if grave := c.String("fail-on"); grave != "" && slices.ContainsFunc(verdicts, func(v classify.Verdict) bool { return v.AtLeast(grave) }) {
		return &statusError{status: exitFound}
	}
	return nil
}

// checkJudge refuses flags that make no sense before anything is read.
func checkJudge(c *cli.Context) error {
	failOn, per := c.String("fail-on"), c.String("per")
	switch {
	case c.NArg() > 0:
		return usage(fmt.Errorf("too many arguments: %q: choose a period with --from and --to", c.Args().Slice()))
	case failOn != "" && !slices.Contains(queries.Severities, failOn):
		return usage(fmt.Errorf("--fail-on %q: one of %s", failOn, strings.Join(queries.Severities, ", ")))
	case per != "" && !slices.Contains(classify.Subjects, per):
		return usage(fmt.Errorf("--per %q: one of %s", per, strings.Join(classify.Subjects, ", ")))
	}
	return checkFormat(c)
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
	labels, err := readLabels(c.String("labels"))
	if err != nil {
		return err
	}
	session, o, _, err := openJudging(c)
	if err != nil {
		return err
	}
	defer session.Close()
	defer o.close()
	e, err := classify.Evaluate(c.Context, session, labels, classify.EvalOptions{UnlabelledNormal: c.String("unlabelled") == classify.Normal, Baseline: o.Baseline})
	if err != nil {
		return err
	}
	write := e.Markdown
	if format == "json" {
		write = e.JSON
	}
	return writeOutput(c, s, write)
}

func readLabels(path string) ([]classify.Label, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open labels: %w", err)
	}
	defer file.Close()
	return classify.ReadLabels(file)
}

// rankFeatures ranks features of flows by classes, of labels or of the verdicts.
func rankFeatures(c *cli.Context, s streams) error {
	if err := checkFormat(c); err != nil {
		return err
	}
	session, labels, err := labelled(c)
	if err != nil {
		return err
	}
	defer session.Close()
	table, err := classify.Rank(c.Context, session, labels)
	if err != nil {
		return err
	}
	return print(c, s, table.Result())
}

// fitModel grows a forest from labelled flows and writes it as a detector.
func fitModel(c *cli.Context, s streams) error {
	if c.String("labels") == "" {
		return usage(errors.New("which labels? --labels FILE"))
	}
	session, labels, err := labelled(c)
	if err != nil {
		return err
	}
	defer session.Close()
	forest, err := classify.Fit(c.Context, session, labels, uint64(c.Int("seed")))
	if err != nil {
		return err
	}
	return writeOutput(c, s, forest.WriteSQL)
}

// labelled opens the lake and reads the labels, of which there may be none.
func labelled(c *cli.Context) (session *queries.Session, labels []classify.Label, err error) {
	if path := c.String("labels"); path != "" {
		if labels, err = readLabels(path); err != nil {
			return nil, nil, err
		}
	}
	session, err = openSession(c)
	return session, labels, err
}
