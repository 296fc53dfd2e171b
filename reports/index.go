package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

//go:embed page/index.html.tmpl
var indexTemplate string

var indexHTML = template.Must(template.New("index").Parse(indexTemplate))

// maxNights is how many lines the page over all nights has at most, the last ones.
const maxNights = 500

// Night is a report among others.
type Night struct {
	Name    string // such as 2026-11-22
	Page    string // file of its page, beside that of the index
	Title   string
	Summary Summary
}

// indexPage is what the template shows; its texts are escaped for display.
type indexPage struct {
	Language, Title, Intro, Policy string
	Style                          template.CSS
	Script                         template.JS
	Words                          map[string]string
	Tiles                          []tile
	Heads                          []viewColumn
	Nights                         []indexNight
}

type indexNight struct {
	Page, Name, Title string
	Gravity           string // by which verdicts are sorted
	Badges            []badge
	Cells             []cell
	Spark             template.HTML
}

type badge struct{ Level, Text string }

// indexColumns are the figures of a night, by the key of their heading.
var indexColumns = []struct {
	key   string
	text  func(*language, *Summary) string
	value func(*Summary) int64 // for the trend; nil: none
}{
	{"tile.captures", func(_ *language, s *Summary) string {
		if s.Captures != s.Expected {
			return grouped(s.Captures) + " / " + grouped(s.Expected)
		}
		return grouped(s.Captures)
	}, func(s *Summary) int64 { return s.Captures }},
	{"tile.loss", func(w *language, s *Summary) string { return percent(w, s.Loss) }, nil},
	{"tile.packets", func(_ *language, s *Summary) string { return compact(s.Packets) }, func(s *Summary) int64 { return s.Packets }},
	{"tile.bytes", func(_ *language, s *Summary) string { return human(float64(s.Bytes), "bytes") }, func(s *Summary) int64 { return s.Bytes }},
	{"tile.hosts", func(_ *language, s *Summary) string { return grouped(s.Hosts) }, func(s *Summary) int64 { return s.Hosts }},
	{"tile.new_hosts", func(_ *language, s *Summary) string {
		if s.NewHosts == nil {
			return "–"
		}
		return grouped(*s.NewHosts)
	}, func(s *Summary) int64 {
		if s.NewHosts == nil {
			return 0
		}
		return *s.NewHosts
	}},
}

// Index writes a page over many reports, the last night first: what each found and how it differs in figures, with a link to its page. It is whole without its
// script, which sorts and searches.
func Index(out io.Writer, nights []Night, look Look) error {
	w, err := languageOf(look.Language)
	if err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	script, err := pageScript(indexScripts)
	if err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	nights = slices.Clone(nights)
	slices.SortFunc(nights, func(a, b Night) int {
		if a.Name < b.Name {
			return 1
		}
		return -1
	})
	p := &indexPage{
		Language: w.tag, Title: queries.EscapeText(look.Title), Intro: w.say("index.intro", w.count(int64(len(nights)), "night")),
		Style: template.CSS(pageStyle), Script: template.JS(script), Policy: policy([]string{pageStyle}, script), Words: w.scripts(),
	}
	if p.Title == "" {
		p.Title = w.say("index.title")
	}
	nights = nights[:min(len(nights), maxNights)]
	p.Heads = append(p.Heads, viewColumn{Name: w.say("index.night"), Raw: "night"}, viewColumn{Name: w.say("tile.verdicts"), Raw: "verdicts"})
	p.Tiles = trends(w, nights)
	for _, c := range indexColumns {
		p.Heads = append(p.Heads, viewColumn{Name: w.say(c.key), Raw: strings.TrimPrefix(c.key, "tile."), Number: true})
	}
	for i := range nights {
		p.Nights = append(p.Nights, indexRow(w, &nights[i]))
	}
	if err := indexHTML.Execute(out, p); err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	return nil
}

func indexRow(w *language, n *Night) indexNight {
	out := indexNight{Page: n.Page, Name: queries.EscapeText(n.Name), Title: queries.EscapeText(n.Title), Spark: sparkline(n.Summary.Over)}
	for i := len(queries.Severities) - 1; i >= 0; i-- {
		severity := queries.Severities[i]
		count := n.Summary.Verdicts[severity]
		out.Gravity += fmt.Sprintf("%06d", count)
		if count > 0 {
			out.Badges = append(out.Badges, badge{severity, grouped(int64(count)) + " " + w.say("severity."+severity)})
		}
	}
	for _, c := range indexColumns {
		one := cell{Text: c.text(w, &n.Summary)}
		if c.value != nil {
			one.Raw = fmt.Sprint(c.value(&n.Summary))
		}
		out.Cells = append(out.Cells, one)
	}
	return out
}

// trends are the figures of the last night with their course over all nights, the first on the left.
func trends(w *language, nights []Night) []tile {
	if len(nights) == 0 {
		return nil
	}
	course := func(value func(*Summary) int64) template.HTML {
		var values []int64
		for i := len(nights) - 1; i >= 0; i-- {
			values = append(values, value(&nights[i].Summary))
		}
		return sparkPicture(values, 96, 22)
	}
	verdicts := func(s *Summary) int64 {
		n := 0
		for _, count := range s.Verdicts {
			n += count
		}
		return int64(n)
	}
	last := &nights[0].Summary
	out := []tile{{Name: w.say("tile.verdicts"), Value: grouped(verdicts(last)), Spark: course(verdicts)}}
	for _, c := range indexColumns {
		if c.value != nil {
			out = append(out, tile{Name: w.say(c.key), Value: c.text(w, last), Spark: course(c.value)})
		}
	}
	return out
}
