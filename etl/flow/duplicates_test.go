package flow_test

import (
	"math/rand/v2"
	"testing"

	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/schema"
)

const millisecond = 1000

// ack is a TCP segment without data over IPv6.
func ack(edits ...func(*schema.Packet)) schema.Packet {
	p := schema.Packet{Has: schema.HasIP | schema.HasTCP | schema.HasPayload, IPVersion: 6, IPHash: 77, IPTTL: 64, TCPFlags: 16}
	for _, e := range edits {
		e(&p)
	}
	return p
}

func TestDuplicates(t *testing.T) {
	plain := schema.Packet{IPHash: 7, IPTTL: 64}
	with := func(p schema.Packet, edit func(*schema.Packet)) schema.Packet { edit(&p); return p }
	at := func(ts int64, p schema.Packet) schema.Packet { p.TS = ts; return p }
	flags := func(f int32) func(*schema.Packet) { return func(p *schema.Packet) { p.TCPFlags = f } }
	data := func(n int64) func(*schema.Packet) { return func(p *schema.Packet) { p.PayloadLen = n } }
	id := func(n int64) func(*schema.Packet) {
		return func(p *schema.Packet) { p.IPVersion, p.IPID, p.Has = 4, n, p.Has|schema.HasIPID }
	}
	twice := func(p schema.Packet) []schema.Packet { return []schema.Packet{p, p} }
	cases := []struct {
		name    string
		packets []schema.Packet
		want    []int64 // dup_of_frame; 0: NULL
	}{
		{"at once", twice(plain), []int64{0, 1}},
		{"within 10 ms", []schema.Packet{at(0, plain), at(10*millisecond, plain)}, []int64{0, 1}},
		{"after 10 ms", []schema.Packet{at(0, plain), at(10*millisecond+1, plain)}, []int64{0, 0}},
		{"stamped earlier", []schema.Packet{at(5*millisecond, plain), at(0, plain)}, []int64{0, 1}},
		{"the nearest before", []schema.Packet{at(0, plain), at(8*millisecond, plain), at(16*millisecond, plain)}, []int64{0, 1, 2}},
		{"stamps from end to end", []schema.Packet{at(1<<63-1, plain), at(-1<<63+1, plain)}, []int64{0, 0}},
		{"without a time", twice(with(plain, func(p *schema.Packet) { p.TS = schema.NoTime })), []int64{0, 0}},
		{"no IP", twice(schema.Packet{}), []int64{0, 0}},
		{"other bytes", []schema.Packet{plain, with(plain, func(p *schema.Packet) { p.IPHash = 8 })}, []int64{0, 0}},
		{"other interface, VLAN and MAC", []schema.Packet{plain, with(plain, func(p *schema.Packet) { p.InterfaceID, p.VLANID, p.SrcMAC[0] = 1, 2, 3 })}, []int64{0, 1}},
		{"keep-alive", twice(ack(data(1))), []int64{0, 0}},
		{"acknowledgement, IPv6", twice(ack()), []int64{0, 0}},
		{"acknowledgement, IPv4 without identification", twice(ack(id(0))), []int64{0, 0}},
		{"acknowledgement with identification", twice(ack(id(9))), []int64{0, 1}},
		{"acknowledgement behind a router", []schema.Packet{ack(), ack(func(p *schema.Packet) { p.IPTTL-- })}, []int64{0, 1}},
		{"acknowledgement from another MAC", []schema.Packet{ack(), ack(func(p *schema.Packet) { p.SrcMAC[5]++ })}, []int64{0, 1}},
		{"acknowledgement in another VLAN", []schema.Packet{ack(), ack(func(p *schema.Packet) { p.VLANID = 4095 })}, []int64{0, 1}},
		{"SYN", twice(ack(flags(2))), []int64{0, 1}},
		{"FIN", twice(ack(flags(17))), []int64{0, 1}},
		{"RST", twice(ack(flags(4))), []int64{0, 1}},
		{"two bytes", twice(ack(data(2))), []int64{0, 1}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var d flow.Duplicates
			for i := range c.packets {
				c.packets[i].FrameNo = int64(i + 1)
				d.Mark(c.packets[i : i+1])
			}
			for i, p := range c.packets {
				if p.DupOfFrame != c.want[i] || (p.Has&schema.HasDup != 0) != (c.want[i] != 0) {
					t.Errorf("frame %d: dup_of_frame %d, want %d", i+1, p.DupOfFrame, c.want[i])
				}
			}
			d.Reset()
			again := c.packets[len(c.packets)-1]
			again.Has &^= schema.HasDup
			one := []schema.Packet{again}
			if d.Mark(one); one[0].Has&schema.HasDup != 0 {
				t.Error("after Reset a packet of the capture before is remembered")
			}
		})
	}
}

// load is what a million packets per second look like, of which one in ten is a copy of one in the 10 ms before.
func load(n int) []schema.Packet {
	random := rand.New(rand.NewPCG(3, 4))
	packets := make([]schema.Packet, n)
	for i := range packets {
		packets[i] = schema.Packet{FrameNo: int64(i + 1), TS: int64(i), IPHash: random.Uint64(), IPTTL: 64}
		if i > 0 && i%10 == 0 {
			packets[i].IPHash = packets[i-1-random.IntN(min(i, 9000))].IPHash
		}
	}
	return packets
}

// TestDuplicatesUnderLoad compares with a search through all packets of the window.
func TestDuplicatesUnderLoad(t *testing.T) {
	packets := load(200_000)
	last := map[uint64]int64{}
	want := make([]int64, len(packets))
	copies := 0
	for i, p := range packets {
		if at, ok := last[p.IPHash]; ok && p.TS-packets[at-1].TS <= 10*millisecond {
			want[i] = at
			copies++
		}
		last[p.IPHash] = p.FrameNo
	}
	new(flow.Duplicates).Mark(packets)
	missed := 0
	for i, p := range packets {
		switch {
		case p.Has&schema.HasDup == 0 && want[i] != 0:
			missed++
		case p.DupOfFrame != want[i]:
			t.Fatalf("frame %d: dup_of_frame %d, want %d", p.FrameNo, p.DupOfFrame, want[i])
		}
	}
	if missed*50 > copies {
		t.Errorf("%d of %d copies missed", missed, copies)
	}
}

func BenchmarkMark(b *testing.B) {
	packets := load(1024) // a chunk, as it comes from the decoder
	var d flow.Duplicates
	for b.Loop() {
		for i := range packets {
			packets[i].IPHash = packets[i].IPHash*0x9e3779b97f4a7c15 | 1<<20
			packets[i].TS += 1024
		}
		d.Mark(packets)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(packets)), "ns/packet")
}
