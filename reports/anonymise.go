package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/schema"
)

// Pseudonyms are what a report is anonymised with: the same as of a lake under the same key.
type Pseudonyms interface {
	schema.Mask
	Capture(text string) string // stands for a capture: its path, its id, a hash of its content
	Fingerprint() string        // names the key
}

// ErrAnonymised says that a report has pseudonyms already, or others than the one it is to be compared with.
var ErrAnonymised = errors.New("reports with different pseudonyms")

// Anonymize puts pseudonyms in the place of everything in the report that names somebody: in tables, charts, verdicts with their evidence, SQL and
// extract lines, provenance and the names of files. It fails with ErrAnonymised where the report has pseudonyms already.
func (r *Report) Anonymize(by Pseudonyms) error {
	if r.Anonymized != "" {
		return fmt.Errorf("%w: it is anonymised under the key of fingerprint %s", ErrAnonymised, r.Anonymized)
	}
	own, err := queries.Builtin()
	if err != nil {
		return fmt.Errorf("anonymise report: %w", err)
	}
	m := &anonymiser{by: by, known: map[string]string{}, ours: map[string]bool{}}
	for _, q := range own {
		for _, literal := range literals.FindAllString(q.SQL, -1) {
			m.ours[literal] = true
		}
	}
	r.Anonymized, r.Command = by.Fingerprint(), plainCommand(r.Command)
	for _, sentences := range []bool{false, true} { // those last: they name what stands elsewhere
		if m.sentences = sentences; sentences {
			m.phrases = m.several()
		}
		for _, blocks := range r.blocks() {
			for i := range blocks {
				m.table(blocks[i].Query, blocks[i].Table)
			}
		}
		for i := range r.Verdicts {
			m.facts(&r.Verdicts[i])
		}
	}
	for i := range r.Verdicts {
		m.verdict(&r.Verdicts[i])
	}
	m.rest(r)
	r.Coverage, r.Highlights = r.coverage(), r.highlights()
	return nil
}

// anonymiser replaces what a report holds.
type anonymiser struct {
	by        Pseudonyms
	known     map[string]string // what stood in cells, and what stands there now
	phrases   []string          // keys of known of several words, the longest first
	ours      map[string]bool   // literals of the program's own SQL, in their quotes
	sentences bool              // which pass it is: that of sentences, or that of all else
}

// rest are the parts of a report that are neither tables nor verdicts.
func (m *anonymiser) rest(r *Report) {
	for _, blocks := range r.blocks() {
		for i := range blocks {
			b := &blocks[i]
			b.SQL, b.Address, b.Extract = m.sql(b.SQL), m.text(schema.Address, b.Address), m.sentence(b.Extract)
		}
	}
	for i := range r.Detectors {
		r.Detectors[i].SQL = m.sql(r.Detectors[i].SQL)
	}
	for i := range r.Suspects {
		s := &r.Suspects[i]
		s.Address = m.text(schema.Address, s.Address)
		s.Extract = extractOf(s.Address)
		for j := range s.Verdicts {
			s.Verdicts[j] = m.id(s.Verdicts[j])
		}
	}
	if r.Cube != nil {
		r.Cube.Names = slices.Clone(r.Cube.Names)
		for i, name := range r.Cube.Names {
			r.Cube.Names[i] = m.sentence(name) // addresses, ports, others
		}
	}
}

// id is what stands for that of a verdict, which is a hash of addresses.
func (m *anonymiser) id(id string) string {
	return m.by.Capture("verdict " + id)[:16]
}

// table replaces the cells of a table; what was kept of payloads goes, row by row.
func (m *anonymiser) table(query string, t *queries.Table) {
	for i, c := range t.Columns {
		p := privacyOf(query, c.Name)
		if later := p == sentence || c.Name == "evidence"; later != m.sentences {
			continue
		}
		for n, row := range t.Rows {
			if i == 0 && n == len(t.Rows)-1 && t.Others > 0 {
				continue // the sum of the others
			}
			switch text, is := row[i].(string); {
			case is && c.Name == "evidence":
				row[i] = m.json(text)
			case is && c.Name == "verdict_id":
				row[i] = m.id(text)
			default:
				row[i] = m.value(p, row[i], c)
			}
		}
	}
	if isHexdump(t) {
		t.Rows = nil
	}
}

// value replaces a value of a class. Numbers, times and booleans name nobody.
func (m *anonymiser) value(p schema.Privacy, value any, c queries.Column) any {
	switch v := value.(type) {
	case nil, bool, int64, float64, *big.Int, json.Number, time.Time:
		if p == schema.Dropped {
			return nil
		}
		return value
	case []byte:
		return nil
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = m.value(p, v[i], c)
		}
		return out
	}
	if p == schema.Kept {
		return value
	}
	if text := m.text(p, queries.Text(value, c)); text != "" {
		return text
	}
	return nil
}

