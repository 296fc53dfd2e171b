package decode_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

// The example of RFC 9001 A.2 and RFC 9369 A.2: what the client's first packet holds before 917 bytes of padding.
const quicExample = `060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e
	00000b6578616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9caa47f
	babaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c0002400100390032
	0408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff`

const exampleDCID = "8394c8f03e515708"

// exampleHello is the handshake message in it.
func exampleHello() []byte { return octets(quicExample)[4:] }

// initialOf protects an Initial packet as a client does (RFC 9001 5).
type initialOf struct {
	version, salt, label string // hex, hex, text
	keyed                string // hex: the connection id that keys are of; "" is that of the packet
	dcid                 string // hex
	number               uint32
	sender               string // "" is client
}

var (
	v1 = initialOf{version: "00000001", salt: "38762cf7f55934b34d179ae6a4c80cadccbb7f0a", label: "quic ", dcid: exampleDCID, number: 2}
	v2 = initialOf{version: "6b3343cf", salt: "0dede3def700a6db819381be6e269dcbf9bd2ed9", label: "quicv2 ", dcid: exampleDCID, number: 2}
)

func (o initialOf) expand(secret []byte, label string, n int) []byte {
	info := join([]byte{0, byte(n), byte(6 + len(label))}, []byte("tls13 "+label), []byte{0})
	return must(hkdf.Expand(sha256.New, secret, string(info), n))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (o initialOf) seal(payload []byte) []byte {
	keyed, sender := o.keyed, o.sender
	if keyed == "" {
		keyed = o.dcid
	}
	if sender == "" {
		sender = "client"
	}
	secret := o.expand(must(hkdf.Extract(sha256.New, octets(keyed), octets(o.salt))), sender+" in", 32)
	first := byte(0xc3)
	if o.version == v2.version {
		first = 0xd3
	}
	dcid := octets(o.dcid)
	header := join([]byte{first}, octets(o.version), []byte{byte(len(dcid))}, dcid, []byte{0, 0})
	header = binary.BigEndian.AppendUint16(header, 0x4000|uint16(4+len(payload)+16))
	at := len(header)
	header = binary.BigEndian.AppendUint32(header, o.number)
	nonce := o.expand(secret, o.label+"iv", 12)
	for i := range 4 {
		nonce[8+i] ^= header[at+i]
	}
	aead := must(cipher.NewGCM(must(aes.NewCipher(o.expand(secret, o.label+"key", 16)))))
	packet := aead.Seal(header, nonce, payload, header)
	mask := make([]byte, 16)
	must(aes.NewCipher(o.expand(secret, o.label+"hp", 16))).Encrypt(mask, packet[at+4:at+20])
	packet[0] ^= mask[0] & 15
	for i := range 4 {
		packet[at+i] ^= mask[1+i]
	}
	return packet
}

// crypto is a CRYPTO frame with a part of a message.
func crypto(message []byte, from, to int) []byte {
	frame := binary.BigEndian.AppendUint16([]byte{6}, 0x4000|uint16(from))
	return join(binary.BigEndian.AppendUint16(frame, 0x4000|uint16(to-from)), message[from:to])
}

func padded(frames ...[]byte) []byte {
	b := join(frames...)
	return join(b, make([]byte, max(0, 1162-len(b))))
}

// A quicDatagram is one datagram of a flow, from its client unless told.
type quicDatagram struct {
	data     []byte
	captured int // 0: all
	reverse  bool
	flow     int64 // 0 is 1
}

// quicRows are the rows that datagrams give, and how many flows were given up.
func quicRows(t *testing.T, datagrams []quicDatagram) ([]schema.QUIC, int64) {
	t.Helper()
	s, out := decode.NewStreams(), []schema.QUIC{}
	for _, g := range datagrams {
		f := frameCase{link: 101, data: ip4(17, udp(50000, 443, g.data))}
		if f.wire = int64(len(f.data)); g.captured > 0 {
			f.data = f.data[:28+g.captured]
		}
		rows := decodeFrame(f, decode.Options{})
		if p := &rows.Packets[0]; p.Protocols != "raw:ip:udp:quic" || len(rows.Segments) != 1 {
			t.Fatalf("%s, %d segments", p.Protocols, len(rows.Segments))
		}
		rows.Packets[0].FlowID = max(1, g.flow)
		if service := s.Segment(&rows.Packets[0], !g.reverse, rows.Segments[0].Data, rows); service != "quic" {
			t.Errorf("service %q", service)
		}
		out = append(out, rows.QUICs...)
	}
	return out, s.Evicted
}

// TestQUICVectors holds packets against RFC 9001 A.2 and RFC 9369 A.2: that they begin and end as printed there says that all is right, since
// the end is the tag over the rest.
func TestQUICVectors(t *testing.T) {
	cases := []struct {
		name       string
		of         initialOf
		begin, end string
		want       cells
	}{
		{"RFC 9001", v1, "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11", "e221af44860018ab0856972e194cd934", cells{"quic_version": "1", "version_name": "1"}},
		{"RFC 9369", v2, "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485", "a18b2faa745b6fe189cf772a9f84cbfc", cells{"quic_version": "1798521807", "version_name": "2"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			packet := c.of.seal(padded(octets(quicExample)))
			if got := hex.EncodeToString(packet); len(packet) != 1200 || !strings.HasPrefix(got, c.begin) || !strings.HasSuffix(got, c.end) {
				t.Fatalf("%d bytes %s", len(packet), got)
			}
			rows, _ := quicRows(t, []quicDatagram{{data: packet}})
			if len(rows) != 1 {
				t.Fatalf("%d rows", len(rows))
			}
			checkCells(t, schema.QUICs, &rows[0], c.want)
			checkCells(t, schema.QUICs, &rows[0], cells{
				"packet_type": "initial", "dcid": exampleDCID, "scid": "", "token_len": "0", "packet_len": "1182", "server_name": "example.com", "alpn": "alpn",
				"ech": "false", "offered_versions": "", "cut": "false", "malformed": "", "src_port": "50000", "flow_id": "1",
			})
			if !strings.HasPrefix(rows[0].JA4, "q13d0211an_") { // two suites, eleven extensions, "alpn"
				t.Errorf("JA4 %q", rows[0].JA4)
			}
		})
	}
}

func TestQUICHello(t *testing.T) {
	m, next := exampleHello(), v1
	next.number = 3
	other := v1
	other.dcid, other.keyed = "0102030405", exampleDCID // as the server asked
	after := v1
	after.dcid = "aabbccdd"
	long := append([]byte{1, 0, 0x80, 0}, make([]byte, 1000)...)
	server := v1
	server.sender, server.keyed, server.dcid = "server", exampleDCID, "11"
	half := len(m) / 2
	draft := func(version, salt string) initialOf {
		return initialOf{version: version, salt: salt, label: "quic ", dcid: exampleDCID}
	}
	cases := []struct {
		name      string
		datagrams []quicDatagram
		want      string // server names of the rows, in order, "-" for none
	}{
		{"two datagrams", []quicDatagram{{data: v1.seal(padded(crypto(m, 0, half)))}, {data: next.seal(padded(crypto(m, half, len(m))))}}, "- example.com"},
		{"in the other order", []quicDatagram{{data: next.seal(padded(crypto(m, half, len(m))))}, {data: v1.seal(padded(crypto(m, 0, half)))}}, "- example.com"},
		{"pieces out of order in one packet", []quicDatagram{{data: v1.seal(padded(crypto(m, 200, len(m)), []byte{1}, crypto(m, 0, 50), make([]byte, 9), crypto(m, 40, 210)))}}, "example.com"},
		{"with an acknowledgement", []quicDatagram{{data: v1.seal(padded(octets("02 05 4000 01 00 01 01"), octets("03 05 00 00 00 01 01 01"), crypto(m, 0, len(m))))}}, "example.com"},
		{"two packets in one datagram", []quicDatagram{{data: join(v1.seal(crypto(m, 0, half)), next.seal(crypto(m, half, len(m))))}}, "- example.com"},
		{"a copy", []quicDatagram{{data: v1.seal(padded(crypto(m, 0, len(m))))}, {data: v1.seal(padded(crypto(m, 0, len(m))))}}, "example.com -"},
		{"goes on with another id", []quicDatagram{{data: v1.seal(padded(crypto(m, 0, half)))}, {data: other.seal(padded(crypto(m, half, len(m))))}}, "- example.com"},
		{"after a retry", []quicDatagram{{data: v1.seal(padded(crypto(m, 0, half)))}, {data: after.seal(padded(crypto(m, 0, len(m))))}}, "- example.com"},
		{"a second connection in a flow", []quicDatagram{{data: v1.seal(padded(crypto(m, 0, len(m))))}, {data: after.seal(padded(crypto(m, 0, len(m))))}}, "example.com example.com"},
		{"from the server", []quicDatagram{{data: v1.seal(padded(crypto(m, 0, half)))}, {data: server.seal(padded(crypto(m, 0, len(m)))), reverse: true}}, "- -"},
		{"of another flow", []quicDatagram{{data: v1.seal(padded(crypto(m, 0, half)))}, {data: next.seal(padded(crypto(m, half, len(m)))), flow: 2}}, "- -"},
		{"close", []quicDatagram{{data: v1.seal(padded(octets("1c 00 00 00"), crypto(m, 0, len(m))))}}, "-"},
		{"too long", []quicDatagram{{data: v1.seal(padded(crypto(long, 0, 1000)))}, {data: next.seal(padded(octets("06 80010000 4004 00000000")))}}, "- cut"},
		{"wrong tag", []quicDatagram{{data: append(v1.seal(padded(crypto(m, 0, len(m))))[:1199], 1)}}, "-"},
		{"snapped", []quicDatagram{{data: v1.seal(padded(crypto(m, 0, len(m)))), captured: 400}}, "cut"},
		{"a second hello, after the server asked for it", []quicDatagram{{data: v1.seal(padded(crypto(m, 0, len(m))))}, {data: other.seal(padded(crypto(join(m, m), len(m), 2*len(m))))}}, "example.com example.com"},
		{"draft 29", []quicDatagram{{data: draft("ff00001d", "afbfec289993d24c9e9786f19c6111e04390a899").seal(padded(crypto(m, 0, len(m))))}}, "example.com"},
		{"draft 27", []quicDatagram{{data: draft("ff00001b", "c3eef712c72ebb5a11a7d2432bb46365bef9f502").seal(padded(crypto(m, 0, len(m))))}}, "example.com"},
		{"draft 34", []quicDatagram{{data: draft("ff000022", v1.salt).seal(padded(crypto(m, 0, len(m))))}}, "example.com"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows, _ := quicRows(t, c.datagrams)
			var got []string
			for _, r := range rows {
				name := r.ServerName
				if name == "" {
					name = "-"
				}
				if r.Cut {
					name = "cut"
				}
				got = append(got, name)
			}
			if all := strings.Join(got, " "); all != c.want {
				t.Errorf("%s, want %s", all, c.want)
			}
		})
	}
}

