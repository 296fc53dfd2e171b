package queries

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/google/go-cmp/cmp"
)

// odd are texts that a function may meet: from the wire, from people, and from those who try.
var odd = []string{
	"", "10.0.0.1", "10.0.0.53", "10.0.0.1 ", "010.0.0.1", "198.51.100.7", "::ffff:198.51.100.7", "fe80::1%eth0", "224.0.0.251",
	"host", "10.0.0.0/8", "10.0.0.0/33", "a.example.co.uk.", "example.org",
	"WWW.example.org", "http://a/b", "a\n/b", "/b", "00:00:0c:12:34:56", "tcp", "6", "'", `"\`, "<&>", "ü 中 😀", "\x00", strings.Repeat("x", 70_000),
}

// TestCalls holds the answers of Calls against those of SQL, for every function and odd arguments.
func TestCalls(t *testing.T) {
	d := Dataset{GeoIP: []string{testGeoIP(t)}, Networks: testNetworks(t)}
	s := openSession(t, d)
	calls, err := OpenCalls(&d)
	if err != nil {
		t.Fatal(err)
	}
	defer calls.Close()
	var lines, names []string
	var want []any
	for _, f := range calls.all() {
		for i := range odd {
			args, literals := oddArguments(t, f, i)
			rows, err := tryCollect(s, "SELECT "+f.name+"("+strings.Join(literals, ", ")+")")
			if err != nil {
				want = append(want, "error")
			} else {
				want = append(want, asJSON(t, rows.Rows[0][0]))
			}
			line, err := json.Marshal(append([]any{f.name}, args...))
			if err != nil {
				t.Fatal(err)
			}
			lines, names = append(lines, string(line)), append(names, fmt.Sprintf("%s %.200q", f.name, args))
		}
	}
	for i, value := range answers(t, calls, lines) {
		if m, ok := value.(map[string]any); ok && m["error"] != "" {
			value = "error"
		}
		if diff := cmp.Diff(want[i], value); diff != "" {
			t.Errorf("%s (-SQL +call):\n%s", names[i], diff)
		}
	}
}

// oddArguments are the n-th arguments of a function, as JSON and as SQL has them.
func oddArguments(t *testing.T, f *function, n int) (args []any, literals []string) {
	t.Helper()
	for i, p := range f.params {
		text := odd[(n+i*7)%len(odd)]
		switch p {
		case bindings.TypeBigInt:
			number := []int64{-1, 0, 8, 22, 53, 443, 65536, 1 << 62}[n%8]
			args, literals = append(args, number), append(literals, fmt.Sprintf("CAST(%d AS BIGINT)", number))
		case bindings.TypeBlob:
			args, literals = append(args, hex.EncodeToString([]byte(text))), append(literals, "unhex('"+hex.EncodeToString([]byte(text))+"')")
		default:
			args, literals = append(args, text), append(literals, "decode(unhex('"+hex.EncodeToString([]byte(text))+"'))")
		}
	}
	return args, literals
}

// asJSON is a value as it is once it was JSON.
func asJSON(t *testing.T, value any) (back any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, &back)
	}
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// answers are the values of calls, a line each.
func answers(t *testing.T, calls *Calls, lines []string) []any {
	t.Helper()
	var out bytes.Buffer
	if err := calls.Serve(strings.NewReader(strings.Join(lines, "\n")+"\n"), &out); err != nil {
		t.Fatal(err)
	}
	var values []any
	decode := json.NewDecoder(&out)
	for {
		var value any
		if err := decode.Decode(&value); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	if len(values) != len(lines) {
		t.Fatalf("%d values of %d calls", len(values), len(lines))
	}
	return values
}

// TestCallErrors holds that a call that is none is answered, and the next one too.
func TestCallErrors(t *testing.T) {
	calls, err := OpenCalls(&Dataset{})
	if err != nil {
		t.Fatal(err)
	}
	defer calls.Close()
	bad := []string{
		"", "{}", "[]", "[7]", `["none"]`, `["ip_scope"]`, `["ip_scope", 7]`, `["ip_scope", "10.0.0.1", "x"]`,
		`["entropy_of", "0g"]`, `["service_of_port", 1.5, "tcp"]`, `["chained_flows", "x"]`, `["merged_stream", "none", "1"]`,
	}
	var lines []string
	for _, line := range bad {
		lines = append(lines, line, `["ip_scope", "::1"]`, `["ip_scope", null]`)
	}
	for i, value := range answers(t, calls, lines) {
		m, isError := value.(map[string]any)
		if want := []any{nil, "loopback", nil}[i%3]; i%3 > 0 && value != want || i%3 == 0 && (!isError || m["error"] == "") {
			t.Errorf("%s is %v", lines[i], value)
		}
	}
}

// TestDefinitions holds what another engine is given against what a session has.
func TestDefinitions(t *testing.T) {
	d := Dataset{From: hour(1), To: hour(2), Sensors: []string{"it's"}}
	definitions, err := Define(&d)
	if err != nil {
		t.Fatal(err)
	}
	s := openSession(t, d)
	var given []string
	for _, v := range definitions.Tables {
		given = append(given, v.Name)
	}
	for _, v := range definitions.Views {
		given = append(given, v.Name)
	}
	for _, name := range append(ViewNames(), conversationLinks, aroundFlows, pastFlows) {
		if name != "captures" && name != "enrichment" && !slices.Contains(given, name) {
			t.Errorf("%s is not given", name)
		}
	}
	for _, row := range collect(t, s, "SELECT function_name FROM duckdb_functions() WHERE function_type = 'macro' AND NOT internal").Rows {
		if !strings.Contains(definitions.Macros, "CREATE MACRO "+row[0].(string)+"(") {
			t.Errorf("macro %s is not given", row[0])
		}
	}
	for _, table := range definitions.Tables { // whose condition the engine takes
		collect(t, s, "SELECT count(*) FROM "+table.Files+table.Where)
	}
	if len(definitions.Queries) != len(s.Catalog()) {
		t.Errorf("%d queries of %d", len(definitions.Queries), len(s.Catalog()))
	}
}