// facts replaces what a verdict measured.
func (m *anonymiser) facts(v *Verdict) {
	for i := range v.Measured {
		f := &v.Measured[i]
		p := privacyOf("", f.Name)
		switch {
		case (p == sentence) != m.sentences || json.Valid([]byte(f.Value)) && !strings.ContainsAny(f.Value, `"`):
		case strings.HasPrefix(f.Value, "[") && json.Valid([]byte(f.Value)):
			f.Value = strings.TrimPrefix(m.json(`"`+f.Name+`":`+f.Value), `"`+f.Name+`":`)
		default:
			f.Value = m.text(p, f.Value)
		}
	}
}

// verdict replaces the rest of a verdict.
func (m *anonymiser) verdict(v *Verdict) {
	v.Text, v.SQL, v.Extract = m.sentence(v.Text), m.sql(v.SQL), m.sentence(v.Extract)
	v.ID, v.SrcIP, v.DstIP = m.id(v.ID), m.text(schema.Address, v.SrcIP), m.text(schema.Address, v.DstIP)
	v.Coverage, v.Suppressed = m.sentence(v.Coverage), m.sentence(v.Suppressed)
	for i := range v.Explains {
		v.Explains[i] = m.sentence(v.Explains[i])
	}
}

// text replaces a text of a class; "" where nothing may stand.
func (m *anonymiser) text(p schema.Privacy, text string) string {
	switch {
	case p == sentence && strings.Contains(text, behindQuery):
		return m.sql(text)
	case p == sentence:
		return m.sentence(text)
	case p == schema.Kept || text == "":
		return text
	case p == schema.Dropped || p == schema.Unjudged:
		return ""
	}
	if out, ok := m.known[text]; ok {
		return out
	}
	out := m.pseudonym(p, text)
	m.known[text] = out
	return out
}

// pseudonym makes what stands for a text. Lists have spaces between, and an ellipsis where they were cut.
func (m *anonymiser) pseudonym(p schema.Privacy, text string) string {
	if a, ok := m.address(text); ok {
		return a
	}
	switch p {
	case schema.Keyed:
		var out []string
		for one := range strings.SplitSeq(text, ",") {
			out = append(out, m.by.Capture(one))
		}
		m.known[text[strings.LastIndexAny(text, `/\`)+1:]] = out[0] // as messages name it
		return strings.Join(out, ",")
	case schema.Address, schema.Hardware, schema.Name:
		fields := strings.Fields(text)
		for i, field := range fields {
			a, ok := m.address(field)
			switch {
			case ok:
				fields[i] = a
			case field != "…":
				fields[i] = string(m.by.AppendText(nil, schema.Name, []byte(field)))
				m.known[field] = fields[i]
			}
		}
		return strings.Join(fields, " ")
	}
	return string(m.by.AppendText(nil, p, []byte(text)))
}

// jsonStrings matches the strings of a JSON text, with the colon behind the names of members.
var jsonStrings = regexp.MustCompile(`"(?:[^"\\]|\\.)*"(\s*:)?`)

// json replaces the strings of a JSON text by the names of their members.
func (m *anonymiser) json(text string) string {
	member := ""
	return jsonStrings.ReplaceAllStringFunc(text, func(quoted string) string {
		if name, ok := strings.CutSuffix(quoted, ":"); ok {
			member = strings.Trim(strings.TrimSpace(name), `"`)
			return quoted
		}
		var inner string
		if json.Unmarshal([]byte(quoted), &inner) != nil {
			return `""`
		}
		out, err := json.Marshal(m.text(privacyOf("", member), inner))
		if err != nil {
			return `""`
		}
		return string(out)
	})
}

// behindQuery is what stands in the SQL of a verdict between the query of its detector and the condition that picks the verdict.
const behindQuery = "\n) WHERE "

// literals matches the strings of SQL.
var literals = regexp.MustCompile(`'(?:[^']|'')*'`)

// sql replaces what literals of SQL name, but for those of the program's own queries: they say nothing of the lake, and stand there for anyone to read.
// In the condition behind a verdict's query there are none of these.
func (m *anonymiser) sql(text string) string {
	query, condition := text, ""
	if at := strings.LastIndex(text, behindQuery); at >= 0 {
		query, condition = text[:at], text[at:]
	}
	query = literals.ReplaceAllStringFunc(query, func(literal string) string {
		if m.ours[literal] {
			return literal
		}
		return m.sentence(literal)
	})
	return query + m.sentence(condition)
}

// plainWords are the commands whose names stay.
var plainWords = []string{"report", "run"}

// plainCommand is a command line without what its flags say, which names files, places, people and times.
func plainCommand(command string) string {
	var out []string
	for i, word := range strings.Fields(command) {
		flag, _, joined := strings.Cut(word, "=")
		switch {
		case i == 0, slices.Contains(plainWords, word), strings.HasPrefix(word, "-") && !joined:
			out = append(out, word)
		case joined && strings.HasPrefix(word, "-"):
			out = append(out, flag+"=…")
		case out[len(out)-1] != "…":
			out = append(out, "…")
		}
	}
	return strings.Join(out, " ")
}
