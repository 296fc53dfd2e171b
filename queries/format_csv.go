package queries

import (
	"context"
	"io"
	"strings"
)

func writeCSV(ctx context.Context, w io.Writer, r *Result, o FormatOptions) (int64, error) {
	return writeSeparated(ctx, w, r, ',', func(dst []byte, value any, c Column) []byte {
		s := Text(value, c)
		if o.Terminal {
			s = EscapeText(s)
		}
		if value == nil || s != "" && !strings.ContainsAny(s, ",\"\r\n") {
			return append(dst, s...)
		}
		return append(append(append(dst, '"'), strings.ReplaceAll(s, `"`, `""`)...), '"')
	})
}

func writeTSV(ctx context.Context, w io.Writer, r *Result, _ FormatOptions) (int64, error) {
	return writeSeparated(ctx, w, r, '\t', func(dst []byte, value any, c Column) []byte {
		if value == nil {
			return append(dst, `\N`...)
		}
		return append(dst, EscapeText(strings.ReplaceAll(Text(value, c), `\`, `\\`))...)
	})
}

func writeSeparated(ctx context.Context, w io.Writer, r *Result, separator byte, field func(dst []byte, value any, c Column) []byte) (int64, error) {
	var line []byte
	put := func(row []any) error {
		line = line[:0]
		for i, value := range row {
			if i > 0 {
				line = append(line, separator)
			}
			line = field(line, value, r.columns[i])
		}
		line = append(line, '\n')
		_, err := w.Write(line)
		return err
	}
	header := make([]any, len(r.columns))
	for i, c := range r.columns {
		header[i] = c.Name
	}
	if err := put(header); err != nil {
		return 0, err
	}
	return eachRow(ctx, r, func(row []any) error { return put(key(r, row)) })
}
