package classify

import (
	"math"
	"net/netip"
	"strings"
	"testing"
)

func TestReadLabels(t *testing.T) {
	const head = "start,end,src,dst,proto,dport,class,subclass,tool,direction\n"
	good, err := ReadLabels(strings.NewReader(head + "1.5,2026-11-22T00:00:00Z,10.0.0.0/8,2001:db8::1,tcp,80,dos,x,y,forward\n0,1,*,,arp,*,scan,,,\n"))
	if err != nil || len(good) != 2 {
		t.Fatalf("%v, %v", good, err)
	}
	if l := good[0]; l.Start != 1500000 || l.Src.String() != "10.0.0.0/8" || l.Dst.String() != "2001:db8::1/128" || l.Proto != 6 || l.Port != 80 || !l.Forward {
		t.Errorf("%+v", l)
	}
	if l := good[1]; l.Src.IsValid() || l.Dst.IsValid() || l.Proto != arpProto || l.Port != anyPort || l.Forward {
		t.Errorf("%+v", l)
	}
	for row, want := range map[string]string{
		"x,1,,,,,dos,,,":            `line 2: time "x"`,
		"0,1,10.0.0,,,,dos,,,":      `address "10.0.0"`,
		"0,1,,,tcp,http,dos,,,":     `"http" is no number`,
		"0,1,,,quic,,dos,,,":        `"quic" is no number`,
		"0,1,,,,,bad,,,":            `class "bad"`,
		"0,1,,,,,dos,,,backward":    `direction "backward"`,
		"0,1,,,,,dos,,\"unfinished": "read labels",
	} {
		if _, err := ReadLabels(strings.NewReader(head + row + "\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q in it", row, err, want)
		}
	}
	if _, err := ReadLabels(strings.NewReader("start,end\n")); err == nil {
		t.Error("a header without src is no error")
	}
}

func TestLabelOf(t *testing.T) {
	labels, err := ReadLabels(strings.NewReader("start,end,src,dst,proto,dport,class\n" +
		"0,100,10.0.0.0/8,*,*,*,normal\n0,100,10.0.0.1,203.0.113.0/24,tcp,*,scan\n0,100,10.0.0.1,203.0.113.0/24,tcp,80,dos\n10,20,10.0.0.1,203.0.113.0/24,tcp,80,ddos\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, b := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("203.0.113.9")
	cases := []struct {
		f    flow
		want string
	}{
		{flow{a, b, 1000, 443, 6, 50 * second}, "scan"},
		{flow{a, b, 1000, 80, 6, 50 * second}, "dos"},
		{flow{b, a, 80, 1000, 6, 50 * second}, "dos"}, // the way back
		{flow{a, b, 1000, 80, 6, 15 * second}, "ddos"},
		{flow{a, b, 1000, 80, 6, 20*second + slack}, "ddos"},
		{flow{a, b, 1000, 80, 17, 50 * second}, "normal"},
		{flow{b, b, 1000, 80, 6, 50 * second}, ""},
		{flow{a, b, 1000, 80, 6, 101 * second}, ""},
	}
	for _, c := range cases {
		got := ""
		if l := labelOf(&c.f, labels, make([]bool, len(labels))); l != nil {
			got = l.Class
		}
		if got != c.want {
			t.Errorf("%+v is %q, want %q", c.f, got, c.want)
		}
	}
}

func TestScore(t *testing.T) {
	labels, err := ReadLabels(strings.NewReader("start,end,src,dst,proto,dport,class,subclass\n" +
		"0,10,203.0.113.5,10.0.0.1,tcp,*,scan,s\n20,30,203.0.113.0/24,10.0.0.2,tcp,80,ddos,f\n40,50,10.0.0.3,203.0.113.7,udp,53,theft,t\n40,50,10.0.0.4,203.0.113.7,udp,53,theft,t\n"))
	if err != nil {
		t.Fatal(err)
	}
	episodes := newEpisodes(labels)
	if len(episodes) != 3 {
		t.Fatalf("%d episodes, want 3: a tunnel and its relay are one", len(episodes))
	}
	a := netip.MustParseAddr
	tally := newTally([]charge{
		{"scan", 2, a("203.0.113.5"), a("10.0.0.1"), anyPort, 6, 1 * second, 9 * second},
		{"dos", 3, a("203.0.113.6"), a("10.0.0.2"), 80, 6, 20 * second, 30 * second}, // the wrong class
		{"theft", 4, a("10.0.0.9"), a("203.0.113.8"), 443, 6, 0, 10 * second},        // nobody says so
	})
	scanned, stolen, quiet := flow{a("203.0.113.5"), a("10.0.0.1"), 1, 80, 6, 5 * second}, flow{a("10.0.0.9"), a("203.0.113.8"), 1, 443, 6, 5 * second}, flow{a("10.0.0.8"), a("203.0.113.8"), 1, 443, 6, 5 * second}
	tally.count(&scanned, &labels[0])
	tally.count(&stolen, nil)
	tally.count(&quiet, nil)
	s := tally.score(labels, episodes)
	if s.Right != 1 || s.Found != 2 || s.False != 1 || strings.Join(s.Missed, " ") != "ddos/f theft/t" || s.FalseEntities[0] != "10.0.0.9 (theft)" {
		t.Errorf("%+v", s)
	}
	if n := s.Classes[0]; n.Class != "normal" || n.Recall != 0.5 || n.Precision != 1 || s.Classes[1].F1 != 1 || math.Abs(s.MacroF1-5.0/6) > 1e-9 {
		t.Errorf("%+v", s)
	}
}
