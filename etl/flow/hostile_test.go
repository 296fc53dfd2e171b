package flow_test

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/schema"
)

// TestHostile tracks packets with any fields and stamps, in little room: every packet is in one flow, and all flows together are all packets.
func TestHostile(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	stamps := []int64{schema.NoTime, math.MinInt64 + 1, math.MaxInt64, 0, -1}
	for range 40 {
		packets := make([]schema.Packet, 5000)
		now, bytes := int64(0), int64(0)
		for i := range packets {
			now += random.Int64N(2 * second)
			p := &packets[i]
			*p = schema.Packet{
				Has: schema.HasIP | schema.Has(random.Uint64()), FrameNo: int64(i + 1), TS: now, TSExtraNS: random.Int32N(1000), IPVersion: 4 + 2*random.Int32N(2),
				IPProto: []int32{1, 6, 6, 6, 17, 58, 50}[random.IntN(7)], SrcPort: random.Int32N(3), DstPort: random.Int32N(3), VLANID: random.Int32N(2),
				TCPSeq: random.Int64N(4) << random.IntN(31), TCPAck: random.Int64N(4) << random.IntN(31), TCPFlags: random.Int32N(512), PayloadLen: random.Int64N(3000),
				WireLen: random.Int64N(1 << 32), IPFragOffset: random.Int32N(2) * 8, IPID: random.Int64N(3), ICMPType: random.Int32N(256), ICMPID: random.Int32N(2),
				SrcIP: netip.AddrFrom4([4]byte{10, 0, 0, byte(random.IntN(3))}), DstIP: netip.AddrFrom4([4]byte{10, 0, 0, byte(random.IntN(3))}),
				IPChksumOK: schema.Tri(random.IntN(3)),
			}
			if random.IntN(50) == 0 {
				p.TS = stamps[random.IntN(len(stamps))]
			}
			bytes += p.WireLen
		}
		rows := track(packets, func(t *flow.Tracker) { t.MaxOpen, t.Active = 20, 300*second })
		known, n := map[int64]bool{}, int64(0)
		for _, f := range rows {
			if known[f.FlowID] {
				t.Fatalf("two flows %d", f.FlowID)
			}
			known[f.FlowID] = true
			n += f.Fwd.Packets + f.Rev.Packets
			bytes -= f.Fwd.WireBytes + f.Rev.WireBytes
			for _, s := range []schema.FlowSide{f.Fwd, f.Rev} {
				if s.MissedBytes < 0 || s.StreamBytes < s.UniqueBytes || s.SegmentBytes < s.UniqueBytes || s.IATMin > s.IATMax {
					t.Fatalf("flow %d: %+v", f.FlowID, s)
				}
			}
		}
		for i := range packets {
			if !known[packets[i].FlowID] {
				t.Fatalf("packet %d is of flow %d, which is none", i+1, packets[i].FlowID)
			}
		}
		if n != int64(len(packets)) || bytes != 0 {
			t.Fatalf("%d packets in flows, %d bytes are missing", n, bytes)
		}
	}
}
