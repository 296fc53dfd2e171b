package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

func htmlIn(t *testing.T, r *Report, look Look) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.HTML(&b, look); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestReadGivesTheSamePage holds that report.json has all that the page needs.
func TestReadGivesTheSamePage(t *testing.T) {
	for name, r := range map[string]*Report{"demo": demoReport(t), "hostile": hostileReport(t)} {
		r.Schema = SchemaVersion
		if name == "hostile" {
			r = again(t, r) // JSON has no text that is not UTF-8
		}
		got, want := htmlOf(t, again(t, r)), htmlOf(t, r)
		if got != want {
			t.Errorf("%s: the page made of report.json differs:\n%.400s", name, firstDifference(got, want))
		}
	}
}

// again writes a report as JSON and reads it.
func again(t *testing.T, r *Report) *Report {
	t.Helper()
	var text bytes.Buffer
	if err := r.JSON(&text); err != nil {
		t.Fatal(err)
	}
	read, err := Read(&text)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{`{"schema": 1}`: "schema version 1", `[]`: "read report", ``: "read report", `{"schema": 2, "sections": [{"blocks": [{"rows": [1]}]}]}`: "rows"} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", text, err, want)
		}
	}
}

// TestTexts holds that every language says the same: the same keys, and as many verbs of each text.
func TestTexts(t *testing.T) {
	verbs := regexp.MustCompile(`%(\[\d+\])?[a-z.0-9]+|%%`)
	free := regexp.MustCompile(`^(title|doc|col)\.|^sentence\.`)
	for key, text := range textEnglish {
		other, ok := textChinese[key]
		if !ok {
			t.Errorf("%s lacks %s", chinese.tag, key)
			continue
		}
		one, _, _ := strings.Cut(text, "|")
		if got, want := len(verbs.FindAllString(other, -1)), len(verbs.FindAllString(one, -1)); got != want && !free.MatchString(key) {
			t.Errorf("%s of %s has %d verbs, not %d", key, chinese.tag, got, want)
		}
	}
	for key := range textChinese {
		if _, ok := textEnglish[key]; !ok && !free.MatchString(key) {
			t.Errorf("%s has %s, which English has not", chinese.tag, key)
		}
	}
	catalog, err := queries.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range catalog {
		if q.Report != nil && textChinese["title."+q.Name] == "" {
			t.Errorf("query %s has no title in %s", q.Name, chinese.tag)
		}
	}
	for _, name := range queries.Sections {
		if textEnglish["section."+name] == "" {
			t.Errorf("section %s has no heading", name)
		}
	}
}

