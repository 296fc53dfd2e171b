package decode_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

// A talk is a TCP connection made by hand: its client is side 0. The sequence numbers wrap in the middle of most tests.
type talk struct {
	streams *decode.Streams
	rows    *decode.Rows
	frame   int64
	isn     [2]uint32
	sent    [2]uint32
	service []string
}

func newTalk() *talk {
	t := &talk{streams: decode.NewStreams(), rows: new(decode.Rows), isn: [2]uint32{0xfffffff0, 7}}
	for side := range t.isn {
		p := t.packet(side, t.isn[side], 0)
		p.TCPFlags = 2
		t.streams.Open(p, side == 0)
	}
	return t
}

func (t *talk) packet(side int, seq uint32, n int) *schema.Packet {
	t.frame++
	p := &schema.Packet{
		Has: schema.HasTCP | schema.HasPorts | schema.HasFlowID, CaptureID: "c", Sensor: "s", FrameNo: t.frame, FlowID: 1, TS: t.frame * 1000,
		SrcIP: netip.MustParseAddr("10.0.0.1"), DstIP: netip.MustParseAddr("10.0.0.2"), SrcPort: 40000, DstPort: 80,
		TCPSeq: int64(seq), PayloadLen: int64(n),
	}
	if side == 1 {
		p.SrcIP, p.DstIP, p.SrcPort, p.DstPort = p.DstIP, p.SrcIP, p.DstPort, p.SrcPort
	}
	return p
}

// at sends bytes that begin at an offset of a side's stream, of which only some were captured.
func (t *talk) at(side, offset int, b []byte, captured int) {
	p := t.packet(side, t.isn[side]+1+uint32(offset), len(b))
	if name := t.streams.Segment(p, side == 0, b[:captured], t.rows); name != "" {
		t.service = append(t.service, name)
	}
}

// say sends what comes next, in order.
func (t *talk) say(side int, b []byte) {
	t.at(side, int(t.sent[side]), b, len(b))
	t.sent[side] += uint32(len(b))
}

func (t *talk) end() *decode.Rows {
	t.streams.End(1, t.rows)
	return t.rows
}

// exchange is a dialogue: bytes of the client and the server by turns.
type exchange [][]byte

var dialogues = map[string]exchange{
	"http": {
		[]byte("GET /a?token=x HTTP/1.1\r\nHost: example.org\r\nUser-Agent: test\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 11\r\n\r\nhello world"),
		[]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n3;x\r\nfgh\r\n0\r\nTrailer: x\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno\n"),
		[]byte("HEAD / HTTP/1.1\r\n\r\n"), []byte("HTTP/1.1 204 No Content\r\n\r\n"),
	},
	"ssh": {
		join([]byte("SSH-2.0-client\r\n"), sshPacket(kexInit("kex-a,kex-b", "rsa,dsa", "aes", "3des", "sha1", "md5", "none", "zlib"))),
		join([]byte("hello\r\nSSH-2.0-server\r\n"), sshPacket(kexInit("kex-b", "dsa", "3des,aes", "3des", "md5,sha1", "md5", "zlib,none", "zlib"))),
	},
	"tls": {
		records(22, clientHello(nil), 50),
		join(records(22, join(serverHello(0x0303, nil), handshake(11, chain(certificate)), handshake(14, nil)), 700), records(20, []byte{1}, 1)),
		records(20, []byte{1}, 1), records(23, make([]byte, 400), 400),
	},
}

func (e exchange) play(t *talk) {
	for i, b := range e {
		t.say(i%2, b)
	}
}

