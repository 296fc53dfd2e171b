package classify

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/schema"
)

// TestCompare holds which way what is usual moves a verdict: score and severity, and never out of sight.
func TestCompare(t *testing.T) {
	at := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		measured string
		usual    usual
		before   bool
		novelty  bool
		want     string // judgement, severity
		surer    int    // sign of the change of the score
	}{
		{"an upload as on other days", `{"bytes_sent": 5000000}`, usual{Pair: true, Sent: 4000000}, false, true, "known, unreviewed info", -1},
		{"ten times as much", `{"bytes_sent": 50000000}`, usual{Pair: true, Sent: 4000000}, false, true, "known, beyond usual high", 0},
		{"to somebody new", `{"bytes_sent": 5000000}`, usual{Source: true}, false, true, "new high", 1},
		{"to somebody new, novelty off", `{"bytes_sent": 5000000}`, usual{Source: true}, false, false, " high", 0},
		{"as on other days, novelty off", `{"bytes_sent": 5000000}`, usual{Pair: true, Sent: 4000000}, false, false, " high", 0},
		{"requests at a usual rate", `{"requests_per_second": 100}`, usual{Rate: 90}, false, false, "known, unreviewed info", -1},
		{"requests far above", `{"requests_per_second": 1000}`, usual{Rate: 90}, false, false, " high", 0},
		{"found before", `{}`, usual{}, true, true, "known, unreviewed medium", -1},
	} {
		v := Verdict{Verdict: schema.Verdict{Detector: "d", SrcIP: "10.0.0.1", DstIP: "192.0.2.1", Severity: "high", Score: 0.8}, measured: c.measured}
		b := &Baseline{seen: map[past]bool{}, from: at, to: at, days: 1, Novelty: c.novelty}
		if c.before {
			b.seen[v.past()] = true
		}
		v.compare(b, &c.usual)
		if got := v.usual.Judgement + " " + v.Severity; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if change := v.Score - 0.8; change > 0 != (c.surer > 0) || change < 0 != (c.surer < 0) {
			t.Errorf("%s: the score becomes %.2f", c.name, v.Score)
		}
		if err := v.prove(&queries.Query{Name: "d", SQL: "SELECT 1"}, b); err != nil {
			t.Fatal(err)
		}
		var e evidence
		if err := json.Unmarshal([]byte(v.Evidence), &e); err != nil || e.Baseline != "baseline 2026-11-20 to 2026-11-20 (1 days)" || e.Usual == nil {
			t.Errorf("%s: %s, %v", c.name, v.Evidence, err)
		}
	}
}

func TestAllowlist(t *testing.T) {
	const head = "detector,src,dst,dport,reason,expires\n"
	v := func() Verdict {
		return Verdict{Verdict: schema.Verdict{
			Detector: "upload", SrcIP: "10.0.0.1", DstIP: "192.0.2.1", HasPort: true, DstPort: 443, Severity: "high",
			StartTS: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC).UnixMicro(),
		}}
	}
	for _, c := range []struct{ text, want string }{
		{"upload,10.0.0.1,192.0.2.1,443,backup of mail,2027-01-01", "line 2: backup of mail (until 2027-01-01)"},
		{"*,10.0.0.0/8,*,*,ours,2026-11-22T00:00:01Z", "line 2: ours (until 2026-11-22)"},
		{"# a comment\nupload,,,,x,2027-01-01", "line 3: x (until 2027-01-01)"},
		{"upload,10.0.0.1,,,over,2026-11-22", ""},
		{"scan,10.0.0.1,,,other,2027-01-01", ""},
		{"upload,10.0.0.2,,,other,2027-01-01", ""},
		{"upload,,,80,other,2027-01-01", ""},
	} {
		list, err := ReadAllowlist(strings.NewReader(head + c.text + "\n"))
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		v := v()
		v.suppress(list)
		if v.SuppressedBy != c.want || v.AtLeast("low") != (c.want == "") {
			t.Errorf("%s: suppressed by %q, want %q", c.text, v.SuppressedBy, c.want)
		}
	}
	nobody := Verdict{Verdict: schema.Verdict{Detector: "flood", DstIP: "10.0.0.1"}}
	list, err := ReadAllowlist(strings.NewReader(head + "*,0.0.0.0/1,*,*,half,2027-01-01\n"))
	if nobody.suppress(list); err != nil || nobody.SuppressedBy != "" {
		t.Errorf("a verdict without a source is of no prefix: %q, %v", nobody.SuppressedBy, err)
	}
	for _, text := range []string{"", "detector,src\nx,y\n", head + "upload,,,,,2027-01-01\n", head + "upload,,,,x,\n", head + "upload,x,,,x,2027-01-01\n", head + "upload,,,x,x,2027-01-01\n"} {
		if list, err := ReadAllowlist(strings.NewReader(text)); err == nil {
			t.Errorf("%q: %v", text, list)
		}
	}
}
