// Package rowgen makes rows for tests: deterministic, with NULLs, extremes and values that repeat, of every table. In the second row
// group of each table every value that can be absent is, so that three row groups hold one of NULLs alone.
package rowgen

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

// day is the time of the first row: 2026-01-15 00:00:00 UTC, in microseconds.
const day = int64(1768435200) * 1e6

type gen struct{ *rand.Rand }

func newGen(seed uint64) gen { return gen{rand.New(rand.NewPCG(seed, 1))} }

// bare reports whether row i is one of a row group of NULLs.
func bare(i int) bool { return i/schema.RowGroup == 1 }

// i32 is mostly small and repeats; else one of the extremes of the field or of the type.
func (g gen) i32(extremes ...int32) int32 {
	switch n := g.IntN(2000); {
	case n == 0:
		return math.MinInt32
	case n == 1:
		return math.MaxInt32
	case n < 40 && len(extremes) > 0:
		return extremes[n%len(extremes)]
	default:
		return g.Int32N(64)
	}
}

// i64 is below n; else one of the extremes of the type.
func (g gen) i64(n int64) int64 {
	switch g.IntN(2000) {
	case 0:
		return math.MinInt64
	case 1:
		return math.MaxInt64
	default:
		return g.Int64N(n)
	}
}

func (g gen) u32() int64 {
	switch g.IntN(20) {
	case 0:
		return math.MaxUint32
	case 1:
		return 0
	default:
		return g.Int64N(1 << 32)
	}
}

// longest is an address with the longest text.
var longest = netip.MustParseAddr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")

func (g gen) addr() netip.Addr {
	switch g.IntN(8) {
	case 0:
		return netip.Addr{}
	case 1:
		return netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", g.IntN(1<<16)))
	case 2:
		return longest
	default:
		return netip.AddrFrom4([4]byte{192, 0, 2, byte(g.IntN(256))})
	}
}

func (g gen) mac() (m schema.MAC) {
	m[5] = byte(g.IntN(16))
	return m
}

func (g gen) tri() schema.Tri { return schema.Tri(g.IntN(3)) }

func (g gen) pick(from ...string) string { return from[g.IntN(len(from))] }

// ts grows with i, but for stamps out of order, without a time, and at the ends of what DATE can hold.
func (g gen) ts(i int) int64 {
	switch n := g.IntN(400); {
	case n < 4 || bare(i):
		return schema.NoTime
	case n < 8:
		return []int64{-1, 0, -62_135_596_800_000_000, 253_402_300_799_999_999}[n-4]
	default:
		return day + int64(i)*1000 + g.Int64N(5000)
	}
}

// Packets returns n rows of packets; the same seed gives the same rows.
func Packets(n int, seed uint64) []schema.Packet {
	g := newGen(seed)
	rows := make([]schema.Packet, n)
	for i := range rows {
		rows[i] = g.packet(i)
		if bare(i) {
			p := &rows[i]
			rows[i] = schema.Packet{
				CaptureID: p.CaptureID, Sensor: p.Sensor, FrameNo: p.FrameNo, FrameOffset: p.FrameOffset, TS: p.TS,
				TSSuspect: true, LinkType: p.LinkType, CapLen: p.CapLen, WireLen: p.WireLen,
			}
		}
	}
	return rows
}

