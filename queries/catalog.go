package queries

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

//go:embed sql/*.sql sql/detect/*.sql
var builtin embed.FS

// ErrUnknownQuery says that no named query has the name asked for; the error that wraps it names the nearest one.
var ErrUnknownQuery = errors.New("no such named query")

// Builtin returns the named queries of this program, in name order.
func Builtin() ([]*Query, error) { return loadCatalog("", "") }

// loadCatalog reads the named queries: ours, and over them those of the user's folder.
func loadCatalog(dir, model string) ([]*Query, error) {
	queries := map[string]*Query{}
	for _, folder := range []string{"sql", "sql/detect"} {
		sub, err := fs.Sub(builtin, folder)
		if err != nil {
			return nil, fmt.Errorf("open built-in queries: %w", err)
		}
		if err := readQueries(queries, sub); err != nil {
			return nil, err
		}
	}
	if dir != "" {
		if err := readQueries(queries, os.DirFS(dir)); err != nil {
			return nil, fmt.Errorf("read queries of %s: %w", dir, err)
		}
	}
	if model != "" {
		text, err := os.ReadFile(model)
		if err != nil {
			return nil, fmt.Errorf("read model: %w", err)
		}
		q, err := ParseQuery("model", string(text))
		if err != nil {
			return nil, fmt.Errorf("read model %s: %w", model, err)
		}
		queries[q.Name] = q
	}
	catalog := make([]*Query, 0, len(queries))
	for _, q := range queries {
		catalog = append(catalog, q)
	}
	slices.SortFunc(catalog, func(a, b *Query) int { return strings.Compare(a.Name, b.Name) })
	return catalog, nil
}

func readQueries(queries map[string]*Query, files fs.FS) error {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".sql" {
			continue
		}
		text, err := fs.ReadFile(files, e.Name())
		if err != nil {
			return err
		}
		q, err := ParseQuery(strings.TrimSuffix(e.Name(), ".sql"), string(text))
		if err != nil {
			return err
		}
		queries[q.Name] = q
	}
	return nil
}

// Catalog returns the session's named queries, detectors included, in name order.
func (s *Session) Catalog() []*Query { return s.catalog }

// Detectors returns the queries of the catalog whose rows are findings.
func (s *Session) Detectors() []*Query {
	var out []*Query
	for _, q := range s.catalog {
		if q.Kind == "detector" {
			out = append(out, q)
		}
	}
	return out
}

// Lookup returns the named query of that name; ErrUnknownQuery wrapped when there is none.
func (s *Session) Lookup(name string) (*Query, error) {
	var names []string
	for _, q := range s.catalog {
		if q.Name == name {
			return q, nil
		}
		names = append(names, q.Name)
	}
	hint := DidYouMean(name, names, "query --list shows them")
	return nil, fmt.Errorf("%w: %s: %s", ErrUnknownQuery, EscapeText(name), hint)
}

// editDistance is Levenshtein's: insertions, deletions and replacements of one byte.
func editDistance(a, b string) int {
	previous := make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range len(a) {
		current := make([]int, len(b)+1)
		current[0] = i + 1
		for j := range len(b) {
			replace := previous[j]
			if a[i] != b[j] {
				replace++
			}
			current[j+1] = min(replace, previous[j+1]+1, current[j]+1)
		}
		previous = current
	}
	return previous[len(b)]
}

// DidYouMean names the one of names that is nearest to what was written, as a question; the hint where none is near.
func DidYouMean(written string, names []string, hint string) string {
	nearest, distance := "", len(written)/2+1
	for _, name := range names {
		d := editDistance(strings.ToLower(written), name)
		if strings.HasPrefix(name, written) {
			d = 1 // as if one letter were missing
		}
		if d < distance {
			nearest, distance = name, d
		}
	}
	if nearest == "" {
		return hint
	}
	return "did you mean " + nearest + "?"
}
