package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/shell"
	"github.com/urfave/cli/v2"
)

func shellCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "shell",
		Usage:     "ask in SQL, interactively",
		ArgsUsage: " ",
		Description: `SQL over several lines, to a semicolon, with history, completion (Tab) and colours (none with NO_COLOR); the name of a query runs it, .help lists the rest.
Ctrl-C stops a statement. What is higher than the terminal goes through $PAGER (less). The history is $XDG_STATE_HOME/pcaplake/history.
Without a terminal the statements of standard input run in their order; the first that fails ends it with status 1.

Examples:
  pcaplake shell
  pcaplake shell --from 2026-11-22 < night.sql
  echo '.run endpoints top=5' | pcaplake shell -f csv`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "pager", Usage: "show what is higher than the terminal by `COMMAND`; empty: never", EnvVars: []string{"PAGER"}, Value: "less"},
			archiveFlag(),
			auditFlag(),
		}, append(formatFlags(), datasetFlags()...)...),
		Action: func(c *cli.Context) error { return runShell(c, s) },
	}
}

func runShell(c *cli.Context, s streams) error {
	if c.NArg() > 0 {
		return usage(fmt.Errorf("too many arguments: %q: pcaplake query answers one statement", c.Args().Slice()))
	}
	if err := checkFormat(c); err != nil {
		return err
	}
	in, _ := s.in.(*os.File)
	out, outIsTerminal := terminal(s.out)
	payloads := new(etl.Payloads)
	defer func() { payloads.Close() }()
	o := shell.Options{
		Open: func(context.Context) (*queries.Session, error) {
			session, opened, err := openAsking(c, "")
			if err == nil {
				payloads.Close()
				payloads = opened
			}
			return session, err
		},
		In: s.in, Out: s.out, Err: s.err, Format: c.String("format"),
		Audit: func(statement string, answer func() (int64, error)) error {
			err := audited(c, statement, answer)
			tellSources(s, payloads.Errors())
			return err
		},
		Extract: func(ctx context.Context, sql, path string) error { return extractTo(ctx, c, s, sql, path) },
	}
	o.Shown = outIsTerminal
	if outIsTerminal && in != nil && isTerminal(in) {
		o.Terminal, o.Pager = true, c.String("pager")
		o.Width, o.Height = func() int { return width(out) }, func() int { return height(out) }
		o.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
		o.History = historyFile()
		releaseInterrupts(c.Context)
	}
	return shell.Run(c.Context, o)
}

// historyFile is where the shell keeps what was typed; "" where there is no home.
func historyFile() string {
	state := os.Getenv("XDG_STATE_HOME")
	if state == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "pcaplake", "history")
}

// extractTo writes the packets that a statement's rows name.
func extractTo(ctx context.Context, c *cli.Context, s streams, sql, path string) error {
	return audited(c, sql, func() (int64, error) {
		x, err := extraction(ctx, c, queries.Wanted{SQL: sql}, nil, func(write func(io.Writer) error) error { return writeWhole(path, write) })
		if err != nil {
			return 0, err
		}
		return x.Frames, told(s, x)
	})
}
