package reports

import (
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// page is what the template shows. Its texts are escaped for display; the template escapes them as markup.
type page struct {
	Language, Title, Headline string
	Policy                    string
	Style, OwnStyle           template.CSS
	Bundle, Script            template.JS
	Logo                      template.URL // "": none
	Words                     map[string]string
	Tiles                     []tile
	Cube                      *Cube
	Sections                  []pageSection
	Footer                    string
	say                       *language
	detectors                 string // how many ran
	tables                    string // folder of the CSVs; "": not told
}

// Say is the text of a key.
func (p *page) Say(key string) string { return p.say.say(key) }

// SayOf is the text of a key about something.
func (p *page) SayOf(key, of string) string { return p.say.say(key, of) }

// File is the address of a file among the tables; "" where it is not told where they are.
func (p *page) File(name string) string {
	if p.tables == "" {
		return ""
	}
	return (&url.URL{Path: p.tables + "/" + name}).String()
}

// None says that there are no verdicts.
func (p *page) None() string { return p.say.say("verdict.none", p.detectors) }

// tile is a figure at the top of the page.
type tile struct {
	Name, Value, Note, Class, Link string
	Spark                          template.HTML
}

type pageSection struct {
	Name, Title, Intro string
	Blocks             []pageBlock
	Verdicts, Rest     []pageVerdict // those that show, and those behind a summary
	RestText           string
	Suppressed         []pageVerdict // those that the allowlist suppresses
	SuppressedText     string
	Judged             string
	More               string
	Detectors          []pageDetector
	Suspects           []pageSuspect
	Facts              []Fact // provenance that no query knows
	Closed             bool   // its blocks are behind a summary
	Strip              template.HTML
}

type pageDetector struct {
	Detector
	Count string
}

type pageBlock struct {
	*Block
	Heading, About string
	Half           bool // stands beside another
	Alone          bool // its section has the same title
	Plot           *plot
	View           view
}

type pageSuspect struct {
	Suspect
	Anchor   string
	Verdicts []pageVerdict
	Blocks   []pageBlock
}

type legendItem struct{ Kind, Text string }

// plot is a chart of the page: the still picture and what to draw it with.
type plot struct {
	*drawing
	SVG              template.HTML
	Data             object
	Height, MinWidth int
	Label, Summary   string
	Legend           []legendItem
}

// page lays the report out with tables of at most that many rows.
func (m *maker) page(look Look, rows int) (*page, error) {
	r, w := m.report, m.words
	script, err := pageScript(pageScripts)
	if err != nil {
		return nil, err
	}
	p := &page{
		Language: w.tag, Title: queries.EscapeText(r.Title), Headline: m.headline(), Style: template.CSS(pageStyle), OwnStyle: template.CSS(look.Style),
		Bundle: template.JS(bundle), Script: template.JS(script), Words: w.scripts(), Cube: r.Cube.shown(), Footer: w.say("page.footer"), say: w,
	}
	if look.Title != "" {
		p.Title = queries.EscapeText(look.Title)
	}
	if p.Logo, err = logo(look.Logo); err != nil {
		return nil, err
	}
	styles := []string{pageStyle}
	if look.Style != "" {
		styles = append(styles, look.Style)
	}
	p.Policy = policy(styles, bundle, script)
	p.tables, p.Tiles, p.detectors = look.Tables, m.tiles(), w.count(int64(len(r.Detectors)), "detector")
	o := &viewer{words: w, rows: rows, sparks: r.Cube.sparks()}
	for _, name := range queries.Sections {
		if s := m.section(o, name); name == "verdicts" || name == "provenance" || len(s.Blocks)+len(s.Suspects) > 0 {
			p.Sections = append(p.Sections, s)
		}
	}
	return p, nil
}

// logo is a picture as a data URL.
func logo(picture []byte) (template.URL, error) {
	if len(picture) == 0 {
		return "", nil
	}
	kind := http.DetectContentType(picture)
	if !slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, kind) {
		return "", errors.New("the logo is no PNG, JPEG, GIF or WebP picture")
	}
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(picture)), nil
}

