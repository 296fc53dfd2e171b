package reports

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/pcaplake/pcaplake/queries"
	"golang.org/x/sync/errgroup"
)

// The parts of the page.
var (
	//go:embed page/page.html.tmpl
	pageTemplate string
	//go:embed page/page.css
	pageStyle string
	//go:embed page/*.js
	scriptFiles embed.FS
)

// The files of a page's script in their order: of a report, and of the page over all nights.
var (
	pageScripts  = []string{"words.js", "tables.js", "charts.js", "cube.js", "page.js"}
	indexScripts = []string{"words.js", "tables.js", "sorted.js"}
)

// pageBudget is how many bytes a page has at most; tables are shortened until it holds.
const pageBudget = 5_000_000

// pageVerdicts is how many verdicts the page shows; verdicts.csv has the rest.
const pageVerdicts = 30

// openVerdicts is how many of them show unasked.
const openVerdicts = 6

// Look is how a page looks: what is not of the report.
type Look struct {
	Language string // one of Languages; "": the first
	Title    string // heading instead of the report's; "": the report's
	Logo     []byte // a PNG, JPEG, GIF or WebP picture; nil: none
	Style    string // CSS after the page's own; "": none. It may not fetch: the page's policy refuses it
	Tables   string // folder of the CSVs, relative to the page, which then links them; "": they are named only
}

var pageHTML = template.Must(template.New("page").Funcs(template.FuncMap{"source": sourceText, "timed": timed, "args": args}).Parse(pageTemplate))

// HTML writes the page, one file that needs no other. Its Content-Security-Policy allows the scripts and the styles that it holds, by their
// hashes, and nothing else. It has at most 5 MB, whatever the report holds.
func (r *Report) HTML(out io.Writer, look Look) error {
	w, err := languageOf(look.Language)
	if err != nil {
		return fmt.Errorf("make page: %w", err)
	}
	if strings.Contains(strings.ToLower(look.Style), "</style") {
		return errors.New("make page: the style sheet holds </style")
	}
	m, err := newMaker(r, w)
	if err != nil {
		return fmt.Errorf("make page: %w", err)
	}
	for rows := mostRows; ; rows /= 3 {
		var text bytes.Buffer
		p, err := m.page(look, rows)
		if err != nil {
			return fmt.Errorf("make page: %w", err)
		}
		if err := pageHTML.Execute(&text, p); err != nil {
			return fmt.Errorf("write page: %w", err)
		}
		if text.Len() <= pageBudget || rows <= 3 {
			if _, err := out.Write(text.Bytes()); err != nil {
				return fmt.Errorf("write page: %w", err)
			}
			return nil
		}
	}
}

// maker makes pages of a report; its pictures are drawn once.
type maker struct {
	report *Report
	words  *language
	charts string // version of what draws them
	drawn  map[*Block]*plot
}

// maxEngines is how many engines draw at once; each takes 20 MB and 0.2 s to begin.
const maxEngines = 4

