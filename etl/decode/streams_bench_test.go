package decode_test

import (
	"bytes"
	"crypto/rand"
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
)

// BenchmarkStreams: time per segment, of flows that no protocol knows, and of bodies and handshakes of those that are read. Flows end, and
// 10,000 are open at a time.
func BenchmarkStreams(b *testing.B) {
	noise := make([]byte, 1400)
	_, _ = rand.Read(noise)
	noise[0] = 0xee
	get := []byte("GET /index.html HTTP/1.1\r\nHost: example.org\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n\r\n")
	page := append([]byte("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: 70000\r\n\r\n"), bytes.Repeat([]byte("x"), 70000)...)
	small := []byte("HTTP/1.1 304 Not Modified\r\nServer: nginx\r\n\r\n")
	tls := dialogues["tls"]
	cases := []struct {
		name  string
		turns [][]byte // of client and server
	}{
		{"unknown, 30 segments", exchange{bytes.Repeat(noise, 5), bytes.Repeat(noise, 25)}},
		{"unknown, 600 segments", exchange{bytes.Repeat(noise, 100), bytes.Repeat(noise, 500)}},
		{"http, bodies of 70 kB", exchange{get, page, get, page}},
		{"http, small", exchange{get, small, get, small}},
		{"tls, a handshake and 30 segments", exchange{records(22, clientHello(nil), 2000), tls[1], records(20, []byte{1}, 1), bytes.Repeat(records(23, noise, 1400), 30)}},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			s, rows := decode.NewStreams(), new(decode.Rows)
			k := newTalk()
			const open = 10000
			type step struct {
				side int
				from int
				data []byte
			}
			var steps []step
			var sent [2]int
			for i, turn := range c.turns {
				for at := 0; at < len(turn); at += 1400 {
					d := turn[at:min(len(turn), at+1400)]
					steps = append(steps, step{i % 2, sent[i%2], d})
					sent[i%2] += len(d)
				}
			}
			client, server := *k.packet(0, 0, 0), *k.packet(1, 0, 0)
			b.ReportAllocs()
			b.ResetTimer()
			for done, base := 0, int64(1); done < b.N; base += open {
				for _, st := range steps {
					for f := range int64(open) {
						to := &client
						if st.side == 1 {
							to = &server
						}
						to.FlowID, to.TCPSeq, to.PayloadLen = base+f, int64(st.from), int64(len(st.data))
						s.Segment(to, st.side == 0, st.data, rows)
						if done++; done == b.N {
							b.StopTimer()
							return
						}
					}
					rows.Reset()
				}
				for f := range int64(open) {
					s.End(base+f, rows)
				}
				rows.Reset()
			}
		})
	}
}
