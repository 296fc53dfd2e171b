package reports

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
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
// as presentation attributes (SVG 2, section 6.6), ids prefixed so that several pictures share a page, hidden from readers of the page's
// text, which is in the caption and the table.
func cleanSVG(picture, prefix string) (template.HTML, error) {
	var out strings.Builder
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
			writeStart(&out, t, prefix)
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

func writeStart(out *strings.Builder, t xml.StartElement, prefix string) {
	out.WriteString("<" + t.Name.Local)
	if t.Name.Local == "svg" {
		out.WriteString(` aria-hidden="true" focusable="false"`)
	}
	for _, a := range t.Attr {
		if a.Name.Space == "" && a.Name.Local == "style" {
			for _, declared := range presentation(a.Value) {
				writeAttr(out, declared, prefix)
			}
			continue
		}
		if a.Name.Space == "" {
			writeAttr(out, a, prefix)
		}
	}
	out.WriteString(">")
}

func writeAttr(out *strings.Builder, a xml.Attr, prefix string) {
	if !slices.Contains(svgAttributes, a.Name.Local) {
		return
	}
	value := a.Value
	if a.Name.Local == "id" {
		value = prefix + value
	} else if inner, ok := strings.CutPrefix(value, "url("); ok {
		id, local := strings.CutPrefix(inner, "#")
		if !local {
			return // nothing is fetched
		}
		value = "url(#" + prefix + id
	}
	out.WriteString(" " + a.Name.Local + `="` + template.HTMLEscapeString(value) + `"`)
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
