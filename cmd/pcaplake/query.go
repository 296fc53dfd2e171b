package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/shell"
	"github.com/urfave/cli/v2"
)

func queryCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "query",
		Usage:     "answer a named query or any SQL that reads",
		ArgsUsage: "NAME|SQL",
		Description: `One word is the name of a query; anything else is SQL (DuckDB's) over the tables of docs/schema.md and the views
of docs/queries.md, such as packets, flows, dns, captures, conversations, hosts and scapy.

Examples:
  pcaplake query suspicious-address
  pcaplake query addresses-sending-payloads --param top=5 --from 2026-11-22 --to 2026-11-23
  pcaplake query "SELECT dst_port, count(*) FROM packets GROUP BY ALL ORDER BY 2 DESC LIMIT 10"
  pcaplake query -F night.sql --param host=192.0.2.7 -f parquet -o night.parquet
  pcaplake query --list`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "file", Aliases: []string{"F"}, Usage: "read the SQL from `FILE` (- is standard input)"},
			&cli.StringSliceFlag{Name: "param", Usage: "value of a parameter: `NAME=VALUE`; may be repeated"},
			&cli.BoolFlag{Name: "list", Usage: "list the named queries"},
			&cli.Int64Flag{Name: "max-rows", Usage: "rows of a table that a terminal shows; 0: all", Value: 1000},
			&cli.StringSliceFlag{Name: "over", Usage: "in place of the lake, Parquet files in its schema: a `PATTERN`; may be repeated"},
			archiveFlag(),
			&cli.BoolFlag{Name: "explain", Usage: "show how DuckDB would answer, and do not"},
			statsFlag(), outputFlag(), auditFlag(),
		}, slices.Concat(sandboxFlags(), formatFlags(), datasetFlags())...),
		Action: func(c *cli.Context) error { return query(c, s) },
	}
}

func outputFlag() cli.Flag {
	return &cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write to `FILE`, whole or not at all, in the format of its extension unless --format says another"}
}

func statsFlag() cli.Flag {
	return &cli.BoolFlag{Name: "stats", Usage: "tell on standard error how many files and row groups were read, and how many passed over"}
}

func formatFlags() []cli.Flag {
	return []cli.Flag{&cli.StringFlag{
		Name: "format", Aliases: []string{"f"}, Usage: "one of " + strings.Join(queries.Formats(), ", "), DefaultText: "that of --output's extension, table on a terminal, else tsv",
	}}
}

// checkFormat refuses an unknown format before any work is done.
func checkFormat(c *cli.Context) error {
	if f := c.String("format"); f != "" && !slices.Contains(queries.Formats(), f) {
		return usage(fmt.Errorf("format %q: one of %s", f, strings.Join(queries.Formats(), ", ")))
	}
	return nil
}

func query(c *cli.Context, s streams) error {
	if err := checkFormat(c); err != nil {
		return err
	}
	if c.Bool("list") {
		return listQueries(c, s)
	}
	params, err := parameters(c.StringSlice("param"))
	if err != nil {
		return err
	}
	text, err := statement(c, s)
	if err != nil {
		return err
	}
	return audited(c, text, func() (rows int64, err error) {
		if _, inside := inSandbox(); c.Bool("sandbox") && !inside {
			if len(c.StringSlice("over")) > 0 {
				return 0, usage(errors.New("--sandbox is of a lake: not with --over"))
			}
			return 0, querySandboxed(c, s, text)
		}
		out := &delivery{to: s.out}
		err = unlessLost(func() (lost string, err error) {
			rows, lost, err = answer(c, streams{s.in, out, s.err}, text, params)
			return lost, err
		}, out)
		return rows, err
	})
}

