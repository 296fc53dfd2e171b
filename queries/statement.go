package queries

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// ErrNotReadOnly is the answer to a statement that would do more than read.
var ErrNotReadOnly = errors.New("only statements that read are allowed: SELECT, EXPLAIN (without ANALYZE), DESCRIBE, SHOW, SUMMARIZE; and SET and CREATE TEMP before them, where no sandbox is")

// readOnly refuses what does more than read. DESCRIBE, SHOW, SUMMARIZE, VALUES, FROM and reading PRAGMAs are SELECTs to DuckDB.
// EXPLAIN ANALYZE executes what it explains, so EXPLAIN is refused wherever that word stands in its text.
func (s *statement) readOnly(sql string) error {
	switch bindings.PreparedStatementType(s.handle) {
	case bindings.StatementTypeSelect:
		return nil
	case bindings.StatementTypeExplain:
		w := words(sql)
		if !slices.Contains(w, "analyze") && !slices.Contains(w, "analyse") {
			return nil
		}
	}
	return ErrNotReadOnly
}

// writing are the first words of statements that do more than read: refused by name before DuckDB looks at them, so that the answer
// is ErrNotReadOnly and not what it finds wrong with their tables or files. What is not listed is held by its type.
var writing = []string{
	"alter", "analyze", "attach", "begin", "call", "checkpoint", "comment", "commit", "copy", "create", "deallocate", "delete", "detach", "drop",
	"execute", "export", "import", "insert", "install", "load", "merge", "prepare", "reset", "rollback", "set", "truncate", "update", "use", "vacuum",
}

// firstWord is the first word of a statement in lower case, comments skipped.
func firstWord(sql string) string {
	for {
		sql = strings.TrimSpace(sql)
		switch {
		case strings.HasPrefix(sql, "--"):
			_, sql, _ = strings.Cut(sql, "\n")
		case strings.HasPrefix(sql, "/*"):
			_, sql, _ = strings.Cut(sql[2:], "*/")
		default:
			if w := words(sql); len(w) > 0 {
				return w[0]
			}
			return ""
		}
	}
}

// words are all words of a text in lower case: every identifier and keyword of a statement, and what stands in its strings
// and comments.
func words(sql string) []string {
	return strings.FieldsFunc(strings.ToLower(sql), func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
