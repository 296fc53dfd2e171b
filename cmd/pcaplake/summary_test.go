package main

import (
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl"
)

// TestSummaryDocument holds docs/summary.md against what the summaries have: fields, their order, types, and which may be left out.
func TestSummaryDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/summary.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented [][]string
	line := regexp.MustCompile("^\\| `([a-z_]+)` \\| ([a-z]+) \\| (optional; )?")
	for l := range strings.SplitSeq(string(text), "\n") {
		if strings.HasPrefix(l, "| field") {
			documented = append(documented, nil)
		}
		if m := line.FindStringSubmatch(l); m != nil {
			last := &documented[len(documented)-1]
			*last = append(*last, m[1]+" "+m[2]+" "+m[3])
		}
	}
	var want [][]string
	for _, v := range []any{nightSummary{}, totals{}, stepSummary{}, judgedDays{}, huntSummary{}, huntHit{}, reported{}, expiredFiles{}, etl.Summary{}, etl.Compaction{}, etl.PlanSummary{}, etl.PublishSummary{}} {
		want = append(want, fieldsOf(reflect.TypeOf(v)))
	}
	if diff := cmp.Diff(want, documented); diff != "" {
		t.Errorf("docs/summary.md differs from the summaries (-have +documented):\n%s", diff)
	}
}

func fieldsOf(of reflect.Type) []string {
	var list []string
	for f := range of.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		kind := map[reflect.Kind]string{
			reflect.String: "text", reflect.Bool: "truth", reflect.Int: "number", reflect.Int64: "number", reflect.Float64: "number",
			reflect.Slice: "list", reflect.Map: "object", reflect.Interface: "object", reflect.Struct: "text",
		}[f.Type.Kind()]
		if f.Type.Kind() == reflect.Pointer {
			kind = map[reflect.Kind]string{reflect.Int: "number", reflect.Int64: "number", reflect.Struct: "object"}[f.Type.Elem().Kind()]
		}
		optional := ""
		if options == "omitempty" {
			optional = "optional; "
		}
		list = append(list, name+" "+kind+" "+optional)
	}
	return list
}

func TestSecretsAreLeftOut(t *testing.T) {
	args := os.Args
	defer func() { os.Args = args }()
	for told, want := range maps.All(map[string]string{
		"run --webhook https://hooks/s3cret --source a": "pcaplake run --webhook … --source a",
		"run --webhook=https://hooks/s3cret":            "pcaplake run --webhook=…",
		"run --source webhook a":                        "pcaplake run --source webhook a",
	}) {
		os.Args = slices.Concat([]string{"pcaplake"}, strings.Fields(told))
		if got := commandLine(); got != want {
			t.Errorf("%s is told as %s", told, got)
		}
	}
}