// answer prints the answer to a statement, or its plan, and returns how many rows it has; where a file of the lake went away under it, also which.
func answer(c *cli.Context, s streams, text string, params map[string]string) (rows int64, lost string, err error) {
	session, payloads, err := openQuerySession(c, text)
	if err != nil {
		return 0, "", err
	}
	defer payloads.Close()
	defer session.Close()
	first, text := prepared(text)
	for _, sql := range first {
		if err := session.Prepare(c.Context, sql, params); err != nil {
			return 0, session.Lost(), err
		}
	}
	if len(first) > 0 && text == "" {
		return 0, "", nil
	}
	if c.Bool("explain") {
		return 0, "", explain(c, session, text, params, s.out)
	}
	result, err := ask(c, session, text, params)
	if err == nil {
		rows, err = printRows(c, s, result)
	}
	if err == nil && c.Bool("stats") {
		err = tellStats(c, s, session)
	}
	if err != nil {
		return rows, session.Lost(), err
	}
	return rows, "", tellUnread(s, payloads)
}

// tellStats says how much of the lake was read.
func tellStats(c *cli.Context, s streams, session *queries.Session) error {
	stats, err := session.Stats(c.Context)
	if err != nil {
		return err
	}
	for i := range stats {
		fmt.Fprintln(s.err, "pcaplake: "+stats[i].String())
	}
	return nil
}

// prepared divides what is asked into statements that only go before, and what is answered.
func prepared(text string) (first []string, rest string) {
	if oneWord(text) {
		return nil, text
	}
	return shell.Prepared(text)
}

// openQuerySession is openAsking; in a sandbox, and over other files, there are no captures.
func openQuerySession(c *cli.Context, text string) (*queries.Session, *etl.Payloads, error) {
	folder, inside := inSandbox()
	switch {
	case len(c.StringSlice("over")) > 0:
		session, err := openOver(c)
		return session, new(etl.Payloads), err
	case !inside:
		return openAsking(c, text)
	}
	session, err := openWithin(c, folder)
	return session, new(etl.Payloads), err
}

// openWithin is openSession in a sandbox that may write into a folder, within its bounds.
func openWithin(c *cli.Context, folder string) (*queries.Session, error) {
	bounds, err := readBounds(c)
	if err != nil {
		return nil, err
	}
	d, err := dataset(c)
	if err != nil {
		return nil, err
	}
	d.Memory, d.TempDir = fmt.Sprintf("%dB", bounds.memory), folder
	session, err := openLake(c.Context, c.String("lake"), &d)
	if err == nil {
		err = bounds.limit()
	}
	return session, err
}

// openOver opens the files of --over.
func openOver(c *cli.Context) (*queries.Session, error) {
	d, err := dataset(c)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, pattern := range c.StringSlice("over") {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			return nil, &statusError{exitNoInput, fmt.Errorf("--over %s: no such file", pattern)}
		}
		paths = append(paths, found...)
	}
	if d.Files, err = queries.FilesOver(c.Context, paths); err != nil {
		return nil, err
	}
	d.Prepares = true
	return queries.Open(c.Context, d)
}

// explain writes DuckDB's plan of a statement.
func explain(c *cli.Context, session *queries.Session, text string, params map[string]string, out io.Writer) error {
	sql := text
	if oneWord(text) {
		q, err := session.Lookup(text)
		if err != nil {
			return err
		}
		if sql, err = q.Bound(params); err != nil {
			return err
		}
		params = nil
	}
	result, err := session.Query(c.Context, "EXPLAIN "+sql, params)
	if err != nil {
		return err
	}
	plan, err := queries.Collect(result, 0)
	if err != nil {
		return err
	}
	for _, row := range plan.Rows {
		for line := range strings.Lines(queries.Text(row[len(row)-1], plan.Columns[len(row)-1])) {
			if _, err := fmt.Fprintln(out, queries.EscapeText(strings.TrimRight(line, "\n"))); err != nil {
				return err
			}
		}
	}
	return nil
}

// delivery is standard output, and knows whether it got anything.
type delivery struct {
	to  io.Writer
	any bool
}

func (d *delivery) Write(b []byte) (int, error) {
	d.any = d.any || len(b) > 0
	return d.to.Write(b)
}

