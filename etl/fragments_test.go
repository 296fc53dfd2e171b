package etl

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ipv4Header is where the IP header of an Ethernet frame ends that udp makes.
const ipv4Header = 14 + 20

// fragments cuts the datagram of an Ethernet frame that udp made into fragments of size bytes, a multiple of 8, with that identification.
func fragments(frame []byte, id uint16, size int) [][]byte {
	var out [][]byte
	data := frame[ipv4Header:]
	for at := 0; at < len(data); at += size {
		out = append(out, fragment(frame, id, at, data[at:min(at+size, len(data))], at+size < len(data)))
	}
	return out
}

// fragment is one fragment of the datagram of a frame.
func fragment(frame []byte, id uint16, at int, data []byte, more bool) []byte {
	out := append(bytes.Clone(frame[:ipv4Header]), data...)
	ip := out[14:ipv4Header]
	binary.BigEndian.PutUint16(ip[2:], uint16(20+len(data)))
	binary.BigEndian.PutUint16(ip[4:], id)
	word := uint16(at / 8)
	if more {
		word |= 0x2000
	}
	binary.BigEndian.PutUint16(ip[6:], word)
	return out
}

// fragments6 is fragments for IPv6 (RFC 8200 4.5); extension headers, of which the first is of the kind next, stand in the first fragment.
func fragments6(frame []byte, id uint32, size int, next byte, extensions ...byte) [][]byte {
	var out [][]byte
	data := slices.Concat(extensions, frame[ipv4Header:])
	data[len(extensions)+7] = 1 // a UDP checksum, whatever it is: over IPv6 there must be one
	src, dst := netip.MustParseAddr("2001:db8::1").As16(), netip.MustParseAddr("2001:db8::2").As16()
	for at := 0; at < len(data); at += size {
		part := data[at:min(at+size, len(data))]
		b := append(bytes.Repeat([]byte{2}, 12), 0x86, 0xdd, 0x60, 0, 0, 0, 0, 0, 44, 64)
		binary.BigEndian.PutUint16(b[18:], uint16(8+len(part)))
		b = slices.Concat(b, src[:], dst[:])
		word := uint16(at)
		if at+size < len(data) {
			word |= 1
		}
		b = binary.BigEndian.AppendUint16(append(b, next, 0), word)
		out = append(out, append(binary.BigEndian.AppendUint32(b, id), part...))
	}
	return out
}

// response is a DNS message with one question and an answer of type TXT that fills it to n bytes.
func response(id uint16, n int) []byte {
	out := question(id)
	out[2], out[7] = 0x81, 1
	rest := n - len(out) - 12
	out = append(out, 0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, byte(rest>>8), byte(rest))
	return append(out, make([]byte, rest)...)
}

// apart stamps frames a fifth of a second apart.
func apart(frames ...[]byte) []stamped {
	var out []stamped
	for i, f := range frames {
		out = append(out, stamped{evening.Add(time.Duration(i) * time.Second / 5), f})
	}
	return out
}

// wanted are columns of a table, row by row.
type wanted map[string][]string

func checkColumns(t *testing.T, root, table string, want wanted) {
	t.Helper()
	for name, texts := range want {
		if diff := cmp.Diff(texts, column(t, root, table, name)); diff != "" {
			t.Errorf("%s.%s: -want +got\n%s", table, name, diff)
		}
	}
}

