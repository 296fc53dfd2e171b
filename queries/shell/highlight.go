package shell

import (
	"slices"
	"strings"
)

// Colours of SQL, as ECMA-48 selects them.
const (
	keywordColor = "\x1b[1;34m"
	textColor    = "\x1b[32m"
	numberColor  = "\x1b[36m"
	commentColor = "\x1b[90m"
	plain        = "\x1b[0m"
)

// keywords are the words of SQL that are shown as such.
var keywords = strings.Fields(`all and anti any as asc asof between by case cast columns cross desc describe distinct else end except exclude exists explain false filter first
	following from full group having ilike in inner intersect interval is join last lateral left like limit natural not null nulls offset on or order over partition pivot
	preceding qualify recursive replace right rollup row rows select semi similar summarize table tablesample then to true try_cast unbounded union unnest unpivot using values
	when where window with within`)

// highlight is SQL with colours; what is written stays the same.
func highlight(sql string) string {
	var b strings.Builder
	for i := 0; i < len(sql); {
		n, color := piece(sql[i:])
		if color == "" {
			b.WriteString(sql[i : i+n])
		} else {
			b.WriteString(color + sql[i:i+n] + plain)
		}
		i += n
	}
	return b.String()
}

// piece is the length of what begins a text, and its colour.
func piece(text string) (int, string) {
	switch c := text[0]; {
	case c == '\'' || c == '$' && dollarTag(text) != "":
		return token(text), textColor
	case strings.HasPrefix(text, "--") || strings.HasPrefix(text, "/*"):
		return token(text), commentColor
	case c == '"':
		return token(text), ""
	case c >= '0' && c <= '9':
		return len(text) - len(strings.TrimLeft(text, "0123456789._")), numberColor
	case c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z':
		n := len(text) - len(strings.TrimLeft(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"))
		if slices.Contains(keywords, strings.ToLower(text[:n])) {
			return n, keywordColor
		}
		return n, ""
	}
	return 1, ""
}
