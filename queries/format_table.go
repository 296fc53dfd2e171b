package queries

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	prettytext "github.com/jedib0t/go-pretty/v6/text"
)

const (
	minColumnWidth = 5 // below it a table is rather cut at the right than its cells narrowed
	maxCell        = 4096
)

func writeTable(ctx context.Context, w io.Writer, r *Result, o FormatOptions) (int64, error) {
	cells, rows, more, err := shownCells(ctx, r, o)
	if err != nil {
		return rows, err
	}
	t := table.NewWriter()
	style := table.StyleLight
	style.Format.Header = prettytext.FormatDefault
	style.Size.WidthMax = o.Width
	t.SetStyle(style)
	widths := fitWidths(cells, o.Width)
	var configs []table.ColumnConfig
	for i, c := range r.columns {
		config := table.ColumnConfig{Number: i + 1, WidthMax: widths[i], WidthMaxEnforcer: cut}
		if c.Numeric() {
			config.Align, config.AlignHeader = prettytext.AlignRight, prettytext.AlignRight
		}
		configs = append(configs, config)
	}
	t.SetColumnConfigs(configs)
	t.AppendHeader(tableRow(cells[0], widths))
	for _, row := range cells[1:] {
		t.AppendRow(tableRow(row, widths))
	}
	_, err = io.WriteString(w, t.Render()+"\n"+more)
	return rows, err
}

func tableRow(cells []string, widths []int) table.Row {
	row := make(table.Row, len(cells))
	for i, s := range cells {
		row[i] = cut(s, widths[i])
	}
	return row
}

// cut shortens s to a width of columns, the last of them "…".
func cut(s string, width int) string { return prettytext.Snip(s, width, "…") }

// shownCells reads the rows of a table for people as escaped text, the header first. Very long cells are cut on the way.
func shownCells(ctx context.Context, r *Result, o FormatOptions) (cells [][]string, rows int64, more string, err error) {
	header := make([]string, len(r.columns))
	for i, c := range r.columns {
		header[i] = EscapeText(c.Name)
	}
	cells = append(cells, header)
	for r.Next() {
		if err := ctx.Err(); err != nil {
			return nil, rows, "", err
		}
		if o.MaxRows > 0 && rows == o.MaxRows {
			return cells, rows, fmt.Sprintf("… more rows: only the first %d are shown\n", rows), nil
		}
		row := make([]string, len(r.columns))
		for i, value := range key(r, r.Row()) {
			row[i] = "NULL"
			if value != nil {
				row[i] = EscapeText(Text(value, r.columns[i]))
			}
			if len(row[i]) > maxCell {
				row[i] = cut(row[i], maxCell/4)
			}
		}
		cells = append(cells, row)
		rows++
	}
	return cells, rows, "", r.Err()
}

// fitWidths gives each column its natural width and then narrows the widest until the table fits into width columns.
func fitWidths(cells [][]string, width int) []int {
	widths := make([]int, len(cells[0]))
	total := 1
	for i := range widths {
		for _, row := range cells {
			widths[i] = max(widths[i], prettytext.StringWidthWithoutEscSequences(row[i]))
		}
		total += widths[i] + 3
	}
	for width > 0 && total > width {
		widest := 0
		for i := range widths {
			if widths[i] > widths[widest] {
				widest = i
			}
		}
		if len(widths) == 0 || widths[widest] <= minColumnWidth {
			break
		}
		widths[widest]--
		total--
	}
	return widths
}

func writeMarkdown(ctx context.Context, w io.Writer, r *Result, o FormatOptions) (int64, error) {
	cells, rows, more, err := shownCells(ctx, r, o)
	if err != nil {
		return rows, err
	}
	var b strings.Builder
	for i, row := range cells {
		b.WriteString("|")
		for _, s := range row {
			b.WriteString(" " + markdownEscaper.Replace(s) + " |")
		}
		b.WriteString("\n")
		if i == 0 {
			b.WriteString("|" + markdownRule(r.columns) + "\n")
		}
	}
	if more != "" {
		b.WriteString("\n" + more)
	}
	_, err = io.WriteString(w, b.String())
	return rows, err
}

var markdownEscaper = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`)

func markdownRule(columns []Column) string {
	var b strings.Builder
	for _, c := range columns {
		if c.Numeric() {
			b.WriteString(" ---: |")
		} else {
			b.WriteString(" --- |")
		}
	}
	return b.String()
}
