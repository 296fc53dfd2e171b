package queries

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzEscapeText holds that whatever text comes, what is shown is UTF-8 without a character that acts on a terminal, and that text without any stays as it is.
func FuzzEscapeText(f *testing.F) {
	for _, seed := range []string{"", "plain, Käse, 日本", "\x1b[2J\x07", "\u202egpj\u2066", "bad \xff\xfe", "\U000e0041", "a\\n\n\r\t\x00\x7f\u009b\u2028"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		shown := EscapeText(text)
		if !utf8.ValidString(shown) || strings.ContainsFunc(shown, func(r rune) bool { return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Cf) }) {
			t.Errorf("%q is shown as %q", text, shown)
		}
		if EscapeText(shown) != shown {
			t.Errorf("%q, escaped, is escaped again", text)
		}
		if utf8.ValidString(text) && !strings.ContainsFunc(text, unsafeRune) && shown != text {
			t.Errorf("%q is shown as %q", text, shown)
		}
	})
}
