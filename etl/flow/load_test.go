package flow_test

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"testing"

	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/schema"
)

// zipf is traffic of 40,000 connections, of which few have most packets: TCP in order with acknowledgements, 10 us apart.
func zipf(n int) []schema.Packet {
	random := rand.New(rand.NewPCG(3, 4))
	pick := rand.NewZipf(random, 1.1, 1, 40_000-1)
	type state struct {
		seq  [2]int64
		open bool
	}
	flows := make([]state, 40_000)
	packets := make([]schema.Packet, n)
	for i := range packets {
		number := pick.Uint64()
		s := &flows[number]
		p := schema.Packet{
			Has:     schema.HasIP | schema.HasIPProto | schema.HasPorts | schema.HasTCP | schema.HasPayload | schema.HasSrcMAC | schema.HasDstMAC | schema.HasIPFrag,
			FrameNo: int64(i + 1), TS: int64(i) * 10, IPVersion: 4, IPProto: 6, SrcPort: int32(1024 + number), DstPort: 443, IPTTL: 64, TCPFlags: 16, TCPWindow: 500,
			SrcIP: netip.AddrFrom4([4]byte{10, 0, byte(number >> 8), byte(number)}), DstIP: netip.AddrFrom4([4]byte{192, 0, 2, byte(number % 250)}),
		}
		own, other := 0, 1
		switch {
		case !s.open:
			s.open, p.TCPFlags = true, 2
		case random.IntN(3) == 0:
			own, other = 1, 0
			p.SrcIP, p.DstIP, p.SrcPort, p.DstPort = p.DstIP, p.SrcIP, p.DstPort, p.SrcPort
			p.PayloadLen = 1400
		}
		p.TCPSeq, p.TCPAck = s.seq[own]&0xffffffff, s.seq[other]&0xffffffff
		s.seq[own] += p.PayloadLen + int64(p.TCPFlags>>1&1)
		p.IPLen, p.WireLen = 40+p.PayloadLen, 54+p.PayloadLen
		packets[i] = p
	}
	return packets
}

// BenchmarkTrack gives the time per packet. It allocates nothing but the rows of flows that end.
func BenchmarkTrack(b *testing.B) {
	packets := zipf(1 << 18)
	var t flow.Tracker
	b.ReportAllocs()
	for b.Loop() {
		t.Reset()
		for i := range packets {
			if i%64 == 0 {
				t.Look(packets[i : i+64])
			}
			t.Track(&packets[i])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(packets)), "ns/packet")
}

// TestNoAllocations holds that packets of open flows take no memory.
func TestNoAllocations(t *testing.T) {
	packets := zipf(50_000)
	var tracker flow.Tracker
	tracker.Reset()
	for i := range packets {
		tracker.Track(&packets[i])
	}
	allocations := testing.AllocsPerRun(1, func() {
		for i := range packets {
			p := &packets[i]
			p.TCPFlags = 16
			p.TS += 500_000
			tracker.Track(p)
		}
	})
	if allocations > 0 {
		t.Errorf("%v allocations for %d packets", allocations, len(packets))
	}
}

// live is what is in use of the heap.
func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestFloodOfFlows sends packets from ten million addresses. Memory stays within the bound, no packet is lost, and a flow that goes on all the while stays one as
// long as fewer others than there is room for come between its packets.
func TestFloodOfFlows(t *testing.T) {
	n := int64(10_000_000)
	if testing.Short() {
		n = 1_000_000
	}
	var tracker flow.Tracker
	tracker.Reset()
	p := schema.Packet{
		Has: schema.HasIP | schema.HasIPProto | schema.HasPorts | schema.HasTCP | schema.HasPayload, IPVersion: 4, IPProto: 6, DstPort: 80, TCPFlags: 2, WireLen: 60, IPLen: 40,
		DstIP: netip.AddrFrom4([4]byte{192, 0, 2, 1}),
	}
	before := live()
	var rows, packets, peak, steady, summed int64
	var ended []schema.Flow
	take := func(last bool) {
		minutes, _ := tracker.Sums(last)
		for i := range minutes {
			summed += minutes[i].Packets
		}
		ended = tracker.Ended(ended)
		for _, f := range ended {
			rows++
			packets += f.Fwd.Packets + f.Rev.Packets
			if f.SrcPort == 7 {
				steady++
			}
		}
	}
	var address [4]byte
	for i := range n {
		p.FrameNo, p.TS, p.SrcPort, p.TCPFlags = i+1, i*2, 1000, 2
		binary.BigEndian.PutUint32(address[:], uint32(i)*2654435761)
		if i%100_000 == 0 {
			p.SrcPort, p.TCPFlags, address = 7, 16, [4]byte{10, 0, 0, 1}
		}
		p.SrcIP, p.TCPSeq = netip.AddrFrom4(address), i&0xffffffff
		tracker.Track(&p)
		if i%1024 == 0 {
			take(false)
		}
		if i%1_000_000 == 999_999 {
			peak = max(peak, live()-before)
		}
	}
	for tracker.Close() {
		take(false)
	}
	take(true)
	if summed != n {
		t.Errorf("sums have %d of %d packets", summed, n)
	}
	if packets != n || steady != 1 || rows-tracker.Evicted > flow.DefaultOpen {
		t.Errorf("%d rows with %d of %d packets, the steady flow in %d, %d evicted", rows, packets, n, steady, tracker.Evicted)
	}
	t.Logf("%d flows, %d evicted, %d MB in use at most", rows, tracker.Evicted, peak>>20)
	if peak > 100<<20 {
		t.Errorf("%d MB", peak>>20)
	}
}
