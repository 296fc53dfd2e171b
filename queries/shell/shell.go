// Package shell is the interactive shell: SQL of several lines, dot commands, results in any format.
//
// On a terminal lines are edited, completed and kept; other input is run statement by statement to the first error.
package shell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// Options are the surroundings of a shell. Open, In, Out and Err are required.
type Options struct {
	Open    func(context.Context) (*queries.Session, error)   // opens the lake as it is now
	Extract func(ctx context.Context, sql, path string) error // writes the packets that a statement's rows name; nil: there is no .pcap
	// Audit has a statement answered and records it, or answers not at all; nil: nothing is recorded.
	Audit func(statement string, answer func() (rows int64, err error)) error
	In    io.Reader
	Out   io.Writer
	Err   io.Writer

	Terminal bool       // In and Out are one
	Shown    bool       // Out is a terminal, whatever In is: hostile text is escaped in every format
	Width    func() int // columns of the terminal; nil: as wide as rows are
	Height   func() int // lines of the terminal; nil: no pager
	Color    bool       // highlight
	Pager    string     // command that shows what is higher than the terminal; "": none
	History  string     // file that keeps what was typed; "": none
	Format   string     // at the beginning; "": table on a terminal, else tsv
}

// A Shell is one run of Run.
type Shell struct {
	Options
	session *queries.Session
	output  string // file that the next results go to; "": Out
	appends bool   // output was begun
	timer   bool
	maxRows int64
	last    string // statement, for .pcap
	quit    bool
}

// maxRows is how many rows a table on a terminal shows at first.
const maxRows = 1000

// Run runs a shell to the end of its input or .quit. Without a terminal it stops at the first statement that fails and returns its error, with the line where the
// statement begins.
func Run(ctx context.Context, o Options) error {
	s := &Shell{Options: o, maxRows: maxRows}
	if s.Format == "" {
		s.Format = "tsv"
		if s.Terminal {
			s.Format = "table"
		}
	}
	if !s.Terminal {
		s.maxRows = 0
	}
	if err := s.open(ctx); err != nil {
		return err
	}
	defer func() { _ = s.session.Close() }() // it only read
	if s.Terminal {
		return s.edit(ctx)
	}
	return s.script(ctx)
}

// open opens the lake as it is now.
func (s *Shell) open(ctx context.Context) error {
	session, err := s.Open(ctx)
	if err != nil {
		return err
	}
	if s.session != nil {
		err = s.session.Close()
	}
	s.session = session
	return err
}

// script runs what is not typed.
func (s *Shell) script(ctx context.Context) error {
	lines := bufio.NewReader(s.In)
	pending, begin := "", 1
	for n := 1; !s.quit; n++ {
		line, err := lines.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read statements: %w", err)
		}
		if blank(pending) {
			pending, begin = "", n
		}
		pending += line
		rest, failed := s.take(ctx, pending)
		if failed == nil && err != nil && !blank(rest) {
			failed = s.statement(ctx, rest) // the last one may lack its semicolon
		}
		if failed != nil {
			return fmt.Errorf("line %d: %w", begin, failed)
		}
		if pending = rest; err != nil {
			return nil
		}
	}
	return nil
}

// take runs the commands and whole statements at the beginning of a text and returns what is left.
func (s *Shell) take(ctx context.Context, text string) (rest string, err error) {
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, ".") {
		return "", s.dot(ctx, trimmed)
	}
	statements, rest := Split(text)
	for _, sql := range statements {
		if err := s.statement(ctx, sql); err != nil {
			return "", err
		}
	}
	return rest, nil
}

// statement runs one statement, which may set something for those after it, or the named query whose name it is.
func (s *Shell) statement(ctx context.Context, sql string) error {
	sql = strings.TrimSpace(sql)
	if name := strings.TrimSpace(strings.TrimSuffix(sql, ";")); s.isQuery(name) {
		return s.named(ctx, name, nil)
	}
	if queries.Prepares(sql) {
		return s.audited(sql, func() (int64, error) { return 0, s.session.Prepare(ctx, sql, nil) })
	}
	s.last = sql
	return s.answer(ctx, s.last, func(ctx context.Context) (*queries.Result, error) { return s.session.Query(ctx, sql, nil) })
}

func (s *Shell) isQuery(name string) bool {
	for _, q := range s.session.Catalog() {
		if q.Name == name {
			return true
		}
	}
	return false
}

func (s *Shell) named(ctx context.Context, name string, params map[string]string) error {
	q, err := s.session.Lookup(name)
	if err != nil {
		return err
	}
	if s.last, err = q.Bound(params); err != nil {
		return err
	}
	return s.answer(ctx, s.last, func(ctx context.Context) (*queries.Result, error) { return s.session.Run(ctx, q, params) })
}

// answer runs a statement and prints its rows. Where a file was removed meanwhile, by compaction or expiry, the lake is opened anew.
func (s *Shell) answer(ctx context.Context, statement string, ask func(context.Context) (*queries.Result, error)) error {
	began := time.Now()
	var rows int64
	err := s.audited(statement, func() (int64, error) {
		result, err := ask(ctx)
		if err == nil {
			rows, err = s.print(ctx, result)
		}
		return rows, err
	})
	if lost := s.session.Lost(); err != nil && lost != "" {
		if reopened := s.open(ctx); reopened != nil {
			return reopened
		}
		return fmt.Errorf("%s was removed while it was read: the lake was opened anew, ask again", lost)
	}
	if err == nil && s.timer {
		fmt.Fprintf(s.Err, "%d rows in %.3f s\n", rows, time.Since(began).Seconds())
	}
	return err
}

func (s *Shell) audited(statement string, answer func() (int64, error)) error {
	if s.Audit == nil {
		_, err := answer()
		return err
	}
	return s.Audit(statement, answer)
}
