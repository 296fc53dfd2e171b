package flow_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/schema"
)

const second = 1_000_000

// bench feeds fragments to the code under test, each as a chunk of its own, and notes what comes out.
type bench struct {
	flow.Fragments
	frames int64
	rows   map[int64]schema.Packet // by frame, as amended
	whole  []string                // datagrams, by "frame length"
	late   []int64                 // frames of rows of dns
}

func newBench() *bench {
	b := &bench{rows: map[int64]schema.Packet{}}
	b.Datagram = func(p *schema.Packet, datagram []byte) bool {
		b.whole = append(b.whole, fmt.Sprint(p.FrameNo, " ", len(datagram)))
		return true
	}
	return b
}

// piece is one fragment of UDP over IPv4 from port 53.
type piece struct {
	at         int64 // microseconds
	id         int64
	offset, n  int
	last       bool
	snapped    bool
	otherBytes bool
	message    bool // the first gives a row of dns
}

func (b *bench) add(f piece) schema.Packet {
	b.frames++
	p := schema.Packet{
		Has: schema.HasIP | schema.HasIPID | schema.HasIPFrag | schema.HasIPProto, FrameNo: b.frames, TS: f.at, IPVersion: 4, IPID: f.id,
		IPProto: 17, IPFragOffset: int32(f.offset), SrcIP: netip.AddrFrom4([4]byte{10, 0, 0, 1}), DstIP: netip.AddrFrom4([4]byte{10, 0, 0, 2}), Protocols: "ip",
	}
	if !f.last {
		p.IPFlags = 1
	}
	c := flow.Chunk{Packets: []schema.Packet{p}, DNSs: new([]schema.DNS)}
	fr := schema.Fragment{Len: int64(f.n), Hash: binary.LittleEndian.Uint64([]byte(fmt.Sprintf("%08d", f.offset))), Data: make([]byte, f.n)}
	if f.snapped {
		fr.Data = fr.Data[:f.n-1]
	}
	if f.otherBytes {
		fr.Hash++
	}
	if f.offset == 0 {
		q := &c.Packets[0]
		q.Has, q.SrcPort, q.DstPort, q.Protocol, q.Protocols = q.Has|schema.HasPorts, 53, 9, "udp", "ip:udp"
		if f.message {
			*c.DNSs = append(*c.DNSs, schema.DNS{Message: schema.Message{FrameNo: b.frames}})
		}
	}
	c.Fragments = []schema.Fragment{fr}
	b.Resolve(&c)
	for _, p := range b.Amended(nil) {
		row := b.rows[p.FrameNo]
		row.SrcPort, row.Protocol, row.Protocols = p.SrcPort, p.Protocol, p.Protocols
		b.rows[p.FrameNo] = row
	}
	for _, m := range b.Late(nil) {
		b.late = append(b.late, m.FrameNo)
	}
	for _, m := range *c.DNSs {
		b.late = append(b.late, m.FrameNo)
	}
	b.rows[b.frames] = c.Packets[0]
	return c.Packets[0]
}

func TestFragments(t *testing.T) {
	first, middle, last := piece{n: 80}, piece{offset: 80, n: 80}, piece{offset: 160, n: 7, last: true}
	snapped, changed := middle, middle
	snapped.snapped, changed.otherBytes = true, true
	cases := []struct {
		name   string
		pieces []piece
		ports  string // of the rows, one digit each: 1 has them
		whole  []string
		marked int64 // frame that overlaps
	}{
		{"in order", []piece{first, middle, last}, "111", []string{"3 167"}, 0},
		{"backwards", []piece{last, middle, first}, "111", []string{"3 167"}, 0},
		{"without the first", []piece{middle, last}, "00", nil, 0},
		{"snapped", []piece{first, snapped, last}, "111", nil, 0},
		{"copies", []piece{first, first, middle, last}, "1111", []string{"4 167"}, 0},
		{"a late copy", []piece{first, middle, last, middle}, "1111", []string{"3 167"}, 0},
		{"another datagram, its first missing", []piece{first, middle, last, changed}, "1110", []string{"3 167"}, 0},
		{"other bytes", []piece{first, middle, changed, last}, "1111", nil, 3},
		{"inside another", []piece{first, {offset: 8, n: 8}, middle, last}, "1111", nil, 2},
		{"around another", []piece{middle, {n: 240}, last}, "111", nil, 2},
		{"two ends", []piece{first, last, {offset: 240, n: 8, last: true}, middle}, "1111", nil, 0},
		{"bytes behind the end", []piece{first, last, {offset: 240, n: 8}, middle}, "1111", nil, 0},
		{"beyond what a datagram can hold", []piece{first, {offset: 65528, n: 16, last: true}}, "11", nil, 0},
		{"without bytes", []piece{first, {offset: 80, last: true}, middle, last}, "1111", nil, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := newBench()
			for _, f := range c.pieces {
				b.add(f)
			}
			ports := ""
			for frame := range int64(len(c.pieces)) {
				row := b.rows[frame+1]
				switch {
				case row.SrcPort == 53 && row.Protocol == "udp" && row.Protocols == "ip:udp":
					ports += "1"
				case row.SrcPort == 0:
					ports += "0"
				default:
					t.Errorf("frame %d: %+v", frame+1, row)
				}
				if marked := row.Malformed == schema.MalformedFragmentOverlap; marked != (frame+1 == c.marked) {
					t.Errorf("frame %d: malformed %q", frame+1, row.Malformed)
				}
			}
			if ports != c.ports || !slices.Equal(b.whole, c.whole) {
				t.Errorf("ports %s, want %s; whole %q, want %q", ports, c.ports, b.whole, c.whole)
			}
		})
	}
}

