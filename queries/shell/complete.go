package shell

import (
	"context"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/reeflective/readline"
)

// completionTime bounds what a press of Tab may take.
const completionTime = 2 * time.Second

// A suggestion is what may stand in a text from a place on.
type suggestion struct {
	text string
	from int // bytes
}

// suggest returns what may follow at the end of a text: commands and their arguments, the names of queries, and what DuckDB's parser and catalog know.
func (s *Shell) suggest(ctx context.Context, text string) []suggestion {
	from := strings.LastIndexAny(text, " \t\n(,;") + 1
	word := text[from:]
	var out []suggestion
	add := func(names []string) {
		for _, name := range names {
			if strings.HasPrefix(name, word) {
				out = append(out, suggestion{name, from})
			}
		}
	}
	if trimmed := strings.TrimLeft(text, " \t\n"); strings.HasPrefix(trimmed, ".") {
		name, _, behind := strings.Cut(trimmed, " ")
		for _, c := range commands() {
			switch {
			case !behind:
				add([]string{c.name})
			case c.name == name && c.complete != nil:
				add(c.complete(s))
			}
		}
		return out
	}
	if statements, rest := Split(text); len(statements) == 0 && strings.TrimSpace(rest) == word && word != "" {
		add(queryNames(s))
	}
	ctx, cancel := context.WithTimeout(ctx, completionTime)
	defer cancel()
	return append(out, s.ofSQL(ctx, text)...)
}

// ofSQL asks DuckDB.
func (s *Shell) ofSQL(ctx context.Context, text string) []suggestion {
	r, err := s.session.Query(ctx, "SELECT suggestion, suggestion_start FROM sql_auto_complete($text)", map[string]string{"text": text})
	if err != nil {
		return nil
	}
	t, err := queries.Collect(r, 200)
	if err != nil {
		return nil
	}
	var out []suggestion
	for _, row := range t.Rows {
		name, isText := row[0].(string)
		from, isPlace := row[1].(int64)
		if isText && isPlace && from >= 0 && int(from) <= len(text) {
			out = append(out, suggestion{name, int(from)})
		}
	}
	return out
}

// completions are suggestions in the form of the line editor, which replaces the word before the cursor.
func (s *Shell) completions(ctx context.Context, text []rune, cursor int) readline.Completions {
	before := string(text[:cursor])
	word := before[strings.LastIndexAny(before, " \t\n")+1:]
	var values []string
	seen := map[string]bool{}
	for _, x := range s.suggest(ctx, before) {
		// What stands between the word that the editor replaces and the place that the suggestion is for stays: "count(src" is one word for the editor.
		start := len(before) - len(word)
		value := strings.TrimSpace(x.text)
		if x.from >= start {
			value = before[start:x.from] + value
		}
		if !seen[value] {
			seen[value] = true
			values = append(values, value)
		}
	}
	return readline.CompleteValues(values...)
}