func newMaker(r *Report, w *language) (*maker, error) {
	m := &maker{report: r, words: w, drawn: map[*Block]*plot{}}
	var blocks []*Block
	for _, s := range r.Sections {
		for i := range s.Blocks {
			blocks = append(blocks, &s.Blocks[i])
		}
	}
	plots := make([]*plot, len(blocks))
	var next atomic.Int64
	var version atomic.Value
	var engines errgroup.Group
	for range min(runtime.GOMAXPROCS(0), maxEngines) {
		engines.Go(func() error {
			charts, err := newEngine()
			if err != nil {
				return err
			}
			version.Store(charts.version)
			for i := next.Add(1) - 1; i < int64(len(blocks)); i = next.Add(1) - 1 {
				if plots[i], err = m.draw(charts, blocks[i]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := engines.Wait(); err != nil {
		return nil, err
	}
	m.charts = version.Load().(string)
	for i, p := range plots {
		if p != nil {
			m.drawn[blocks[i]] = p
		}
	}
	return m, nil
}

// draw makes the picture of a block; nil where it has none.
func (m *maker) draw(charts *engine, b *Block) (*plot, error) {
	d := draw(m.words, b, m.report.marks(b.Address))
	if d == nil {
		return nil, nil
	}
	picture, err := charts.draw(context.Background(), d.option, d.width, d.height)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", b.Query, err)
	}
	svg, err := cleanSVG(picture, b.ID()+"-")
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", b.Query, err)
	}
	p := &plot{SVG: svg, drawing: d, Height: d.height, MinWidth: d.minWidth, Summary: d.summary}
	p.Label = m.words.say("chart.label", queries.EscapeText(m.words.title(b.Query, b.Title)), d.summary)
	p.Data = object{"kind": b.Chart.Type, "option": d.option, "unit": unitOf(b.Chart.Y)}
	if b.Cube != nil && m.report.Cube != nil {
		p.Data["key"], p.Data["measure"] = b.Cube.Key, b.Cube.Measure
	}
	if b.Chart.Type == "heat" {
		p.Data["hours"], p.Data["steps"] = d.hours, steps
	}
	p.Legend = legend(m.words, d)
	return p, nil
}

// legend names the areas behind the lines of a chart, and the lines across it.
func legend(w *language, d *drawing) []legendItem {
	drawn, _ := d.option["series"].([]any)
	first, _ := drawn[0].(object)
	area, _ := first["markArea"].(object)
	data, _ := area["data"].([]any)
	var out []legendItem
	seen := map[string]bool{}
	for _, pair := range data {
		from, _ := pair.([]any)[0].(object)
		name, _ := from["name"].(string)
		for _, kind := range []string{"usual", "gap", "verdict"} {
			if name == w.say("mark."+kind) && !seen[kind] {
				seen[kind] = true
				out = append(out, legendItem{kind, w.say("legend." + kind)})
			}
		}
	}
	for _, l := range d.limits {
		out = append(out, legendItem{"limit", w.say("legend.limit", queries.EscapeText(l.Detector+" "+l.Param), grouped(l.Value))})
	}
	if lines, _ := first["markLine"].(object); lines != nil {
		if data, _ := lines["data"].([]any); len(data) > len(d.limits) {
			out = append(out, legendItem{"change", w.say("legend.change")})
		}
	}
	return out
}

// sourceText is SQL, or what was written beside it, escaped for display; its lines stay lines.
func sourceText(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\t", "    "), "\n")
	for i := range lines {
		lines[i] = queries.EscapeText(lines[i])
	}
	return strings.Join(lines, "\n")
}

// clock is a time as texts of the report have it.
var clock = regexp.MustCompile(`\b(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)( UTC)?`)

// timed is text as markup, in which every time is marked as one, so that the page can show it in another zone.
func timed(text string) template.HTML {
	return template.HTML(clock.ReplaceAllString(template.HTMLEscapeString(text), `<time datetime="${1}T${2}Z">$0</time>`))
}

// policy is the page's Content-Security-Policy (CSP level 2: hashes).
func policy(styles []string, scripts ...string) string {
	hashes := func(texts []string) string {
		var out strings.Builder
		for _, s := range texts {
			out.WriteString(" " + hashSource(s))
		}
		return out.String()
	}
	run := "; script-src" + hashes(scripts)
	if len(scripts) == 0 {
		run = ""
	}
	return "default-src 'none'" + run + "; style-src" + hashes(styles) + "; img-src data:; base-uri 'none'; form-action 'none'"
}

func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// pageScript is a page's own script.
func pageScript(files []string) (string, error) {
	var out strings.Builder
	out.WriteString("'use strict';\n{\n") // a block, so that its names are its own
	for _, name := range files {
		text, err := scriptFiles.ReadFile("page/" + name)
		if err != nil {
			return "", fmt.Errorf("read page script: %w", err)
		}
		out.Write(text)
	}
	out.WriteString("}\n")
	return out.String(), nil
}

// part is what a template of a part is given: the page, and the part.
type part struct {
	Page *page
	Of   any
}

func args(p *page, of any) part { return part{p, of} }
