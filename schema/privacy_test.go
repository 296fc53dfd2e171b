package schema

import (
	"slices"
	"strings"
	"testing"
)

// TestPrivacy fails where a column has not been judged, or as what its type cannot be.
func TestPrivacy(t *testing.T) {
	tables, used := append(Tables(), Verdicts.Table), map[string]bool{}
	for _, table := range tables {
		for _, c := range table.Columns {
			used[c.Name], used["fwd_"+strings.TrimPrefix(c.Name, "rev_")], used[table.Name+"."+c.Name] = true, true, true
			if c.Privacy == Unjudged {
				t.Errorf("%s.%s: say in privacy.go what becomes of it in an anonymised lake; until then it is NULL there", table.Name, c.Name)
			}
			if c.Type != String && !slices.Contains([]Privacy{Kept, Keyed, Dropped}, c.Privacy) {
				t.Errorf("%s.%s is %s, which only a text can be", table.Name, c.Name, c.Privacy)
			}
			if c.Type == Binary && c.Privacy != Dropped {
				t.Errorf("%s.%s holds bytes and is %s", table.Name, c.Name, c.Privacy)
			}
		}
	}
	for name := range privacy {
		if !used[name] {
			t.Errorf("no table has a column %s", name)
		}
	}
}