// texts are the rows of streams without frame and time, which depend on how the bytes lay in segments.
func texts(rows *decode.Rows) (out []string) {
	plain := func(m *schema.Message) { m.FrameNo, m.TS = 0, 0 }
	for _, r := range rows.TLSs {
		plain(&r.Message)
		out = append(out, fmt.Sprintf("%+v", r))
	}
	for _, r := range rows.HTTPs {
		plain(&r.Message)
		r.ResponseFrameNo, r.HasLatency, r.LatencyNS = 0, false, 0
		out = append(out, fmt.Sprintf("%+v", r))
	}
	for _, r := range rows.SSHs {
		plain(&r.Message)
		out = append(out, fmt.Sprintf("%+v", r))
	}
	return out
}

// TestSegments: where nothing is missing, the messages are the same however the bytes lie in segments, in whatever order and however often
// these come.
func TestSegments(t *testing.T) {
	for name, e := range dialogues {
		want := newTalk()
		e.play(want)
		whole := texts(want.end())
		if len(whole) == 0 || len(want.service) != 1 || want.service[0] != name {
			t.Fatalf("%s: %d rows, recognised as %v", name, len(whole), want.service)
		}
		for seed := range uint64(300) {
			got := newTalk()
			e.shuffled(got, rand.New(rand.NewPCG(seed, 1)))
			if rows := texts(got.end()); !reflect.DeepEqual(rows, whole) {
				t.Fatalf("%s, seed %d:\n%s\nwant\n%s", name, seed, strings.Join(rows, "\n"), strings.Join(whole, "\n"))
			}
			if got.streams.Held() != 0 {
				t.Fatalf("%s, seed %d: %d bytes are held at the end", name, seed, got.streams.Held())
			}
		}
	}
}

// shuffled plays the dialogue in segments of any size, each turn in any order, some of them twice and overlapping.
func (e exchange) shuffled(t *talk, r *rand.Rand) {
	for i, b := range e {
		type run struct{ from, to int }
		var runs []run
		for at := 0; at < len(b); {
			to := min(len(b), at+1+r.IntN(1+len(b)/(1+r.IntN(20))))
			runs = append(runs, run{at, to})
			if r.IntN(3) == 0 {
				runs = append(runs, run{r.IntN(at + 1), at + r.IntN(len(b)-at+1)})
			}
			at = to
		}
		r.Shuffle(len(runs), func(i, j int) { runs[i], runs[j] = runs[j], runs[i] })
		for _, s := range runs {
			if s.from < s.to {
				t.at(i%2, int(t.sent[i%2])+s.from, b[s.from:s.to], s.to-s.from)
			}
		}
		t.sent[i%2] += uint32(len(b))
	}
}

// FuzzStreams: any bytes in any order neither panic nor leave memory held, and no more is held than the bounds say.
func FuzzStreams(f *testing.F) {
	for _, e := range dialogues {
		f.Add(e[0], e[1], []byte{0, 200, 1, 100, 2, 50, 200, 255, 3, 3})
	}
	f.Fuzz(func(t *testing.T, client, server, plan []byte) {
		k := newTalk()
		for i := 0; i+1 < len(plan); i += 2 {
			b := client
			if plan[i]&1 == 1 {
				b = server
			}
			from := min(len(b), int(plan[i]>>1)*8)
			to := min(len(b), from+int(plan[i+1])*4)
			captured := to - from
			if plan[i+1]&1 == 1 {
				captured /= 2
			}
			k.at(int(plan[i]&1), from, b[from:to], captured)
		}
		rows := k.end()
		if k.streams.Held() != 0 {
			t.Errorf("%d bytes are held at the end", k.streams.Held())
		}
		for i := range rows.HTTPs {
			if r := &rows.HTTPs[i]; r.RequestBody < 0 || r.ResponseBody < 0 || !r.HasRequest && !r.HasResponse {
				t.Errorf("a row of http: %+v", r)
			}
		}
	})
}

// TestFirstBytesWin: of bytes that come twice the first are believed.
func TestFirstBytesWin(t *testing.T) {
	k := newTalk()
	k.at(0, 4, []byte("/first HTTP/1.1\r\n\r\n"), 19)
	k.at(0, 0, []byte("GET /other HTTP/1.1\r\n\r\n"), 23)
	if rows := k.end(); len(rows.HTTPs) != 1 || rows.HTTPs[0].URI != "/first" || rows.HTTPs[0].FrameNo != 4 {
		t.Errorf("%+v", rows.HTTPs)
	}
}

