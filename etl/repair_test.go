package etl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// TestRepair: files come back byte for byte from captures that are still there, and nothing else changes.
func TestRepair(t *testing.T) {
	smallLake(t)
	want := contents(t, "lake")
	damaged := 0
	for i, f := range state(t, "lake").AllFiles() {
		switch i % 3 {
		case 0:
			os.Remove(f.Path)
			damaged++
		case 1:
			os.Truncate(f.Path, 50)
			damaged++
		}
	}
	v := verified(t, VerifyOptions{Repair: true})
	if v.Repaired != damaged || len(v.Findings) != damaged || v.Broken != 0 || v.ExitStatus() != 0 {
		t.Errorf("%d files damaged: %+v", damaged, v)
	}
	if diff := cmp.Diff(want, contents(t, "lake")); diff != "" {
		t.Errorf("the lake: -as it was +repaired\n%s", diff)
	}
	if v := verified(t, VerifyOptions{}); len(v.Findings) > 0 {
		t.Errorf("after the repair: %+v", v.Findings)
	}
	if left, _ := filepath.Glob("lake/_staging/*"); len(left) > 0 {
		t.Errorf("left in staging: %v", left)
	}
}

// TestRepairSources: where a capture may be found again, and why not. Its files of dns are lost: two of a.pcap, one of b.pcap.
func TestRepairSources(t *testing.T) {
	tests := []struct {
		name   string
		change func(t *testing.T)
		left   int    // files
		reason string // of the first of them
	}{
		{"as they were", func(*testing.T) {}, 0, ""},
		{"one is gone", func(*testing.T) { os.Remove("a.pcap") }, 2, "its capture a.pcap is no longer there"},
		{"another in its place", func(*testing.T) { os.Rename("b.pcap", "a.pcap") }, 3, "a.pcap: it has other content by now"},
		{"grown", func(t *testing.T) { appendTo(t, "b.pcap", strings.Repeat("\x00", 16)) }, 1, "b.pcap: it has other content by now"},
		{"a folder in its place", func(*testing.T) { os.Remove("b.pcap"); os.Mkdir("b.pcap", 0o750) }, 1, "b.pcap: it is no file"},
		{"read with other options", func(t *testing.T) { edit(t, manifestOf(t, "b.pcap"), `"payload": "all"`, `"payload": "5"`) }, 1, "by a version (test)"},
		{"read with options unknown", func(t *testing.T) { edit(t, manifestOf(t, "b.pcap"), `"payload": "all"`, `"payload": "x"`) }, 1, "payload option"},
		{"packed and moved", func(t *testing.T) {
			b, err := os.ReadFile("a.pcap")
			if err != nil {
				t.Fatal(err)
			}
			place(t, "elsewhere/a.pcap.gz", gzipped(t, b))
			ingest(t, Options{Lake: "lake", Sources: []string{"elsewhere"}})
			os.Remove("a.pcap")
		}, 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			smallLake(t)
			want := contents(t, "lake")
			for _, f := range state(t, "lake").Files("dns") {
				os.Remove(f.Path)
			}
			test.change(t)
			v := verified(t, VerifyOptions{Repair: true})
			left, reasons := 0, ""
			for _, f := range v.Findings {
				if f.Severity == lake.Broken && f.Problem == "it is missing" {
					left++
					reasons += f.Remedy + "\n"
				}
			}
			if left != test.left || v.Repaired != 3-left || !strings.Contains(reasons, test.reason) {
				t.Errorf("%d files left, %d repaired, want %d left: %s", left, v.Repaired, test.left, reasons)
			}
			if left == 0 && !cmp.Equal(want, contents(t, "lake")) {
				t.Error("the repaired lake is not as it was")
			}
		})
	}
}

// manifestOf returns the path of the manifest of a source.
func manifestOf(t *testing.T, source string) string {
	t.Helper()
	for _, m := range state(t, "lake").Manifests() {
		if m.Source == source {
			return filepath.Join("lake", "_manifests", "c-"+m.ContentHash+".json")
		}
	}
	t.Fatalf("no manifest of %s", source)
	return ""
}
