package reports

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// The fonts of charts, as CSS families. Labels are monospaced, so that addresses line up and their width is known without the font.
const (
	fontSans = "system-ui, sans-serif"
	fontMono = "ui-monospace, monospace"
)

// Widths of a character in ems: the widest common fonts of each kind (DejaVu Sans Mono; DejaVu Sans' mean over digits and lower case),
// so that text is rather given too much room than cut.
const (
	emMono = 0.61
	emSans = 0.64
)

// textWidth is the width of one line of text in pixels: wide characters (Unicode East Asian Width W and F) count double,
// combining marks nothing.
func textWidth(text string, size, em float64) float64 {
	return float64(cells(text)) * size * em
}

// cells is how many columns of a terminal a text takes.
func cells(text string) int {
	n := 0
	for _, r := range text {
		n += runeCells(r)
	}
	return n
}

func runeCells(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// measureFont is the width of text in a font given as CSS writes it, such as "normal normal 12px sans-serif".
func measureFont(text, font string) float64 {
	size := 12.0
	for field := range strings.FieldsSeq(font) {
		if px, ok := strings.CutSuffix(field, "px"); ok {
			if n, err := strconv.ParseFloat(px, 64); err == nil && n > 0 && n < 1000 {
				size = n
			}
		}
	}
	em := emSans
	if strings.Contains(font, "monospace") {
		em = emMono
	}
	return textWidth(text, size, em)
}

// wrap breaks text into lines of at most limit cells: at spaces where there are, else anywhere. Nothing of it is lost but the spaces
// at which it broke.
func wrap(text string, limit int) []string {
	var lines []string
	for cells(text) > limit {
		cut, space := 0, -1
		for n := 0; ; {
			r, size := utf8.DecodeRuneInString(text[cut:])
			if n += runeCells(r); n > limit {
				if r == ' ' {
					space = cut
				}
				break
			}
			if r == ' ' {
				space = cut
			}
			cut += size
		}
		if space > 0 {
			lines, text = append(lines, text[:space]), text[space+1:]
			continue
		}
		lines, text = append(lines, text[:cut]), text[cut:]
	}
	return append(lines, text)
}
