package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocuments runs every command that stands after a $ in a console block of the documents, and compares what it prints with what the
// document shows. All commands of a document run in one empty folder in which testdata is the repository's. In a document "…" stands for
// any text within a line and, alone on a line, for any lines; times and rates are not compared. `make demo` runs as its script, with the
// program under test; `make test` is what runs this.
func TestDocuments(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	documents, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, path := range append(documents, filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(path), func(t *testing.T) { ran += runDocument(t, root, string(text)) })
	}
	if ran == 0 {
		t.Error("no document has a command")
	}
}

// example is one command of a document and what it shows as its output.
type example struct {
	line    int
	command string
	output  []string
}

func runDocument(t *testing.T, root, text string) (ran int) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"testdata", "scripts"} {
		if err := os.Symlink(filepath.Join(root, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range examples(text) {
		command := strings.Replace(e.command, "make demo", "scripts/demo.sh pcaplake demo", 1)
		if strings.HasPrefix(command, "make ") {
			continue
		}
		ran++
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil && cmd.ProcessState.ExitCode() != 3 { // 3: done, with a truncated capture among the rest
			t.Errorf("line %d: %s: %v: %s", e.line, e.command, err, out)
			continue
		}
		if want := pattern(e.output); !want.MatchString(steady(string(out))) {
			t.Errorf("line %d: %s printed\n%s\nthe document says\n%s", e.line, e.command, steady(string(out)), strings.Join(e.output, "\n"))
		}
	}
	return ran
}

// examples finds the commands of a document's console blocks.
func examples(text string) []example {
	var out []example
	inside := false
	for i, line := range strings.Split(text, "\n") {
		switch command, isCommand := strings.CutPrefix(line, "$ "); {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case !inside:
		case isCommand:
			out = append(out, example{line: i + 1, command: command})
		case len(out) > 0:
			out[len(out)-1].output = append(out[len(out)-1].output, line)
		}
	}
	return out
}

// unsteady is what differs from run to run.
var unsteady = regexp.MustCompile(`"(run|seconds|packets_per_second|tool_version)":("[^"]*"|[0-9.e+-]+)`)

func steady(text string) string { return unsteady.ReplaceAllString(text, `"$1":_`) }

// pattern is the shown output as an expression.
func pattern(lines []string) *regexp.Regexp {
	var parts []string
	for _, line := range lines {
		if line == "…" {
			parts = append(parts, `(?:[^\n]*\n)*?`)
			continue
		}
		quoted := regexp.QuoteMeta(strings.TrimRight(steady(line), " "))
		parts = append(parts, strings.ReplaceAll(quoted, "…", `[^\n]*`)+` *\n`)
	}
	return regexp.MustCompile(fmt.Sprintf(`^%s\s*$`, strings.Join(parts, "")))
}