// TestHeldRows: the row of dns of a first fragment comes once, when it is known that nothing better will.
func TestHeldRows(t *testing.T) {
	first, last := piece{n: 80, message: true}, piece{offset: 80, n: 80, last: true}
	cases := []struct {
		name   string
		pieces []piece
		rows   []int64 // before the end of the capture
		flush  []int64 // at it
	}{
		{"waits", []piece{first}, nil, []int64{1}},
		{"whole", []piece{first, last}, nil, nil},
		{"given up after 30 s", []piece{first, {id: 2, at: 30*second + 1, n: 8}}, []int64{1}, nil},
		{"a copy", []piece{first, first}, nil, []int64{1}},
		{"a copy of what was whole", []piece{first, last, first}, nil, nil},
		{"snapped", []piece{{n: 80, message: true, snapped: true}}, []int64{1}, nil},
		{"with other bytes", []piece{first, {n: 80, message: true, otherBytes: true}}, []int64{2}, []int64{1}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := newBench()
			for _, f := range c.pieces {
				b.add(f)
			}
			if !slices.Equal(b.late, c.rows) {
				t.Errorf("rows of frames %d, want %d", b.late, c.rows)
			}
			b.Flush()
			var flushed []int64
			for _, m := range b.Late(nil) {
				flushed = append(flushed, m.FrameNo)
			}
			if !slices.Equal(flushed, c.flush) {
				t.Errorf("rows of frames %d at the end, want %d", flushed, c.flush)
			}
		})
	}
}

// TestFlood sends later fragments without their first, and what they push out must be counted: nothing is lost in silence.
func TestFlood(t *testing.T) {
	const n = 100_000
	b := newBench()
	began := time.Now()
	for id := range int64(n) {
		b.add(piece{id: id, offset: 80, n: 8})
	}
	if b.Evicted != n-4096 || b.Unresolved != b.Evicted {
		t.Errorf("%d evicted, %d unresolved of %d", b.Evicted, b.Unresolved, n)
	}
	if spent := time.Since(began); spent > 20*time.Second {
		t.Errorf("%v for %d fragments", spent, n)
	}
	b.Flush()
	if b.Unresolved != n {
		t.Errorf("%d unresolved in the end, want %d", b.Unresolved, n)
	}
}

// TestFloodOfBytes sends datagrams that never become whole and hold as many bytes as they can.
func TestFloodOfBytes(t *testing.T) {
	b := newBench()
	for id := range int64(200) {
		for offset := 1024; offset < 1<<16; offset += 1024 {
			b.add(piece{id: id, offset: offset, n: 1024})
		}
	}
	if b.Evicted < 50 || b.Evicted > 180 {
		t.Errorf("%d datagrams evicted, of 200 with 63 KiB each", b.Evicted)
	}
}

// TestFloodOfPieces sends one datagram in more fragments than are told apart, backwards.
func TestFloodOfPieces(t *testing.T) {
	b := newBench()
	for offset := 65520; offset > 0; offset -= 8 {
		b.add(piece{offset: offset, n: 8})
	}
	b.add(piece{n: 8})
	if b.rows[1].SrcPort != 53 || b.Unresolved != 65520/8-128 {
		t.Errorf("port %d of the first to come; %d unresolved", b.rows[1].SrcPort, b.Unresolved)
	}
}

// TestNoAllocation holds that packets that are no fragments cost no allocation.
func TestNoAllocation(t *testing.T) {
	packets, b := load(1024), newBench()
	var d flow.Duplicates
	c := &flow.Chunk{Packets: packets, DNSs: new([]schema.DNS)}
	d.Mark(packets)
	if got := testing.AllocsPerRun(100, func() { d.Mark(packets); b.Resolve(c) }); got != 0 {
		t.Errorf("%v allocations per 1,024 packets", got)
	}
}