// section lays one section out.
func (m *maker) section(o *viewer, name string) pageSection {
	r, w := m.report, m.words
	out := pageSection{Name: name, Title: w.say("section." + name), Closed: name == "coverage"}
	for i := range r.Sections {
		if r.Sections[i].Name != name {
			continue
		}
		for j := range r.Sections[i].Blocks {
			b := m.block(o, &r.Sections[i].Blocks[j])
			b.Alone = b.Heading == out.Title
			out.Blocks = append(out.Blocks, b)
		}
	}
	switch name {
	case "coverage":
		out.Strip = r.strip(w)
	case "verdicts":
		m.verdicts(&out)
	case "changes":
		if b := r.block("compared-reports"); b != nil {
			title, _ := b.value(0, "report").(string)
			out.Intro = w.say("intro.changes", queries.EscapeText(title))
		}
	case "suspects":
		out.Intro = w.say("intro.suspects")
		m.suspects(&out)
	case "provenance":
		out.Facts = m.facts()
	}
	return out
}

func (m *maker) block(o *viewer, b *Block) pageBlock {
	w := m.words
	out := pageBlock{Block: b, Heading: queries.EscapeText(w.title(b.Query, b.Title)), About: queries.EscapeText(w.doc(b.Query, b.Doc)), Plot: m.drawn[b]}
	var d *drawing
	if out.Plot != nil {
		d = out.Plot.drawing
		out.Half = d.width == halfWidth
	}
	out.View = o.view(b, d)
	return out
}

// suspects parts the blocks of the section by address.
func (m *maker) suspects(s *pageSection) {
	for _, suspect := range m.report.Suspects {
		p := pageSuspect{Suspect: suspect, Anchor: anchor(suspect.Address)}
		p.Address, p.Extract = queries.EscapeText(suspect.Address), queries.EscapeText(suspect.Extract)
		for i := range m.report.Verdicts {
			if v := &m.report.Verdicts[i]; slices.Contains(suspect.Verdicts, v.ID) && len(p.Verdicts) < pageVerdicts {
				p.Verdicts = append(p.Verdicts, m.verdict(v))
			}
		}
		for _, b := range s.Blocks {
			if b.Address == suspect.Address {
				p.Blocks = append(p.Blocks, b)
			}
		}
		s.Suspects = append(s.Suspects, p)
	}
	s.Blocks = nil
}

// facts is provenance beyond what the queries of that section say.
func (m *maker) facts() []Fact {
	r := m.report
	var kept []Fact
	for _, f := range []Fact{
		{"fact.pcaplake", queries.EscapeText(r.ToolVersion)},
		{"fact.echarts", m.charts},
		{"fact.command", queries.EscapeText(r.Command)},
		{"fact.made", queries.EscapeText(plainTime(r.Generated))},
		{"fact.zone", queries.EscapeText(r.TimeZone)},
		{"fact.anonymized", queries.EscapeText(r.Anonymized)},
	} {
		if f.Value != "" {
			kept = append(kept, Fact{m.words.say(f.Name), f.Value})
		}
	}
	return kept
}

// plainTime is a time of the text formats as the page shows it.
func plainTime(text string) string {
	return strings.TrimSuffix(strings.Replace(text, "T", " ", 1), "Z")
}

// headline is the sentence of coverage: English as the lake says it, other languages from its figures.
func (m *maker) headline() string {
	r, w := m.report, m.words
	b := r.block("coverage")
	pattern := w.say("sentence.coverage")
	if pattern == "" || b == nil {
		return queries.EscapeText(r.Coverage)
	}
	from, ok := b.value(0, "first_ts").(time.Time)
	to, ok2 := b.value(0, "last_ts").(time.Time)
	if !ok || !ok2 {
		return w.say("sentence.none")
	}
	text := fmt.Sprintf(pattern, from.Format(time.DateTime), to.Format(time.DateTime), grouped(b.count("captures_expected")), grouped(b.count("captures_read")),
		grouped(b.count("sensors")), grouped(b.count("frames")))
	if n := b.count("gaps"); n > 0 {
		longest, _ := b.value(0, "longest_gap_seconds").(float64)
		text += w.say("sentence.gaps", grouped(n), grouped(int64(longest)))
	} else {
		text += w.say("sentence.no_gaps")
	}
	return text + w.say("stop")
}
