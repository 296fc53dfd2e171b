package decode_test

import (
	"bytes"
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

// TestTinyFragments: a first fragment has all headers (RFC 7112); the flags of a TCP header stand in no other (RFC 1858, RFC 3128).
func TestTinyFragments(t *testing.T) {
	segment := tcp("020405b4", octets("6162636465666768"))
	first, tiny := put(6, "2000"), cells{"malformed": "ip-fragment-tiny", "chksum_note": "fragment"}
	testFrames(t, []frameCase{
		{"ports alone", 101, ip4(6, segment[:8], first), 0, cells{"malformed": "ip-fragment-tiny", "src_port": "1000", "tcp_flags": "", "chksum_note": "fragment"}},
		{"flags alone", 101, ip4(6, segment[:16], first), 0, tiny},
		{"TCP without its options", 101, ip4(6, segment[:20], first), 0, cells{"malformed": "ip-fragment-tiny", "tcp_flags": "24"}},
		{"TCP header", 101, ip4(6, segment[:24], first), 0, cells{"malformed": "", "tcp_flags": "24"}},
		{"TCP header that was not captured", 101, ip4(6, segment[:24], first)[:36], 44, cells{"malformed": "", "src_port": "1000"}},
		{"TCP at offset 8", 101, ip4(6, segment[8:], put(6, "0001")), 0, tiny},
		{"TCP at offset 16", 101, ip4(6, segment[16:], put(6, "0002")), 0, cells{"malformed": "", "chksum_note": "fragment"}},
		{"UDP at offset 8", 101, ip4(17, octets("6162636465666768"), put(6, "0001")), 0, cells{"malformed": ""}},
		{"SCTP without its header", 101, ip4(132, octets("0001 0002 00000000"), first), 0, cells{"malformed": "ip-fragment-tiny", "src_port": "1"}},
		{"IPv6, TCP", 101, ip6(44, join(octets("06 00 0001 00000001"), segment[:8])), 0, tiny},
		{"IPv6, TCP at offset 8", 101, ip6(44, join(octets("06 00 0008 00000001"), segment[8:])), 0, tiny},
		{"IPv6, headers not all in the first", 101, ip6(44, octets("3c 00 0001 00000001 11 01 0104 00000000")), 0, cells{"malformed": "ip-fragment-tiny", "src_port": ""}},
		{"short segment that is no fragment", 101, ip4(6, segment[:8]), 0, cells{"malformed": "tcp-short"}},
	})
}

// TestHandsOverFragments: what the resolving of fragments gets.
func TestHandsOverFragments(t *testing.T) {
	datagram := udp(1, 2, octets("6162636465666768"))
	cases := []struct {
		name      string
		data      []byte
		captured  int // bytes of data; 0: all
		want      []byte
		len       int64
		transport int64
		none      bool
	}{
		{"first", ip4(17, datagram, put(6, "2000")), 0, datagram, 16, 0, false},
		{"later, padded", join(ip4(17, datagram, put(6, "0002")), make([]byte, 6)), 0, datagram, 16, 0, false},
		{"snapped", ip4(17, datagram, put(6, "0002")), 30, datagram[:10], 16, 0, false},
		{"TCP", ip4(6, datagram, put(6, "0002")), 0, nil, 16, 0, false},
		{"whole", ip4(17, datagram), 0, nil, 0, 0, true},
		{"do not fragment", ip4(17, datagram, put(6, "4000")), 0, nil, 0, 0, true},
		{"header longer than the packet", ip4(17, nil, put(6, "2000"), put(0, "4f")), 0, nil, 0, 0, true},
		{"IPv6, first behind options", ip6(44, join(octets("3c 00 0001 00000001 11 00 0104 00000000"), datagram)), 0, join(octets("11 00 0104 00000000"), datagram), 24, 8, false},
		{"IPv6, later", ip6(44, join(octets("11 00 0010 00000001"), datagram)), 0, datagram, 16, 0, false},
		{"IPv6, whole in spite of a fragment header", ip6(44, join(octets("11 00 0000 00000001"), datagram)), 0, nil, 0, 0, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := frameCase{link: 101, data: c.data, wire: int64(len(c.data))}
			if c.captured > 0 {
				f.data = f.data[:c.captured]
			}
			rows := decodeFrame(f, decode.Options{})
			if c.none {
				if len(rows.Fragments) != 0 {
					t.Errorf("a fragment: %+v", rows.Fragments[0])
				}
				return
			}
			if len(rows.Fragments) != 1 {
				t.Fatalf("%d fragments", len(rows.Fragments))
			}
			got := rows.Fragments[0]
			if got.Row != 0 || got.Len != c.len || got.Transport != c.transport || !bytes.Equal(got.Data, c.want) || got.Hash == 0 {
				t.Errorf("got %+v, want %d bytes, transport at %d, data %x", got, c.len, c.transport, c.want)
			}
		})
	}
}

