package queries

import (
	"errors"
	"strings"
	"testing"
)

// TestSQLErrorsPoint holds that an error says where in the statement it is, on one line and for a terminal with a caret.
func TestSQLErrorsPoint(t *testing.T) {
	s := smallLake(t)
	for _, c := range []struct{ sql, want, place string }{
		{"SELECT 1 +\n nonsense FROM packets", `Binder error: Referenced column "nonsense" not found`, "(line 2 at nonsense: "},
		{"SELEC 1", "Parser error: syntax error", "(line 1 at SELEC: SELEC 1)"},
		{"SELECT * FROM packet", "Catalog error: there is no table or view packet: did you mean packets?", "(line 1 at packet: SELECT * FROM packet)"},
		{"SELECT * FROM entirely_else", "there is no table or view entirely_else: pcaplake schema lists the tables", "(line 1 at "},
		{"SELECT count(*) FROM flows WHERE scr_ip = 'x'", `Candidate bindings: "src_ip"`, "(line 1 at scr_ip: "},
	} {
		_, err := tryCollect(s, c.sql)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.place) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %q and %q", c.sql, err, c.want, c.place)
			continue
		}
		var e *SQLError
		if !errors.As(err, &e) || len(e.Pointer) != 3 {
			t.Errorf("%q has no pointer: %+v", c.sql, e)
			continue
		}
		at := strings.Index(e.Pointer[2], "^")
		if at < len("LINE 1: ") || at >= len(e.Pointer[1]) || e.Pointer[1][at] == ' ' {
			t.Errorf("%q: the caret points at nothing:\n%s", c.sql, strings.Join(e.Pointer, "\n"))
		}
	}
}
