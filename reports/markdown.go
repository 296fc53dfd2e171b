package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

const (
	markdownRows     = 8 // of a table
	markdownVerdicts = 10
	markdownColumns  = 4
)

// markdownTables are the tables of the short text, by their queries.
var markdownTables = []string{
	"hosts-new", "services-new", "talkers-new", "rates-changed", "addresses-sending-payloads", "addresses-receiving-payloads", "conversations-by-bytes", "data-quality",
}

// Markdown writes the report as a short text (CommonMark with GitHub's tables) for mail and chat: coverage, verdicts and what to do, what changed, the
// busiest, data quality. What comes out of packets is escaped, so that it stays text.
func (r *Report) Markdown(out io.Writer, look Look) error {
	w, err := languageOf(look.Language)
	if err != nil {
		return fmt.Errorf("write report as Markdown: %w", err)
	}
	m := &maker{report: r, words: w}
	var b strings.Builder
	title := r.Title
	if look.Title != "" {
		title = look.Title
	}
	fmt.Fprintf(&b, "# %s\n\n%s\n\n## %s\n\n", markdownText(queries.EscapeText(title)), markdownText(m.headline()), w.say("section.verdicts"))
	m.markdownVerdicts(&b)
	for _, name := range markdownTables {
		if block := r.block(name); block != nil && len(block.Table.Rows) > 0 {
			markdownTable(&b, w, block)
		}
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("write report as Markdown: %w", err)
	}
	return nil
}

func (m *maker) markdownVerdicts(b *strings.Builder) {
	r, w := m.report, m.words
	if judged := m.judged(); judged != "" {
		b.WriteString(judged + "\n\n")
	}
	standing := r.Verdicts[:r.counted()]
	if len(standing) == 0 {
		b.WriteString(w.say("verdict.none", w.count(int64(len(r.Detectors)), "detector")) + "\n")
	}
	for i := range standing[:min(len(standing), markdownVerdicts)] {
		v := m.verdict(&standing[i])
		fmt.Fprintf(b, "- **%s** %s: %s\n  %s, %s. *%s: %s*\n", v.Severity, v.Kind, markdownText(v.Text), v.Span, v.Sure, w.say("verdict.next"), v.Next)
	}
	if more := len(standing) - markdownVerdicts; more > 0 {
		b.WriteString("- " + w.say("verdict.more", w.count(int64(more), "more_verdict")) + "\n")
	}
	if n := r.Summary.Suppressed; n > 0 {
		b.WriteString("- " + w.count(int64(n), "suppressed") + "\n")
	}
}

func markdownTable(b *strings.Builder, w *language, block *Block) {
	t := block.Table
	columns := t.Columns[:min(len(t.Columns), markdownColumns)]
	if i := columnIndex(t, "statement"); i >= 0 {
		columns = t.Columns[i : i+1]
	}
	first := columnIndex(t, columns[0].Name)
	fmt.Fprintf(b, "\n## %s\n\n", markdownText(queries.EscapeText(w.title(block.Query, block.Title))))
	for _, c := range columns {
		b.WriteString("| " + markdownText(w.heading(c.Name)) + " ")
	}
	b.WriteString("|\n" + strings.Repeat("|---", len(columns)) + "|\n")
	for _, row := range t.Rows[:min(len(t.Rows), markdownRows)] {
		for i, c := range columns {
			b.WriteString("| " + markdownText(cut(newCell(w, row[first+i], c).Text, 200)) + " ")
		}
		b.WriteString("|\n")
	}
	if more := len(t.Rows) - markdownRows; more > 0 {
		b.WriteString("\n" + w.say("table.below", w.count(int64(more), "more_row"), block.ID()+".csv") + "\n")
	}
}

// markdownText escapes what CommonMark and GitHub's tables would read as anything but text, addresses of the web and mentions among it.
func markdownText(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@':
			b.WriteString("&#64;")
		case strings.ContainsRune("\\`*_{}[]()#!|~$>", r):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "://", ":&#47;/")
}
