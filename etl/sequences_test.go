package etl

import (
	"encoding/binary"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestAnonymisedSequences holds sequence numbers: none is an address, all differences are what they were, in packets, flows and over captures.
func TestAnonymisedSequences(t *testing.T) {
	scanner, victim := netip.MustParseAddrPort("192.0.2.9:40000"), netip.MustParseAddrPort("198.51.100.77:23")
	const target = 198<<24 | 51<<16 | 100<<8 | 77
	at := evening
	segment := func(src, dst netip.AddrPort, seq, ack uint32, flags byte, payload string) stamped {
		at = at.Add(time.Second)
		return stamped{at, tcpFrame(src, dst, seq, ack, flags, payload)}
	}
	first := pcap(segment(scanner, victim, target, 0, 2, ""), segment(victim, scanner, 7000, target+1, 18, ""), segment(scanner, victim, target+1, 7001, 24, "abc"))
	second := pcap(segment(scanner, victim, target+4, 7001, 24, "de"), segment(victim, scanner, 7001, target+6, 17, "f"))
	dir := files(t, map[string][]byte{"1.pcap": first, "2.pcap": second})
	root := filepath.Join(t.TempDir(), "lake")
	ingest(t, Options{Lake: root, Sources: []string{dir}, Anonymize: testKey(t, 1)})
	columns := columnsOf(t, root)
	inTime := func(table, ts, name string) (cells []string) {
		for _, i := range slices.SortedFunc(slices.Values(order(len(columns[table+"."+ts]))), func(a, b int) int {
			return strings.Compare(columns[table+"."+ts][a], columns[table+"."+ts][b])
		}) {
			cells = append(cells, columns[table+"."+name][i])
		}
		return cells
	}
	seq, ack := inTime("packets", "ts", "tcp_seq"), inTime("packets", "ts", "tcp_ack")
	if len(seq) != 5 {
		t.Fatalf("seq %v", seq)
	}
	out, back := number(seq[0]), number(seq[1])
	if out == target || back == 7000 {
		t.Fatalf("seq %v", seq)
	}
	mod := func(n int64) string { return strconv.FormatUint(uint64(uint32(n)), 10) }
	if want := []string{mod(out), mod(back), mod(out + 1), mod(out + 4), mod(back + 1)}; !slices.Equal(seq, want) {
		t.Errorf("seq %v, want %v", seq, want)
	}
	if want := []string{"0", mod(out + 1), mod(back + 1), mod(back + 1), mod(out + 6)}; !slices.Equal(ack, want) {
		t.Errorf("ack %v, want %v", ack, want)
	}
	for name, want := range map[string][]string{
		"fwd_isn": {mod(out), ""}, "rev_isn": {mod(back), ""}, "fwd_first_seq": {mod(out + 1), mod(out + 4)}, "fwd_next_seq": {mod(out + 4), mod(out + 6)},
		"rev_max_ack": {mod(out + 1), mod(out + 6)}, "fwd_max_ack": {mod(back + 1), mod(back + 1)}, "fwd_stream_bytes": {"3", "2"},
	} {
		if got := inTime("flows", "first_ts", name); !slices.Equal(got, want) {
			t.Errorf("%s %v, want %v", name, got, want)
		}
	}
}

// order are the numbers from 0 to below n.
func order(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// tcpFrame returns an Ethernet frame with one segment over IPv4 (RFC 791, RFC 9293), its checksum left at zero.
func tcpFrame(src, dst netip.AddrPort, seq, ack uint32, flags byte, payload string) []byte {
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, seq), ack)
	frame := udp(src, dst, append(append(header, 5<<4, flags, 4, 0, 0, 0, 0, 0), payload...))
	frame = slices.Delete(frame, 38, 42) // length and checksum of UDP
	binary.BigEndian.PutUint16(frame[16:], uint16(40+len(payload)))
	frame[23] = 6
	binary.BigEndian.PutUint16(frame[24:], 0)
	var sum uint32
	for i := 14; i < 34; i += 2 {
		sum += uint32(binary.BigEndian.Uint16(frame[i:]))
	}
	binary.BigEndian.PutUint16(frame[24:], ^uint16(sum+sum>>16))
	return frame
}
