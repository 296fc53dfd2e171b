package reports

import (
	"slices"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	const address = "2001:0db8:1111:2222:3333:4444:5555:6666"
	cases := []struct {
		text  string
		limit int
		want  []string
	}{
		{"", 5, []string{""}},
		{"10.0.0.1", 47, []string{"10.0.0.1"}},
		{"[" + address + "]:65535", 47, []string{"[" + address + "]:65535"}},
		{"[" + address + "]:65535 - [" + address + "]:65535 tcp", 47, []string{"[" + address + "]:65535", "-", "[" + address + "]:65535", "tcp"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one two three", 6, []string{"one", "two", "three"}},
		{"abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"日本語文字", 4, []string{"日本", "語文", "字"}},
		{"e\u0301e\u0301e\u0301", 2, []string{"e\u0301e\u0301", "e\u0301"}},
		{" lead", 3, []string{" le", "ad"}},
	}
	for _, c := range cases {
		if got := wrap(c.text, c.limit); !slices.Equal(got, c.want) {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.limit, got, c.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	for _, seed := range []string{"", "a b", "日本語 text", strings.Repeat("x", 100), "\xff\xfe \xff", "e\u0301\u0301\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := wrap(text, 8)
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if squeeze(strings.Join(lines, "")) != squeeze(text) {
			t.Fatalf("%q became %q", text, lines)
		}
		for _, line := range lines {
			if cells(line) > 8 {
				t.Fatalf("line %q of %q takes %d cells", line, text, cells(line))
			}
		}
	})
}

func TestMeasureFont(t *testing.T) {
	cases := []struct {
		text, font string
		want       float64
	}{
		{"", "12px sans-serif", 0},
		{"0000000000", "12px sans-serif", 120 * emSans},
		{"0000000000", "normal normal 11px ui-monospace, monospace", 110 * emMono},
		{"日本", "10px monospace", 40 * emMono},
		{"abc", "", 36 * emSans},
		{"abc", "bold NaNpx ui-monospace", 36 * emMono},
	}
	for _, c := range cases {
		if got := measureFont(c.text, c.font); got != c.want {
			t.Errorf("measureFont(%q, %q) = %v, want %v", c.text, c.font, got, c.want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text, want string
		limit      int
	}{{"abc", "abc", 3}, {"abcd", "abc…", 3}, {"日本語", "日…", 3}, {"", "", 3}} {
		if got := cut(c.text, c.limit); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.text, c.limit, got, c.want)
		}
	}
}
