package queries

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Query is a named query: one .sql file whose leading comment lines declare it.
type Query struct {
	Name       string   // of the file, without .sql
	Title      string   // a heading
	Doc        string   // what it answers and how its terms are meant, in sentences
	Params     []Param  // in the order of the header
	Chart      *Chart   // nil: a table only
	Extract    string   // condition on columns of packets, with parameters, that holds for those behind the rows; "": none is declared
	Report     *Place   // nil: not in the report
	Cube       *Cube    // nil: the page can only show the whole of it
	Others     []string // columns summed over the rows beyond parameter top into a last row
	Kind       string   // "" or "detector"
	Class      string   // of a detector: what its findings are, one of Classes
	Subclass   string   // of a detector: its own word for it
	Severity   string   // of a detector: one of Severities
	Techniques []string // of a detector: ATT&CK ids
	SQL        string   // the file below its header
}

// Param is a parameter of a named query, written $name in its SQL.
type Param struct {
	Name    string
	Type    string  // one of ParamTypes
	Default *string // nil: NULL, written "-" in the header
	Doc     string
}

// Chart says how a result is drawn.
type Chart struct {
	Type   string  // one of the kinds of chartForms
	X, Y   string  // columns: labels and amounts; of a heat map the time and the amount; of a sankey the sender and the amount
	Series string  // column that splits a line chart, may be empty; of a sankey the receiver
	Low    string  // column of a line chart: the lower end of a band of usual amounts; may be empty
	High   string  // its upper end
	Mark   string  // column of a line chart over time: rows where it has a value are marked, such as points of change; may be empty
	Limits []Limit // amounts that a line chart has lines at
}

// Limit is a parameter of a detector whose default a chart shows among its amounts: the threshold of a finding.
type Limit struct{ Detector, Param string }

// Cube says how the page makes a chart again when the reader chooses a time or an address: which key of the report's cube its labels are, and
// which measure its amounts. Both are columns of that cube.
type Cube struct{ Key, Measure string }

// Place is where a query stands in the report.
type Place struct {
	Section string // one of Sections
	Order   int
}

// The closed lists of the header.
var (
	// ParamTypes are the types a parameter may have.
	ParamTypes = []string{"BIGINT", "BOOLEAN", "DOUBLE", "INTEGER", "TIMESTAMP", "VARCHAR"}
	// Sections are the report's sections in its order.
	Sections = []string{
		"coverage", "verdicts", "changes", "who", "ports", "history", "suspicious", "network", "applications", "hosts", "suspects", "captures", "quality",
		"provenance",
	}
	// CubeKeys are what a chart of the report can be made of again.
	CubeKeys = []string{"src", "dst", "src_port", "dst_port", "pair", "ts", "hour"}
	// CubeMeasures are what the report's cube adds up.
	CubeMeasures = []string{"packets", "payload_bytes", "wire_bytes"}
	// Classes are what a finding may be.
	Classes = []string{"normal", "scan", "dos", "ddos", "theft", "bruteforce", "c2", "other"}
	// Severities rise.
	Severities = []string{"info", "low", "medium", "high", "critical"}
)