func TestFragments(t *testing.T) {
	message := response(7, 1000)
	reply := udp(server, host, message)
	f := fragments(reply, 9, 400) // 400, 400, 208
	f6 := fragments6(reply, 9, 400, 17)
	other := fragments(udp(web, host, message), 9, 400)
	noHeader := fragments(reply, 9, 16) // 8 of the message in the first
	overlap := fragment(reply, 9, 392, reply[ipv4Header+392:ipv4Header+800], true)
	changed := bytes.Clone(f[1])
	changed[len(changed)-1]++
	dstOpts := fragments6(reply, 9, 400, 60, 17, 0, 1, 4, 0, 0, 0, 0)
	tcpTiny := bytes.Clone(fragment(reply, 9, 0, make([]byte, 8), true))
	tcpTiny[14+9] = 6
	tcpOffset1 := bytes.Clone(fragment(reply, 9, 8, make([]byte, 32), false))
	tcpOffset1[14+9] = 6
	tagged := slices.Concat(f[1][:12], []byte{0x81, 0, 0, 5}, f[1][12:])
	one := func(frame, trailing string) wanted {
		return wanted{"frame_no": {frame}, "qname": {"example.org"}, "answer_count": {"1"}, "message_len": {"1000"}, "trailing_bytes": {trailing}, "src_port": {"53"}}
	}
	none := wanted{"frame_no": nil}
	ports, chain := slices.Repeat([]string{"53"}, 3), slices.Repeat([]string{"eth:ip:udp:dns"}, 3)
	tests := []struct {
		name       string
		frames     [][]byte
		packets    wanted
		dns        wanted
		unresolved int64
	}{
		{"in order", f, wanted{"src_port": ports, "protocol": {"dns", "dns", "dns"}, "protocols": chain, "malformed": {"", "", ""}}, one("3", "0"), 0},
		{"first at last", [][]byte{f[2], f[1], f[0]}, wanted{"src_port": ports, "protocols": chain}, one("3", "0"), 0},
		{"first between", [][]byte{f[2], f[0], f[1]}, wanted{"src_port": ports, "protocols": chain}, one("3", "0"), 0},
		{"last missing", f[:2], wanted{"src_port": ports[:2]}, one("1", ""), 0},
		{"first missing", f[1:], wanted{"src_port": {"", ""}, "protocols": {"eth:ip", "eth:ip"}}, none, 2},
		{"IPv6", f6, wanted{"src_port": ports, "protocols": slices.Repeat([]string{"eth:ipv6:ipv6.fraghdr:udp:dns"}, 3)}, one("3", "0"), 0},
		{"IPv6, destination options", [][]byte{dstOpts[1], dstOpts[2], dstOpts[0]}, wanted{
			"src_port": ports, "ip_proto": {"17", "17", "17"}, "protocols": slices.Repeat([]string{"eth:ipv6:ipv6.fraghdr:ipv6.dstopts:udp:dns"}, 3),
		}, one("3", "0"), 0},
		{"two datagrams mixed", [][]byte{other[0], f[2], f[0], other[2], other[1], f[1]}, nil, nil, 0},
		{"other port", other, wanted{"src_port": slices.Repeat([]string{"8080"}, 3), "protocol": {"udp", "udp", "udp"}}, none, 0},
		{"first without the whole DNS header", noHeader, nil, one(fmt.Sprint(len(noHeader)), "0"), 0},
		{"every fragment twice", [][]byte{f[0], f[0], f[1], f[1], f[2], f[2]}, wanted{"src_port": slices.Repeat(ports, 2), "malformed": make([]string, 6)}, one("5", "0"), 0},
		{"all of it twice", slices.Concat(f, f), wanted{"src_port": slices.Repeat(ports, 2)}, wanted{"frame_no": {"3", "6"}, "trailing_bytes": {"0", "0"}}, 0},
		{"twice, the other way round", [][]byte{f[2], f[2], f[1], f[1], f[0], f[0]}, wanted{"src_port": slices.Repeat(ports, 2)}, one("5", "0"), 0},
		{"overlap", [][]byte{f[0], overlap, f[1], f[2]}, wanted{
			"src_port": slices.Repeat([]string{"53"}, 4), "malformed": {"", "ip-fragment-overlap", "", ""},
		}, one("1", ""), 0},
		{"other bytes at the same place", [][]byte{f[0], f[1], changed, f[2]}, wanted{"malformed": {"", "", "ip-fragment-overlap", ""}}, one("1", ""), 0},
		{"tiny first", [][]byte{tcpTiny}, wanted{"malformed": {"ip-fragment-tiny"}, "protocols": {"eth:ip:tcp"}}, none, 0},
		{"TCP at offset 8", [][]byte{tcpTiny, tcpOffset1}, wanted{"malformed": {"ip-fragment-tiny", "ip-fragment-tiny"}, "protocol": {"tcp", "tcp"}}, none, 0},
		{"another VLAN", [][]byte{f[0], tagged, f[2]}, wanted{"src_port": ports, "protocols": {"eth:ip:udp:dns", "eth:vlan:ip", "eth:ip:udp:dns"}, "protocol": {"dns", "dns", "dns"}}, one("3", "0"), 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := files(t, map[string][]byte{"a.pcap": pcap(apart(test.frames...)...)})
			root := filepath.Join(t.TempDir(), "lake")
			ingest(t, Options{Lake: root, Sources: []string{dir}})
			checkColumns(t, root, "packets", test.packets)
			checkColumns(t, root, "dns", test.dns)
			if m := state(t, root).Manifests()[0]; m.FragmentsUnresolved != test.unresolved || m.FragmentsEvicted != 0 {
				t.Errorf("unresolved %d, want %d; evicted %d", m.FragmentsUnresolved, test.unresolved, m.FragmentsEvicted)
			}
		})
	}
}

