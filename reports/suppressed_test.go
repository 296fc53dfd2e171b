package reports

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/queries/classify"
)

// TestSuppressed holds that a verdict which the allowlist suppresses is shown as such and not counted.
func TestSuppressed(t *testing.T) {
	r := build(t, demo(t), Options{Judging: classify.Options{Allowlist: allowed(t, "detector,src,dst,dport,reason,expires\nflood,,10.20.0.3,80,load test of ours,2100-01-01\n")}})
	clear := demoReport(t)
	all, allClear := 0, 0
	for _, n := range r.Summary.Verdicts {
		all += n
	}
	for _, n := range clear.Summary.Verdicts {
		allClear += n
	}
	if r.Summary.Suppressed != 1 || all != allClear-1 {
		t.Fatalf("%d suppressed, %d counted, %d without an allowlist", r.Summary.Suppressed, all, allClear)
	}
	page := htmlOf(t, r)
	for _, text := range []string{"1 verdict suppressed by the allowlist", "Suppressed by the allowlist: ", "load test of ours", `class="verdict allowed"`} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if slices.ContainsFunc(r.Suspects, func(s Suspect) bool { return s.Address == "10.20.0.3" }) {
		t.Error("the target of a suppressed verdict is investigated")
	}
	if strings.Contains(r.Highlights[1], "new flows of tcp") {
		t.Errorf("a suppressed verdict is told first: %s", r.Highlights[1])
	}
	var b bytes.Buffer
	if err := r.Markdown(&b, Look{}); err != nil || !strings.Contains(b.String(), "1 verdict suppressed by the allowlist") || strings.Contains(b.String(), "new flows of tcp") {
		t.Errorf("%v: %s", err, b.String())
	}
}

func allowed(t *testing.T, text string) []classify.Allowed {
	t.Helper()
	list, err := classify.ReadAllowlist(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}