var (
	headerKey = regexp.MustCompile(`^([a-z]+):(?:\s+(.*))?$`)
	technique = regexp.MustCompile(`^T\d{4}(\.\d{3})?$`)
	word      = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	limitForm = regexp.MustCompile(`^([a-z][a-z0-9-]*)\.([a-z][a-z0-9_]*)$`)
	queryName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

// ParseQuery reads the text of a named query's file. Its header is the comment lines at the top, one "-- key: value" each;
// a line without a key continues the one before. Keys: title, doc (both required), param, chart, extract, report, cube, others, kind, class,
// subclass, techniques, severity; any other is an error, as is a key given twice (param aside).
func ParseQuery(name, text string) (*Query, error) {
	q := &Query{Name: name}
	if !queryName.MatchString(name) {
		return nil, fmt.Errorf("read query %q: a name is lower-case letters, digits and hyphens", name)
	}
	entries, sql, err := splitHeader(text)
	if err != nil {
		return nil, fmt.Errorf("read query %s: %w", name, err)
	}
	q.SQL = sql
	seen := map[string]bool{}
	for _, e := range entries {
		if seen[e.key] && e.key != "param" {
			return nil, fmt.Errorf("read query %s: line %d: key %s is given twice", name, e.line, e.key)
		}
		seen[e.key] = true
		set, ok := headerKeys[e.key]
		if !ok {
			return nil, fmt.Errorf("read query %s: line %d: unknown key %s", name, e.line, e.key)
		}
		if err := set(q, e.value); err != nil {
			return nil, fmt.Errorf("read query %s: line %d: %s: %w", name, e.line, e.key, err)
		}
	}
	if err := q.check(); err != nil {
		return nil, fmt.Errorf("read query %s: %w", name, err)
	}
	return q, nil
}

type headerEntry struct {
	key, value string
	line       int
}

// splitHeader parts a file into the entries of its header and its SQL.
func splitHeader(text string) (entries []headerEntry, sql string, err error) {
	n := 0
	for line := range strings.Lines(text) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !ok {
			break
		}
		n++
		text = text[len(line):]
		comment = strings.TrimSpace(comment)
		if m := headerKey.FindStringSubmatch(comment); m != nil {
			entries = append(entries, headerEntry{m[1], m[2], n})
		} else if len(entries) == 0 {
			return nil, "", fmt.Errorf("line %d: no key", n)
		} else {
			last := &entries[len(entries)-1]
			last.value = strings.TrimSpace(last.value + " " + comment)
		}
	}
	return entries, strings.TrimSpace(text) + "\n", nil
}

var headerKeys = map[string]func(*Query, string) error{
	"title":    func(q *Query, v string) error { return setText(&q.Title, v) },
	"doc":      func(q *Query, v string) error { return setText(&q.Doc, v) },
	"subclass": func(q *Query, v string) error { return setText(&q.Subclass, v) },
	"kind":     func(q *Query, v string) error { return setOneOf(&q.Kind, v, []string{"detector"}) },
	"class":    func(q *Query, v string) error { return setOneOf(&q.Class, v, Classes) },
	"severity": func(q *Query, v string) error { return setOneOf(&q.Severity, v, Severities) },
	"param":    setParam,
	"chart":    setChart,
	"extract":  func(q *Query, v string) error { return setText(&q.Extract, v) },
	"report":   setReport,
	"cube":     setCube,
	"others": func(q *Query, v string) error {
		q.Others = strings.Fields(v)
		return setText(new(string), v)
	},
	"techniques": func(q *Query, v string) error {
		q.Techniques = strings.Fields(v)
		for _, t := range q.Techniques {
			if !technique.MatchString(t) {
				return fmt.Errorf("%q is no ATT&CK technique", t)
			}
		}
		return setText(new(string), v)
	},
}

func setText(field *string, value string) error {
	if value == "" {
		return errors.New("empty")
	}
	*field = value
	return nil
}

func setOneOf(field *string, value string, values []string) error {
	if !slices.Contains(values, value) {
		return fmt.Errorf("%q is none of %s", value, strings.Join(values, ", "))
	}
	*field = value
	return nil
}

// setParam reads "name TYPE default doc…".
func setParam(q *Query, value string) error {
	f := strings.Fields(value)
	if len(f) < 4 || !word.MatchString(f[0]) {
		return errors.New("want: name TYPE default and what it is for")
	}
	p := Param{Name: f[0], Doc: strings.Join(f[3:], " ")}
	if err := setOneOf(&p.Type, f[1], ParamTypes); err != nil {
		return err
	}
	if f[2] != "-" {
		p.Default = &f[2]
		if _, err := parseParam(p.Type, f[2]); err != nil {
			return err
		}
	}
	if q.param(p.Name) != nil {
		return fmt.Errorf("%s is declared twice", p.Name)
	}
	q.Params = append(q.Params, p)
	return nil
}

