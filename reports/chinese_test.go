package reports

import (
	"slices"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/queries"
)

// TestChinese holds that every query of the report, every detector and every column that they have is named in Chinese too.
func TestChinese(t *testing.T) {
	all, err := queries.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range all {
		if q.Report == nil && q.Kind != "detector" {
			continue
		}
		for _, key := range []string{"title.", "doc."} {
			if text := textChinese[key+q.Name]; text == "" || text == q.Title || text == q.Doc {
				t.Errorf("%s%s is missing in text_zh_queries.go", key, q.Name)
			}
		}
	}
	for name := range chineseQueries {
		if !slices.ContainsFunc(all, func(q *queries.Query) bool { return q.Name == name }) {
			t.Errorf("text_zh_queries.go has %s, which is no query", name)
		}
	}
	for _, blocks := range demoReport(t).blocks() {
		for _, b := range blocks {
			for _, c := range b.Table.Columns {
				if b.Query != "verdicts" && textChinese["col."+c.Name] == "" { // those of schema.Verdicts stand in a file only
					t.Errorf("col.%s, of %s, is missing in text_zh_queries.go", c.Name, b.Query)
				}
			}
		}
	}
	page := htmlIn(t, demoReport(t), Look{Language: "zh-TW"})
	for _, english := range []string{"Payload bytes by source", "Floods of connections", "Who talks to whom", ">payload bytes<"} {
		if strings.Contains(page, english) {
			t.Errorf("the page in Chinese says %q", english)
		}
	}
}
