package queries

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// FormatOptions are the knobs of Write.
type FormatOptions struct {
	Width   int   // table: columns of the terminal; 0: as wide as the rows are
	MaxRows int64 // table and markdown: rows shown, more are announced in a last line; 0: all
	// Terminal has csv escape hostile text as table does, and refuses what is not text: it is read by people, and what it holds must not act on their terminal.
	Terminal bool
}

// ErrBinary is the error of a format that is not for a terminal.
var ErrBinary = errors.New("it is not for a terminal: --output FILE, or pipe it into a program")

// formats are the ways to write a result.
//
//   - table: for people; fits the width, wide cells are cut and end with "…", numbers to the right, hostile text escaped, NULL is NULL.
//     Its rows are held in memory.
//   - csv: RFC 4180 with a header, text as it is (also text that a spreadsheet would take for a formula); NULL is an empty field,
//     empty text is "". On a terminal hostile text is escaped.
//   - tsv: tab-separated with a header, for awk and cut; a backslash is \\, tabs, line ends and what EscapeText escapes are escaped;
//     NULL is \N, as PostgreSQL's COPY, MySQL and ClickHouse have it, and empty text nothing.
//   - json, ndjson: an array of objects, one object a line; 64-bit integers are numbers, NaN and infinities null.
//   - markdown: a table of GitHub's Markdown, hostile text escaped.
//   - parquet, arrow: a Parquet file, an Arrow IPC stream; LIST, STRUCT, MAP, TIME, INTERVAL and UUID are text.
//
// In the text formats a TIMESTAMP is RFC 3339 in UTC with all digits of its type (6 for µs, 9 for ns), a BLOB hexadecimal,
// LIST, STRUCT and MAP are JSON.
var formats = map[string]func(ctx context.Context, w io.Writer, r *Result, o FormatOptions) (int64, error){
	"table":    writeTable,
	"csv":      writeCSV,
	"tsv":      writeTSV,
	"json":     writeJSON,
	"ndjson":   writeNDJSON,
	"markdown": writeMarkdown,
	"parquet":  writeParquet,
	"arrow":    writeArrow,
}

// Formats are the names that Write takes.
func Formats() []string {
	return []string{"table", "csv", "tsv", "json", "ndjson", "markdown", "parquet", "arrow"}
}

// extensions are the names of files by which formats are known, beside their own.
var extensions = map[string]string{"jsonl": "ndjson", "md": "markdown", "txt": "table", "arrows": "arrow"}

// FormatOf is the format that the extension of a path names; "" when it names none.
func FormatOf(path string) string {
	extension := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	if format, ok := extensions[extension]; ok {
		return format
	}
	if _, ok := formats[extension]; ok {
		return extension
	}
	return ""
}

// Write writes a result in a format, closes it, and returns the number of rows written. See Formats for the names.
func Write(ctx context.Context, w io.Writer, format string, r *Result, o FormatOptions) (rows int64, err error) {
	defer func() {
		if closeErr := r.Close(); err == nil {
			err = closeErr
		}
	}()
	write, ok := formats[format]
	if !ok {
		return 0, fmt.Errorf("unknown format %q: one of %s", format, strings.Join(Formats(), ", "))
	}
	if o.Terminal && (format == "parquet" || format == "arrow") {
		return 0, fmt.Errorf("%s: %w", format, ErrBinary)
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	rows, err = write(ctx, buffered, r, o)
	if err != nil {
		return rows, err
	}
	if err := buffered.Flush(); err != nil {
		return rows, fmt.Errorf("write rows: %w", err)
	}
	return rows, nil
}

// eachRow calls write for every row, to the end of the result or of ctx.
func eachRow(ctx context.Context, r *Result, write func(row []any) error) (rows int64, err error) {
	for r.Next() {
		if rows%1024 == 0 && ctx.Err() != nil {
			return rows, ctx.Err()
		}
		if err := write(r.Row()); err != nil {
			return rows, fmt.Errorf("write row: %w", err)
		}
		rows++
	}
	return rows, r.Err()
}

// Text is a value of a column as the text formats show it, not escaped; "" for NULL.
func Text(value any, c Column) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return hex.EncodeToString(v)
	case time.Time:
		return v.Format(timeLayout(c.Type))
	case json.Number:
		return string(v)
	case float64:
		return string(appendFloat(nil, v))
	case []any, object:
		return string(appendJSON(nil, v, c.Type))
	}
	return fmt.Sprint(value)
}

// timeLayout is RFC 3339 with as many digits as a type holds.
func timeLayout(typ string) string {
	switch typ {
	case "TIMESTAMP_S":
		return "2006-01-02T15:04:05Z"
	case "TIMESTAMP_MS":
		return "2006-01-02T15:04:05.000Z"
	case "TIMESTAMP_NS":
		return "2006-01-02T15:04:05.000000000Z"
	}
	return "2006-01-02T15:04:05.000000Z"
}

var numberTypes = []string{
	"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE",
}

// Numeric reports whether a column holds numbers, which stand to the right.
func (c Column) Numeric() bool {
	return slices.Contains(numberTypes, c.Type) || strings.HasPrefix(c.Type, "DECIMAL")
}

// key gives the first column of the row that stands for the others a name where its type has none; other rows pass.
func key(r *Result, row []any) []any {
	if _, here := r.others(); here && row[0] == nil {
		row[0] = "others"
	}
	return row
}