func TestQUICHeaders(t *testing.T) {
	cases := []struct {
		name     string
		data     string
		captured int
		want     []cells
	}{
		{"version negotiation", "80 00000000 02 abcd 01 ef 0a1a2a3a 00000001 6b3343cf", 0, []cells{{
			"packet_type": "version-negotiation", "quic_version": "0", "version_name": "", "dcid": "abcd", "scid": "ef", "offered_versions": "169486906,1,1798521807", "token_len": "", "packet_len": "",
		}}},
		{"retry", "f0 00000001 00 01 ef 746f6b656e" + strings.Repeat("00", 16), 0, []cells{{"packet_type": "retry", "token_len": "5", "dcid": "", "scid": "ef", "packet_len": ""}}},
		{"retry without a tag", "f0 00000001 00 00 00", 0, []cells{{"packet_type": "retry", "token_len": "", "malformed": "quic-header"}}},
		{"initial with a token, handshake, 0-RTT, short", "c0 00000001 01 aa 00 03 010203 05 0102030405 e0 00000001 01 aa 00 02 0102 d0 00000001 01 aa 00 4001 00 40 aa", 0, []cells{
			{"packet_type": "initial", "token_len": "3", "packet_len": "5", "malformed": ""}, {"packet_type": "handshake", "token_len": "", "packet_len": "2"}, {"packet_type": "0-rtt", "packet_len": "1"},
		}},
		{"types of version 2", "f0 6b3343cf 00 00 02 0102 e0 6b3343cf 00 00 01 01 c0 6b3343cf 00 00" + strings.Repeat("00", 17), 0, []cells{{"packet_type": "handshake"}, {"packet_type": "0-rtt"}, {"packet_type": "retry", "token_len": "1"}}},
		{"length beyond the datagram", "e0 00000001 00 00 0a 00", 0, []cells{{"malformed": "quic-header", "packet_len": "10", "cut": "false"}}},
		{"token beyond the datagram", "c0 00000001 00 00 40ff 00", 0, []cells{{"malformed": "quic-header", "token_len": "255", "packet_len": ""}}},
		{"snapped", "e0 00000001 00 00 0a 00010203040506070809", 12, []cells{{"malformed": "", "packet_len": "10", "cut": "true"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows, _ := quicRows(t, []quicDatagram{{data: octets(c.data), captured: c.captured}})
			if len(rows) != len(c.want) {
				t.Fatalf("%d rows", len(rows))
			}
			for i := range rows {
				checkCells(t, schema.QUICs, &rows[i], c.want[i])
			}
		})
	}
	for _, no := range []string{
		"80 00000000 00 00 0a1a2a3a", "80 00000000 00 00 00000001 00", "c0 00000002 00 00 00 00", "80 00000001 00 00 00 00", "40 00000001 00 00 00 00", "c0 00000001 15" + strings.Repeat("00", 40), "c0 00000001 05 00", "c0",
	} {
		if rows := decodeFrame(frameCase{link: 101, data: ip4(17, udp(1, 443, octets(no)))}, decode.Options{}); rows.Packets[0].Protocol != "udp" {
			t.Errorf("%s is %s", no, rows.Packets[0].Protocol)
		}
	}
}

// TestQUICBounds: the youngest flows are known, and those before count as given up.
func TestQUICBounds(t *testing.T) {
	m := exampleHello()
	var datagrams []quicDatagram
	packet := v1.seal(padded(crypto(m, 0, 100)))
	for flow := range int64(4096 + 7) {
		datagrams = append(datagrams, quicDatagram{data: packet, flow: flow + 1})
	}
	if _, evicted := quicRows(t, datagrams); evicted != 7 {
		t.Errorf("%d given up", evicted)
	}
}

// TestQUICAnyCut: however a ClientHello is cut into frames, packets and datagrams, and in whatever order these come, it is read once.
func TestQUICAnyCut(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	m := exampleHello()
	for range 200 {
		var frames [][]byte
		for at := 0; at < len(m); {
			to := min(len(m), at+1+r.IntN(80))
			frames = append(frames, crypto(m, max(0, at-r.IntN(9)), to)) // some bytes twice
			at = to
		}
		r.Shuffle(len(frames), func(i, j int) { frames[i], frames[j] = frames[j], frames[i] })
		var datagrams []quicDatagram
		for len(frames) > 0 {
			o, n := v1, 1+r.IntN(len(frames))
			o.number = uint32(len(datagrams))
			datagrams = append(datagrams, quicDatagram{data: o.seal(join(bytes.Join(frames[:n], nil), make([]byte, 8)))})
			frames = frames[n:]
		}
		rows, _ := quicRows(t, datagrams)
		told := 0
		for _, row := range rows {
			if row.ServerName == "example.com" && row.Malformed == "" {
				told++
			}
		}
		if told != 1 {
			t.Fatalf("%d of %d rows tell the name", told, len(rows))
		}
	}
}

// FuzzQUIC feeds any payloads of packets whose keys are right, and any datagrams: no panic, bounded rows.
func FuzzQUIC(f *testing.F) {
	f.Add(octets(quicExample), true)
	f.Add(v1.seal(padded(octets(quicExample))), false)
	f.Add(octets("c0 00000001 01 aa 00 03 010203 05 0102030405 e0 00000001 01 aa 00 02 0102"), false)
	f.Fuzz(func(t *testing.T, b []byte, sealed bool) {
		if sealed {
			b = v1.seal(join(b[:min(len(b), 1400)], make([]byte, 20)))
		}
		s, rows := decode.NewStreams(), new(decode.Rows)
		p := schema.Packet{FlowID: 1, IPProto: 17, PayloadLen: int64(len(b)) + int64(len(b)%2)}
		for range 2 {
			s.Segment(&p, true, b, rows)
		}
		s.Close(rows)
		if len(rows.QUICs) > 2*(1+len(b)/7) {
			t.Errorf("%d rows of %d bytes", len(rows.QUICs), len(b))
		}
	})
}
