package reports

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

// The parts of the page.
var (
	//go:embed page/page.html.tmpl
	pageTemplate string
	//go:embed page/page.css
	pageStyle string
	//go:embed page/page.js
	pageScript string
)

var pageHTML = template.Must(template.New("page").Funcs(template.FuncMap{"source": sourceText}).Parse(pageTemplate))

// sourceText is SQL, or what was written beside it, escaped for display; its lines stay lines.
func sourceText(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\t", "    "), "\n")
	for i := range lines {
		lines[i] = queries.EscapeText(lines[i])
	}
	return strings.Join(lines, "\n")
}

// pageFindings is how many findings the page shows; findings.csv has the rest.
const pageFindings = 30

// page is what the template shows. Its texts are escaped for display; the template escapes them as markup.
type page struct {
	Title, Headline string
	Policy          string
	Style           template.CSS
	Bundle, Script  template.JS
	Coverage        *pageSection // stands above the others, closed; nil: there is none
	Findings        []Finding
	MoreFindings    string
	Detectors       []pageDetector
	Sections        []pageSection
	Facts           []Fact // provenance that no query knows
}

type pageDetector struct {
	Detector
	Count string
}

type pageSection struct {
	Name, Title string
	Blocks      []pageBlock
}

type pageBlock struct {
	*Block
	Half  bool // stands beside another
	Alone bool // its section has the same title
	Plot  *plot
	View  view
}

// plot is a chart of the page: the still picture and the option to draw it with.
type plot struct {
	SVG              template.HTML
	Option           object
	Height, MinWidth int
	Label, Summary   string
}

// HTML writes the page, one file that needs no other. Its Content-Security-Policy allows the scripts and the style that it holds, by their
// hashes, and nothing else.
func (r *Report) HTML(w io.Writer) error {
	p, err := r.page(context.Background())
	if err != nil {
		return fmt.Errorf("make page: %w", err)
	}
	if err := pageHTML.Execute(w, p); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

func (r *Report) page(ctx context.Context) (*page, error) {
	charts, err := newEngine()
	if err != nil {
		return nil, err
	}
	p := &page{
		Title: queries.EscapeText(r.Title), Headline: queries.EscapeText(r.Coverage), Policy: policy(pageStyle, bundle, pageScript),
		Style: template.CSS(pageStyle), Bundle: template.JS(bundle), Script: template.JS(pageScript), Facts: r.facts(charts.version),
	}
	p.find(r)
	for _, name := range queries.Sections {
		s, err := r.pageSection(ctx, charts, name)
		switch {
		case err != nil:
			return nil, err
		case name == "coverage" && len(s.Blocks) > 0:
			p.Coverage = &s
		case name == "findings" || name == "provenance" || len(s.Blocks) > 0:
			p.Sections = append(p.Sections, s)
		}
	}
	return p, nil
}

func (r *Report) pageSection(ctx context.Context, charts *engine, name string) (pageSection, error) {
	out := pageSection{Name: name, Title: sectionTitles[name]}
	for i := range r.Sections {
		if r.Sections[i].Name != name {
			continue
		}
		for j := range r.Sections[i].Blocks {
			b, err := newPageBlock(ctx, charts, &r.Sections[i].Blocks[j])
			if err != nil {
				return out, err
			}
			b.Alone = b.Title == out.Title
			out.Blocks = append(out.Blocks, b)
		}
	}
	return out, nil
}

// find fills what the page says of findings.
func (p *page) find(r *Report) {
	for _, f := range r.Findings[:min(len(r.Findings), pageFindings)] {
		f.Text, f.Subclass = queries.EscapeText(f.Text), queries.EscapeText(f.Subclass)
		f.From, f.To = plainTime(f.From), plainTime(f.To)
		evidence := make([]Fact, 0, len(f.Evidence))
		for _, e := range f.Evidence {
			evidence = append(evidence, Fact{heading(e.Name), cut(queries.EscapeText(e.Value), maxCell)})
		}
		f.Evidence = evidence
		p.Findings = append(p.Findings, f)
	}
	if more := len(r.Findings) - pageFindings; more > 0 {
		p.MoreFindings = plural(int64(more), "more finding") + " in findings.csv."
	}
	for _, d := range r.Detectors {
		p.Detectors = append(p.Detectors, pageDetector{d, plural(int64(d.Findings), "finding")})
	}
}

// plainTime is a time of the text formats as the page shows it.
func plainTime(text string) string {
	return strings.TrimSuffix(strings.Replace(text, "T", " ", 1), "Z")
}

// facts is provenance beyond what the queries of that section say.
func (r *Report) facts(charts string) []Fact {
	facts := []Fact{
		{"pcaplake", r.ToolVersion},
		{"Apache ECharts", charts},
		{"command", queries.EscapeText(r.Command)},
		{"made", plainTime(r.Generated)},
		{"time zone", r.TimeZone},
	}
	kept := facts[:0]
	for _, f := range facts {
		if f.Value != "" {
			kept = append(kept, f)
		}
	}
	return kept
}

func newPageBlock(ctx context.Context, charts *engine, b *Block) (pageBlock, error) {
	out := pageBlock{Block: b, View: newView(b)}
	d := b.drawing
	if d == nil {
		return out, nil
	}
	picture, err := charts.draw(ctx, d.option, d.width, d.height)
	if err != nil {
		return out, fmt.Errorf("query %s: %w", b.Query, err)
	}
	svg, err := cleanSVG(picture, b.Query+"-")
	if err != nil {
		return out, fmt.Errorf("query %s: %w", b.Query, err)
	}
	label := strings.TrimSpace("Chart: " + b.Title + ". " + d.summary)
	out.Half = d.width == halfWidth
	out.Plot = &plot{SVG: svg, Option: d.option, Height: d.height, MinWidth: d.minWidth, Label: label, Summary: d.summary}
	return out, nil
}

// policy is the page's Content-Security-Policy (CSP level 2: hashes).
func policy(style string, scripts ...string) string {
	var allowed strings.Builder
	for _, s := range scripts {
		allowed.WriteString(" " + hashSource(s))
	}
	return "default-src 'none'; script-src" + allowed.String() + "; style-src " + hashSource(style) +
		"; img-src data:; base-uri 'none'; form-action 'none'"
}

func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
