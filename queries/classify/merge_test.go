package classify

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/schema"
)

const second = int64(1e6)

// verdict makes one of "detector class severity src dst port" (- for none) over seconds from start to end.
func verdict(words string, start, end int64, score float64) Verdict {
	f := strings.Fields(words)
	v := Verdict{parts: 1, measured: "{}"}
	v.Verdict = schema.Verdict{Detector: f[0], Class: f[1], Severity: f[2], SrcIP: strings.Trim(f[3], "-"), DstIP: strings.Trim(f[4], "-"), SrcCount: 1, DstCount: 1, HasProto: true, IPProto: 6}
	v.StartTS, v.EndTS, v.Score, v.Packets = start*second, end*second, score, 1
	if f[5] != "-" {
		v.HasPort = true
		fmt.Sscan(f[5], &v.DstPort)
	}
	return v
}

// said is what is left of verdicts, in their order.
func said(found []Verdict) string {
	var out []string
	for _, v := range found {
		out = append(out, fmt.Sprintf("%s %s %s>%s %d-%d %d+%d", v.Detector, v.Severity, v.SrcIP, v.DstIP, v.StartTS/second, v.EndTS/second, v.Packets, len(v.explains)))
	}
	return strings.Join(out, "; ")
}

func TestMergeFoldExplain(t *testing.T) {
	cases := []struct {
		name  string
		found []Verdict
		want  string
	}{
		{
			"gaps up to a minute are bridged, the gravest part counts",
			[]Verdict{verdict("d dos low a b 80", 0, 10, .5), verdict("d dos high a b 80", 70, 80, .9), verdict("d dos low a b 80", 141, 150, .5)},
			"d high a>b 0-80 2+0; d low a>b 141-150 1+0",
		},
		{"another port is another entity", []Verdict{verdict("d dos low a b 80", 0, 10, .5), verdict("d dos low a b 81", 0, 10, .5)}, "d low a>b 0-10 1+0; d low a>b 0-10 1+0"},
		{"guessing explains the scan of its port", []Verdict{verdict("scan scan medium a b 22", 1, 9, .9), verdict("logins bruteforce high a b 22", 0, 10, .6)}, "logins high a>b 0-10 1+1"},
		{"but no wider scan", []Verdict{verdict("scan scan medium a b -", 1, 9, .9), verdict("logins bruteforce high a b 22", 0, 10, .6)}, "logins high a>b 0-10 1+0; scan medium a>b 1-9 1+0"},
		{"nor a longer one", []Verdict{verdict("scan scan medium a b 22", 1, 90, .9), verdict("logins bruteforce high a b 22", 0, 10, .6)}, "logins high a>b 0-10 1+0; scan medium a>b 1-90 1+0"},
		{"two detectors of one flood", []Verdict{verdict("flood dos high a b 80", 0, 10, .9), verdict("packet-flood dos high a b -", 1, 11, .8)}, "flood high a>b 0-10 1+1"},
		{
			"one that begins as the other ends is another",
			[]Verdict{verdict("slow-http dos high a b 80", 0, 10, .8), verdict("request-flood dos high a b 80", 9, 30, .9)},
			"request-flood high a>b 9-30 1+0; slow-http high a>b 0-10 1+0",
		},
		{
			"a short one explains no long one",
			[]Verdict{verdict("slow-http dos high a b 80", 0, 70, .8), verdict("flood dos high a b 80", 40, 47, .9)},
			"flood high a>b 40-47 1+0; slow-http high a>b 0-70 1+0",
		},
		{"other explains nothing", []Verdict{verdict("x other info a b 80", 0, 10, .9), verdict("y scan info a b 80", 1, 2, .8)}, "x info a>b 0-10 1+0; y info a>b 1-2 1+0"},
		{
			"scans without an answer are one row a day",
			[]Verdict{verdict("scan scan info a b -", 0, 10, .9), verdict("scan scan info c b -", 3600, 3700, .8), verdict("scan scan info c b -", 90000, 90001, .8)},
			"scan info >b 0-3700 2+0; scan info c>b 90000-90001 1+0",
		},
	}
	for _, c := range cases {
		if got := said(explain(fold(merge(c.found)))); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestFewerExplainNoMore holds that a verdict of few packets does not explain one of the same class with many, whatever their times are.
func TestFewerExplainNoMore(t *testing.T) {
	held, flood := verdict("slow-http dos high a b 80", 10, 60, .95), verdict("request-flood dos high a b 80", 0, 61, .9)
	held.Packets, flood.Packets = 4_000, 400_000
	if got := explain([]Verdict{held, flood}); len(got) != 2 {
		t.Errorf("%s", said(got))
	}
	flood.Packets = 8_000
	if got := explain([]Verdict{held, flood}); len(got) != 1 {
		t.Errorf("%s", said(got))
	}
}

// TestExtract holds that the command of a verdict takes the packets it is of: of ARP, one protocol, or several.
func TestExtract(t *testing.T) {
	v := verdict("d dos high 10.0.0.1 10.0.0.2 80", 0, 1, .5)
	several := v
	several.HasProto, several.HasPort = false, false
	arp := several
	arp.Subclass, arp.DstIP = "arp-sweep", ""
	for _, c := range []struct {
		of   Verdict
		want string
	}{
		{v, `pcaplake extract --where "ip_proto = 6 AND (src_ip = '10.0.0.1' AND dst_ip = '10.0.0.2' AND dst_port = 80 OR dst_ip = '10.0.0.1' AND src_ip = '10.0.0.2' AND src_port = 80) AND ts`},
		{several, `pcaplake extract --where "(src_ip = '10.0.0.1' AND dst_ip = '10.0.0.2' OR dst_ip = '10.0.0.1' AND src_ip = '10.0.0.2') AND ts`},
		{arp, `pcaplake extract "SELECT capture_id, frame_no FROM arp WHERE sender_ip = '10.0.0.1' AND ts`},
	} {
		if got := c.of.extract(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s\nwant\n%s", got, c.want)
		}
	}
}
