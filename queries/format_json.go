package queries

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

func writeJSON(ctx context.Context, w io.Writer, r *Result, _ FormatOptions) (int64, error) {
	separator := "[\n"
	var line []byte
	rows, err := eachRow(ctx, r, func(row []any) error {
		line = appendRow(append(line[:0], separator...), r.columns, row)
		separator = ",\n"
		_, err := w.Write(line)
		return err
	})
	if err != nil {
		return rows, err
	}
	end := "\n]\n"
	if rows == 0 {
		end = "[]\n"
	}
	_, err = io.WriteString(w, end)
	return rows, err
}

func writeNDJSON(ctx context.Context, w io.Writer, r *Result, _ FormatOptions) (int64, error) {
	var line []byte
	return eachRow(ctx, r, func(row []any) error {
		line = append(appendRow(line[:0], r.columns, row), '\n')
		_, err := w.Write(line)
		return err
	})
}

func appendRow(dst []byte, columns []Column, row []any) []byte {
	dst = append(dst, '{')
	for i, value := range row {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, columns[i].Name), ':')
		dst = appendJSON(dst, value, columns[i].Type)
	}
	return append(dst, '}')
}

// appendJSON appends a value of Result.Row as JSON; typ decides on the digits of a time.
func appendJSON(dst []byte, value any, typ string) []byte {
	switch v := value.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(dst, "null"...)
		}
		return appendFloat(dst, v)
	case string:
		return appendString(dst, v)
	case []byte:
		return append(hex.AppendEncode(append(dst, '"'), v), '"')
	case time.Time:
		return append(v.AppendFormat(append(dst, '"'), timeLayout(typ)), '"')
	case []any:
		dst = append(dst, '[')
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, item, typ)
		}
		return append(dst, ']')
	case object:
		dst = append(dst, '{')
		for i, m := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendString(dst, m.name), ':')
			dst = appendJSON(dst, m.value, typ)
		}
		return append(dst, '}')
	}
	return append(dst, fmt.Sprint(value)...) // *big.Int, json.Number
}

// appendString appends s as a JSON string in which everything that EscapeText would escape is written as \uNNNN,
// so that JSON too is safe to look at.
func appendString(dst []byte, s string) []byte {
	quoted, err := json.Marshal(s)
	if err != nil {
		return append(dst, `""`...) // cannot happen: every string has a JSON form
	}
	if bytes.IndexFunc(quoted, unsafeRune) < 0 {
		return append(dst, quoted...)
	}
	for len(quoted) > 0 {
		r, size := utf8.DecodeRune(quoted)
		switch {
		case !unsafeRune(r):
			dst = append(dst, quoted[:size]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, high, low)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
		quoted = quoted[size:]
	}
	return dst
}

// appendFloat appends the shortest decimal number that reads back as v.
func appendFloat(dst []byte, v float64) []byte {
	format := byte('f')
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, v, format, -1, 64)
}

// object is a STRUCT or MAP value: its members in order, a JSON object when marshalled.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) { return appendJSON(nil, o, ""), nil }