// TestFragmentsTime: what comes more than 30 s later belongs to another datagram; at midnight a row of dns goes to the day of its frame.
func TestFragmentsTime(t *testing.T) {
	f := fragments(udp(server, host, response(7, 1000)), 9, 400)
	at := func(after time.Duration, frame []byte) stamped {
		return stamped{evening.Add(59*time.Second + after), frame}
	}
	tests := []struct {
		name   string
		frames []stamped
		ports  []string
		dns    []string
	}{
		{"30 s", []stamped{at(0, f[0]), at(20*time.Second, f[1]), at(30*time.Second, f[2])}, []string{"53", "53", "53"}, []string{"3"}},
		{"more than 30 s", []stamped{at(0, f[0]), at(20*time.Second, f[1]), at(30*time.Second+time.Microsecond, f[2])}, []string{"53", "53", ""}, []string{"1"}},
		{"another message with the same identification", []stamped{
			at(0, f[0]), at(time.Minute, f[0]), at(time.Minute, f[1]), at(time.Minute, f[2]),
		}, slices.Repeat([]string{"53"}, 4), []string{"1", "4"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := files(t, map[string][]byte{"a.pcap": pcap(test.frames...)})
			root := filepath.Join(t.TempDir(), "lake")
			ingest(t, Options{Lake: root, Sources: []string{dir}})
			checkColumns(t, root, "packets", wanted{"src_port": test.ports})
			checkColumns(t, root, "dns", wanted{"frame_no": test.dns})
			for _, f := range state(t, root).Files("dns") {
				if day := dateOf(dayOf(f.MinTS)); f.Date != day || dayOf(f.MaxTS) != dayOf(f.MinTS) {
					t.Errorf("%s holds rows from %s", f.Name, day)
				}
			}
		})
	}
}

// TestFragmentsFarApart puts the first fragment behind its last one by ever more frames: over the end of a chunk, and over that of a row
// group, where the rows of packets and payloads are written and stay as they are.
func TestFragmentsFarApart(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 20 MB")
	}
	f := fragments(udp(server, host, response(7, 1000)), 9, 800)
	filler := udp(host, web, nil)
	for _, test := range []struct {
		between int
		port    string
		lost    int64
	}{{1500, "53", 0}, {122_878, "53", 0}, {122_879, "", 1}} {
		frames := []stamped{{evening, f[1]}}
		for range test.between {
			frames = append(frames, stamped{evening, filler})
		}
		frames = append(frames, stamped{evening, f[0]}, stamped{evening, filler})
		dir := files(t, map[string][]byte{"a.pcap": pcap(frames...)})
		var bytesAtOne map[string]string
		for _, jobs := range []int{1, 2} {
			root := filepath.Join(t.TempDir(), "lake")
			t.Chdir(dir)
			ingest(t, Options{Lake: root, Sources: []string{"a.pcap"}, Jobs: jobs, Payload: -1})
			ports := column(t, root, "packets", "src_port")
			if got := ports[0]; got != test.port || ports[1] != "40000" || ports[len(ports)-2] != "53" {
				t.Errorf("%d frames between: port %q, want %q", test.between, got, test.port)
			}
			if got := column(t, root, "payloads", "src_port"); got[0] != test.port {
				t.Errorf("%d frames between: payload with port %q, want %q", test.between, got[0], test.port)
			}
			checkColumns(t, root, "dns", wanted{"frame_no": {strconv.Itoa(test.between + 2)}, "trailing_bytes": {"0"}})
			if m := state(t, root).Manifests()[0]; m.FragmentsUnresolved != test.lost {
				t.Errorf("%d frames between: %d unresolved, want %d", test.between, m.FragmentsUnresolved, test.lost)
			}
			if bytesAtOne == nil {
				bytesAtOne = contents(t, root)
			} else if diff := cmp.Diff(bytesAtOne, contents(t, root)); diff != "" {
				t.Errorf("lake at 2 jobs: -at 1 job +got\n%s", diff)
			}
		}
	}
}

