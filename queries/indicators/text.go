package indicators

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Names of columns of CSV that hold indicators or say their kinds, in the forms of the lists that are in use; the first that a head has counts.
var (
	valueColumns = []string{
		"indicator", "ioc_value", "ioc", "value", "observable", "dst_ip", "ip_address", "ip", "cidr", "domain", "hostname", "host", "url", "ja3_md5", "ja3", "ja4", "sha256_fingerprint", "user_agent",
	}
	kindColumns = []string{"ioc_type", "indicator_type", "type", "kind"}
)

// readText reads CSV or lines.
func (l *List) readText(text string) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if h := readHead(line); h != nil {
			l.readCSV(h, strings.Join(lines[i+1:], "\n"), i+1)
			return
		}
		if !comment(line) {
			break
		}
	}
	for i, line := range lines {
		if !comment(line) {
			l.readLine(line, fmt.Sprintf("line %d", i+1))
		}
	}
}

// comment reports whether a line says nothing.
func comment(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || line[0] == '#' || line[0] == ';' || strings.HasPrefix(line, "//")
}

// A head says where in the records of CSV what stands.
type head struct {
	comma       rune
	value, kind int
	valueKind   Kind // by the name of the column; "": the form of the value tells
}

// readHead reads a line as the head of CSV, which some lists write as a comment; nil when it is none.
func readHead(line string) *head {
	line = strings.TrimLeft(strings.TrimSpace(line), "# ")
	for _, comma := range []rune{',', ';', '\t'} {
		r := csv.NewReader(strings.NewReader(line))
		r.Comma, r.LazyQuotes, r.TrimLeadingSpace = comma, true, comma != '\t'
		fields, err := r.Read()
		if err != nil || len(fields) < 2 {
			continue
		}
		for i := range fields {
			fields[i] = strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.Trim(fields[i], ` "`)))
		}
		h := &head{comma: comma, value: first(valueColumns, fields), kind: first(kindColumns, fields)}
		if h.value < 0 {
			continue
		}
		if kind, ok := named(fields[h.value]); ok && h.kind < 0 {
			h.valueKind = kind
		}
		return h
	}
	return nil
}

// first is the place among fields of the first of names that is there; -1: none.
func first(names, fields []string) int {
	for _, name := range names {
		if i := slices.Index(fields, name); i >= 0 {
			return i
		}
	}
	return -1
}

// readCSV reads the records below a head, which stands in so many lines.
func (l *List) readCSV(h *head, text string, above int) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.Comment, r.FieldsPerRecord, r.TrimLeadingSpace = h.comma, true, '#', -1, h.comma != '\t'
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			var at *csv.ParseError
			line := above
			if errors.As(err, &at) {
				line += at.StartLine
			}
			l.refuse("", fmt.Sprintf("line %d", line), "its quotes do not end")
			continue
		}
		line, _ := r.FieldPos(0)
		place := fmt.Sprintf("line %d", above+line)
		if h.value >= len(record) || strings.TrimSpace(record[h.value]) == "" {
			l.refuse(strings.Join(record, string(h.comma)), place, "the column of indicators is empty")
			continue
		}
		l.record(h, record, place)
	}
}

func (l *List) record(h *head, record []string, place string) {
	value := record[h.value]
	switch {
	case h.valueKind != "":
		l.add(h.valueKind, value, place)
	case h.kind >= 0 && h.kind < len(record):
		l.typed(record[h.kind], value, place)
	default:
		l.find(value, place)
	}
}

// typed takes an entry whose kind a list tells by a name of its own or of MISP.
func (l *List) typed(name, value, place string) {
	if kind, ok := named(name); ok {
		l.add(kind, value, place)
		return
	}
	l.attribute(strings.ToLower(strings.TrimSpace(name)), value, place)
}

var (
	prefixed = regexp.MustCompile(`^\s*([A-Za-z0-9 _-]{2,24}?)\s*[:=]\s*(\S.*)$`)
	trailing = regexp.MustCompile(`\s+(?:#|//|;\s).*$`)
	hosts    = regexp.MustCompile(`^(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+(\S+)$`)
)

// readLine reads a line: an indicator, alone, behind the name of its kind, as a line of a hosts file, or among fields of CSV without a head.
func (l *List) readLine(line, place string) {
	if m := prefixed.FindStringSubmatch(line); m != nil {
		if kind, ok := named(m[1]); ok {
			l.add(kind, m[2], place)
			return
		}
	}
	line = strings.TrimSpace(trailing.ReplaceAllString(line, ""))
	if m := hosts.FindStringSubmatch(line); m != nil {
		line = m[1]
	}
	if !strings.ContainsAny(line, ",;\t\"") {
		l.find(line, place)
		return
	}
	for _, field := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",;\t\"", r) }) {
		if _, _, ok := detect(refang(field)); ok {
			l.find(field, place)
			return
		}
	}
	l.find(line, place)
}
