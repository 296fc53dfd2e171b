package shell

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
		rest string
	}{
		{"", nil, ""},
		{"SELECT 1", nil, "SELECT 1"},
		{"SELECT 1;\nSELECT 2; x", []string{"SELECT 1;", "\nSELECT 2;"}, " x"},
		{"SELECT ';' AS \"a;b\";", []string{"SELECT ';' AS \"a;b\";"}, ""},
		{"SELECT 'it''s; so';", []string{"SELECT 'it''s; so';"}, ""},
		{"SELECT 'open;", nil, "SELECT 'open;"},
		{"SELECT 1 -- not; here\n;", []string{"SELECT 1 -- not; here\n;"}, ""},
		{"SELECT /* a; /* b; */ c; */ 1;", []string{"SELECT /* a; /* b; */ c; */ 1;"}, ""},
		{"SELECT $$a;b$$, $x$;$$;$x$;", []string{"SELECT $$a;b$$, $x$;$$;$x$;"}, ""},
		{"SELECT $name; SELECT $other;", []string{"SELECT $name;", " SELECT $other;"}, ""},
		{";; -- nothing\n;", nil, ""},
		{"/* open ;", nil, "/* open ;"},
	} {
		got, rest := Split(c.text)
		if diff := cmp.Diff(c.want, got); diff != "" || rest != c.rest {
			t.Errorf("%q: rest %q, want %q\n%s", c.text, rest, c.rest, diff)
		}
	}
}

// FuzzSplit holds that statements and rest are all of the text but empty statements, in its order.
func FuzzSplit(f *testing.F) {
	f.Add("SELECT ';'; $$;$$ /* ; */ -- ;\n; x")
	f.Fuzz(func(t *testing.T, text string) {
		statements, rest := Split(text)
		for _, s := range statements {
			i := strings.Index(text, s)
			if i < 0 || !strings.HasSuffix(s, ";") {
				t.Fatalf("%q is no part of %q, or has no end", s, text)
			}
			text = text[i+len(s):]
		}
		if !strings.HasSuffix(text, rest) || !blank(strings.ReplaceAll(strings.TrimSuffix(text, rest), ";", " ")) {
			t.Fatalf("%q is left of %q", rest, text)
		}
	})
}

func TestPrepared(t *testing.T) {
	cases := []struct {
		text  string
		first []string
		rest  string
	}{
		{"SELECT 1", nil, "SELECT 1"},
		{"SET threads = 1; SELECT 1;", []string{"SET threads = 1;"}, " SELECT 1;"},
		{"SET threads = 1;\nCREATE TEMP TABLE a AS SELECT ';' AS b; FROM a -- all", []string{"SET threads = 1;", "\nCREATE TEMP TABLE a AS SELECT ';' AS b;"}, " FROM a -- all"},
		{"SET threads = 1", []string{"SET threads = 1"}, ""},
		{"SET threads = 1; -- done\n", []string{"SET threads = 1; -- done\n"}, ""},
		{"SELECT 1; SET threads = 1", nil, "SELECT 1; SET threads = 1"},
		{"SET threads = 1; SELECT 1; SELECT 2", []string{"SET threads = 1;"}, " SELECT 1; SELECT 2"},
		{"COPY x TO 'y'; SELECT 1", nil, "COPY x TO 'y'; SELECT 1"},
	}
	for _, c := range cases {
		first, rest := Prepared(c.text)
		if !slices.Equal(first, c.first) || rest != c.rest {
			t.Errorf("%q: %q and %q, want %q and %q", c.text, first, rest, c.first, c.rest)
		}
	}
}
