package flow_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/schema"
)

// said is a message between a client (c:4000) and a server (s:53).
type said struct {
	from string // c, s, or another server t
	id   int32
	name string // "" is no question
	at   int64  // microseconds
	to   string // of queries: s unless told; m is multicast
	edit func(*schema.DNS)
}

var places = map[string]netip.Addr{
	"c": netip.MustParseAddr("10.0.0.1"), "s": netip.MustParseAddr("10.0.0.2"), "t": netip.MustParseAddr("10.0.0.3"), "m": netip.MustParseAddr("224.0.0.252"),
}

func (s said) row(frame int64) schema.DNS {
	m := schema.DNS{Message: schema.Message{FrameNo: frame, TS: s.at}, Transport: "udp", ID: s.id, HasQuestion: s.name != "", QName: []byte(s.name), QType: 1, QClass: 1}
	if s.from == "c" {
		to := s.to
		if to == "" {
			to = "s"
		}
		m.SrcIP, m.DstIP, m.SrcPort, m.DstPort = places["c"], places[to], 4000, 53
	} else {
		m.Response = true
		m.SrcIP, m.DstIP, m.SrcPort, m.DstPort = places[s.from], places["c"], 53, 4000
	}
	if s.edit != nil {
		s.edit(&m)
	}
	return m
}

func TestDialogues(t *testing.T) {
	tcp := func(m *schema.DNS) { m.Transport = "tcp" }
	cases := []struct {
		name string
		said []said
		want string // frame: query frame, latency in ns; of responses that have a query
	}{
		{"a pair", []said{{from: "c", id: 1, name: "a", at: 10}, {from: "s", id: 1, name: "a", at: 15}}, "2:1,5000"},
		{"nanoseconds", []said{{from: "c", id: 1, name: "a", at: 10, edit: func(m *schema.DNS) { m.TSExtraNS = 999 }}, {from: "s", id: 1, name: "a", at: 11, edit: func(m *schema.DNS) { m.TSExtraNS = 1 }}}, "2:1,2"},
		{"two at once", []said{{from: "c", id: 1, name: "a"}, {from: "c", id: 2, name: "a", at: 1}, {from: "s", id: 2, name: "a", at: 2}, {from: "s", id: 1, name: "a", at: 3}}, "3:2,1000 4:1,3000"},
		{"asked again", []said{{from: "c", id: 1, name: "a"}, {from: "c", id: 1, name: "a", at: 5_000_000}, {from: "s", id: 1, name: "a", at: 5_000_007}}, "3:1,5000007000"},
		{"asked again much later", []said{{from: "c", id: 1, name: "a"}, {from: "c", id: 1, name: "a", at: 30_000_001}, {from: "s", id: 1, name: "a", at: 30_000_008}}, "3:2,7000"},
		{"asked again after the answer", []said{{from: "c", id: 1, name: "a"}, {from: "s", id: 1, name: "a", at: 1}, {from: "c", id: 1, name: "a", at: 2}, {from: "s", id: 1, name: "a", at: 5}}, "2:1,1000 4:3,3000"},
		{"answered twice", []said{{from: "c", id: 1, name: "a"}, {from: "s", id: 1, name: "a", at: 1}, {from: "s", id: 1, name: "a", at: 2}}, "2:1,1000 3:1,2000"},
		{"an id for another question", []said{{from: "c", id: 1, name: "a"}, {from: "c", id: 1, name: "b", at: 1}, {from: "s", id: 1, name: "b", at: 2}, {from: "s", id: 1, name: "a", at: 3}}, "3:2,1000"},
		{"another case", []said{{from: "c", id: 1, name: "aXz"}, {from: "s", id: 1, name: "AxZ"}}, "2:1,0"},
		{"another type", []said{{from: "c", id: 1, name: "a"}, {from: "s", id: 1, name: "a", edit: func(m *schema.DNS) { m.QType = 28 }}}, ""},
		{"a response without a question", []said{{from: "c", id: 1, name: "a"}, {from: "s", id: 1, at: 1}}, "2:1,1000"},
		{"of another server", []said{{from: "c", id: 1, name: "a"}, {from: "t", id: 1, name: "a"}}, ""},
		{"to all", []said{{from: "c", id: 1, name: "a", to: "m"}, {from: "t", id: 1, name: "a", at: 1}, {from: "s", id: 1, name: "a", at: 2}}, "2:1,1000 3:1,2000"},
		{"of another transport", []said{{from: "c", id: 1, name: "a"}, {from: "s", id: 1, name: "a", edit: tcp}}, ""},
		{"over TCP", []said{{from: "c", id: 1, name: "a", edit: tcp}, {from: "s", id: 1, name: "a", edit: tcp}}, "2:1,0"},
		{"the clock went back", []said{{from: "c", id: 1, name: "a", at: 10}, {from: "s", id: 1, name: "a", at: 9}}, "2:1,-"},
		{"no time", []said{{from: "c", id: 1, name: "a", at: schema.NoTime}, {from: "s", id: 1, name: "a", at: 9}}, "2:1,-"},
		{"no query", []said{{from: "s", id: 1, name: "a"}}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var d flow.Dialogues
			var got []string
			for i, s := range c.said {
				rows := []schema.DNS{s.row(int64(i + 1))}
				d.Pair(rows)
				if m := rows[0]; m.QueryFrameNo != 0 {
					latency := "-"
					if m.HasLatency {
						latency = fmt.Sprint(m.LatencyNS)
					}
					got = append(got, fmt.Sprintf("%d:%d,%s", m.FrameNo, m.QueryFrameNo, latency))
				}
			}
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("%q, want %q", text, c.want)
			}
		})
	}
}

// TestDialoguesBound: the queries that came last are remembered, and one more costs no memory.
func TestDialoguesBound(t *testing.T) {
	var d flow.Dialogues
	const n = 1 << 15
	query := func(i int) []schema.DNS {
		return []schema.DNS{said{from: "c", id: int32(i % 65536), name: "a", edit: func(m *schema.DNS) { m.SrcPort = int32(4000 + i/65536) }}.row(int64(i + 1))}
	}
	response := func(i int) int64 {
		rows := query(i)
		m := &rows[0]
		m.Response, m.SrcIP, m.DstIP, m.SrcPort, m.DstPort = true, m.DstIP, m.SrcIP, m.DstPort, m.SrcPort
		d.Pair(rows)
		return m.QueryFrameNo
	}
	for i := range n + 1 {
		d.Pair(query(i))
	}
	if response(0) != 0 || response(1) != 2 || response(n) != n+1 {
		t.Error("not the queries that came last")
	}
	next, rows := n+1, query(0)
	if got := testing.AllocsPerRun(1000, func() {
		rows[0].ID, rows[0].SrcPort = int32(next%65536), int32(4000+next/65536)
		next++
		d.Pair(rows)
	}); got != 0 {
		t.Errorf("%v allocations", got)
	}
}