func (g gen) packet(i int) schema.Packet {
	p := schema.Packet{
		Has: schema.Has(g.Uint64()), CaptureID: "00112233445566778899aabbccddeeff", Sensor: g.pick("default", "tap2", "büro"),
		FrameNo: int64(i + 1), FrameOffset: 24 + int64(i)*100, FlowID: int64(1 + g.IntN(i+1)), TS: g.ts(i), TSExtraNS: g.Int32N(1000),
		TSSuspect: g.IntN(9) == 0, InterfaceID: g.i32(), LinkType: g.i32(math.MaxUint16), PktDir: g.pick("", "in", "out"),
		CapLen: g.Int64N(1500), WireLen: g.i64(1 << 33), DupOfFrame: int64(g.IntN(i + 1)),
		SrcMAC: g.mac(), DstMAC: g.mac(), EtherType: g.i32(0x0800, 0xffff), VLANID: g.i32(4095), InnerVLANID: g.i32(4095), MPLSLabel: g.i32(1<<20 - 1),
		Tunnel: g.pick("", "vxlan", "gre"), TunnelID: g.u32(), TunnelDepth: g.i32(8), OuterSrcIP: g.addr(), OuterDstIP: g.addr(),
		OuterIPProto: g.i32(255), OuterSrcPort: g.i32(65535), OuterDstPort: g.i32(65535),
		IPVersion: 4 + 2*g.Int32N(2), IPHdrLen: g.i32(60), IPTOS: g.i32(255), IPLen: g.i64(1 << 17), IPID: g.u32(), IPFlags: g.Int32N(8),
		IPFragOffset: g.i32(65528), IPTTL: g.i32(255), IPProto: g.i32(255), IPFlowLabel: g.i32(1<<20 - 1), IPChksum: g.i32(65535),
		IPChksumOK: g.tri(), IPOptionsCount: g.i32(), SrcIP: g.addr(), DstIP: g.addr(),
		SrcPort: g.i32(65535), DstPort: g.i32(0, 65535), TCPSeq: g.u32(), TCPAck: g.u32(), TCPHdrLen: g.i32(60), TCPReserved: g.Int32N(8),
		TCPFlags: g.Int32N(512), TCPWindow: g.i32(65535), L4Chksum: g.i32(65535), L4ChksumOK: g.tri(), TCPUrgent: g.i32(65535),
		TCPOptionsCount: g.i32(), TCPMSS: g.i32(65535), TCPWScale: g.i32(255), TCPSACKOK: g.tri(), TCPTSVal: g.u32(), TCPTSEcr: g.u32(),
		UDPLen: g.i32(65535), ICMPType: g.i32(255), ICMPCode: g.i32(255), ICMPID: g.i32(65535), ICMPSeq: g.i32(65535),
		PayloadLen: g.i64(1 << 17), PaddingLen: g.i64(64), Protocol: g.pick("tcp", "dns", "arp"), Protocols: g.pick("eth:ip:tcp", "eth:arp"),
	}
	p.ChksumNote = g.pick("", "", "snapped", "offload-partial", "absent") // not all of schema's lists, which grow: golden hashes are of these rows
	p.Malformed = g.pick("", "", "ip-short", "tcp-options", "dns-name")
	return p
}

// ARPs returns n rows of arp; the same seed gives the same rows.
func ARPs(n int, seed uint64) []schema.ARP {
	g := newGen(seed)
	rows := make([]schema.ARP, n)
	for i := range rows {
		rows[i] = schema.ARP{
			CaptureID: "c", Sensor: "default", FrameNo: int64(i + 1), TS: g.ts(i), TSExtraNS: g.Int32N(1000), Opcode: g.i32(1, 2, 65535),
			SenderMAC: g.mac(), SenderIP: g.addr(), TargetMAC: g.mac(), TargetIP: g.addr(),
		}
		if bare(i) {
			rows[i].SenderIP, rows[i].TargetIP = netip.Addr{}, netip.Addr{}
		}
	}
	return rows
}

// DNSs returns n rows of dns; the same seed gives the same rows.
func DNSs(n int, seed uint64) []schema.DNS {
	g := newGen(seed)
	return fill[schema.DNS](g, n)
}

// Payloads returns n rows of payloads; the same seed gives the same rows. Some payloads are empty, none is NULL.
func Payloads(n int, seed uint64) []schema.Payload {
	g := newGen(seed)
	rows := make([]schema.Payload, n)
	for i := range rows {
		data := make([]byte, g.IntN(40))
		for j := range data {
			data[j] = byte(g.Uint32())
		}
		rows[i] = schema.Payload{
			CaptureID: "c", Sensor: "default", FrameNo: int64(i + 1), FlowID: int64(g.IntN(9)), TS: g.ts(i), TSExtraNS: g.Int32N(1000),
			SrcIP: g.addr(), DstIP: g.addr(), HasPorts: g.IntN(4) != 0, SrcPort: g.i32(65535), DstPort: g.i32(65535),
			PayloadLen: g.i64(1 << 17), Data: data,
		}
		if r := &rows[i]; bare(i) {
			r.FlowID, r.SrcIP, r.DstIP, r.HasPorts = 0, netip.Addr{}, netip.Addr{}, false
		}
	}
	return rows
}

// Comments returns n rows of comments; the same seed gives the same rows. Some texts are empty, none is NULL.
func Comments(n int, seed uint64) []schema.Comment {
	g := newGen(seed)
	rows := make([]schema.Comment, n)
	for i := range rows {
		rows[i] = schema.Comment{
			CaptureID: "c", Sensor: "default", FrameNo: int64(i + 1), InterfaceID: g.i32(0, 1), Scope: g.pick("frame", "frame", "interface", "section"),
			TS: g.ts(i), TSExtraNS: g.Int32N(1000), Text: g.pick("", "look here", "größer", "two\nlines"),
		}
		if r := &rows[i]; bare(i) {
			r.Scope, r.TS = "section", schema.NoTime
		} else if r.Scope != "frame" {
			r.TS = schema.NoTime
		}
	}
	return rows
}
