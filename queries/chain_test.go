package queries

import (
	"slices"
	"strings"
	"testing"
)

// TestChainedFlows: flows of one key as linkSQL writes them, each "capture flow first last idle mirrored closing" in seconds and then of the lower
// and the higher end "isn syns packets first_ack"; want are the lengths of the conversations of more than one flow.
func TestChainedFlows(t *testing.T) {
	const (
		plain = " - 0 1 500 - 0 1 100" // neither SYN was seen
		open  = " 99 1 1 500 499 0 1 100"
	)
	const idle = "120" // unless the flow is given with another timeout behind "last"
	cases := []struct {
		name  string
		flows []string
		want  string
	}{
		{"within an idle timeout of its own", []string{"1 5 0 10 600 0 0 0" + plain, "2 1 600 640 600 0 0 0" + plain}, "2"},
		{"beyond an idle timeout of its own", []string{"1 5 0 10 60 0 0 0" + plain, "2 1 71 80 60 0 0 0" + plain}, ""},
		{"without a gap", []string{"1 5 0 10 0 0 0" + open, "2 1 11 20 0 0 0" + plain}, "2"},
		{"given in another order", []string{"2 1 11 20 0 0 0" + plain, "1 5 0 10 0 0 0" + open}, "2"},
		{"at the idle timeout", []string{"1 5 0 10 0 0 0" + plain, "2 1 130 140 0 0 0" + plain}, "2"},
		{"beyond it", []string{"1 5 0 10 0 0 0" + plain, "2 1 131 140 0 0 0" + plain}, ""},
		{"clock far back", []string{"1 5 200 210 0 0 0" + plain, "2 1 0 5 0 0 0" + plain}, ""},
		{"ended idle", []string{"1 5 0 10 1 0 0" + plain, "1 9 20 30 0 0 0" + plain}, ""},
		{"without times", []string{"1 5 - - 0 0 0" + plain, "2 1 - - 0 0 0" + plain}, "2"},
		{"SYN again", []string{"1 5 0 10 0 0 0 99 1 1 - - 0 0 -", "2 1 11 20 0 0 0" + open}, "2"},
		{"another SYN", []string{"1 5 0 10 0 0 0" + open, "2 1 11 20 0 0 0 77 1 1 500 - 0 0 -"}, ""},
		{"SYN after FIN", []string{"1 5 0 10 0 0 1" + open, "2 1 11 20 0 0 0 99 1 1 500 - 0 0 -"}, ""},
		{"tail after FIN", []string{"1 5 0 10 0 0 1" + open, "2 1 11 20 0 0 0" + plain}, "2"},
		{"SYN into a connection whose SYN was not seen", []string{"1 5 0 10 0 0 0" + plain, "2 1 11 20 0 0 0 99 1 1 - - 0 0 -"}, ""},
		{"answer in the next capture", []string{"1 5 0 10 0 0 0 99 1 1 - - 0 0 -", "2 1 11 20 0 0 0 - 0 1 - 499 0 1 100"}, "2"},
		{"answer to another SYN", []string{"1 5 0 10 0 0 0" + open, "2 1 11 20 0 0 0 - 0 1 - 777 0 1 555"}, ""},
		{"split by a SYN and rejoined", []string{"1 5 0 10 0 0 0" + open, "2 1 11 12 0 0 0" + plain, "2 7 13 20 0 0 0 99 1 1 500 - 0 0 -"}, "3"},
		{"two of two", []string{"1 1 0 10 0 0 1" + open, "2 1 11 20 0 0 0" + plain, "2 5 21 30 0 0 0 77 1 1 - 5 0 1 78", "3 1 31 40 0 0 0" + plain}, "2 2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := ""
			for i, f := range c.flows {
				fields := strings.Fields(f)
				if len(fields) == 15 {
					fields = slices.Insert(fields, 4, idle)
				}
				for _, at := range []int{2, 3, 4} { // seconds
					if fields[at] != "-" {
						fields[at] += "000000"
					}
				}
				if i > 0 {
					text += ";"
				}
				text += strings.Join(fields, " ")
			}
			var lengths []string
			for link := range strings.SplitSeq(chainedFlows(text), ";") {
				if fields := strings.Fields(link); len(fields) == 5 && fields[3] == "1" {
					lengths = append(lengths, "1")
				} else if len(fields) == 5 {
					lengths[len(lengths)-1] = fields[3]
				}
			}
			if got := strings.Join(lengths, " "); got != c.want {
				t.Errorf("conversations of %q flows, want %q: %s", got, c.want, chainedFlows(text))
			}
		})
	}
}

func TestMergedGaps(t *testing.T) {
	const text = "2 15 20;1 0 10;4 - -;3 4000000020 4000000030"
	squares := uint64(16e18) + 25
	want := map[string]any{"min": int64(5), "max": int64(4_000_000_000), "squares_hi": int64(squares >> 32), "squares_lo": int64(squares & (1<<32 - 1))}
	for what, want := range want {
		if got := mergedGaps(what, text); got != want {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	if got := mergedGaps("min", "1 0 10;2 - -"); got != nil {
		t.Errorf("one piece with times: %v", got)
	}
}

// TestMergedStream: pieces are "number isn first next fin unique missed first_ack max_ack peer_first_ack peer_max_ack islands".
func TestMergedStream(t *testing.T) {
	cases := []struct {
		name, pieces string
		want         map[string]any
	}{
		{"next to each other", "1 99 100 200 - 100 0 5 7 100 200 -;2 - 200 300 300 100 0 7 9 200 301 -", map[string]any{
			"first_seq": int64(100), "next_seq": int64(300), "fin_seq": int64(300), "unique_bytes": int64(200), "stream_bytes": int64(200), "missed_bytes": int64(0),
			"first_ack": int64(5), "max_ack": int64(9), "islands": nil,
		}},
		{"a hole between them", "1 - 100 200 - 100 0 - - - - -;2 - 250 300 - 50 0 - - 300 300 -", map[string]any{
			"unique_bytes": int64(150), "stream_bytes": int64(200), "missed_bytes": int64(50), "islands": "0-100,150-200", "max_ack": nil, "fin_seq": nil,
		}},
		{"a hole that the second fills", "1 - 100 300 - 100 100 - - 300 300 0-50,150-200;2 - 150 250 - 100 0 - - 300 300 -", map[string]any{
			"unique_bytes": int64(200), "missed_bytes": int64(0), "islands": nil,
		}},
		{"across 2^32", "2 - 10 60 - 50 0 - - 60 60 -;1 - 4294967286 10 - 20 0 - - 4294967290 10 -", map[string]any{
			"first_seq": int64(4294967286), "next_seq": int64(60), "unique_bytes": int64(70), "stream_bytes": int64(70), "missed_bytes": int64(0),
		}},
		{"acknowledged and never seen", "1 - - - - 0 50 - - 100 150 -;2 - - - - 0 70 - - 150 220 -", map[string]any{"missed_bytes": int64(120), "stream_bytes": int64(0), "first_seq": nil}},
	}
	for _, c := range cases {
		for what, want := range c.want {
			if got := mergedStream(what, c.pieces); got != want {
				t.Errorf("%s: %s is %v, want %v", c.name, what, got, want)
			}
		}
	}
}
