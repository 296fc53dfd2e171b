package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/indicators"
	"github.com/urfave/cli/v2"
)

func huntCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "hunt",
		Usage:     "look for indicators of compromise in all that was kept",
		ArgsUsage: "--ioc FILE…",
		Description: `The list is STIX 2.1 or MISP (JSON), CSV, or one indicator a line, defanged or not: addresses and networks, domains (with all below them), http URLs and
request targets, JA3 and JA4, SHA-256 of certificates, and behind a name what its form does not tell, such as user-agent: TEXT or hassh: MD5.
One row per indicator and table that it was seen in: when first and last, by whose traffic, how often, and the command that extracts its packets.
Addresses are sought in flows, in answers of DNS, and in sums where flows are no longer kept. docs/hunting.md has the forms of lists and what counts as seen.
Exit status: 0 done; 3 some entries are no indicators, the rest was sought; 4 with --fail-on-hit when one was seen; 66 no list, or none in it.

Examples:
  pcaplake hunt --ioc feed.txt
  pcaplake hunt --ioc event.misp.json --from 2026-11-01 -f csv -o hits.csv
  echo evil[.]example | pcaplake hunt --ioc -`,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringSliceFlag{Name: "ioc", Usage: "list of indicators: a `FILE`, - is standard input; may be repeated"},
			&cli.BoolFlag{Name: "fail-on-hit", Usage: "exit with 4 when an indicator was seen"},
			statsFlag(), outputFlag(), auditFlag(),
		}, formatFlags(), datasetFlags()),
		Action: func(c *cli.Context) error { return hunt(c, s) },
	}
}

func hunt(c *cli.Context, s streams) error {
	if err := checkFormat(c); err != nil {
		return err
	}
	list, err := readIndicators(append(c.StringSlice("ioc"), c.Args().Slice()...), s.in, io.Discard)
	if err != nil {
		return err
	}
	var hits, seen int
	err = audited(c, strings.Join(append(c.StringSlice("ioc"), c.Args().Slice()...), " "), func() (int64, error) {
		session, err := openWhole(c)
		if err != nil {
			return 0, err
		}
		defer session.Close()
		found, err := session.Hunt(c.Context, list.Indicators, queries.HuntOptions{Command: extractCommandLine(c.String("lake"))})
		if err != nil {
			return 0, err
		}
		hits, seen = len(found.Rows), seenIndicators(found)
		if c.Bool("stats") {
			err = tellStats(c, s, session)
		}
		return int64(hits), errors.Join(err, print(c, s, found.Result()))
	})
	if err != nil {
		return err
	}
	tellList(s.err, list)
	fmt.Fprintf(s.err, "pcaplake: %d of %s seen\n", seen, count(len(list.Indicators), "indicator"))
	switch {
	case hits > 0 && c.Bool("fail-on-hit"):
		return &statusError{status: exitFound}
	case len(list.Refused) > 0:
		return &statusError{status: exitPartial}
	}
	return nil
}

// extractCommandLine is the command that extracts packets of a lake.
func extractCommandLine(lake string) string {
	if lake == "./lake" {
		return "pcaplake extract"
	}
	return "pcaplake --lake " + queries.ShellQuote(lake) + " extract"
}

// seenIndicators is how many indicators a hunt found.
func seenIndicators(found *queries.Table) int {
	seen := map[[2]any]bool{}
	for _, row := range found.Rows {
		seen[[2]any{row[0], row[1]}] = true
	}
	return len(seen)
}

// readIndicators reads lists into one, and copies what it reads.
func readIndicators(paths []string, stdin io.Reader, as io.Writer) (*indicators.List, error) {
	if len(paths) == 0 {
		return nil, usage(errors.New("what to hunt? --ioc FILE names a list of indicators, - standard input"))
	}
	var readers []io.Reader
	for _, path := range paths {
		if path == "-" && stdin != nil {
			readers = append(readers, stdin)
			continue
		}
		file, err := os.Open(path)
		if err != nil {
			return nil, &statusError{exitNoInput, fmt.Errorf("open list of indicators: %w", err)}
		}
		defer file.Close()
		readers = append(readers, file)
	}
	var all *indicators.List
	for i, r := range readers {
		list, err := indicators.Read(io.TeeReader(r, as))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", paths[i], err)
		}
		all = all.With(list)
	}
	if len(all.Indicators) == 0 {
		err := errors.New("the list holds no indicator that packets show")
		if len(all.Refused) > 0 {
			r := all.Refused[0]
			err = fmt.Errorf("%w: %s: %q: %s", err, r.Place, r.Text, r.Reason)
		}
		return nil, &statusError{exitNoInput, err}
	}
	return all, nil
}

// refusalsTold bounds how many entries are told one by one.
const refusalsTold = 20

// tellList says what of a list was not looked for.
func tellList(w io.Writer, list *indicators.List) {
	for i, r := range list.Refused {
		if i == refusalsTold {
			fmt.Fprintf(w, "pcaplake: and %d more entries are no indicators\n", len(list.Refused)-i)
			break
		}
		fmt.Fprintf(w, "pcaplake: %s: %s: %s\n", queries.EscapeText(r.Place), queries.EscapeText(r.Text), r.Reason)
	}
	for _, what := range slices.Sorted(maps.Keys(list.Passed)) {
		fmt.Fprintf(w, "pcaplake: passed over, since packets do not show it: %s (%d)\n", queries.EscapeText(what), list.Passed[what])
	}
}
