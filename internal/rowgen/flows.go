package rowgen

import (
	"math"

	"github.com/pcaplake/pcaplake/schema"
)

// Flows returns n rows of flows; the same seed gives the same rows. Means and deviations are whole numbers of eighths.
func Flows(n int, seed uint64) []schema.Flow {
	g := newGen(seed)
	rows := make([]schema.Flow, n)
	for i := range rows {
		rows[i] = g.flow(i)
		if f := &rows[i]; bare(i) {
			rows[i] = schema.Flow{
				CaptureID: f.CaptureID, Sensor: f.Sensor, FlowID: f.FlowID, FirstTS: schema.NoTime, LastTS: schema.NoTime,
				SYNTS: schema.NoTime, SYNACKTS: schema.NoTime, FwdDataTS: schema.NoTime, RevDataTS: schema.NoTime,
				Fwd: schema.FlowSide{FirstTS: schema.NoTime, LastTS: schema.NoTime}, Rev: schema.FlowSide{FirstTS: schema.NoTime, LastTS: schema.NoTime},
			}
		}
	}
	return rows
}

func (g gen) flow(i int) schema.Flow {
	first := g.ts(i)
	last := first
	if first != schema.NoTime && first < day+1e15 {
		last += g.Int64N(1e9)
	}
	return schema.Flow{
		CaptureID: "c", Sensor: "default", FlowID: int64(i + 1), FlowHash: g.Int64() - math.MaxInt64/2, CommunityID: g.pick("", "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
		FirstTS: first, LastTS: last, FirstExtraNS: g.Int32N(1000), LastExtraNS: g.Int32N(1000), IPVersion: g.Int32N(3) * 2, SrcIP: g.addr(), DstIP: g.addr(),
		HasPorts: g.IntN(4) != 0, SrcPort: g.i32(65535), DstPort: g.i32(65535), HasIPProto: g.IntN(9) != 0, IPProto: g.i32(255),
		HasICMP: g.IntN(4) == 0, ICMPType: g.i32(255), ICMPCode: g.i32(255), HasICMPID: g.IntN(4) == 0, ICMPID: g.i32(65535),
		HasVLAN: g.IntN(3) == 0, VLANID: g.i32(4095), HasInnerVLAN: g.IntN(5) == 0, InnerVLANID: g.i32(4095),
		HasSrcMAC: g.IntN(5) != 0, SrcMAC: g.mac(), HasDstMAC: g.IntN(5) != 0, DstMAC: g.mac(), Tunnel: g.pick("", "vxlan"),
		HasTunnelID: g.IntN(4) == 0, TunnelID: g.u32(), OuterSrcIP: g.addr(), OuterDstIP: g.addr(),
		SYNTS: g.ts(i), SYNACKTS: g.ts(i), FwdDataTS: g.ts(i), RevDataTS: g.ts(i), Fwd: g.side(i), Rev: g.side(i),
		ICMPErrors: g.Int64N(2), ICMPErrorType: g.i32(255), ICMPErrorCode: g.i32(255), ConnState: g.pick("", "SF", "S0"), History: g.pick("", "ShADadFf", "^d"),
		Service: g.pick("", "dns", "tls"), EndReason: g.pick(schema.EndIdle, schema.EndCapture, ""), OpenAtStart: g.IntN(2) == 0, OpenAtEnd: g.IntN(2) == 0, Evicted: g.IntN(9) == 0,
	}
}

// side has packets of lengths a and b, as many of the one as of the other, so that mean and deviation are halves.
func (g gen) side(i int) schema.FlowSide {
	pairs, a, b := g.Int64N(3), g.Int64N(1500), g.Int64N(1500)
	s := schema.FlowSide{
		Packets: 2 * pairs, WireBytes: pairs * (a + b), IPBytes: g.i64(1 << 40), PayloadPackets: g.i64(9), PayloadBytes: g.i64(1 << 40), DupPackets: g.i64(9),
		Fragments: g.i64(9), BadChecksums: g.i64(9), LenMin: min(a, b), LenMax: max(a, b), TTLMin: g.i32(255), TTLMax: g.i32(255), FirstTS: schema.NoTime, LastTS: schema.NoTime,
		TCP: g.IntN(3) != 0, TCPFlags: g.Int32N(512), SYNs: g.i64(9), SYNACKs: g.i64(9), FINs: g.i64(9), RSTs: g.i64(9), FirstWindow: g.i32(65535),
		HasISN: g.IntN(2) == 0, ISN: g.u32(), HasSeq: g.IntN(2) == 0, FirstSeq: g.u32(), NextSeq: g.u32(), HasFIN: g.IntN(2) == 0, FINSeq: g.u32(), HasAck: g.IntN(2) == 0, FirstAck: g.u32(), MaxAck: g.u32(),
		StreamBytes: g.i64(1 << 40), SegmentBytes: 1<<41 + g.Int64N(1<<40), UniqueBytes: g.Int64N(1 << 40), MissedBytes: g.i64(9), RetransmittedPackets: g.i64(9),
		OutOfOrder: g.i64(9), Islands: g.pick("", "0-1460,2920-4380"),
	}
	for range pairs {
		s.LenSquares.AddSquare(a)
		s.LenSquares.AddSquare(b)
	}
	if pairs > 0 && !bare(i) {
		s.FirstTS = day + int64(i)*1000
		s.LastTS = s.FirstTS + 2*pairs*(a-b)
		s.IATCount, s.IATMin, s.IATMax = 2*pairs, a-b, a-b
		for range s.IATCount {
			s.IATSquares.AddSquare(a - b)
		}
	}
	return s
}
