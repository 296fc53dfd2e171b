package reports

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/classify"
	"github.com/pcaplake/pcaplake/schema"
	"golang.org/x/net/html"
)

// hostile are texts that a packet, a file name or a command line may carry.
var hostile = []string{
	`</script><script>alert(1)</script>`,
	`<!--<script>`,
	`<img src=x onerror=alert(1)>`,
	`"><svg onload=alert(1)>`,
	`' onmouseover='alert(1)`,
	`__f__(alert(1))__f__`,
	`{{.Policy}} ${alert(1)} {b} {a|x}`,
	`javascript:alert(1)`,
	`url(https://example.com/x)`,
	`]]></style><style>*{display:none}`,
	"\x1b[2J\x07\x00bell",
	"left\u202eright\u2066\u200b",
	"line\nfeed\r\ttab\u2028",
	"\xff\xfe not UTF-8",
	strings.Repeat("w", 5000),
	"日本語.example",
}

// hostileReport has hostile text in every place that text can reach.
func hostileReport(t *testing.T) *Report {
	t.Helper()
	table := &queries.Table{Columns: []queries.Column{
		{Name: "name", Type: "VARCHAR"}, {Name: "ts", Type: "TIMESTAMP"}, {Name: "bytes", Type: "BIGINT"}, {Name: `<b onclick="x">`, Type: "VARCHAR"}, {Name: "blob", Type: "BLOB"},
	}}
	all := strings.Join(hostile, " ")
	r := &Report{Title: all, Coverage: all, Command: all, ToolVersion: hostile[0], Summary: Summary{Verdicts: map[string]int{"high": 1}}}
	for i, text := range hostile {
		table.Rows = append(table.Rows, []any{text, evening.Add(time.Duration(i) * time.Second), int64(1000 - i), text, []byte(text)})
		evidence, err := json.Marshal(map[string]any{"finding": text, "measured": map[string]string{text: text}, "explains": []any{map[string]string{"finding": text}}})
		if err != nil {
			t.Fatal(err)
		}
		v, err := newVerdict(&classify.Verdict{Verdict: schema.Verdict{
			ID: fmt.Sprint("id", i), Detector: "d", Class: "other", Subclass: text, Severity: "high", Score: 0.5, Techniques: "T1048.003", SrcIP: text, DstIP: text,
			Evidence: string(evidence), EvidenceSQL: text, Extract: text, Coverage: text, SuppressedBy: text,
		}})
		if err != nil {
			t.Fatal(err)
		}
		r.Verdicts = append(r.Verdicts, v)
		r.suspect(text)
	}
	r.Detectors = []Detector{{Query: "d", Title: hostile[0], Doc: hostile[0], SQL: hostile[0]}}
	r.Cube = &Cube{Bins: 4, Width: 1000, Names: hostile, Time: []int{0, 1}, Src: []int{0, 1}, Dst: []int{2, 3}, SrcPort: []int{4, -1}, DstPort: []int{5, -1}, Packets: []int64{1, 2}, Payload: []int64{1, 2}, Wire: []int64{1, 2}}
	for i, c := range []*queries.Chart{
		{Type: "bar", X: "name", Y: "bytes"},
		{Type: "line", X: "ts", Y: "bytes", Series: "name"},
		{Type: "line", X: "name", Y: "bytes"},
		{Type: "sankey", X: "name", Series: "name", Y: "bytes"},
		{Type: "heat", X: "ts", Y: "bytes"},
		nil,
	} {
		b := Block{Query: fmt.Sprint("q", i), Title: hostile[0], Doc: hostile[2], SQL: strings.Join(hostile, "\n"), Chart: c, Table: table}
		if err := b.check(); err != nil {
			t.Fatal(err)
		}
		r.add("who", []Block{b})
		b.Address = hostile[i]
		r.add("suspects", []Block{b})
	}
	return r
}

// element is a start tag of a page.
type element struct {
	name  string
	attrs map[string]string
	text  string // of its children that are text
}

// parse reads a page and fails where it is not well formed: an element that is not closed, or closed by another.
func parse(t *testing.T, page string) []element {
	t.Helper()
	void := []string{"meta", "br", "hr", "img", "link", "input"}
	var elements []element
	var open []int
	in := html.NewTokenizer(strings.NewReader(page))
	for {
		switch in.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("<%s> is not closed", elements[open[len(open)-1]].name)
			}
			return elements
		case html.StartTagToken:
			token := in.Token()
			e := element{name: token.Data, attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Key] = a.Val
			}
			elements = append(elements, e)
			if !slices.Contains(void, token.Data) {
				open = append(open, len(elements)-1)
			}
		case html.EndTagToken:
			token := in.Token()
			if len(open) == 0 || elements[open[len(open)-1]].name != token.Data {
				t.Fatalf("</%s> closes nothing", token.Data)
			}
			open = open[:len(open)-1]
		case html.TextToken:
			if len(open) > 0 {
				elements[open[len(open)-1]].text += in.Token().Data
			}
		}
	}
}

var pagesDir = flag.String("pages", "", "write the pages of TestPage into this folder, for scripts/browser.sh")

// extremes is a report with every chart of drawings: of one item and of 10,000, with long labels, in time and without.
func extremes(t *testing.T) *Report {
	t.Helper()
	r := &Report{Title: "Extremes", Coverage: "Every kind of chart, with little and with much in it.", Summary: Summary{Verdicts: map[string]int{}}}
	for _, d := range drawings {
		r.add("network", []Block{{Query: d.name, Title: d.name, Doc: "A chart of the tests.", Chart: d.chart, Table: d.table}})
	}
	return r
}

