// Package pcaplake_test holds the rules of the repository as a whole: who may import whom, how long a file may grow,
// and what the set-up says on a machine that lacks something.
package pcaplake_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/pcaplake/pcaplake/"

// imports is the rule: which packages of ours each package may import. "*" is any.
var imports = map[string][]string{
	"schema":               {},
	"etl/capture":          {},
	"etl/decode":           {"schema", "etl/capture"},
	"etl/flow":             {"schema"},
	"etl/lake":             {"schema"},
	"etl/lake/s3":          {"etl/lake"},
	"etl/iceberg":          {"schema", "etl/lake"},
	"etl/pseudonym":        {"schema"},
	"etl":                  {"schema", "etl/capture", "etl/decode", "etl/flow", "etl/lake", "etl/pseudonym"},
	"queries":              {"schema", "queries/enrich", "queries/indicators"},
	"queries/shell":        {"schema", "queries"},
	"queries/classify":     {"schema", "queries"},
	"queries/enrich":       {},
	"queries/indicators":   {},
	"reports":              {"schema", "queries", "queries/classify"},
	"cmd/pcaplake":         {"*"},
	"cmd/pcaplake-iceberg": {"etl/iceberg", "etl/lake", "etl/lake/s3"},
	"testdata/gen":         {},
}

// internalOnly are the packages that tests share; no product code imports them.
var internalOnly = []string{"internal/"}

func TestImports(t *testing.T) {
	seen := map[string]bool{}
	eachGoFile(t, func(name string, file *ast.File, _ *token.FileSet) {
		pkg := path.Dir(name)
		if pkg == "." || strings.HasSuffix(name, "_test.go") || under(pkg, internalOnly) {
			return
		}
		allowed, known := imports[pkg]
		if !known {
			t.Errorf("%s: package %s has no entry in the import rule", name, pkg)
			return
		}
		seen[pkg] = true
		for _, spec := range file.Imports {
			imported, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module)
			if ours && !slices.Contains(allowed, imported) && !slices.Contains(allowed, "*") {
				t.Errorf("%s imports %s: %s may import %v", name, imported, pkg, allowed)
			}
		}
	})
	for pkg := range imports {
		if !seen[pkg] {
			t.Errorf("the import rule names %s, which has no Go file", pkg)
		}
	}
}

func TestDuckDBStaysInQueries(t *testing.T) {
	eachGoFile(t, func(name string, file *ast.File, _ *token.FileSet) {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "queries/") {
			return
		}
		for _, spec := range file.Imports {
			if strings.Contains(spec.Path.Value, "duckdb") {
				t.Errorf("%s imports %s: only queries links DuckDB, so that the others build and test fast", name, spec.Path.Value)
			}
		}
	})
}

// maxFileLines and maxFunctionLines bound what a reader must hold in mind at once.
const (
	maxFileLines     = 400
	maxFunctionLines = 50
)

// linkedBy are the libraries that only one package may import, so that what does not need them builds and tests without.
var linkedBy = map[string]string{"github.com/minio/minio-go": "etl/lake/s3", "github.com/apache/iceberg-go/catalog/": "etl/iceberg"}

func TestLibrariesStay(t *testing.T) {
	eachGoFile(t, func(name string, file *ast.File, _ *token.FileSet) {
		if strings.HasSuffix(name, "_test.go") || under(path.Dir(name), internalOnly) {
			return
		}
		for _, spec := range file.Imports {
			for library, pkg := range linkedBy {
				if strings.HasPrefix(strings.Trim(spec.Path.Value, `"`), library) && path.Dir(name) != pkg {
					t.Errorf("%s imports %s: only %s does", name, spec.Path.Value, pkg)
				}
			}
		}
	})
}

func TestSizes(t *testing.T) {
	eachGoFile(t, func(name string, file *ast.File, files *token.FileSet) {
		if lines := files.File(file.Pos()).LineCount(); lines > maxFileLines+1 {
			t.Errorf("%s has %d lines; at most %d", name, lines, maxFileLines)
		}
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			if lines := files.Position(f.End()).Line - files.Position(f.Pos()).Line + 1; lines > maxFunctionLines {
				t.Errorf("%s: %s has %d lines; at most %d", name, f.Name.Name, lines, maxFunctionLines)
			}
		}
	})
}

func TestExportsAreDocumented(t *testing.T) {
	eachGoFile(t, func(name string, file *ast.File, files *token.FileSet) {
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		for _, decl := range file.Decls {
			for _, missing := range undocumented(decl) {
				t.Errorf("%s: exported %s has no comment", files.Position(decl.Pos()), missing)
			}
		}
	})
}

// undocumented lists the exported names that a declaration introduces without a comment of their own or of their group.
func undocumented(decl ast.Decl) []string {
	var out []string
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && receiverExported(d) {
			out = append(out, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
					out = append(out, s.Name.Name)
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
						out = append(out, n.Name)
					}
				}
			}
		}
	}
	return out
}

func receiverExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

// TestToolchainMessages runs the set-up check on a PATH that lacks or ages each tool in turn.
func TestToolchainMessages(t *testing.T) {
	cases := []struct {
		name  string
		tools map[string]string // tool -> what it prints as its version; absent: not installed
		want  []string
	}{
		{"all there", map[string]string{"go": "go1.26.8", "gcc": "12", "g++": "12"}, nil},
		{"newer Go", map[string]string{"go": "go1.30", "gcc": "12.2.0", "g++": "12.2.0"}, nil},
		{"nothing", nil, []string{"Go is missing", "gcc is missing", "g++ is missing"}},
		{"old Go", map[string]string{"go": "go1.9.2", "gcc": "12", "g++": "12"}, []string{"Go 1.9.2 is too old"}},
		{"no g++", map[string]string{"go": "go1.26.0", "gcc": "12"}, []string{"g++ is missing"}},
		{"old gcc", map[string]string{"go": "go1.26.0", "gcc": "4.8", "g++": "12"}, []string{"gcc 4 is too old"}},
	}
	script, err := filepath.Abs("scripts/toolchain.sh")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bin := t.TempDir()
			for _, tool := range []string{"sh", "sed", "sort", "head", "dirname", "cut"} {
				target, err := exec.LookPath(tool)
				if err != nil {
					t.Fatalf("find %s: %v", tool, err)
				}
				if err := os.Symlink(target, filepath.Join(bin, tool)); err != nil {
					t.Fatal(err)
				}
			}
			for tool, version := range c.tools {
				text := "#!" + filepath.Join(bin, "sh") + "\necho " + version + "\n"
				if err := os.WriteFile(filepath.Join(bin, tool), []byte(text), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(filepath.Join(bin, "sh"), script)
			cmd.Env = []string{"PATH=" + bin}
			out, err := cmd.CombinedOutput()
			if (err == nil) != (len(c.want) == 0) {
				t.Errorf("exit %v, output %q", err, out)
			}
			if got := strings.Count(string(out), "\n"); got != len(c.want) {
				t.Errorf("%d lines, want %d: %q", got, len(c.want), out)
			}
			for _, want := range c.want {
				if !strings.Contains(string(out), want) {
					t.Errorf("output %q does not say %q", out, want)
				}
			}
		})
	}
}

func under(pkg string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(pkg+"/", p) })
}

// eachGoFile parses every Go file of the main module.
func eachGoFile(t *testing.T, visit func(name string, file *ast.File, files *token.FileSet)) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || name == filepath.Join("compat", "card")):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(name) != ".go":
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		visit(filepath.ToSlash(name), file, files)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