// chartForms are the kinds of charts as headers write them; words in brackets may be left out.
var chartForms = []string{"bar X Y", "line X Y [SERIES] [band LOW HIGH] [mark COLUMN] [limit DETECTOR.PARAM]…", "heat TIME Y", "sankey FROM TO Y"}

// setChart reads one of chartForms.
func setChart(q *Query, value string) error {
	f := strings.Fields(value)
	c := &Chart{}
	if len(f) > 0 && f[0] == "line" {
		f = c.setBehind(f)
	}
	switch {
	case len(f) == 3 && slices.Contains([]string{"bar", "line", "heat"}, f[0]):
		c.Type, c.X, c.Y = f[0], f[1], f[2]
	case len(f) == 4 && f[0] == "line":
		c.Type, c.X, c.Y, c.Series = f[0], f[1], f[2], f[3]
	case len(f) == 4 && f[0] == "sankey":
		c.Type, c.X, c.Series, c.Y = f[0], f[1], f[2], f[3]
	default:
		return errors.New("want: " + strings.Join(chartForms, ", or "))
	}
	q.Chart = c
	return nil
}

// setBehind takes what a line chart shows behind its lines off the end of the words.
func (c *Chart) setBehind(f []string) []string {
	for n := len(f); n > 4; n = len(f) {
		limit := limitForm.FindStringSubmatch(f[n-1])
		switch {
		case f[n-2] == "limit" && limit != nil:
			c.Limits = append([]Limit{{limit[1], limit[2]}}, c.Limits...)
			f = f[:n-2]
		case f[n-2] == "mark" && c.Mark == "":
			c.Mark, f = f[n-1], f[:n-2]
		case f[n-3] == "band" && c.High == "":
			c.Low, c.High, f = f[n-2], f[n-1], f[:n-3]
		default:
			return f
		}
	}
	return f
}

// setCube reads "key measure".
func setCube(q *Query, value string) error {
	f := strings.Fields(value)
	if len(f) != 2 {
		return errors.New("want: a key and a measure of the report's cube")
	}
	q.Cube = &Cube{}
	return errors.Join(setOneOf(&q.Cube.Key, f[0], CubeKeys), setOneOf(&q.Cube.Measure, f[1], CubeMeasures))
}

// setReport reads "section order".
func setReport(q *Query, value string) error {
	f := strings.Fields(value)
	if len(f) != 2 {
		return errors.New("want: a section and a number")
	}
	order, err := strconv.Atoi(f[1])
	if err != nil {
		return fmt.Errorf("%q is no number", f[1])
	}
	q.Report = &Place{Order: order}
	return setOneOf(&q.Report.Section, f[0], Sections)
}

func (q *Query) param(name string) *Param {
	for i := range q.Params {
		if q.Params[i].Name == name {
			return &q.Params[i]
		}
	}
	return nil
}

// check holds what no single line can show.
func (q *Query) check() error {
	top := q.param("top")
	for _, name := range parameterName.FindAllString(q.Extract, -1) {
		if q.param(name[1:]) == nil {
			return fmt.Errorf("extract names %s, which is no parameter", name)
		}
	}
	switch {
	case q.Title == "":
		return errors.New("title is missing")
	case q.Doc == "":
		return errors.New("doc is missing")
	case strings.Trim(q.SQL, "; \n\t") == "":
		return errors.New("there is no SQL below the header")
	case len(q.Others) > 0 && (top == nil || top.Type != "INTEGER" || top.Default == nil):
		return errors.New("others needs: param: top INTEGER and a default")
	case q.Kind == "detector" && (q.Class == "" || q.Subclass == "" || q.Severity == ""):
		return errors.New("a detector needs class, subclass and severity")
	case q.Kind == "" && q.Class+q.Subclass+q.Severity != "":
		return errors.New("class, subclass and severity belong to a detector: kind is missing")
	case q.Report != nil && q.Report.Section == "suspects" && q.param("address") == nil:
		return errors.New("section suspects needs: param: address")
	}
	return nil
}
