package etl

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFind(t *testing.T) {
	dir := files(t, map[string][]byte{
		"b.pcap": nil, "a.pcap": nil, "notes.txt": nil, ".hidden.pcap": nil, ".git/x.pcap": nil,
		"day/2.pcap": nil, "day/10.pcap": nil, "lake/lake.json": nil, "lake/_live/x.pcapng": nil, "[odd].pcap": nil,
	})
	t.Chdir(dir)
	for link, target := range map[string]string{"linked.pcap": "a.pcap", "day/up": "..", "gone.pcap": "nowhere", "other": "day"} {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	all := []string{"[odd].pcap", "a.pcap", "b.pcap", "day/10.pcap", "day/2.pcap", "linked.pcap", "notes.txt"}
	tests := []struct {
		name   string
		told   []string
		want   []string
		errors []SourceError
		absent int
	}{
		{name: "folder", told: []string{"."}, want: all},
		{name: "folder twice", told: []string{".", "../" + filepath.Base(dir) + "/"}, want: all},
		{name: "file", told: []string{"./day//2.pcap"}, want: []string{"+day/2.pcap"}},
		{name: "file twice, then its folder", told: []string{"day/2.pcap", "day/2.pcap", "day"}, want: []string{"+day/2.pcap", "day/10.pcap"}},
		{name: "folder, then a file of it", told: []string{"day", "day/2.pcap"}, want: []string{"day/10.pcap", "+day/2.pcap"}},
		{name: "pattern", told: []string{"*.pcap"}, want: []string{"+[odd].pcap", "+a.pcap", "+b.pcap", "+linked.pcap"}, absent: 1},
		{name: "name with brackets", told: []string{"[odd].pcap"}, want: []string{"+[odd].pcap"}},
		{name: "stdin", told: []string{"-", "-"}, want: []string{"+-"}},
		{name: "absent", told: []string{"c.pcap"}, absent: 1, errors: []SourceError{{"c.pcap", "no such file or folder"}}},
		{name: "no match", told: []string{"*.cap"}, absent: 1, errors: []SourceError{{"*.cap", "no file matches"}}},
		{name: "the lake", told: []string{"lake"}, errors: []SourceError{{"lake", "this folder is the lake itself"}}},
		{name: "below the lake", told: []string{"lake/_live"}, want: []string{"lake/_live/x.pcapng"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFinder("lake")
			for _, told := range test.told {
				f.find(t.Context(), told)
			}
			var got []string
			for i, s := range f.found {
				if s.order != i {
					t.Errorf("source %d has order %d", i, s.order)
				}
				if s.named {
					s.name = "+" + s.name
				}
				got = append(got, s.name)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("find(%q): -want +got\n%s", test.told, diff)
			}
			if test.errors != nil {
				if diff := cmp.Diff(test.errors, f.errors); diff != "" {
					t.Errorf("find(%q): errors: -want +got\n%s", test.told, diff)
				}
			}
			if f.absent != test.absent {
				t.Errorf("find(%q): %d absent, want %d", test.told, f.absent, test.absent)
			}
		})
	}
}

func TestCalledCapture(t *testing.T) {
	tests := map[string]bool{
		"a.pcap": true, "A.PCAP": true, "a.pcapng.gz": true, "a.cap.zst": true, "a.tar.gz": false, "pcap": false, "a.pcap.txt": false,
		"a.gz": false, "dir/a.pcap.xz": true,
	}
	for name, want := range tests {
		if got := calledCapture(name); got != want {
			t.Errorf("calledCapture(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestParseAfter(t *testing.T) {
	tests := []struct {
		in   string
		want after
		ok   bool
	}{
		{"", after{action: keepSource}, true},
		{"keep", after{action: keepSource}, true},
		{"delete", after{action: deleteSource}, true},
		{"move=done/", after{action: moveSource, dir: "done"}, true},
		{"move=", after{}, false},
		{"move", after{}, false},
		{"burn", after{}, false},
	}
	for _, test := range tests {
		got, err := parseAfter(test.in)
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("parseAfter(%q) = %+v, %v", test.in, got, err)
		}
	}
}
