package queries

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/schema"
)

// exacts are values that a format can easily lose something of: the last digits of times and numbers, what is before 1970, NULL against empty text, and text that looks like
// what a format means by NULL, or has its separators in it.
const exacts = `SELECT * FROM (VALUES
	(1, '2026-11-22 03:00:00.000000001'::TIMESTAMP_NS, TIMESTAMP '2026-11-22 03:00:00.000001', 18446744073709551615::UBIGINT, 9223372036854775807, 99999999999999999999999999999999999999::HUGEINT, '', ''::BLOB, 0.1::DOUBLE, true),
	(2, '1969-12-31 23:59:59.999999999'::TIMESTAMP_NS, TIMESTAMP '1969-12-31 23:59:59.999999', 9223372036854775808::UBIGINT, (-9223372036854775808)::BIGINT, (-99999999999999999999999999999999999999)::HUGEINT, NULL, NULL, 5e-324, false),
	(3, '1677-09-22 00:12:43.145224193'::TIMESTAMP_NS, TIMESTAMP '0001-01-01 00:00:00.000001', 0, -1, 9223372036854775808::HUGEINT, 'NULL', 'NULL'::BLOB, -1.7976931348623157e308, NULL),
	(4, '2262-04-10 23:47:16.854775807'::TIMESTAMP_NS, TIMESTAMP '9999-12-31 23:59:59.999999', 9007199254740993, 9007199254740993, 0, '\N', '\x00\xFF'::BLOB, 123456789.123456789, NULL),
	(5, NULL, NULL, NULL, NULL, NULL, '\', NULL, NULL, NULL),
	(6, '1970-01-01 00:00:00'::TIMESTAMP_NS, TIMESTAMP '1970-01-01', 1, 1, 1, ' spaces ', NULL, 1e21, true),
	(7, '1969-12-31 23:59:59'::TIMESTAMP_NS, NULL, NULL, 0, NULL, 'tab' || chr(9) || 'line' || chr(10) || 'return' || chr(13) || chr(10) || 'comma, "quoted"', NULL, 1.0, NULL),
	(8, NULL, NULL, NULL, NULL, NULL, chr(27) || '[2J' || chr(155) || chr(8238) || chr(65533) || chr(917569) || '日本 \x1b \u202e', NULL, NULL, NULL),
	(9, NULL, NULL, NULL, NULL, NULL, '""', NULL, NULL, NULL)
) AS v(k, time, us, u, i, h, text, bytes, x, yes) ORDER BY k`

// exactText is how DuckDB itself says them, all as text; nanoseconds by themselves, since its strftime writes them over what stands behind.
func exactText(sql string) string {
	return `SELECT k::VARCHAR, strftime(make_timestamp((epoch_ns(time) - ns) // 1000), '%Y-%m-%dT%H:%M:%S.') || lpad(ns::VARCHAR, 9, '0') || 'Z', strftime(us, '%Y-%m-%dT%H:%M:%S.%fZ'), u::VARCHAR, i::VARCHAR, h::VARCHAR, text, lower(hex(bytes)), x::VARCHAR, yes::VARCHAR
	FROM (SELECT *, (epoch_ns(time) % 1000000000 + 1000000000) % 1000000000 AS ns FROM (` + sql + ")) ORDER BY k"
}

// readers read a format again, each with a reader that is not ours where there is one; NULL is nil.
var readers = map[string]func(t *testing.T, text string) [][]any{
	"csv": readCSV, "tsv": readTSV, "json": readJSON, "arrow": readArrow, "parquet": readParquetFile,
	"ndjson": func(t *testing.T, text string) [][]any {
		return readJSON(t, "["+strings.Join(strings.Split(strings.TrimSpace(text), "\n"), ",")+"]")
	},
}

