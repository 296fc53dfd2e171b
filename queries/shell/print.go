package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/pcaplake/pcaplake/queries"
)

// print writes a result where results go at present, and returns the number of its rows.
func (s *Shell) print(ctx context.Context, r *queries.Result) (int64, error) {
	if s.output != "" {
		return s.printFile(ctx, r)
	}
	o := queries.FormatOptions{MaxRows: s.maxRows, Terminal: s.Shown}
	if s.Width != nil {
		o.Width = s.Width()
	}
	if s.Height == nil || s.Pager == "" || s.Format != "table" {
		return queries.Write(ctx, s.Out, s.Format, r, o)
	}
	var page bytes.Buffer
	rows, err := queries.Write(ctx, &page, s.Format, r, o)
	if err != nil {
		return rows, err
	}
	if bytes.Count(page.Bytes(), []byte("\n")) < s.Height() {
		_, err = s.Out.Write(page.Bytes())
		return rows, err
	}
	return rows, s.page(&page)
}

// page shows a text in the pager, which may be left before its end.
func (s *Shell) page(text *bytes.Buffer) error {
	pager := exec.Command("sh", "-c", s.Pager)
	if pager.Env = os.Environ(); os.Getenv("LESS") == "" {
		pager.Env = append(pager.Env, "LESS=FSX") // leave where it fits, long lines cut, the screen stays
	}
	pager.Stdin, pager.Stdout, pager.Stderr = text, s.Out, s.Err
	err := pager.Run()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return nil // left, or not there, of which the system's shell has told
	}
	return err
}

// printFile writes to the file of .output: the first result replaces it, the next ones follow.
func (s *Shell) printFile(ctx context.Context, r *queries.Result) (rows int64, err error) {
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if s.appends {
		flags = os.O_WRONLY | os.O_APPEND
	}
	file, err := os.OpenFile(s.output, flags, 0o644)
	if err != nil {
		return 0, errors.Join(fmt.Errorf("write results: %w", err), r.Close())
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	s.appends = true
	return queries.Write(ctx, io.Writer(file), s.Format, r, queries.FormatOptions{})
}