// TestFragmentsAnyOrder cuts datagrams at random, shuffles all fragments, repeats some, and compares with the capture of whole datagrams.
func TestFragmentsAnyOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for round := range 20 {
		var whole, cut []stamped
		var ports []string
		type numbered struct {
			frame []byte
			port  string
		}
		var all []numbered
		for id := range uint16(60) {
			source := []netip.AddrPort{server, web, host, netip.AddrPortFrom(server.Addr(), 5353)}[random.IntN(4)]
			frame := udp(source, host, response(id, 60+random.IntN(3000)))
			whole = append(whole, stamped{evening, frame})
			size := 8 * (5 + random.IntN(200))
			parts := fragments(frame, id, size)
			if id%3 == 0 {
				parts = fragments6(frame, uint32(id), size, 17)
			}
			for _, f := range parts {
				copies := 1
				if len(parts) > 1 && random.IntN(16) == 0 {
					copies = 2
				}
				for range copies {
					all = append(all, numbered{f, strconv.Itoa(int(source.Port()))})
				}
			}
		}
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, f := range all {
			cut, ports = append(cut, stamped{evening, f.frame}), append(ports, f.port)
		}
		dir := files(t, map[string][]byte{"whole/a.pcap": pcap(whole...), "cut/a.pcap": pcap(cut...)})
		lakes := map[string]string{}
		for _, name := range []string{"whole", "cut"} {
			lakes[name] = filepath.Join(t.TempDir(), "lake")
			ingest(t, Options{Lake: lakes[name], Sources: []string{filepath.Join(dir, name)}})
		}
		checkColumns(t, lakes["cut"], "packets", wanted{"src_port": ports, "malformed": make([]string, len(ports))})
		for _, name := range []string{"src_port", "dst_port", "qname", "answer_count", "message_len", "trailing_bytes", "malformed"} {
			want, got := byID(t, lakes["whole"], name), byID(t, lakes["cut"], name)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("round %d: dns.%s by id: -whole +cut\n%s", round, name, diff)
			}
		}
	}
}

// byID returns the values of a column of dns by transaction, which must be there once.
func byID(t *testing.T, root, name string) map[string]string {
	out := map[string]string{}
	values := column(t, root, "dns", name)
	for i, id := range column(t, root, "dns", "dns_id") {
		if _, twice := out[id]; twice {
			t.Errorf("two rows of dns with id %s", id)
		}
		out[id] = values[i]
	}
	return out
}

// TestDuplicateFrames holds what is a copy of a packet over the whole path from bytes to the ledger.
func TestDuplicateFrames(t *testing.T) {
	plain := udp(host, web, []byte("once"))
	routed := bytes.Clone(plain)
	routed[0], routed[14+8], routed[14+10] = 9, 63, routed[14+10]+1 // MAC, TTL and with it the checksum
	tagged := slices.Concat(plain[:12], []byte{0x81, 0, 0, 5}, plain[12:])
	padded := append(bytes.Clone(plain), make([]byte, 18)...)
	other := bytes.Clone(plain)
	other[14+5]++ // identification
	otherProtocol := bytes.Clone(plain)
	otherProtocol[14+9] = 136
	arp := whoHas(host.Addr(), web.Addr())
	frames := [][]byte{plain, routed, tagged, padded, other, otherProtocol, arp, arp, plain}
	stamps := make([]stamped, len(frames))
	for i, f := range frames {
		stamps[i] = stamped{evening.Add(time.Duration(i) * time.Millisecond), f}
	}
	stamps[8].at = evening.Add(time.Second)
	dir := files(t, map[string][]byte{"a.pcap": pcap(stamps...)})
	root := filepath.Join(t.TempDir(), "lake")
	ingest(t, Options{Lake: root, Sources: []string{dir}})
	checkColumns(t, root, "packets", wanted{"dup_of_frame": {"", "1", "2", "3", "", "", "", "", ""}})
	if got := state(t, root).Captures()[0].Duplicates; got != 3 {
		t.Errorf("%d duplicates, want 3", got)
	}
}