// TestRoundTrip holds that every format gives back exactly what was asked.
func TestRoundTrip(t *testing.T) {
	s := openSession(t, Dataset{})
	want := floats(collect(t, s, exactText(exacts)).Rows)
	for _, format := range Formats() {
		t.Run(format, func(t *testing.T) {
			text, rows := write(t, s, exacts, format, FormatOptions{})
			if rows != 9 {
				t.Errorf("%d rows", rows)
			}
			if readers[format] == nil {
				readByEye(t, text, want)
			} else if diff := cmp.Diff(want, floats(readers[format](t, text))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// readByEye holds what tables for people say of times, numbers and NULL: their text is escaped, and not meant to be read by programs.
func readByEye(t *testing.T, text string, want [][]any) {
	t.Helper()
	const exact = 6 // columns before text
	lines := strings.Split(text, "\n")
	for _, row := range want {
		found := slices.ContainsFunc(lines, func(line string) bool {
			cells := strings.FieldsFunc(line, func(r rune) bool { return r == '|' || r == '│' })
			for i, value := range row[:exact] {
				if value == nil {
					value = "NULL"
				}
				if i >= len(cells) || strings.TrimSpace(cells[i]) != value {
					return false
				}
			}
			return len(cells) == len(row) && (row[exact] != "" || strings.TrimSpace(cells[exact]) == "") && (row[exact] != nil || strings.TrimSpace(cells[exact]) == "NULL")
		})
		if row[0] != "8" && row[0] != "7" && !found {
			t.Errorf("%v is not in\n%s", row, text)
		}
	}
}

// TestRoundTripAlone: a single column of NULL and empty text, of which a format might make empty lines.
func TestRoundTripAlone(t *testing.T) {
	s := openSession(t, Dataset{})
	for format, want := range map[string]string{"csv": "a\n\n\"\"\n\n", "tsv": "a\n\\N\n\n\\N\n", "ndjson": "{\"a\":null}\n{\"a\":\"\"}\n{\"a\":null}\n"} {
		if got, _ := write(t, s, "SELECT unnest([NULL, '', NULL]) AS a", format, FormatOptions{}); got != want {
			t.Errorf("%s: %q, want %q", format, got, want)
		}
	}
}

// readCSV reads by DuckDB, which tells an empty field from a quoted one.
func readCSV(t *testing.T, text string) [][]any {
	t.Helper()
	if _, err := csv.NewReader(strings.NewReader(text)).ReadAll(); err != nil {
		t.Error(err)
	}
	return readFile(t, "csv", text, func(path string) string {
		return "SELECT * FROM read_csv(" + literal(path) + `, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, new_line = '\n', auto_detect = false,
			columns = {'k': 'VARCHAR', 'time': 'VARCHAR', 'us': 'VARCHAR', 'u': 'VARCHAR', 'i': 'VARCHAR', 'h': 'VARCHAR', 'text': 'VARCHAR', 'bytes': 'VARCHAR', 'x': 'VARCHAR', 'yes': 'VARCHAR'})`
	})
}

// readFile has DuckDB read a file, by itself and not confined.
func readFile(t *testing.T, extension, text string, sql func(path string) string) [][]any {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x."+extension)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := openSession(t, Dataset{Files: []schema.File{{Table: "packets", Path: path}}})
	return collect(t, s, sql(path)).Rows
}

func readParquetFile(t *testing.T, text string) [][]any {
	t.Helper()
	return readFile(t, "parquet", text, func(path string) string {
		return exactText("SELECT * FROM read_parquet(" + literal(path) + ")")
	})
}

func readTSV(t *testing.T, text string) [][]any {
	t.Helper()
	var rows [][]any
	for line := range strings.Lines(text) {
		var row []any
		for field := range strings.SplitSeq(strings.TrimSuffix(line, "\n"), "\t") {
			if field == `\N` {
				row = append(row, nil)
				continue
			}
			unquoted, err := strconv.Unquote(`"` + strings.ReplaceAll(field, `"`, `\"`) + `"`)
			if err != nil {
				t.Fatalf("%q: %v", field, err)
			}
			row = append(row, latin(unquoted))
		}
		rows = append(rows, row)
	}
	return rows[1:]
}

// latin reads bytes that are no UTF-8 as the code points that \xNN means.
func latin(s string) string {
	var b strings.Builder
	for i, r := range s {
		if r == '\ufffd' && s[i] != 0xef {
			r = rune(s[i])
		}
		b.WriteRune(r)
	}
	return b.String()
}

func readJSON(t *testing.T, text string) [][]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var objects []map[string]any
	if err := decoder.Decode(&objects); err != nil {
		t.Fatal(err)
	}
	var rows [][]any
	for _, o := range objects {
		var row []any
		for _, name := range []string{"k", "time", "us", "u", "i", "h", "text", "bytes", "x", "yes"} {
			value, ok := o[name]
			if !ok {
				t.Errorf("no %s in %v", name, o)
			}
			if value != nil {
				value = fmt.Sprint(value)
			}
			row = append(row, value)
		}
		rows = append(rows, row)
	}
	return rows
}

func readArrow(t *testing.T, text string) [][]any {
	t.Helper()
	r, err := ipc.NewReader(bytes.NewReader([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	var rows [][]any
	for r.Next() {
		batch := r.RecordBatch()
		for i := range int(batch.NumRows()) {
			var row []any
			for _, column := range batch.Columns() {
				row = append(row, arrowText(t, column, i))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// arrowText is a value as text; nil for NULL.
func arrowText(t *testing.T, column arrow.Array, i int) any {
	t.Helper()
	if column.IsNull(i) {
		return nil
	}
	switch c := column.(type) {
	case *array.Int32:
		return fmt.Sprint(c.Value(i))
	case *array.Int64:
		return fmt.Sprint(c.Value(i))
	case *array.Uint64:
		return fmt.Sprint(c.Value(i))
	case *array.Decimal128:
		return c.Value(i).BigInt().String()
	case *array.Float64:
		return strconv.FormatFloat(c.Value(i), 'g', -1, 64)
	case *array.Boolean:
		return fmt.Sprint(c.Value(i))
	case *array.String:
		return c.Value(i)
	case *array.Binary:
		return hex.EncodeToString(c.Value(i))
	case *array.Timestamp:
		unit := c.DataType().(*arrow.TimestampType).Unit
		layout := map[arrow.TimeUnit]string{arrow.Microsecond: "2006-01-02T15:04:05.000000Z", arrow.Nanosecond: "2006-01-02T15:04:05.000000000Z"}[unit]
		if unit == arrow.Microsecond {
			return time.UnixMicro(int64(c.Value(i))).UTC().Format(layout)
		}
		return time.Unix(0, int64(c.Value(i))).UTC().Format(layout)
	}
	t.Errorf("column of %s", column.DataType())
	return nil
}

// floats reads the floating-point numbers of rows, which have many spellings.
func floats(rows [][]any) [][]any {
	for _, row := range rows {
		if text, ok := row[8].(string); ok {
			if x, err := strconv.ParseFloat(text, 64); err == nil {
				row[8] = x
			}
		}
	}
	return rows
}
