package flow_test

import (
	"testing"

	"github.com/pcaplake/pcaplake/etl/flow"
)

// TestConnStates has a case for every state and letter that Zeek's documentation of conn.log has, and for what this tracker makes of their edges.
func TestConnStates(t *testing.T) {
	cases := []struct {
		script, state, history string
	}{
		// every state
		{">S", "S0", "S"},
		{">S <SA >A", "S1", "ShA"},
		{">S <SA >A >AP:10 <A <AP:20 >A >FA <FA >A", "SF", "ShADadFf"},
		{">S <RA", "REJ", "Sr"},
		{">S <SA >A >FA <A", "S2", "ShAFa"},
		{">S <SA >A <FA >A", "S3", "ShAf"},
		{">S <SA >A >RA", "RSTO", "ShAR"},
		{">S <SA >A >A:5 <A <RA", "RSTR", "ShADar"},
		{">S >R", "RSTOS0", "SR"},
		{"<SA <R", "RSTRH", "^hr"},
		{">S >F", "SH", "SF"},
		{"<SA <F", "SHR", "^hf"},
		{">A:10 <A:10 >A", "OTH", "DdA"},
		// every letter
		{">S <SA >A >A:5c", "S1", "ShACD"},
		{">S <SA >A >A+10:5 <A", "S1", "ShADaG"},
		{">S <SA >A >A:5 >A:5-", "S1", "ShADT"},
		{">S <SA >A >A:5 >A:5d", "S1", "ShAD"},
		{">S <SA >Az", "S1", "ShAW"},
		{">S <SA >A <FRA", "RSTR", "ShAi"},
		{">SF", "SH", "Q"},
		{">SR", "RSTOS0", "Q"},
		{">S <SFA", "S3", "Sq"},
		{"<SA >A <A:1", "OTH", "^hAd"},
		// letters that come again: s h f r with another sequence number, c g t w ten times
		{">S >S-", "S0", "S"},
		{">S <SA <SA- >A", "S1", "ShA"},
		{">S <R <R+5", "REJ", "Srr"},
		{">S <SA >A >A:5 " + repeat(">A:5-", 10), "S1", "ShADTT"},
		{">S <SA >A " + repeat(">Az", 100), "S1", "ShAWWW"},
		{">S <SA >A " + repeat(">A:5c", 12), "S1", "ShACDC"},
		{">S <SA >A " + repeat(">A+9:5 <A", 10), "S1", "ShADaGG"},
		{">S <SA >A >A:5 <A >A:5 <A >F <A >F-", "S2", "ShADaF"},
		// edges
		{">S <A", "OTH", "Sa"},
		{">S <SA >R <RA", "RSTR", "ShRr"},
		{">R", "RSTOS0", "R"},
		{">F", "SH", "F"},
		{">FA <FA >A", "SF", "FfA"},
	}
	for _, c := range cases {
		t.Run(c.script, func(t *testing.T) {
			rows := track(script(6, c.script))
			if len(rows) != 1 || rows[0].ConnState != c.state || rows[0].History != c.history {
				t.Fatalf("%d flows, %s %s, want %s %s", len(rows), rows[0].ConnState, rows[0].History, c.state, c.history)
			}
			if rows[0].SrcIP != hostA || rows[0].SrcPort != 40000 || rows[0].DstPort != 80 {
				t.Errorf("it goes from %s", rows[0].SrcIP)
			}
		})
	}
}

func TestDatagramStates(t *testing.T) {
	cases := []struct{ script, state, history string }{
		{">:5", "S0", "D"},
		{">:5 <:5 >:5", "SF", "Dd"},
		{"> <", "SF", ""},
		{">:5c <:5 >:5c", "SF", "CDd"},
	}
	for _, c := range cases {
		if rows := track(script(17, c.script)); len(rows) != 1 || rows[0].ConnState != c.state || rows[0].History != c.history {
			t.Errorf("%s: %d flows, %+v", c.script, len(rows), rows)
		}
	}
}

// TestSplits says by which packets new flows begin.
func TestSplits(t *testing.T) {
	short := func(t *flow.Tracker) { t.Idle, t.Active = 10*second, 60*second }
	cases := []struct {
		name, script string
		flows        []int64  // the flow of each packet
		reasons      []string // why each flow ended
	}{
		{"one", ">S <SA >A", []int64{1, 1, 1}, []string{"capture-end"}},
		{"idle", ">A =11 <A", []int64{1, 2}, []string{"idle", "capture-end"}},
		{"not idle", ">A =9 <A =9 >A", []int64{1, 1, 1}, []string{"capture-end"}},
		{"idle by a clock that went back", ">A =-11 <A", []int64{1, 2}, []string{"idle", "capture-end"}},
		{"active", ">A" + repeat("=9 >A", 7), []int64{1, 1, 1, 1, 1, 1, 1, 8}, []string{"active", "capture-end"}},
		{"SYN after FIN", ">S <SA >FA <A >Si", []int64{1, 1, 1, 1, 5}, []string{"new-syn", "capture-end"}},
		{"SYN again after RST", ">S <RA >S-", []int64{1, 1, 3}, []string{"new-syn", "capture-end"}},
		{"a copy of a SYN after RST", ">S <RA >S-d", []int64{1, 1, 1}, []string{"capture-end"}},
		{"tails stay", ">S <SA >FA <FA >A >R <R", []int64{1, 1, 1, 1, 1, 1, 1}, []string{"capture-end"}},
		{"tails go when idle", ">S <RA =11 <R", []int64{1, 1, 3}, []string{"idle", "capture-end"}},
		{"SYN again", ">S >S- <SA", []int64{1, 1, 1}, []string{"capture-end"}},
		{"SYN with another number", ">S <SA >A >Si", []int64{1, 1, 1, 4}, []string{"new-syn", "capture-end"}},
		{"SYN with ACK of another number, to the known SYN", ">S <SA <SA+7", []int64{1, 1, 1}, []string{"capture-end"}},
		{"SYN amid packets of the sender", ">A >S <SA", []int64{1, 2, 2}, []string{"new-syn", "capture-end"}},
		{"SYN amid packets of the other", "<A:5 >S <SA", []int64{1, 2, 2}, []string{"new-syn", "capture-end"}},
		{"SYN behind its answer", "<SA >S >A", []int64{1, 1, 1}, []string{"capture-end"}},
		{"both open", ">S <S >A <A", []int64{1, 1, 1, 1}, []string{"capture-end"}},
		{"RST with SYN opens nothing", ">S <SA >SR", []int64{1, 1, 1}, []string{"capture-end"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			packets := script(6, c.script)
			rows := track(packets, short)
			for i, p := range packets {
				if p.FlowID != c.flows[i] {
					t.Errorf("packet %d is of flow %d, want %d", i+1, p.FlowID, c.flows[i])
				}
			}
			for i, f := range rows {
				if i >= len(c.reasons) || f.EndReason != c.reasons[i] {
					t.Errorf("flow %d ended by %s, want %v", f.FlowID, f.EndReason, c.reasons)
				}
			}
		})
	}
}
