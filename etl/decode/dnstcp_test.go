package decode_test

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

// framed is messages as TCP carries them.
func framed(messages ...[]byte) (out []byte) {
	for _, m := range messages {
		out = append(binary.BigEndian.AppendUint16(out, uint16(len(m))), m...)
	}
	return out
}

func TestDNSOverTCP(t *testing.T) {
	q, a := octets(dnsQuery), answerTo(record(1, 60, "c0000201"))
	type piece struct {
		at   int // in the stream of the server
		data []byte
	}
	whole := framed(a, a)
	cases := []struct {
		name   string
		pieces []piece
		want   string // message_len, answer_ips, cut and frame of every row
	}{
		{"one segment", []piece{{0, whole}}, "43 192.0.2.1 false 1, 43 192.0.2.1 false 1"},
		{"byte by byte", func() (out []piece) {
			for i := range whole {
				out = append(out, piece{i, whole[i : i+1]})
			}
			return out
		}(), "43 192.0.2.1 false 45, 43 192.0.2.1 false 90"},
		{"out of order", []piece{{0, whole[:1]}, {50, whole[50:]}, {1, whole[1:50]}}, "43 192.0.2.1 false 3, 43 192.0.2.1 false 3"},
		{"the end is missing", []piece{{0, whole[:60]}}, "43 192.0.2.1 false 1, 43  true 1"},
		{"a hole in the first", []piece{{0, whole[:30]}, {44, whole[44:]}}, "43  true 1, 43 192.0.2.1 false 2"},
		{"a hole over the border", []piece{{0, whole[:30]}, {50, whole[50:]}}, "43  true 1"},
		{"something else behind", []piece{{0, join(framed(a), []byte("HTTP/1.1 200 OK and more"))}}, "43 192.0.2.1 false 1"},
		{"a query", []piece{{0, framed(q)}}, "33  false 1"},
		{"not DNS", []piece{{0, framed(make([]byte, 40))}}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, rows := decode.NewStreams(), new(decode.Rows)
			s.Open(&schema.Packet{FlowID: 1, TCPSeq: 999}, false)
			for i, p := range c.pieces {
				packet := schema.Packet{Has: schema.HasTCP, IPProto: 6, FrameNo: int64(i + 1), FlowID: 1, TCPSeq: int64(1000 + p.at), TCPFlags: 16, PayloadLen: int64(len(p.data)), SrcPort: 53, DstPort: 4000}
				if service := s.Segment(&packet, false, p.data, rows); service != "" && service != "dns" {
					t.Errorf("service %q", service)
				}
			}
			s.Close(rows)
			var got []string
			for i := range rows.DNSs {
				m := &rows.DNSs[i]
				got = append(got, fmt.Sprintf("%d %s %v %d", m.MessageLen, m.AnswerIPs, m.Cut, m.FrameNo))
				checkCells(t, schema.DNSs, m, cells{"transport": "tcp", "src_port": "53", "flow_id": "1"})
			}
			if text := strings.Join(got, ", "); text != c.want {
				t.Errorf("%s, want %s", text, c.want)
			}
		})
	}
}

// TestDNSOverTCPOracle compares the messages in every frame with those that tshark puts together.
func TestDNSOverTCPOracle(t *testing.T) {
	program := shared.Tool(t, "tshark")
	captures, messages, elsewhere := 0, 0, 0
	for _, c := range shared.Captures(t) {
		rows, _, err := conversations(c.Path)
		if err != nil {
			continue
		}
		ours := map[int64][]string{}
		for _, m := range rows.DNSs {
			switch {
			case m.Transport == "tcp" && m.SrcPort != 53 && m.DstPort != 53: // which tshark takes for DNS by port alone
				elsewhere++
			case m.Transport == "tcp" && m.HasTrailing: // whole
				ours[m.FrameNo] = append(ours[m.FrameNo], strconv.Itoa(int(m.ID)))
				messages++
			}
		}
		if len(ours) == 0 {
			continue
		}
		captures++
		fields := []string{"frame.number", "frame.protocols", "dns.id", "dns.count.answers"}
		err = dissectWith(program, c.Path, []string{"tcp.desegment_tcp_streams:TRUE", "tcp.reassemble_out_of_order:TRUE"}, fields, func(values []string) error {
			frame, err := strconv.ParseInt(values[0], 10, 64)
			if err != nil || !strings.Contains(values[1], "tcp:dns") && ours[frame] == nil {
				return err
			}
			var ids []string
			for _, id := range (theirs{"dns.id": values[2]}).all("dns.id") {
				ids = append(ids, number(id))
			}
			if got := strings.Join(ours[frame], " "); got != strings.Join(ids, " ") {
				t.Errorf("%s frame %d: messages %q, tshark says %q", c.Rel, frame, got, ids)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	shared.Report(t, "dns over tcp: %d captures, %d messages, in the frames in which tshark has them; %d on other ports", captures, messages, elsewhere)
}

// FuzzDNSOverTCP: any bytes behind a query and behind a response. How TCP cuts them changes no row but its frame and time, and texts are bounded.
func FuzzDNSOverTCP(f *testing.F) {
	q, a := octets(dnsQuery), answerTo(record(1, 60, "c0000201"))
	f.Add(framed(q, q), framed(a, a), byte(7))
	f.Add(framed(q)[:20], framed(a)[:30], byte(0))
	f.Add(octets("ffff"), octets("0000 000c 000000000000000000000000"), byte(200))
	f.Fuzz(func(t *testing.T, client, server []byte, size byte) {
		whole, cut := newTalk(), newTalk()
		for side, b := range [][]byte{join(framed(q), client), join(framed(a), server)} {
			whole.say(side, b)
			for piece := range slices.Chunk(b, 1+int(size)) {
				cut.say(side, piece)
			}
		}
		got, want := cut.end().DNSs, whole.end().DNSs
		for _, rows := range [][]schema.DNS{got, want} {
			for i := range rows {
				checkTexts(t, &rows[i])
				rows[i].FrameNo, rows[i].TS = 0, 0
			}
		}
		if len(want) < 2 || !reflect.DeepEqual(got, want) {
			t.Errorf("in segments of %d: %+v, want %+v", 1+int(size), got, want)
		}
	})
}
