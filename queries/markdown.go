package queries

import (
	"fmt"
	"strings"
)

// Markdown returns the documentation of the built-in queries, made from their headers: docs/queries.md.
func Markdown() (string, error) {
	catalog, err := Builtin()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("# Named queries\n\nMade from the headers of `queries/sql/*.sql`; do not edit.\n\n" +
		"Run one with `pcaplake query NAME`, with `--param name=value` for its parameters; `--sql DIR` adds your own files, which go before these.\n" +
		"Most frequent address: the source address with most IP packets, of equals the first in text order. Suspicious address: its peer with most payload\n" +
		"bytes both ways.\n\n| query | answers |\n|---|---|\n")
	for _, q := range catalog {
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", q.Name, q.Name, q.Title)
	}
	for _, q := range catalog {
		q.markdown(&b)
	}
	b.WriteString("\n# Views\n\nBeside the tables of schema.md.\n")
	for _, v := range derivedViews() {
		fmt.Fprintf(&b, "\n## View %s\n\n%s\n\n```sql\n%s```\n", v.Name, v.Doc, v.SQL)
	}
	b.WriteString("\n## Macros\n\nWhat engines write differently, for DuckDB; any SQL may use them.\n\n```sql\n" + macros + "\n" + resolutionMacros + "\n" + payloadMacros + "```\n")
	return b.String(), nil
}

func (q *Query) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n**%s.** %s\n", q.Name, q.Title, q.Doc)
	if q.Kind == "detector" {
		fmt.Fprintf(b, "\nDetector: class %s, subclass %s, severity %s, ATT&CK %s.\n", q.Class, q.Subclass, q.Severity, strings.Join(q.Techniques, " "))
	}
	if len(q.Params) > 0 {
		b.WriteString("\n| parameter | type | default | |\n|---|---|---|---|\n")
		for _, p := range q.Params {
			value := "NULL"
			if p.Default != nil {
				value = "`" + *p.Default + "`"
			}
			fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", p.Name, p.Type, value, p.Doc)
		}
	}
	if len(q.Others) > 0 {
		fmt.Fprintf(b, "\nRows beyond `top` are added up into a last row: %s.\n", strings.Join(q.Others, ", "))
	}
	if q.Extract != "" {
		fmt.Fprintf(b, "\nThe packets behind it: `extract --where \"%s\"`.\n", q.Extract)
	}
	fmt.Fprintf(b, "\n```sql\n%s```\n", q.SQL)
}
