package classify

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/schema"
)

//go:embed detection.md
var preface string

// Markdown returns docs/detection.md: how verdicts come about, and every built-in detector with its thresholds, from their headers.
func Markdown() (string, error) {
	catalog, err := queries.Builtin()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(preface + "# Columns of a verdict\n\n| column | type | |\n|---|---|---|\n")
	for _, c := range schema.Verdicts.Columns {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.Name, c.Type, c.Doc)
	}
	b.WriteString("\n# Detectors\n")
	for _, q := range catalog {
		if q.Kind != "detector" {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n**%s.** %s\n\nClass %s, subclass %s, severity %s unless its rows say otherwise; ATT&CK %s. ",
			q.Name, q.Title, q.Doc, q.Class, q.Subclass, q.Severity, strings.Join(q.Techniques, " "))
		fmt.Fprintf(&b, "Its SQL is in [queries.md](queries.md#%s).\n\n", q.Name)
		b.WriteString("| threshold | default | quantity and source |\n|---|---|---|\n")
		for _, p := range q.Params {
			value := "none"
			if p.Default != nil {
				value = *p.Default
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", p.Name, value, p.Doc)
		}
	}
	return b.String(), nil
}
