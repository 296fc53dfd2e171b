package shell

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/schema"
)

// A command is one that begins with a dot.
type command struct {
	name, args, help string
	least, most      int // arguments
	do               func(s *Shell, ctx context.Context, args []string) error
	complete         func(s *Shell) []string // what its argument may be; nil: none is known
}

// commands are all of them, in the order of .help.
func commands() []command {
	return []command{
		{".help", "", "this list", 0, 0, (*Shell).help, nil},
		{".tables", "", "tables and views", 0, 0, (*Shell).tables, nil},
		{".schema", "[TABLE]", "the columns of a table, or of all, and what they mean", 0, 1, (*Shell).schema, tableNames},
		{".queries", "", "the named queries; a name with a semicolon runs one", 0, 0, (*Shell).queries, nil},
		{".run", "NAME [PARAMETER=VALUE…]", "run a named query", 1, 99, (*Shell).run, queryNames},
		{".mode", "[FORMAT]", "how results are written: " + strings.Join(queries.Formats(), ", "), 0, 1, (*Shell).mode, func(*Shell) []string { return queries.Formats() }},
		{".output", "[FILE]", "write results to a file; without one to the screen again", 0, 1, (*Shell).toFile, nil},
		{".maxrows", "NUMBER", "rows of a table that are shown; 0: all", 1, 1, (*Shell).limit, nil},
		{".timer", "on|off", "tell how long statements took", 1, 1, (*Shell).time, func(*Shell) []string { return []string{"on", "off"} }},
		{".pcap", "FILE", "write the packets that the last statement's rows name (capture_id and frame_no, or flow_id)", 1, 1, (*Shell).pcap, nil},
		{".reopen", "", "see what came into the lake since", 0, 0, func(s *Shell, ctx context.Context, _ []string) error { return s.open(ctx) }, nil},
		{".quit", "", "end; so do .exit and Ctrl-D", 0, 0, (*Shell).end, nil},
		{".exit", "", "", 0, 0, (*Shell).end, nil},
	}
}

// dot runs a command that begins with a dot.
func (s *Shell) dot(ctx context.Context, line string) error {
	words := strings.Fields(strings.TrimRight(line, "; \t"))
	if len(words) == 0 {
		return nil
	}
	all := commands()
	at := slices.IndexFunc(all, func(c command) bool { return c.name == words[0] })
	if at < 0 {
		names := make([]string, len(all))
		for i, c := range all {
			names[i] = c.name
		}
		return fmt.Errorf("no such command: %s: %s", queries.EscapeText(words[0]), queries.DidYouMean(words[0], names, ".help lists them"))
	}
	c := all[at]
	if args := len(words) - 1; args < c.least || args > c.most {
		return fmt.Errorf("it is %s", strings.TrimSpace(c.name+" "+c.args))
	}
	return c.do(s, ctx, words[1:])
}

func (s *Shell) help(context.Context, []string) error {
	for _, c := range commands() {
		if c.help != "" {
			fmt.Fprintf(s.Out, "%-32s %s\n", c.name+" "+c.args, c.help)
		}
	}
	_, err := fmt.Fprintln(s.Out, "Anything else is SQL, over one or more lines, to a semicolon. Ctrl-C stops a statement.")
	return err
}

// table prints rows of texts.
func (s *Shell) table(ctx context.Context, columns []string, rows [][]any) error {
	t := &queries.Table{Rows: rows}
	for _, name := range columns {
		t.Columns = append(t.Columns, queries.Column{Name: name, Type: "VARCHAR"})
	}
	_, err := s.print(ctx, t.Result())
	return err
}

func tableNames(*Shell) []string { return queries.ViewNames() }

func queryNames(s *Shell) []string {
	var names []string
	for _, q := range s.session.Catalog() {
		names = append(names, q.Name)
	}
	return names
}

func (s *Shell) tables(ctx context.Context, _ []string) error {
	var rows [][]any
	for _, name := range queries.ViewNames() {
		rows = append(rows, []any{name})
	}
	return s.table(ctx, []string{"name"}, rows)
}

func (s *Shell) schema(ctx context.Context, args []string) error {
	var rows [][]any
	for _, t := range schema.Tables() {
		if len(args) > 0 && t.Name != args[0] {
			continue
		}
		for _, c := range t.Columns {
			rows = append(rows, []any{t.Name, c.Name, c.Type.String(), c.Unit, c.Doc})
		}
	}
	switch {
	case len(rows) > 0:
		return s.table(ctx, []string{"table", "column", "type", "unit", "meaning"}, rows)
	case slices.Contains(queries.ViewNames(), args[0]):
		sql := "DESCRIBE " + args[0]
		return s.answer(ctx, sql, func(ctx context.Context) (*queries.Result, error) { return s.session.Query(ctx, sql, nil) })
	}
	return fmt.Errorf("no such table: %s: %s", queries.EscapeText(args[0]), queries.DidYouMean(args[0], queries.ViewNames(), ".tables lists them"))
}

func (s *Shell) queries(ctx context.Context, _ []string) error {
	var rows [][]any
	for _, q := range s.session.Catalog() {
		var params []string
		for _, p := range q.Params {
			params = append(params, p.Name)
		}
		rows = append(rows, []any{q.Name, q.Title, strings.Join(params, " ")})
	}
	return s.table(ctx, []string{"name", "title", "params"}, rows)
}

func (s *Shell) run(ctx context.Context, args []string) error {
	params := map[string]string{}
	for _, text := range args[1:] {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("parameter %s: NAME=VALUE is expected", queries.EscapeText(text))
		}
		params[name] = value
	}
	return s.named(ctx, args[0], params)
}

func (s *Shell) mode(_ context.Context, args []string) error {
	if len(args) == 0 {
		_, err := fmt.Fprintln(s.Out, s.Format)
		return err
	}
	if !slices.Contains(queries.Formats(), args[0]) {
		return fmt.Errorf("format %s: one of %s", queries.EscapeText(args[0]), strings.Join(queries.Formats(), ", "))
	}
	s.Format = args[0]
	return nil
}

func (s *Shell) toFile(_ context.Context, args []string) error {
	s.output, s.appends = "", false
	if len(args) == 1 && args[0] != "stdout" {
		s.output = args[0]
	}
	return nil
}

func (s *Shell) limit(_ context.Context, args []string) error {
	n, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil || n < 0 {
		return fmt.Errorf("%s is no number of rows", queries.EscapeText(args[0]))
	}
	s.maxRows = n
	return nil
}

func (s *Shell) time(_ context.Context, args []string) error {
	if args[0] != "on" && args[0] != "off" {
		return fmt.Errorf("it is .timer on or .timer off")
	}
	s.timer = args[0] == "on"
	return nil
}

func (s *Shell) pcap(ctx context.Context, args []string) error {
	switch {
	case s.Extract == nil:
		return fmt.Errorf("packets cannot be written from here")
	case s.last == "":
		return fmt.Errorf("which packets? run a statement first whose rows have capture_id and frame_no, or capture_id and flow_id")
	}
	return s.Extract(ctx, s.last, args[0])
}

func (s *Shell) end(context.Context, []string) error {
	s.quit = true
	return nil
}
