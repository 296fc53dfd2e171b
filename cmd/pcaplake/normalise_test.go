package main

import (
	"io"
	"slices"
	"strings"
	"testing"
)

func TestNormalise(t *testing.T) {
	cases := []struct{ in, want string }{
		{"pcaplake", "pcaplake"},
		{"pcaplake query captures", "pcaplake query -- captures"},
		{"pcaplake query captures -f csv", "pcaplake query -f csv -- captures"},
		{"pcaplake query captures --lake x -f csv", "pcaplake --lake x query -f csv -- captures"},
		{"pcaplake -f csv query captures", "pcaplake query -f csv -- captures"},
		{"pcaplake --lake=x query captures", "pcaplake --lake=x query -- captures"},
		{"pcaplake query captures --lake query", "pcaplake --lake query query -- captures"},
		{"pcaplake ingest a.pcap --dry-run b.pcap", "pcaplake ingest --dry-run -- a.pcap b.pcap"},
		{"pcaplake ingest a.pcap --sha256 --sensor s", "pcaplake ingest --sha256 --sensor s -- a.pcap"},
		{"pcaplake ingest - --jobs 2", "pcaplake ingest --jobs 2 -- -"},
		{"pcaplake ingest -- --odd.pcap --jobs", "pcaplake ingest -- --odd.pcap --jobs"},
		{"pcaplake ingest --", "pcaplake ingest --"},
		{"pcaplake query --param a=-1 x", "pcaplake query --param a=-1 -- x"},
		{"pcaplake query --nonsense x", "pcaplake query --nonsense -- x"},
		{"pcaplake --help", "pcaplake --help"},
		{"pcaplake ingest --help", "pcaplake ingest --help"},
		{"pcaplake --version", "pcaplake --version"},
		{"pcaplake nothing --lake x", "pcaplake --lake x nothing"},
	}
	app := newApp(strings.NewReader(""), io.Discard, io.Discard)
	for _, c := range cases {
		got, err := normalise(app, strings.Fields(c.in))
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("normalise(%q) = %q, %v; want %q", c.in, strings.Join(got, " "), err, c.want)
		}
	}
	sql := "-- a comment, then\nSELECT 1"
	got, err := normalise(app, []string{"pcaplake", "query", sql})
	if want := []string{"pcaplake", "query", "--", sql}; err != nil || !slices.Equal(got, want) {
		t.Errorf("SQL that begins with a comment: %q, %v", got, err)
	}
	if _, err := normalise(app, []string{"pcaplake", "query", "--param"}); err == nil {
		t.Error("a flag without its value is no error")
	}
}

// TestFlagNamesAgree holds what normalise relies on: a name is the same kind of flag in every command, and never global and local at once.
func TestFlagNamesAgree(t *testing.T) {
	app := newApp(strings.NewReader(""), io.Discard, io.Discard)
	value := map[string]bool{}
	for _, c := range app.Commands {
		for _, f := range c.Flags {
			for _, name := range f.Names() {
				if named(app.Flags, name) != nil {
					t.Errorf("%s --%s is global as well", c.Name, name)
				}
				if takes, seen := value[name]; seen && takes != takesValue(f) {
					t.Errorf("--%s takes a value in one command and none in another", name)
				}
				value[name] = takesValue(f)
			}
		}
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add("query\x00captures\x00-f\x00csv")
	f.Add("--lake\x00x\x00ingest\x00--\x00-")
	app := newApp(strings.NewReader(""), io.Discard, io.Discard)
	f.Fuzz(func(t *testing.T, text string) {
		args := append([]string{"pcaplake"}, strings.Split(text, "\x00")...)
		out, err := normalise(app, args)
		if err != nil {
			return
		}
		// Nothing is lost and nothing comes from nowhere but the "--" that ends the flags.
		in := slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "--" })
		got := slices.DeleteFunc(slices.Clone(out), func(a string) bool { return a == "--" })
		slices.Sort(in)
		slices.Sort(got)
		if !slices.Equal(in, got) {
			t.Errorf("normalise(%q) = %q", args, out)
		}
	})
}