func TestPage(t *testing.T) {
	pages := map[string]string{
		"demo":     htmlOf(t, demoReport(t)),
		"empty":    htmlOf(t, build(t, session(t, queries.Dataset{}), Options{})),
		"chinese":  htmlIn(t, build(t, session(t, queries.Dataset{}), Options{}), Look{Language: "zh-TW"}),
		"hostile":  htmlOf(t, hostileReport(t)),
		"extremes": htmlOf(t, extremes(t)),
	}
	if *pagesDir != "" {
		for name, page := range pages {
			if err := os.WriteFile(filepath.Join(*pagesDir, name+".html"), []byte(page), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			elements := parse(t, page)
			holdPolicy(t, elements)
			holdMarkup(t, elements)
			for i, r := range page {
				if r != '\n' && queries.EscapeText(string(r)) != string(r) {
					t.Fatalf("character %U stands raw at byte %d, in %.120q", r, i, page[max(0, i-60):])
				}
			}
			if strings.HasPrefix(name, "demo") && len(page) > 5<<20 {
				t.Errorf("the page has %d bytes, more than 5 MiB", len(page))
			}
		})
	}
}

// holdPolicy recomputes the hashes of the page's policy from its scripts and styles.
func holdPolicy(t *testing.T, elements []element) {
	t.Helper()
	var scripts, styles []string
	declared := ""
	for _, e := range elements {
		switch {
		case e.name == "script" && e.attrs["type"] == "application/json":
			if !json.Valid([]byte(e.text)) {
				t.Errorf("an option is no JSON: %.100s", e.text)
			}
		case e.name == "script":
			scripts = append(scripts, hashSource(e.text))
		case e.name == "style":
			styles = append(styles, hashSource(e.text))
		case e.attrs["http-equiv"] == "Content-Security-Policy":
			declared = e.attrs["content"]
		}
	}
	want := "default-src 'none'; script-src " + strings.Join(scripts, " ") + "; style-src " + strings.Join(styles, " ") +
		"; img-src data:; base-uri 'none'; form-action 'none'"
	if declared != want || len(scripts) != 2 || len(styles) != 1 {
		t.Errorf("the policy is\n%s\nwant\n%s", declared, want)
	}
}

// pageElements are all elements that a page may have.
var pageElements = strings.Fields(`html head meta title style body header h1 p details summary nav a main section h2 h3 h4 article span strong
	dl div dt dd figure figcaption script table thead tbody tr th td b pre code footer ul li time meter img
	svg g path rect circle line polyline polygon text defs clippath`)

// holdMarkup refuses elements and attributes that no page has, and everything that would be fetched.
func holdMarkup(t *testing.T, elements []element) {
	t.Helper()
	fetching := regexp.MustCompile(`(?i)url\(\s*['"]?(https?:)?//|@import|@font-face`)
	for _, e := range elements {
		if !slices.Contains(pageElements, e.name) {
			t.Errorf("element <%s> got into the page", e.name)
		}
		for name, value := range e.attrs {
			switch {
			case e.name == "img" && name == "src" && strings.HasPrefix(value, "data:image/"):
			case strings.HasPrefix(name, "on"), slices.Contains([]string{"style", "src", "srcset", "action", "formaction", "xlink:href", "data", "background"}, name):
				t.Errorf("<%s> has attribute %s=%.80s", e.name, name, value)
			case name == "href" && !strings.HasPrefix(value, "#"):
				t.Errorf("a link leads to %.80s", value)
			case e.name != "meta" && strings.Contains(value, "url(") && !strings.HasPrefix(value, "url(#") && name != "aria-label":
				t.Errorf("attribute %s=%.80s fetches", name, value)
			}
		}
		if e.name == "style" && fetching.MatchString(e.text) {
			t.Errorf("the style sheet fetches: %s", fetching.FindString(e.text))
		}
	}
}

// TestHostileTextStays holds that hostile text is shown whole, as text.
func TestHostileTextStays(t *testing.T) {
	var texts []string
	for _, e := range parse(t, htmlOf(t, hostileReport(t))) {
		texts = append(texts, e.text)
	}
	for _, text := range hostile {
		want := cut(queries.EscapeText(text), maxCell)
		if !slices.ContainsFunc(texts, func(s string) bool { return s == want }) {
			t.Errorf("no element shows %.60q", want)
		}
	}
}

func TestFacts(t *testing.T) {
	cases := []struct {
		text string
		want []Fact
	}{
		{"", []Fact{}},
		{`{"z": 1, "a": "x", "n": null, "l": [1, 2], "f": 1.0}`, []Fact{{"z", "1"}, {"a", "x"}, {"l", "[1, 2]"}, {"f", "1.0"}}},
		{"no JSON", []Fact{{"evidence", "no JSON"}}},
		{`{"a": 1`, []Fact{{"a", "1"}}},
		{`{"a"`, []Fact{{"evidence", `{"a"`}}},
		{`[1]`, []Fact{{"evidence", "[1]"}}},
	}
	for _, c := range cases {
		if got := facts(c.text); !slices.Equal(got, c.want) {
			t.Errorf("facts(%s) = %v, want %v", c.text, got, c.want)
		}
	}
}
