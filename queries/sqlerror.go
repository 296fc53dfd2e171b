package queries

import (
	"errors"
	"regexp"
	"strings"
)

// SQLError is what DuckDB says of a statement: its message on one line, safe to print.
type SQLError struct {
	Kind    string   // as DuckDB names it: Parser, Binder, Catalog, Conversion, …
	Message string   // with the place, where DuckDB tells it: (line 2 at nonsense: SELECT nonsense)
	Pointer []string // the message without its place, the line of the statement, and a caret below the place; nil where DuckDB tells none
}

// Error returns the message, with its kind in front.
func (e *SQLError) Error() string {
	if e.Kind == "" {
		return e.Message
	}
	return e.Kind + " error: " + e.Message
}

// pointed is the line of DuckDB's message that shows the line of the statement.
var pointed = regexp.MustCompile(`^LINE (\d+): `)

// errorWord is what stands at the place of an error.
var errorWord = regexp.MustCompile(`^(?:"[^"]*"|'[^']*'|[\pL\pN_.$]+|\S)`)

// sqlError folds DuckDB's message of several lines into one: the text, its hints, and the line that it points at.
func sqlError(message string) error {
	e := &SQLError{}
	if kind, rest, ok := strings.Cut(message, " Error: "); ok && len(kind) < 24 && !strings.Contains(kind, "\n") {
		e.Kind, message = kind, rest
	}
	var parts []string
	place, shown, caret := "", "", ""
	for line := range strings.Lines(message) {
		line = strings.TrimRight(line, "\r\n")
		switch m := pointed.FindStringSubmatch(line); {
		case m != nil:
			place, shown = "line "+m[1], line
		case strings.TrimSpace(line) == "^" && shown != "":
			caret = line
			at := []rune(shown)
			if n := len([]rune(line)) - 1; n < len(at) {
				place += " at " + errorWord.FindString(string(at[n:]))
			}
		case strings.TrimSpace(line) != "":
			parts = append(parts, strings.TrimSpace(line))
		}
	}
	e.Message = EscapeText(strings.Join(parts, " "))
	if shown == "" {
		return e
	}
	if caret != "" {
		e.Pointer = []string{e.Error(), EscapeText(shown), caret}
	}
	e.Message += " (" + EscapeText(place+": "+strings.TrimSpace(pointed.ReplaceAllString(shown, ""))) + ")"
	return e
}

// unknownTable is DuckDB's message of a name that is none of a table that it has. Views are made when they are named, so it cannot propose them.
var unknownTable = regexp.MustCompile(`^Table with name (\S+) does not exist!.*?(\(line .*)?$`)

// proposed is an error with what may have been meant, where it is about a table.
func proposed(err error) error {
	var e *SQLError
	if !errors.As(err, &e) {
		return err
	}
	m := unknownTable.FindStringSubmatch(e.Message)
	if m == nil {
		return err
	}
	better := &SQLError{Kind: e.Kind, Message: "there is no table or view " + m[1] + ": " + DidYouMean(m[1], ViewNames(), "pcaplake schema lists the tables")}
	if e.Pointer != nil {
		better.Pointer = append([]string{better.Error()}, e.Pointer[1:]...)
	}
	better.Message = strings.TrimSpace(better.Message + " " + m[2])
	return better
}