// unlessLost has a query answered a second time, on the lake as it is then, when a file went away while it was read: compaction and expiry remove files after a
// grace. What was delivered cannot be taken back; then it is the caller who has to ask again.
func unlessLost(answer func() (lost string, err error), out *delivery) error {
	lost, err := answer()
	if err == nil || lost == "" {
		return err
	}
	if out.any {
		return &statusError{exitBusy, fmt.Errorf("%s was removed while it was read: ask again", lost)}
	}
	if lost, err = answer(); lost != "" {
		return fmt.Errorf("%s is missing: pcaplake verify says what is damaged", lost)
	}
	return err
}

// statement is the name or SQL to run.
func statement(c *cli.Context, s streams) (string, error) {
	file := c.String("file")
	switch {
	case file == "" && c.NArg() == 1:
		return c.Args().First(), nil
	case file == "" && c.NArg() == 0:
		return "", usage(errors.New("nothing to answer: name a query or write SQL; query --list shows the names"))
	case c.NArg() > 0:
		return "", usage(fmt.Errorf("too many arguments: %q: put SQL in quotes", c.Args().Slice()))
	case file == "-":
		text, err := io.ReadAll(s.in)
		return string(text) + "\n", err
	}
	text, err := os.ReadFile(file)
	return string(text) + "\n", err
}

// oneWord reports whether text is the name of a query; anything else is SQL.
func oneWord(text string) bool { return !strings.ContainsAny(text, " \t\r\n;(") }

// ask runs a named query if text is one word, else SQL.
func ask(c *cli.Context, session *queries.Session, text string, params map[string]string) (*queries.Result, error) {
	if !oneWord(text) {
		return session.Query(c.Context, text, params)
	}
	q, err := session.Lookup(text)
	if err != nil {
		return nil, err
	}
	return session.Run(c.Context, q, params)
}

func parameters(texts []string) (map[string]string, error) {
	params := make(map[string]string, len(texts))
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, usage(fmt.Errorf("--param %q: NAME=VALUE is expected", text))
		}
		params[name] = value
	}
	return params, nil
}

func listQueries(c *cli.Context, s streams) error {
	session, err := queries.Open(c.Context, queries.Dataset{SQLDir: c.String("sql")})
	if err != nil {
		return err
	}
	defer session.Close()
	t := textTable("name", "title", "params")
	for _, q := range session.Catalog() {
		names := make([]string, len(q.Params))
		for i, p := range q.Params {
			names[i] = p.Name
		}
		t.Rows = append(t.Rows, []any{q.Name, q.Title, strings.Join(names, " ")})
	}
	return print(c, s, t.Result())
}

// textTable is a table of text without rows.
func textTable(columns ...string) *queries.Table {
	t := &queries.Table{}
	for _, name := range columns {
		t.Columns = append(t.Columns, queries.Column{Name: name, Type: "VARCHAR"})
	}
	return t
}

// outputFormat is the format asked for, by name or by that of the file; "": none is.
func outputFormat(c *cli.Context) string {
	if format := c.String("format"); format != "" {
		return format
	}
	return queries.FormatOf(c.String("output"))
}

// print writes a result in the format asked for, to the file asked for or standard output.
func print(c *cli.Context, s streams, r *queries.Result) error {
	_, err := printRows(c, s, r)
	return err
}

// printRows is print, and returns how many rows there were.
func printRows(c *cli.Context, s streams, r *queries.Result) (rows int64, err error) {
	format, o := outputFormat(c), queries.FormatOptions{}
	f, tty := terminal(s.out)
	tty = tty && c.String("output") == ""
	if format == "" {
		format = "tsv"
		if tty {
			format = "table"
		}
	}
	if tty {
		o.Width, o.MaxRows, o.Terminal = width(f), c.Int64("max-rows"), true
	}
	write := func(w io.Writer) (err error) {
		rows, err = queries.Write(c.Context, w, format, r, o)
		return err
	}
	return rows, writeOutput(c, s, write)
}

// writeOutput writes to the file of --output, whole or not at all, or to standard output.
func writeOutput(c *cli.Context, s streams, write func(io.Writer) error) error {
	if path := c.String("output"); path != "" {
		return writeWhole(path, write)
	}
	return write(s.out)
}
