package shell

import (
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

// Split takes the whole statements off a text: each with its semicolon, and what follows the last of them. A semicolon in quotes, in dollar quotes or in a
// comment ends nothing.
func Split(text string) (statements []string, rest string) {
	begin := 0
	for i := 0; i < len(text); {
		if text[i] == ';' {
			if s := text[begin : i+1]; !blank(s[:len(s)-1]) {
				statements = append(statements, s)
			}
			i++
			begin = i
			continue
		}
		i += token(text[i:])
	}
	return statements, text[begin:]
}

// Prepared divides a text of SQL into the statements at its beginning that Session.Prepare takes, and the rest.
func Prepared(text string) (first []string, rest string) {
	statements, last := Split(text)
	if len(statements) > 0 && blank(last) {
		statements, last = statements[:len(statements)-1], statements[len(statements)-1]+last
	}
	for len(statements) > 0 && queries.Prepares(statements[0]) {
		first, statements = append(first, statements[0]), statements[1:]
	}
	if rest = strings.Join(statements, "") + last; len(statements) == 0 && queries.Prepares(rest) {
		return append(first, rest), ""
	}
	return first, rest
}

// token is the length of what begins a text that is not empty: a quoted text, a comment, or one byte. What does not end goes to the end of the text.
func token(text string) int {
	switch {
	case text[0] == '\'' || text[0] == '"':
		return until(text, 1, text[:1])
	case strings.HasPrefix(text, "--"):
		return until(text, 2, "\n")
	case strings.HasPrefix(text, "/*"):
		return comment(text)
	case text[0] == '$':
		if tag := dollarTag(text); tag != "" {
			return until(text, len(tag), tag)
		}
	}
	return 1
}

// until is the length of a text up to the end of the first mark behind a place. A doubled quote begins the next text at once, which comes to the same.
func until(text string, from int, mark string) int {
	if i := strings.Index(text[from:], mark); i >= 0 {
		return from + i + len(mark)
	}
	return len(text)
}

// comment is the length of a comment, which may hold others.
func comment(text string) int {
	depth := 0
	for i := 0; i < len(text); {
		switch {
		case strings.HasPrefix(text[i:], "/*"):
			depth++
			i += 2
		case strings.HasPrefix(text[i:], "*/"):
			if depth--; depth == 0 {
				return i + 2
			}
			i += 2
		default:
			i++
		}
	}
	return len(text)
}

// dollarTag is the mark that begins a text in dollar quotes, $$ or $tag$; "" when there is none: a parameter begins with a dollar as well.
func dollarTag(text string) string {
	end := strings.IndexByte(text[1:], '$')
	if end < 0 {
		return ""
	}
	tag := text[1 : 1+end]
	for i, c := range tag {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return ""
		}
	}
	return text[:end+2]
}

// blank reports whether a text is only white space and comments.
func blank(text string) bool {
	for i := 0; i < len(text); {
		n := token(text[i:])
		isComment := strings.HasPrefix(text[i:], "--") || strings.HasPrefix(text[i:], "/*")
		if !isComment && !strings.ContainsRune(" \t\r\n", rune(text[i])) {
			return false
		}
		i += n
	}
	return true
}