// TestHoles: missing bytes cut the message that they belong to, and no other.
func TestHoles(t *testing.T) {
	get := func(uri string) []byte { return []byte("GET " + uri + " HTTP/1.1\r\nHost: example.org\r\n\r\n") }
	cases := []struct {
		name string
		play func(*talk)
		want string // of each row: uri, and x where it is cut
	}{
		{"snapped head", func(k *talk) { k.at(0, 0, get("/a"), 30); k.at(0, len(get("/a")), get("/b"), 42) }, "/a x, /b"},
		{"snapped body", func(k *talk) {
			b := []byte("POST /a HTTP/1.1\r\nContent-Length: 100\r\n\r\n" + strings.Repeat("x", 100))
			k.at(0, 0, b, 60)
			k.at(0, len(b), get("/b"), 42)
		}, "/a x, /b"},
		{"lost request", func(k *talk) { k.at(0, 0, get("/a"), 42); k.at(0, 500, get("/b"), 42) }, "/a, /b"},
		{"lost beginning", func(k *talk) { k.at(0, 900, get("/b"), 42) }, "/b"},
		{"lost half", func(k *talk) { k.at(0, 0, get("/a")[:20], 20); k.at(0, 900, get("/b"), 42) }, "/a x, /b"},
	}
	for _, c := range cases {
		k := newTalk()
		c.play(k)
		var got []string
		for _, r := range k.end().HTTPs {
			got = append(got, strings.TrimSuffix(r.URI+" x", map[bool]string{false: " x"}[r.Cut]))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s: %s, want %s", c.name, text, c.want)
		}
	}
}

// TestAcknowledgedHole: what the receiver has acknowledged and the capture does not have is not waited for.
func TestAcknowledgedHole(t *testing.T) {
	k := newTalk()
	request := []byte("GET /a HTTP/1.1\r\n\r\n")
	k.at(0, 100, request, len(request))
	p := k.packet(1, k.isn[1]+1, 2)
	p.TCPFlags, p.TCPAck = 16, int64(k.isn[0]+101+uint32(len(request)))
	response := []byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	p.PayloadLen = int64(len(response))
	k.streams.Segment(p, false, response, k.rows)
	if len(k.rows.HTTPs) != 1 || k.rows.HTTPs[0].URI != "/a" || k.rows.HTTPs[0].Status != 200 {
		t.Errorf("%+v", k.rows.HTTPs)
	}
}

// TestBounds: a hole is given up when too much waits behind it; conversations are given up when all hold too much.
func TestBounds(t *testing.T) {
	k := newTalk()
	for i := range 1000 {
		k.at(0, 10+i*1000, make([]byte, 1000), 1000)
		if held := k.streams.Held(); held > 200<<10 {
			t.Fatalf("%d bytes are held by one connection", held)
		}
	}
	k.streams.SetLimit(1 << 20)
	for flow := range int64(5000) {
		p := k.packet(0, 1, 600)
		p.FlowID = 10 + flow
		k.streams.Segment(p, true, []byte("GET /"+strings.Repeat("x", 595)), k.rows)
		if held := k.streams.Held(); held > 1<<20 {
			t.Fatalf("%d bytes are held", held)
		}
	}
	if k.streams.Evicted < 4000 {
		t.Errorf("%d conversations were given up", k.streams.Evicted)
	}
	k.streams.Close(k.rows)
	if k.streams.Held() != 0 {
		t.Errorf("%d bytes are held at the end", k.streams.Held())
	}
	if n := len(k.rows.HTTPs); n != 5000 {
		t.Errorf("%d rows of 5000 beginnings of requests", n)
	}
}