// comparedReport is a report of hosts with bytes and services, over some seconds.
func comparedReport(seconds int, hosts map[string]int64, services ...[]any) *Report {
	r := &Report{Title: fmt.Sprint(seconds)}
	h := &queries.Table{Columns: []queries.Column{{Name: "address", Type: "VARCHAR"}, {Name: "ip_bytes", Type: "BIGINT"}}}
	for address, bytes := range hosts {
		h.Rows = append(h.Rows, []any{address, bytes})
	}
	slices.SortFunc(h.Rows, func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
	s := &queries.Table{Columns: []queries.Column{{Name: "address", Type: "VARCHAR"}, {Name: "port", Type: "INTEGER"}, {Name: "proto", Type: "VARCHAR"}}, Rows: services}
	talkers := &queries.Table{Columns: []queries.Column{{Name: "a", Type: "VARCHAR"}, {Name: "b", Type: "VARCHAR"}}, Rows: [][]any{{"a", fmt.Sprint("peer", seconds)}, {"a", "b"}}}
	r.Tables = []Block{{Query: "active-hosts", Table: h}, {Query: "active-services", Table: s}, {Query: "active-talkers", Table: talkers}}
	coverage := &queries.Table{
		Columns: []queries.Column{{Name: "first_ts", Type: "TIMESTAMP"}, {Name: "last_ts", Type: "TIMESTAMP"}},
		Rows:    [][]any{{evening, evening.Add(time.Duration(seconds) * time.Second)}},
	}
	r.add("coverage", []Block{{Query: "coverage", Table: coverage}})
	return r
}

// TestChanges holds what is told of two reports.
func TestChanges(t *testing.T) {
	before := comparedReport(100, map[string]int64{"a": 1_000_000, "b": 2_000_000, "gone": 5, "idle": 900}, []any{"a", int64(80), "tcp"}, []any{"a", int64(22), "tcp"})
	now := comparedReport(200, map[string]int64{"a": 8_000_000, "b": 4_000_000, "new": 7, "idle": 1}, []any{"a", int64(80), "tcp"}, []any{"b", int64(80), "tcp"}, []any{"b", int64(53), "udp"})
	want := map[string][]string{
		"hosts-new": {"new"}, "hosts-gone": {"gone"}, "services-new": {"b 80 tcp", "b 53 udp"}, "services-gone": {"a 22 tcp"},
		"ports-new": {"53 udp 1"}, "ports-gone": {"22 tcp 1"}, "rates-changed": {"a 40000 10000 4"}, "compared-reports": {"100", "200"},
		"talkers-new": {"a peer200"}, "talkers-gone": {"a peer100"},
	}
	for _, b := range now.changes(before) {
		var got []string
		for _, row := range b.Table.Rows {
			text := strings.TrimSuffix(fmt.Sprintln(row...), "\n")
			if b.Query == "hosts-new" || b.Query == "hosts-gone" || b.Query == "compared-reports" {
				text = fmt.Sprint(row[0])
			}
			got = append(got, text)
		}
		if !slices.Equal(got, want[b.Query]) {
			t.Errorf("%s: %q, want %q", b.Query, got, want[b.Query])
		}
		delete(want, b.Query)
	}
	if len(want) > 0 {
		t.Errorf("nothing is said of %v", want)
	}
	sections := len(now.Sections)
	if err := now.compare(nil, nil); err != nil || len(now.Sections) != sections || now.changes(&Report{}) != nil {
		t.Errorf("changes since nothing are told (%v)", err)
	}
}

// TestCube holds that folding keeps sums, and that the cube stays small.
func TestCube(t *testing.T) {
	c := &cubeMaker{names: map[string]int{}, sums: map[place]amounts{}, cube: Cube{Names: []string{}}}
	random := rand.New(rand.NewPCG(1, 2))
	var packets, wire int64
	for i := range 60_000 {
		n := random.Int64N(1000)
		packets, wire = packets+1, wire+n
		c.take([]any{evening.Truncate(time.Second).Add(time.Duration(i%240) * time.Second), fmt.Sprint("a", random.IntN(60)), fmt.Sprint("b", random.IntN(60)), "80", fmt.Sprint(random.IntN(20)), int64(1), n, n, 1.0})
	}
	cube := c.folded()
	gotPackets, gotWire, over := cube.totals()
	if len(cube.Time) > maxCells || gotPackets != packets || gotWire != wire || !cube.Folded {
		t.Errorf("%d cells, %d packets, %d bytes, folded %v; want at most %d, %d, %d, true", len(cube.Time), gotPackets, gotWire, cube.Folded, maxCells, packets, wire)
	}
	sum := int64(0)
	for _, n := range over {
		sum += n
	}
	if sum != wire || slices.Max(cube.Time) >= cube.Bins {
		t.Errorf("over time %d bytes, want %d; bin %d of %d", sum, wire, slices.Max(cube.Time), cube.Bins)
	}
}

// TestCubeAgrees holds the cube against the queries whose charts are made of it again.
func TestCubeAgrees(t *testing.T) {
	r := demoReport(t)
	for _, s := range r.Sections {
		for i := range s.Blocks {
			b := &s.Blocks[i]
			if b.Cube == nil || b.Cube.Key == "pair" {
				continue
			}
			amounts := map[string][]int64{"packets": r.Cube.Packets, "payload_bytes": r.Cube.Payload, "wire_bytes": r.Cube.Wire}[b.Cube.Measure]
			names := map[string][]int{"src": r.Cube.Src, "dst": r.Cube.Dst, "src_port": r.Cube.SrcPort, "dst_port": r.Cube.DstPort}[b.Cube.Key]
			var got, want float64
			for j, n := range amounts {
				if names == nil || names[j] >= 0 {
					got += float64(n)
				}
			}
			for j := range b.Table.Rows {
				want += amount(b.value(j, b.Chart.Y))
			}
			if got != want || got == 0 {
				t.Errorf("%s: the cube has %v %s, the query %v", b.Query, got, b.Cube.Measure, want)
			}
		}
	}
}

// TestBudget holds the page of a lake that is large in everything to its bytes.
func TestBudget(t *testing.T) {
	r := &Report{Title: "large", Summary: Summary{Verdicts: map[string]int{}}}
	wide := &queries.Table{}
	for i := range 14 {
		wide.Columns = append(wide.Columns, queries.Column{Name: fmt.Sprint("c", i), Type: "VARCHAR"})
	}
	for i := range maxRows {
		row := make([]any, len(wide.Columns))
		for j := range row {
			row[j] = strings.Repeat(longIPv6+" ", 5) + fmt.Sprint(i)
		}
		wide.Rows = append(wide.Rows, row)
	}
	for i := range 40 {
		r.add("network", []Block{{Query: fmt.Sprint("wide", i), Table: wide}})
	}
	for i := range 12 {
		r.add("suspects", []Block{{Query: fmt.Sprint("line", i), Chart: lineChart, Table: points(2000)}})
	}
	page := htmlIn(t, r, Look{Tables: "wide-csv"})
	if len(page) > pageBudget {
		t.Errorf("the page has %d bytes, more than %d", len(page), pageBudget)
	}
	if rows := strings.Count(page, "<tr"); rows > 40*500 || !strings.Contains(page, "more rows in <a href=\"wide-csv/wide0.csv\">wide0.csv</a>") {
		t.Errorf("%d rows; and what was cut must be said", rows)
	}
}

func TestMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := hostileReport(t).Markdown(&b, Look{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, bad := range []string{"<script", "<img", "://", "](", "\u202e", "\x1b"} {
		if strings.Contains(text, bad) {
			t.Errorf("it holds %q", bad)
		}
	}
	b.Reset()
	if err := demoReport(t).Markdown(&b, Look{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.md", stable(t, b.Bytes()))
}

func TestImages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "pictures")
	r := demoReport(t)
	if err := r.Images(dir, Look{}); err != nil {
		t.Fatal(err)
	}
	pictures, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil || len(pictures) < 8 {
		t.Fatalf("%d pictures (%v)", len(pictures), err)
	}
	for _, name := range pictures {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		size, err := png.DecodeConfig(f)
		f.Close()
		if err != nil || size.Width != imageWidth {
			t.Errorf("%s: %+v, %v", name, size, err)
		}
		if _, err := os.Stat(strings.TrimSuffix(name, ".png") + ".svg"); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "talkers.svg")); err != nil {
		t.Error(err)
	}
}

func TestIndex(t *testing.T) {
	three := int64(3)
	nights := []Night{
		{Name: "2026-11-21", Page: "2026-11-21.html", Summary: Summary{Captures: 288, Expected: 288, Packets: 1000, Verdicts: map[string]int{}}},
		{Name: "2026-11-22", Page: "2026-11-22.html", Summary: Summary{Captures: 285, Expected: 288, Packets: 3000, Verdicts: map[string]int{"high": 2}, NewHosts: &three, Over: []int64{1, 5, 2}}},
	}
	var b bytes.Buffer
	if err := Index(&b, nights, Look{}); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	parse(t, page)
	if *pagesDir != "" {
		if err := os.WriteFile(filepath.Join(*pagesDir, "index.html"), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"2 nights, the last one first", `<a href="2026-11-22.html">2026-11-22</a><svg`, "2 high", "285 / 288", ">3<"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if strings.Index(page, "2026-11-22.html") > strings.Index(page, "2026-11-21.html") {
		t.Error("the last night is not first")
	}
}

// TestReadSummary holds that the summary is found without the rest of the file.
func TestReadSummary(t *testing.T) {
	text, err := json.Marshal(&Report{Schema: SchemaVersion, Title: "Night", Summary: Summary{Packets: 7}})
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(text, []byte(`"coverage"`))
	title, s, err := ReadSummary(bytes.NewReader(text[:at]))
	if err != nil || title != "Night" || s.Packets != 7 {
		t.Errorf("%q, %+v, %v", title, s, err)
	}
	if _, _, err := ReadSummary(strings.NewReader(`{"schema": 1}`)); err == nil {
		t.Error("a report without a summary passes")
	}
}

func TestLook(t *testing.T) {
	r := build(t, session(t, queries.Dataset{}), Options{})
	page := htmlIn(t, r, Look{Title: "<Mine>", Logo: []byte("\x89PNG\r\n\x1a\n"), Style: ".coverage { color: red }", Language: "zh-TW"})
	for _, text := range []string{"<title>&lt;Mine&gt;</title>", `<img class="logo" src="data:image/png;base64,`, "<style>.coverage { color: red }</style>", `lang="zh-TW"`, "判定"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not hold %q", text)
		}
	}
	for name, look := range map[string]Look{"language": {Language: "xx"}, "logo": {Logo: []byte("<svg onload=x()>")}, "style": {Style: "</STYLE><script>"}} {
		if err := r.HTML(&bytes.Buffer{}, look); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
