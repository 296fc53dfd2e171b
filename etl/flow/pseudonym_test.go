package flow

import (
	"net/netip"
	"testing"

	"github.com/pcaplake/pcaplake/schema"
)

// TestPseudonym holds hashes of flows against those of the same packets with the other addresses in them.
func TestPseudonym(t *testing.T) {
	turned := func(a netip.Addr) netip.Addr { // by which the order of two addresses often turns too
		b := a.AsSlice()
		for i := range b {
			b[i] ^= 0xa5
		}
		out, _ := netip.AddrFromSlice(b)
		return out
	}
	packet := func(i int, proto int32, src, dst string) schema.Packet {
		p := schema.Packet{
			FrameNo: int64(i), TS: int64(i), Has: schema.HasIP | schema.HasIPProto, IPProto: proto, WireLen: 60,
			SrcIP: netip.MustParseAddr(src), DstIP: netip.MustParseAddr(dst),
		}
		if p.IPVersion = 4; p.SrcIP.Is6() {
			p.IPVersion = 6
		}
		switch proto {
		case protoTCP, protoUDP:
			p.Has |= schema.HasPorts
			p.SrcPort, p.DstPort = int32(1000+i), 53
		case protoICMP:
			p.Has |= schema.HasICMP
			p.ICMPType = int32(i % 9) // paired ones and others
		}
		return p
	}
	var plain, mapped []schema.Packet
	for i := range 60 {
		proto := []int32{protoTCP, protoUDP, protoICMP, 47}[i%4]
		p := packet(i+1, proto, "192.0.2.1", "198.51.100.7")
		if i%3 == 0 {
			p = packet(i+1, proto, "2001:db8::9", "2001:db8:1::3")
		}
		plain = append(plain, p)
		p.SrcIP, p.DstIP = turned(p.SrcIP), turned(p.DstIP)
		mapped = append(mapped, p)
	}
	track := func(with func(netip.Addr) netip.Addr, packets []schema.Packet) map[int64]schema.Flow {
		tracker := Tracker{Pseudonym: with}
		tracker.Reset()
		for i := range packets {
			tracker.Track(&packets[i])
		}
		flows := map[int64]schema.Flow{}
		for tracker.Close() {
			for _, f := range tracker.Ended(nil) {
				flows[f.FlowID] = f
			}
		}
		return flows
	}
	got, want := track(turned, plain), track(nil, mapped)
	if len(got) != len(want) || len(got) < 20 {
		t.Fatalf("%d flows, %d of mapped packets", len(got), len(want))
	}
	for id, f := range got {
		w := want[id]
		if f.FlowHash != w.FlowHash || f.CommunityID != w.CommunityID || f.CommunityID == "" || turned(f.SrcIP) != w.SrcIP {
			t.Errorf("flow %d: %d %s of %s, want %d %s", id, f.FlowHash, f.CommunityID, f.SrcIP, w.FlowHash, w.CommunityID)
		}
	}
}
