package schema

import (
	"fmt"
	"strings"
)

// Markdown returns docs/schema.md: every table, column and closed list, with the names that peers use.
func Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Tables

Generated from the declarations in `+"`schema/`"+` by `+"`make docs`"+`. Schema version %d.

Every column is nullable: NULL means that the layer is absent or that the value cannot be judged. Types are DuckDB's; in Parquet they are
signed integers, doubles, booleans, strings, bytes, and timestamps of microseconds that are not adjusted to UTC (they are UTC by contract). "Wireshark"
names display filter fields, of which the one that fits the layer holds the same thing, in Wireshark's own unit; "Zeek" fields of its logs;
"IPFIX" information elements; "ECS" fields of the Elastic Common Schema. Encodings are those of Parquet;
"compacted" says what is otherwise in files that `+"`pcaplake compact`"+` wrote: another encoding, or a bloom filter beside it. "Anonymised" is what
becomes of the values in a lake that was made with `+"`--anonymize`"+` ([privacy.md](privacy.md)); empty: they are kept.

`, Version)
	for _, t := range Tables() {
		fmt.Fprintf(&b, "* [%s](#%s): %s\n", t.Name, t.Name, t.Doc)
	}
	fmt.Fprintf(&b, "* [captures](#captures): %s\n", capturesDoc)
	for _, t := range Tables() {
		t.markdown(&b)
	}
	fmt.Fprintf(&b, "\n## captures\n\n%s\n\n", capturesDoc)
	rows := [][]string{{"column", "type", "unit", "meaning"}}
	for _, c := range CaptureColumns() {
		rows = append(rows, []string{code(c.Name), code(c.Type), c.Unit, c.Doc})
	}
	writeTable(&b, rows)
	writeReasons(&b, "malformed", "The first reason why a frame, or a DNS message, could not be decoded to the end. The row keeps what was decoded. "+
		"What the capture's snapshot length cut off is not malformed: it is NULL.", MalformedReasons)
	writeReasons(&b, "chksum_note", "Why a checksum was not judged: `ip_chksum_ok` or `l4_chksum_ok` is then NULL. A wrong checksum without a note is `false`.", ChksumNotes)
	writeReasons(&b, "end_reason", "Why a row of flows ends.", EndReasons)
	return b.String()
}

const capturesDoc = "One row per capture, from the manifests; not Parquet."

func (t Table) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n", t.Name, t.Doc)
	rows := [][]string{{"column", "type", "unit", "encoding", "anonymised", "meaning", "Wireshark", "Zeek", "IPFIX", "ECS"}}
	for _, c := range t.Columns {
		rows = append(rows, []string{
			code(c.Name), code(c.Type.String()), c.Unit, c.storage(), c.anonymised(), c.Doc,
			code(c.Wireshark), code(c.Zeek), code(c.IPFIX), code(c.ECS),
		})
	}
	writeTable(b, rows)
}

// anonymised is what becomes of the column in an anonymised lake, or "".
func (c *Column) anonymised() string {
	if c.Privacy == Kept {
		return ""
	}
	return c.Privacy.String()
}

// storage is how the column lies in files, and in merged ones where that differs.
func (c *Column) storage() string {
	var merged []string
	if c.Sorted != c.Encoding {
		merged = append(merged, c.Sorted.String())
	}
	if c.Bloom {
		merged = append(merged, "bloom")
	}
	if len(merged) == 0 {
		return c.Encoding.String()
	}
	return c.Encoding.String() + "; compacted: " + strings.Join(merged, ", ")
}

func writeReasons(b *strings.Builder, name, doc string, reasons []Reason) {
	fmt.Fprintf(b, "\n## Values of %s\n\n%s\n\n", name, doc)
	rows := [][]string{{"value", "meaning"}}
	for _, r := range reasons {
		rows = append(rows, []string{code(r.Name), r.Doc})
	}
	writeTable(b, rows)
}

// writeTable writes rows, the first of which is the head.
func writeTable(b *strings.Builder, rows [][]string) {
	for i, cells := range rows {
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(cells)) + "|\n")
		}
	}
}

// code sets alternatives, separated by "|", as code each, since "|" ends a cell.
func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(s, "|", "` `") + "`"
}
