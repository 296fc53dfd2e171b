package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/reeflective/readline"
)

// edit runs what is typed. A statement that fails is told, and one that is interrupted ends alone.
func (s *Shell) edit(ctx context.Context) error {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt) // between statements it ends nothing
	defer signal.Stop(interrupts)
	fmt.Fprintln(s.Out, "pcaplake: .help lists the commands, a semicolon ends a statement, Ctrl-D the shell")
	line := s.editor(ctx)
	for !s.quit {
		text, err := line.Readline()
		switch {
		case errors.Is(err, readline.ErrInterrupt):
			continue
		case errors.Is(err, io.EOF):
			fmt.Fprintln(s.Out)
			return nil
		case err != nil:
			return fmt.Errorf("read statement: %w", err)
		}
		s.typed(ctx, text)
	}
	return nil
}

// typed runs what was typed until Enter.
func (s *Shell) typed(ctx context.Context, text string) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	rest, err := s.take(ctx, text)
	if err == nil && !blank(rest) {
		err = s.statement(ctx, rest) // a name without its semicolon
	}
	var sql *queries.SQLError
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(s.Err, "interrupted")
	case errors.As(err, &sql) && sql.Pointer != nil:
		fmt.Fprintln(s.Err, strings.Join(sql.Pointer, "\n"))
	case err != nil:
		fmt.Fprintln(s.Err, queries.EscapeText(strings.Join(strings.Split(err.Error(), "\n"), "; ")))
	}
}

// editor is the line editor.
func (s *Shell) editor(ctx context.Context) *readline.Shell {
	line := readline.NewShell()
	line.Prompt.Primary(func() string { return "pcaplake> " })
	line.Prompt.Secondary(func() string { return "     ...> " })
	line.AcceptMultiline = func(text []rune) bool { return s.whole(string(text)) }
	line.Completer = func(text []rune, cursor int) readline.Completions { return s.completions(ctx, text, cursor) }
	if s.Color {
		line.SyntaxHighlighter = func(text []rune) string { return highlight(string(text)) }
	}
	if s.History != "" && os.MkdirAll(filepath.Dir(s.History), 0o700) == nil {
		if file, err := os.OpenFile(s.History, os.O_CREATE|os.O_RDONLY, 0o600); err == nil {
			_ = file.Close()
			if kept, err := readline.NewHistoryFromFile(s.History); err == nil {
				line.History.Add("pcaplake", kept)
			}
		}
	}
	return line
}

// whole reports whether Enter runs a text; else it begins another line.
func (s *Shell) whole(text string) bool {
	trimmed := strings.TrimSpace(text)
	if strings.HasPrefix(trimmed, ".") || blank(text) || s.isQuery(trimmed) {
		return true
	}
	_, rest := Split(text)
	return blank(rest)
}
