package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/pcaplake/pcaplake/queries"
)

// JSON writes the report as report.json: see Report, Verdict, Detector, Section and Block for its shape. Characters that would change
// how the file is shown are written as \uNNNN.
func (r *Report) JSON(w io.Writer) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	if _, err := w.Write(append(visible(text), '\n')); err != nil {
		return fmt.Errorf("write report as JSON: %w", err)
	}
	return nil
}

// visible escapes what queries.EscapeText would, line ends aside, as JSON escapes it. Such characters stand only inside strings.
func visible(text []byte) []byte {
	hidden := func(r rune) bool { return r >= 0x7f && queries.EscapeText(string(r)) != string(r) }
	if bytes.IndexFunc(text, hidden) < 0 {
		return text
	}
	var out []byte
	for _, r := range string(text) {
		switch {
		case !hidden(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

// CSVs writes one file per table into a folder, which is made where it is missing: for every block of the report its ID with .csv. Values are raw, as the
// csv format of queries writes them.
func (r *Report) CSVs(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("make folder for tables: %w", err)
	}
	for _, blocks := range r.blocks() {
		for i := range blocks {
			if err := writeCSV(dir, blocks[i].ID(), blocks[i].Table); err != nil {
				return err
			}
		}
	}
	return nil
}

// blocks are all blocks of the report, by section, and those that stand in files only.
func (r *Report) blocks() [][]Block {
	out := [][]Block{}
	for _, s := range r.Sections {
		out = append(out, s.Blocks)
	}
	return append(out, r.Tables)
}

func writeCSV(dir, name string, t *queries.Table) (err error) {
	path := filepath.Join(dir, name+".csv")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o640)
	if err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	defer func() {
		if closeErr := f.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("write table %s: %w", path, closeErr)
		}
	}()
	if _, err := queries.Write(context.Background(), f, "csv", t.Result(), queries.FormatOptions{}); err != nil {
		return fmt.Errorf("write table %s: %w", path, err)
	}
	return nil
}
