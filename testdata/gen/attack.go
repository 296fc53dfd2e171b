package main

import (
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"net"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// theft is a twin of the tutorial's: a host sends a picture out behind the questions of DNS queries, all with one id and from port 53. One
// address of the pair was rewritten after capture, which put the checksums off by one constant.
func theft() []byte {
	t, r := newTrace(0), rand.New(rand.NewPCG(1, 1))
	drop := outside("203.0.113.33")
	picture := png(r, 20_000)
	lookup(t, alice, 40001, "www.example.org", layers.DNSTypeA, nil)
	for n := 0; len(picture) > 0; n++ {
		query := question(0x000c, "google.example", layers.DNSTypeAAAA)
		size := min(len(picture), 600+r.IntN(400))
		pause := 1020 * time.Millisecond
		t.add(pause, rewritten(datagram(mallory, drop, 53, 53, append(query, picture[:size]...))))
		picture = picture[size:]
		t.add(30*time.Millisecond, rewritten(datagram(drop, mallory, 53, 53, refusal(query))))
		if n%10 == 4 {
			lookup(t, mallory, uint16(50_000+n), "mail.example.org", layers.DNSTypeA, net.IPv4(192, 0, 2, 25))
		}
	}
	return t.pcap()
}

// rewritten is a frame whose IP and UDP checksums are off by one constant in ones' complement.
func rewritten(b []byte) []byte {
	const offset = 0x1a2b
	for _, at := range []int{14 + 10, 14 + 20 + 6} {
		total := uint32(binary.BigEndian.Uint16(b[at:])) + offset
		binary.BigEndian.PutUint16(b[at:], uint16(total+total>>16))
	}
	return b
}

// png is a picture of noise: valid to a reader of PNG's chunks.
func png(r *rand.Rand, size int) []byte {
	out := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(typ string, data []byte) {
		body := append([]byte(typ), data...)
		out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
		out = binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE(body))
	}
	chunk("IHDR", []byte{0, 0, 1, 0x62, 0, 0, 0, 0x80, 8, 6, 0, 0, 0})
	noise := make([]byte, size)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	chunk("IDAT", noise)
	chunk("IEND", nil)
	return out
}

// scan looks for open ports of the server: SYN after SYN, resets from closed ports, two that answer.
func scan() []byte {
	t := newTrace(10 * time.Minute)
	attacker := outside("198.51.100.7")
	for port := uint16(1); port <= 1024; port++ {
		seq := uint32(port) * 2654435761
		t.add(900*time.Microsecond, segment(attacker, server, &layers.TCP{
			SrcPort: 43210, DstPort: layers.TCPPort(port), Seq: seq, SYN: true, Window: 1024,
		}, nil))
		answer := &layers.TCP{SrcPort: layers.TCPPort(port), DstPort: 43210, Ack: seq + 1, ACK: true, RST: true}
		switch {
		case port == 22 || port == 80:
			answer.RST, answer.SYN, answer.Seq, answer.Window = false, true, uint32(port)*48271, 64240
		case port > 64: // most are filtered
			continue
		}
		t.add(200*time.Microsecond, segment(server, attacker, answer, nil))
	}
	return t.pcap()
}

// flood is a SYN flood on the server's web port from sources that do not exist.
func flood() []byte {
	t, r := newTrace(20*time.Minute), rand.New(rand.NewPCG(2, 2))
	for range 5000 {
		source := outside(net.IPv4(198, 18, byte(r.Uint32()), byte(r.Uint32())).String())
		t.add(time.Duration(100+r.IntN(300))*time.Microsecond, segment(source, server, &layers.TCP{
			SrcPort: layers.TCPPort(1024 + r.IntN(64000)), DstPort: 80, Seq: r.Uint32(), SYN: true, Window: 512,
		}, nil))
	}
	return gzipped(t.pcap())
}

// truncated is a copy that broke off in the middle of a record.
func truncated() []byte {
	t := newTrace(70 * time.Minute)
	for n := range uint16(12) {
		t.add(10*time.Millisecond, ping(alice, server, n))
	}
	whole := t.pcap()
	return whole[:len(whole)-20]
}

// ping is an echo request.
func ping(from, to host, n uint16) []byte {
	return frame(ethernet(from, to), ip(from, to, layers.IPProtocolICMPv4),
		&layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(layers.ICMPv4TypeEchoRequest, 0), Id: 77, Seq: n},
		gopacket.Payload("abcdefghijklmnopqrstuvwxyz012345"))
}