// TestIPHash: which changes of a frame leave the hash of its IP packet as it is.
func TestIPHash(t *testing.T) {
	four := sealed(ip4(17, udp(1, 2, octets("616263")), options("01010101")))
	six := sealed(ip6(17, udp(1, 2, octets("616263"))))
	same4, same6 := map[int]bool{8: true, 10: true, 11: true}, map[int]bool{7: true}
	for _, c := range []struct {
		etherType uint16
		packet    []byte
		same      map[int]bool
	}{{0x0800, four, same4}, {0x86dd, six, same6}} {
		hash := func(data []byte) uint64 {
			return decodeFrame(frameCase{link: 1, data: data}, decode.Options{}).Packets[0].IPHash
		}
		frame := eth(c.etherType, c.packet)
		want := hash(frame)
		if want == 0 || hash(join(frame, make([]byte, 9))) != want || hash(join(frame[:12], octets("8100 0005"), frame[12:])) != want {
			t.Errorf("%x: padding or a VLAN tag changes the hash", c.etherType)
		}
		for i := range c.packet {
			other := bytes.Clone(frame)
			other[14+i] ^= 1
			if got := hash(other); (got == want) != c.same[i] && got != 0 { // 0: no IP header any more
				t.Errorf("%x: byte %d changed, hash changed: %v", c.etherType, i, got != want)
			}
		}
	}
	if rows := decodeFrame(frameCase{link: 1, data: eth(0x0806, octets("0001"))}, decode.Options{}); rows.Packets[0].IPHash != 0 {
		t.Error("a hash without IP")
	}
}

// TestDatagram: a message in a datagram that was put together gives the row that it gives in one piece.
func TestDatagram(t *testing.T) {
	message := octets(dnsResponse)
	cases := []struct {
		name     string
		datagram []byte
		port     int32
		packet   cells
		dns      cells // nil: no row
	}{
		{"dns", udp(53, 9, message), 53, cells{"malformed": ""}, cells{"frame_no": "7", "qname": "www.example.com", "message_len": "60", "trailing_bytes": "0", "src_port": "53"}},
		{"bytes behind the datagram", join(udp(53, 9, message), octets("0000")), 53, nil, cells{"message_len": "60", "trailing_bytes": "0"}},
		{"longer than what came", udp(53, 9, join(message, octets("00")))[:68], 53, cells{"malformed": "udp-length"}, cells{"message_len": "61", "trailing_bytes": "1"}},
		{"record beyond the message", udp(53, 9, message[:50]), 53, cells{"malformed": "dns-record"}, cells{"malformed": "dns-record"}},
		{"other port", udp(54, 9, message), 54, nil, nil},
		{"shorter than its header", octets("0035 0009 0007 0000"), 53, cells{"malformed": "udp-length"}, nil},
		{"cut in its header", octets("0035 0009 0007"), 53, cells{"malformed": "udp-short"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows := new(decode.Rows)
			p := schema.Packet{FrameNo: 7, Has: schema.HasPorts, SrcPort: c.port, DstPort: 9}
			decode.New(decode.Options{}).Datagram(&p, c.datagram, rows)
			checkCells(t, schema.Packets, &p, c.packet)
			switch {
			case len(rows.DNSs) > 0 != (c.dns != nil):
				t.Errorf("%d rows of dns", len(rows.DNSs))
			case c.dns != nil:
				checkCells(t, schema.DNSs, &rows.DNSs[0], c.dns)
			}
		})
	}
}
