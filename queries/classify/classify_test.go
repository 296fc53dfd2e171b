package classify

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/etl/pseudonym"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/schema"
)

// ingested is a session on a new lake of captures.
func ingested(t *testing.T, captures ...string) *queries.Session {
	t.Helper()
	return ingestedWith(t, etl.Options{Sources: captures})
}

func ingestedWith(t *testing.T, o etl.Options) *queries.Session {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "lake")
	o.Lake, o.ToolVersion = dir, "test"
	if _, err := etl.Ingest(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	l, err := lake.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	state, err := l.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, err := queries.Open(t.Context(), queries.Dataset{Files: state.AllFiles(), Captures: state.Captures(), Pseudonyms: etl.Anonymized(state) != ""})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestVerdicts holds the verdicts of the captures of testdata: each class is found where it is, and the proof runs as it stands.
func TestVerdicts(t *testing.T) {
	data := filepath.Join("..", "..", "testdata")
	s := ingested(t, filepath.Join(data, "flood.pcap.gz"), filepath.Join(data, "scan.pcap"), filepath.Join(data, "theft.pcap"), filepath.Join(data, "web.pcap"))
	verdicts, err := Verdicts(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range verdicts {
		v := &verdicts[i]
		got = append(got, v.Class+"/"+v.Subclass)
		again, err := ask(t.Context(), s, v.EvidenceSQL)
		if err != nil || len(again.Rows) != v.parts {
			t.Errorf("%s: its SQL gives %d rows, %v; want %d", v.Detector, len(again.Rows), err, v.parts)
		}
		var e evidence
		if err := json.Unmarshal([]byte(v.Evidence), &e); err != nil || e.Finding == "" || len(e.Thresholds) == 0 {
			t.Errorf("%s: evidence %s: %v", v.Detector, v.Evidence, err)
		}
		where, ok := strings.CutPrefix(v.Extract, `pcaplake extract --where "`)
		where, _, _ = strings.Cut(where, `"`)
		if packets, err := ask(t.Context(), s, "SELECT count(*) FROM packets WHERE "+where); !ok || err != nil || packets.Rows[0][0] == int64(0) {
			t.Errorf("%s: %s extracts nothing: %v", v.Detector, v.Extract, err)
		}
	}
	slices.Sort(got)
	if want := "ddos/syn-flood scan/vertical theft/dns-exfiltration"; strings.Join(got, " ") != want {
		t.Errorf("verdicts %v, want %s", got, want)
	}
	table := Table(verdicts)
	if len(table.Columns) != len(schema.Verdicts.Columns) || len(table.Rows[0]) != len(table.Columns) {
		t.Errorf("%d columns, %d values; want %d", len(table.Columns), len(table.Rows[0]), len(schema.Verdicts.Columns))
	}
	for _, format := range queries.Formats() {
		if rows, err := queries.Write(context.Background(), &bytes.Buffer{}, format, table.Result(), queries.FormatOptions{}); err != nil || rows != 3 {
			t.Errorf("%s: %d rows, %v", format, rows, err)
		}
	}
	counts := map[any]int{}
	for _, per := range Subjects {
		answers, err := Answers(t.Context(), s, per, verdicts)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range answers.Rows {
			counts[per+" "+row[2].(string)]++
		}
	}
	if counts["capture malicious"] != 3 || counts["capture normal"] != 1 || counts["address malicious"] != 2 {
		t.Errorf("answers %v", counts)
	}
}

// TestPseudonyms holds that a scan is found in an anonymised lake also where its key makes an address of a group out of the target's.
func TestPseudonyms(t *testing.T) {
	var key *pseudonym.Key
	for i := byte(0); key == nil || !key.Addr(netip.MustParseAddr("10.20.0.3")).IsMulticast(); i++ {
		var err error
		if key, err = pseudonym.New([pseudonym.KeySize]byte{i}); err != nil {
			t.Fatal(err)
		}
	}
	verdicts, err := Verdicts(t.Context(), ingestedWith(t, etl.Options{Sources: []string{filepath.Join("..", "..", "testdata", "scan.pcap")}, Anonymize: key}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(verdicts) != 1 || verdicts[0].Class != "scan" || !addr(verdicts[0].DstIP).IsMulticast() {
		t.Errorf("verdicts %v", verdicts)
	}
}

// readLabels are the labels of a file.
func readLabels(t *testing.T, path string) []Label {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	labels, err := ReadLabels(f)
	if err != nil {
		t.Fatal(err)
	}
	return labels
}

// TestLab holds the development scores of lab/A in two modes: A, an empty lake and the defaults, and B, the benign capture as baseline.
func TestLab(t *testing.T) {
	lab := filepath.Join(shared.Dir(t), "lab", "A")
	benign := ingested(t, filepath.Join(lab, "benign.pcap.gz"))
	baseline, err := NewBaseline(t.Context(), benign)
	if err != nil {
		t.Fatal(err)
	}
	attack := ingested(t, filepath.Join(lab, "attack.pcap.gz"))
	e, err := Evaluate(t.Context(), attack, readLabels(t, filepath.Join(lab, "labels.csv")), EvalOptions{Baseline: baseline})
	if err != nil {
		t.Fatal(err)
	}
	hold := func(mode string, s *Score, most int) {
		t.Helper()
		shared.Report(t, "lab/A %s: %d of %d attacks, macro-F1 %.3f, %d false entities; naive %.3f, %d", mode, s.Right, e.Episodes, s.MacroF1, s.False, e.Naive.MacroF1, e.Naive.False)
		if e.Episodes-s.Right > 1 || s.MacroF1 < 0.97 || s.False > most {
			t.Errorf("%s: missed %v, falsely accused %v, macro-F1 %.3f", mode, s.Missed, s.FalseEntities, s.MacroF1)
		}
	}
	hold("attack A", &e.Detectors, 3)
	hold("attack B", e.WithBaseline, 1)
	shared.Report(t, "lab/A attack B without novelty: %d, macro-F1 %.3f, %d false", e.WithoutNovelty.Right, e.WithoutNovelty.MacroF1, e.WithoutNovelty.False)
	if e, err = Evaluate(t.Context(), benign, readLabels(t, filepath.Join(lab, "labels-benign.csv")), EvalOptions{}); err != nil {
		t.Fatal(err)
	}
	hold("benign A", &e.Detectors, 3)
}

// TestSlice holds the scores of a small capture of the lab: testdata/lab.pcap.zst is scripts/lab.py 5 DIR small, 110 bytes of each frame. It gates where ../shared is absent.
func TestSlice(t *testing.T) {
	e, err := Evaluate(t.Context(), ingested(t, filepath.Join("testdata", "lab.pcap.zst")), readLabels(t, filepath.Join("testdata", "lab.csv")), EvalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	d := e.Detectors
	t.Logf("%d of %d attacks, macro-F1 %.3f, %d false entities; naive rules %d, %.3f, %d", d.Right, e.Episodes, d.MacroF1, d.False, e.Naive.Right, e.Naive.MacroF1, e.Naive.False)
	if e.Episodes != 20 || d.Right < 20 || d.MacroF1 < 0.98 || d.False > 1 {
		t.Errorf("%d attacks, missed %v, falsely accused %v, macro-F1 %.3f", e.Episodes, d.Missed, d.FalseEntities, d.MacroF1)
	}
	if e.Naive.Right >= d.Right || len(d.Seconds) != d.Right {
		t.Errorf("naive rules find %d; %d times to detect", e.Naive.Right, len(d.Seconds))
	}
}

// TestLabelledCaptures holds the answers for captures of others: the class of their label, and nothing of those that are normal.
func TestLabelledCaptures(t *testing.T) {
	root := filepath.Join(shared.Dir(t), "captures")
	f, err := os.Open(filepath.Join(root, "labels.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := csv.NewReader(f)
	in.Comma, in.LazyQuotes = '\t', true
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		name, class := row[0], row[1]
		if strings.Contains(name, "nmap_80_vanilla") || row[3] == "weak" { // too little to tell
			continue
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			verdicts, err := Verdicts(t.Context(), ingested(t, filepath.Join(root, name)), Options{})
			if err != nil {
				t.Fatal(err)
			}
			verdicts = slices.DeleteFunc(verdicts, func(v Verdict) bool { return !v.AtLeast("low") })
			switch {
			case class == "normal" && len(verdicts) > 0:
				t.Errorf("accused of %s: %s", verdicts[0].Class, verdicts[0].finding)
			case class != "normal" && (len(verdicts) == 0 || verdicts[0].Class != class):
				t.Errorf("verdicts %v, want %s first", verdicts, class)
			case strings.HasSuffix(name, "suspicious.pcap") && (verdicts[0].Subclass != "dns-exfiltration" || !strings.Contains(verdicts[0].Evidence, `"trailing_bytes":27167,`)):
				t.Errorf("%s", verdicts[0].Evidence)
			}
		})
	}
}
