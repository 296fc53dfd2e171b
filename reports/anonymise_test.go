package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/pseudonym"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/schema"
)

// testKey is a key; under that of number 11 the addresses of ../testdata that verdicts name are none of groups.
func testKey(t *testing.T, n byte) *pseudonym.Key {
	t.Helper()
	key, err := pseudonym.New([pseudonym.KeySize]byte{n, 7: 0x5c, 20: 0xe1})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// copied is a report as its report.json gives it back.
func copied(t *testing.T, r *Report) *Report {
	t.Helper()
	var b bytes.Buffer
	if err := r.JSON(&b); err != nil {
		t.Fatal(err)
	}
	out, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// anonymised is the report on ../testdata under pseudonyms.
func anonymised(t *testing.T) *Report {
	t.Helper()
	r := copied(t, demoReport(t))
	if err := r.Anonymize(testKey(t, 11)); err != nil {
		t.Fatal(err)
	}
	return r
}

// secretsOf are the texts of a lake that name somebody: addresses, names, paths, ids.
func secretsOf(t *testing.T, s *queries.Session, r *Report) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, table := range schema.Tables() {
		for _, c := range table.Columns {
			if !slices.Contains([]schema.Privacy{schema.Address, schema.Hardware, schema.Name, schema.Text, schema.Data}, c.Privacy) {
				continue
			}
			rows := asked(t, s, `SELECT DISTINCT CAST("`+c.Name+`" AS VARCHAR) FROM `+table.Name+` WHERE "`+c.Name+`" IS NOT NULL`)
			for _, row := range rows {
				for item := range strings.SplitSeq(row[0].(string), ",") {
					if strings.ContainsAny(item, ".:") && len(item) >= 7 {
						out[item] = true
					}
				}
			}
		}
	}
	for _, row := range asked(t, s, "SELECT source, capture_id, content_hash FROM captures") {
		out[row[0].(string)], out[filepath.Base(row[0].(string))], out[row[1].(string)], out[row[2].(string)] = true, true, true, true
	}
	for i := range r.Verdicts {
		out[r.Verdicts[i].ID] = true
	}
	delete(out, "00:00:00:00:00:00")
	delete(out, "ff:ff:ff:ff:ff:ff")
	for text := range maps.Clone(out) {
		if a, err := netip.ParseAddr(text); err == nil {
			out[anchor(text)] = true
			out[a.StringExpanded()] = true
		}
	}
	return out
}

func asked(t *testing.T, s *queries.Session, sql string) [][]any {
	t.Helper()
	result, err := s.Query(t.Context(), sql, nil)
	if err != nil {
		t.Fatal(err)
	}
	table, err := queries.Collect(result, 0)
	if err != nil {
		t.Fatal(err)
	}
	return table.Rows
}

// written are all files that a report can be written to, by their names.
func written(t *testing.T, r *Report) map[string]string {
	t.Helper()
	dir, out := t.TempDir(), map[string]string{"page": htmlOf(t, r), "page in Chinese": htmlIn(t, r, Look{Language: "zh-TW"})}
	var data, short bytes.Buffer
	for _, err := range []error{r.JSON(&data), r.Markdown(&short, Look{}), r.CSVs(filepath.Join(dir, "csv")), r.Images(filepath.Join(dir, "images"), Look{})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	out["report.json"], out["markdown"] = data.String(), strings.NewReplacer(`\`, "").Replace(short.String())
	out["highlights"] = strings.Join(r.Highlights, "\n")
	for _, folder := range []string{"csv", "images"} {
		files, err := os.ReadDir(filepath.Join(dir, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			out["names of files"] += f.Name() + "\n"
			text, err := os.ReadFile(filepath.Join(dir, folder, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Ext(f.Name()) != ".png" { // painted of the same table
				out[f.Name()] = string(text)
			}
		}
	}
	return out
}

// told are the secrets that stand in a text as words of their own.
func told(text string, secrets map[string]bool) []string {
	const head = 7 // every secret is as long
	byHead := map[string][]string{}
	for secret := range secrets {
		byHead[secret[:head]] = append(byHead[secret[:head]], secret)
	}
	inWord := func(b byte) bool {
		return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '-' || b == '_'
	}
	found := map[string]string{}
	for at := 0; at+head <= len(text); at++ {
		if at > 0 && (inWord(text[at-1]) || text[at-1] == '.') {
			continue
		}
		for _, secret := range byHead[text[at:at+head]] {
			if end := at + len(secret); strings.HasPrefix(text[at:], secret) && (end == len(text) || !inWord(text[end])) {
				found[secret] = text[max(0, at-60):min(len(text), end+30)]
			}
		}
	}
	return slices.Collect(maps.Values(found))
}

// TestAnonymisedTellsNobody looks for every address, name, path and id of the lake in all that a report is written to.
func TestAnonymisedTellsNobody(t *testing.T) {
	clear, s := demoReport(t), demo(t)
	secrets := secretsOf(t, s, clear)
	before, after := 0, 0
	plain, hidden := written(t, clear), written(t, anonymised(t))
	for where, text := range hidden {
		for _, one := range told(text, secrets) {
			after++
			t.Errorf("%s tells %q", where, one)
		}
		before += len(told(plain[where], secrets))
	}
	if before < 500 || len(hidden) != len(plain) {
		t.Errorf("the report without a key tells %d, so that this finds nothing; %d files, %d without a key", before, len(hidden), len(plain))
	}
	t.Logf("%d secrets looked for in %d files: %d told without a key, %d with it", len(secrets), len(hidden), before, after)
}

// TestAnonymisedIsTheSame holds that figures stay, and that pseudonyms are those of an anonymised lake: SQL of verdicts finds them there.
func TestAnonymisedIsTheSame(t *testing.T) {
	clear, hidden, key := demoReport(t), anonymised(t), testKey(t, 11)
	if diff := cmp.Diff(clear.Summary, hidden.Summary); diff != "" {
		t.Errorf("other figures:\n%s", diff)
	}
	for i, blocks := range clear.blocks() {
		for j := range blocks {
			b, h := &blocks[j], &hidden.blocks()[i][j]
			if len(b.Table.Rows) != len(h.Table.Rows) && !isHexdump(b.Table) {
				t.Errorf("%s: %d rows, %d without a key", h.ID(), len(h.Table.Rows), len(b.Table.Rows))
			}
		}
	}
	for i := range clear.Verdicts {
		v, h := &clear.Verdicts[i], &hidden.Verdicts[i]
		for _, pair := range [][2]string{{v.SrcIP, h.SrcIP}, {v.DstIP, h.DstIP}} {
			if a, err := netip.ParseAddr(pair[0]); err == nil && key.Addr(a).String() != pair[1] {
				t.Errorf("%s became %s", pair[0], pair[1])
			}
		}
	}
	lake := lakeOf(t, etl.Options{Sources: captures(t), Anonymize: key, ToolVersion: "test"})
	for i := range hidden.Verdicts {
		if v := &hidden.Verdicts[i]; len(asked(t, lake, v.SQL)) != 1 {
			t.Errorf("%s: its SQL does not give it again on a lake with the same pseudonyms:\n%s", v.Detector, v.SQL)
		}
	}
	if b := hidden.block("endpoints"); len(asked(t, lake, "SELECT 1 FROM flows WHERE src_ip = '"+b.value(0, "address").(string)+"' OR dst_ip = '"+b.value(0, "address").(string)+"'")) == 0 {
		t.Error("the busiest address is not in the anonymised lake")
	}
}

// TestAnonymisedTwice holds that pseudonyms do not get pseudonyms, and that reports under different keys are not compared.
func TestAnonymisedTwice(t *testing.T) {
	if err := anonymised(t).Anonymize(testKey(t, 11)); !errors.Is(err, ErrAnonymised) {
		t.Errorf("twice: %v", err)
	}
	s, key := session(t, queries.Dataset{}), testKey(t, 11)
	for name, c := range map[string]struct {
		o  Options
		ok bool
	}{
		"a clear one":   {Options{Pseudonyms: key, Previous: copied(t, demoReport(t))}, true},
		"the same key":  {Options{Pseudonyms: key, Previous: anonymised(t)}, true},
		"another key":   {Options{Pseudonyms: testKey(t, 2), Previous: anonymised(t)}, false},
		"no key":        {Options{Previous: anonymised(t)}, false},
		"lake of a key": {Options{Anonymized: key.Fingerprint(), Previous: anonymised(t)}, true},
	} {
		r, err := Build(t.Context(), s, c.o)
		if c.ok != (err == nil) || !c.ok && !errors.Is(err, ErrAnonymised) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && len(r.block("hosts-gone").Table.Rows) == 0 {
			t.Errorf("%s: nothing is compared", name)
		}
	}
}

// TestAnonymisedSentences holds what is recognised in texts.
func TestAnonymisedSentences(t *testing.T) {
	key := testKey(t, 11)
	m := &anonymiser{by: key, known: map[string]string{"Bob's phone": "w1", "kiosk": "w2"}}
	m.phrases = m.several()
	addr := func(text string) string { return key.Addr(netip.MustParseAddr(text)).String() }
	name := func(text string) string { return string(key.AppendText(nil, schema.Name, []byte(text))) }
	for _, c := range []struct{ in, want string }{
		{"10.0.0.1 sent 1,024.5 bytes, 4.1 % of all.", addr("10.0.0.1") + " sent 1,024.5 bytes, 4.1 % of all."},
		{"10.0.0.1:53 - [2001:db8::1]:443 udp", addr("10.0.0.1") + ":53 - [" + addr("2001:db8::1") + "]:443 udp"},
		{"(2001:db8::2)", "(" + addr("2001:db8::2") + ")"},
		{"asked www.example.com for printer.corp.", "asked " + name("www.example.com") + " for " + name("printer.corp") + "."},
		{"00:0c:29:aa:bb:cc", string(key.MAC(schema.MAC{0, 0x0c, 0x29, 0xaa, 0xbb, 0xcc}).AppendTo(nil))},
		{"Bob's phone met kiosk at 09:30:01 on 2026-01-15", "w1 met w2 at 09:30:01 on 2026-01-15"},
		{"open /srv/alice/a.pcap: no capture", "open " + key.Capture("/srv/alice/a.pcap") + ": no capture"},
		{"3 more in verdicts.csv, HTTP/1.1 e.g. TLSv1.3", "3 more in verdicts.csv, HTTP/1.1 e.g. TLSv1.3"},
		{"off by one constant (0x1a2b): an address", "off by one constant: an address"},
	} {
		if got := m.sentence(c.in); got != c.want {
			t.Errorf("%q became %q, want %q", c.in, got, c.want)
		}
	}
	if got := plainCommand("pcaplake report --lake /srv/alice -o a.html --title=Mine --from 2026-01-01"); got != "pcaplake report --lake … -o … --title=… --from …" {
		t.Errorf("the command became %q", got)
	}
}

// TestAnonymisedUnknown holds that what nobody judged becomes words, whatever its type.
func TestAnonymisedUnknown(t *testing.T) {
	r := hostileReport(t)
	r.add("network", []Block{{Query: "mine", Table: &queries.Table{
		Columns: []queries.Column{{Name: "whatever", Type: "VARCHAR"}, {Name: "structs", Type: "STRUCT(a VARCHAR)"}, {Name: "lists", Type: "VARCHAR[]"}, {Name: "blob", Type: "BLOB"}},
		Rows:    [][]any{{"Mallory", json.RawMessage(`{"a": "Mallory"}`), []any{"Mallory", int64(6)}, []byte("Mallory")}},
	}, SQL: "SELECT 'Mallory', '10.9.8.7', 'mallory.example'"}})
	if err := r.Anonymize(testKey(t, 11)); err != nil {
		t.Fatal(err)
	}
	b := r.block("mine")
	var text bytes.Buffer
	if err := r.JSON(&text); err != nil {
		t.Fatal(err)
	}
	table, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{`"Mallory`, "10.9.8.7", "mallory.example"} {
		if bytes.Contains(table, []byte(secret)) {
			t.Errorf("it tells %s: %s", secret, table)
		}
	}
}
