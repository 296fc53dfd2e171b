package queries

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const fullHeader = `-- title: Addresses
-- doc: One sentence
-- that goes on.
-- param: top INTEGER 20 rows shown before "others"
-- param: address VARCHAR - whose
-- chart: line ts bytes direction
-- report: who 10
-- others: bytes packets
-- kind: detector
-- class: theft
-- subclass: dns-exfiltration
-- techniques: T1048.003 T1071
-- severity: high

-- the SQL's own comment
SELECT 1 -- more
`

func TestParseQuery(t *testing.T) {
	got, err := ParseQuery("addresses-2", fullHeader)
	if err != nil {
		t.Fatal(err)
	}
	twenty := "20"
	want := &Query{
		Name: "addresses-2", Title: "Addresses", Doc: "One sentence that goes on.",
		Params: []Param{{"top", "INTEGER", &twenty, `rows shown before "others"`}, {"address", "VARCHAR", nil, "whose"}},
		Chart:  &Chart{Type: "line", X: "ts", Y: "bytes", Series: "direction"}, Report: &Place{"who", 10}, Others: []string{"bytes", "packets"},
		Kind: "detector", Class: "theft", Subclass: "dns-exfiltration", Severity: "high", Techniques: []string{"T1048.003", "T1071"},
		SQL: "-- the SQL's own comment\nSELECT 1 -- more\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseQueryErrors(t *testing.T) {
	const good = "-- title: T\n-- doc: D\n"
	cases := []struct{ name, text, err string }{
		{"q", "", "title is missing"},
		{"q", "SELECT 1", "title is missing"},
		{"q", "-- title: T\nSELECT 1", "doc is missing"},
		{"q", good, "no SQL below the header"},
		{"q", good + "\n;\n", "no SQL below the header"},
		{"Q", good + "SELECT 1", "a name is lower-case letters"},
		{"../q", good + "SELECT 1", "a name is lower-case letters"},
		{"q", "-- no key\n" + good + "SELECT 1", "line 1: no key"},
		{"q", good + "-- titel: x\nSELECT 1", "line 3: unknown key titel"},
		{"q", good + "-- doc: again\nSELECT 1", "line 3: key doc is given twice"},
		{"q", "-- title:\n" + good + "SELECT 1", "line 1: title: empty"},
		{"q", good + "-- param: top INTEGER\nSELECT 1", "want: name TYPE default"},
		{"q", good + "-- param: Top INTEGER 1 x\nSELECT 1", "want: name TYPE default"},
		{"q", good + "-- param: top INT 1 x\nSELECT 1", `"INT" is none of`},
		{"q", good + "-- param: top INTEGER x x\nSELECT 1", `"x" is no INTEGER`},
		{"q", good + "-- param: top INTEGER 3000000000 x\nSELECT 1", `is no INTEGER`},
		{"q", good + "-- param: a BIGINT 1 x\n-- param: a BIGINT 1 x\nSELECT 1", "a is declared twice"},
		{"q", good + "-- chart: pie a b\nSELECT 1", "want: bar X Y"},
		{"q", good + "-- chart: bar a\nSELECT 1", "want: bar X Y"},
		{"q", good + "-- chart: bar a b c\nSELECT 1", "want: bar X Y"},
		{"q", good + "-- chart: line a b c d\nSELECT 1", "want: bar X Y"},
		{"q", good + "-- chart: bar a b band c d\nSELECT 1", "want: bar X Y"},
		{"q", good + "-- chart: line a b c limit d\nSELECT 1", "want: bar X Y"},
		{"q", good + "-- chart: line a b mark c mark d\nSELECT 1", "want: bar X Y"},
		{"q", good + "-- chart: sankey a b\nSELECT 1", "want: bar X Y"},
		{"q", good + "-- extract:\nSELECT 1", "extract: empty"},
		{"q", good + "-- extract: src_ip = $address\nSELECT 1", "extract names $address, which is no parameter"},
		{"q", good + "-- cube: src\nSELECT 1", "want: a key and a measure"},
		{"q", good + "-- cube: mac packets\nSELECT 1", `"mac" is none of`},
		{"q", good + "-- cube: src flows\nSELECT 1", `"flows" is none of`},
		{"q", good + "-- report: suspects 1\nSELECT 1", "needs: param: address"},
		{"q", good + "-- report: nowhere 1\nSELECT 1", `"nowhere" is none of coverage, verdicts`},
		{"q", good + "-- report: who x\nSELECT 1", `"x" is no number`},
		{"q", good + "-- report: who\nSELECT 1", "want: a section and a number"},
		{"q", good + "-- others: bytes\nSELECT 1", "others needs"},
		{"q", good + "-- kind: view\nSELECT 1", `"view" is none of detector`},
		{"q", good + "-- kind: detector\n-- class: theft\nSELECT 1", "a detector needs"},
		{"q", good + "-- kind: detector\n-- class: harm\nSELECT 1", `"harm" is none of`},
		{"q", good + "-- severity: high\nSELECT 1", "kind is missing"},
		{"q", good + "-- techniques: 1048\nSELECT 1", `"1048" is no ATT&CK technique`},
	}
	for _, c := range cases {
		if _, err := ParseQuery(c.name, c.text); err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q: error %v, want %q in it", c.text, err, c.err)
		}
	}
}

func TestChartBehind(t *testing.T) {
	q, err := ParseQuery("q", "-- title: T\n-- doc: D\n-- chart: line ts n way band low high mark change limit flood.min_rate limit scan.min_ports\nSELECT 1")
	if err != nil {
		t.Fatal(err)
	}
	want := &Chart{
		Type: "line", X: "ts", Y: "n", Series: "way", Low: "low", High: "high", Mark: "change", Limits: []Limit{{"flood", "min_rate"}, {"scan", "min_ports"}},
	}
	if diff := cmp.Diff(want, q.Chart); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseQuery(f *testing.F) {
	f.Add(fullHeader)
	f.Add("-- title: T\n-- doc: D\nSELECT 1")
	f.Add("--\n-- :\n--:x")
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ParseQuery("q", text)
		if err != nil {
			return
		}
		if q.Title == "" || q.Doc == "" || strings.TrimSpace(q.SQL) == "" {
			t.Errorf("accepted without title, doc or SQL: %+v", q)
		}
		if !strings.HasSuffix(strings.TrimSpace(text), strings.TrimSpace(q.SQL)) {
			t.Errorf("the SQL %q is not the end of the file", q.SQL)
		}
		if _, err := q.values(nil); err != nil {
			t.Errorf("its defaults are refused: %v", err)
		}
	})
}
