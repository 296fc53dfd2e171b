package flow_test

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/schema"
)

var (
	hostA = netip.AddrFrom4([4]byte{10, 0, 0, 1})
	hostB = netip.AddrFrom4([4]byte{10, 0, 0, 2})
)

// A talk turns a script into packets between hostA and hostB, 10 ms apart. A word is one packet:
//
//	> or <     from A or from B
//	SAFRP      its flags
//	:100       payload
//	-          it begins where the last packet of its side did (a retransmission)
//	+50        50 bytes before it are lost
//	z c d      zero window, bad checksum, a copy (dup_of_frame)
//	i          its side begins with another initial sequence number
//
// and "=30" lets 30 s pass. Acknowledgements are of all that the other side sent, lost or not.
type talk struct {
	packets []schema.Packet
	ts      int64
	seq     [2]int64 // next of each side
	last    [2]int64
}

const flagLetters = "FSRPA"

func script(proto int32, words string) []schema.Packet {
	t := talk{ts: 1_000_000_000, seq: [2]int64{1000, 1<<32 - 30}}
	for word := range strings.FieldsSeq(words) {
		if pause, ok := strings.CutPrefix(word, "="); ok {
			s, err := strconv.Atoi(pause)
			if err != nil {
				panic(err)
			}
			t.ts += int64(s) * second
			continue
		}
		t.packet(proto, word)
	}
	return t.packets
}

func (t *talk) packet(proto int32, word string) {
	p := schema.Packet{
		Has: schema.HasIP | schema.HasIPProto | schema.HasPorts | schema.HasPayload | schema.HasIPFrag, FrameNo: int64(len(t.packets) + 1), TS: t.ts,
		IPVersion: 4, IPProto: proto, SrcIP: hostA, DstIP: hostB, SrcPort: 40000, DstPort: 80, IPTTL: 64, TCPWindow: 1000,
	}
	t.ts += 10_000
	own, other := 0, 1
	if word[0] == '<' {
		own, other = 1, 0
		p.SrcIP, p.DstIP, p.SrcPort, p.DstPort = p.DstIP, p.SrcIP, p.DstPort, p.SrcPort
	}
	number := func(i int) (n int64) {
		for ; i < len(word) && word[i] >= '0' && word[i] <= '9'; i++ {
			n = n*10 + int64(word[i]-'0')
		}
		return n
	}
	seq := t.seq[own]
	for i, c := range word {
		switch c {
		case ':':
			p.PayloadLen = number(i + 1)
		case '-':
			seq = t.last[own]
		case '+':
			seq += number(i + 1)
		case 'i':
			seq += 1 << 20
		case 'z':
			p.TCPWindow = 0
		case 'c':
			p.L4ChksumOK = schema.False
		case 'd':
			p.Has, p.DupOfFrame = p.Has|schema.HasDup, p.FrameNo-1
		}
		if at := strings.IndexRune(flagLetters, c); at >= 0 {
			p.TCPFlags |= 1 << at
		}
	}
	p.IPLen = 28 + p.PayloadLen
	if proto == 6 {
		p.Has |= schema.HasTCP
		p.TCPSeq, p.TCPAck, p.IPLen = seq&0xffffffff, t.seq[other]&0xffffffff, 40+p.PayloadLen
		t.last[own] = seq
		t.seq[own] = max(t.seq[own], seq+p.PayloadLen+int64(p.TCPFlags&1)+int64(p.TCPFlags>>1&1))
	}
	p.WireLen = 14 + p.IPLen
	t.packets = append(t.packets, p)
}

// track has a new tracker take packets and returns the rows of all flows, by flow_id. It sets flow_id in the packets.
func track(packets []schema.Packet, edits ...func(*flow.Tracker)) []schema.Flow {
	var t flow.Tracker
	for _, edit := range edits {
		edit(&t)
	}
	return trackWith(&t, packets)
}

func trackWith(t *flow.Tracker, packets []schema.Packet) []schema.Flow {
	t.Reset()
	var rows []schema.Flow
	for i := range packets {
		t.Track(&packets[i])
		rows = append(rows, t.Ended(nil)...)
	}
	for t.Close() {
		rows = append(rows, t.Ended(nil)...)
	}
	byID(rows)
	return rows
}
