package reports

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
)

// The elements and attributes of a picture that may enter the page. Whatever else the chart library writes (style sheets, classes,
// data about series) is left out: the page's policy would refuse it, and the page styles its pictures itself.
var (
	svgElements = []string{"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "defs", "clipPath"}

	svgAttributes = []string{
		"width", "height", "viewBox", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "d", "points", "transform",
		"fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-dasharray",
		"opacity", "clip-path", "id", "text-anchor", "dominant-baseline", "font-size", "font-family", "font-weight",
	}
)

// cleanSVG rewrites a picture of the chart library so that it can stand in the page: only known elements and attributes, style attributes
// as presentation attributes (SVG 2, section 6.6), ids numbered behind a prefix so that several pictures share a page, hidden from readers of the page's
// text, which is in the caption and the table.
func cleanSVG(picture, prefix string) (template.HTML, error) {
	out := cleaner{prefix: prefix}
	in := xml.NewDecoder(strings.NewReader(picture))
	depth := 0 // within an element that is left out
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return template.HTML(out.String()), nil
		}
		if err != nil {
			return "", fmt.Errorf("read chart picture: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth > 0 || !slices.Contains(svgElements, t.Name.Local) {
				depth++
				continue
			}
			out.start(t)
		case xml.EndElement:
			if depth > 0 {
				depth--
				continue
			}
			out.WriteString("</" + t.Name.Local + ">")
		case xml.CharData:
			if text := strings.Trim(string(t), "\n"); depth == 0 && text != "" {
				out.WriteString(template.HTMLEscapeString(text))
			}
		}
	}
}

// cleaner is a picture in the making.
type cleaner struct {
	strings.Builder
	prefix string
	ids    []string // of the library, which counts over all pictures of an engine; their places are the new ones
}

func (c *cleaner) start(t xml.StartElement) {
	c.WriteString("<" + t.Name.Local)
	if t.Name.Local == "svg" {
		c.WriteString(` aria-hidden="true" focusable="false"`)
	}
	for _, a := range t.Attr {
		if a.Name.Space == "" && a.Name.Local == "style" {
			for _, declared := range presentation(a.Value) {
				c.attribute(declared)
			}
			continue
		}
		if a.Name.Space == "" {
			c.attribute(a)
		}
	}
	c.WriteString(">")
}

func (c *cleaner) attribute(a xml.Attr) {
	if !slices.Contains(svgAttributes, a.Name.Local) {
		return
	}
	value := a.Value
	if a.Name.Local == "id" {
		value = c.id(value)
	} else if inner, ok := strings.CutPrefix(value, "url("); ok {
		id, local := strings.CutPrefix(strings.TrimRight(inner, ")"), "#")
		if !local {
			return // nothing is fetched
		}
		value = "url(#" + c.id(id) + ")"
	}
	c.WriteString(" " + a.Name.Local + `="` + template.HTMLEscapeString(value) + `"`)
}

// id is an id of the library as the page has it.
func (c *cleaner) id(id string) string {
	n := slices.Index(c.ids, id)
	if n < 0 {
		n = len(c.ids)
		c.ids = append(c.ids, id)
	}
	return c.prefix + strconv.Itoa(n+1)
}

// presentation reads a style attribute. The short form "font: style weight size family" comes apart.
func presentation(style string) []xml.Attr {
	var attrs []xml.Attr
	add := func(name, value string) {
		attrs = append(attrs, xml.Attr{Name: xml.Name{Local: name}, Value: value})
	}
	for declaration := range strings.SplitSeq(style, ";") {
		name, value, ok := strings.Cut(declaration, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || value == "" {
			continue
		}
		if f := strings.SplitN(value, " ", 4); name == "font" && len(f) == 4 {
			add("font-weight", f[1])
			add("font-size", f[2])
			add("font-family", f[3])
			continue
		}
		add(name, value)
	}
	return attrs
}
