package flow_test

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/schema"
)

// packetOf has a protocol and ports or, of ICMP, type and code; -1: none.
func packetOf(proto int32, src, dst string, a, b int32) schema.Packet {
	p := schema.Packet{
		Has: schema.HasIP | schema.HasIPProto, FrameNo: 1, TS: 1, IPProto: proto, IPVersion: 4,
		SrcIP: netip.MustParseAddr(src), DstIP: netip.MustParseAddr(dst), WireLen: 60,
	}
	if p.SrcIP.Is6() {
		p.IPVersion = 6
	}
	switch {
	case a < 0:
	case proto == 1 || proto == 58:
		p.Has, p.ICMPType, p.ICMPCode = p.Has|schema.HasICMP, a, b
	default:
		p.Has, p.SrcPort, p.DstPort = p.Has|schema.HasPorts, a, b
	}
	return p
}

// TestCommunityIDs compares with another implementation, of which the vectors are, and with the specification's own.
func TestCommunityIDs(t *testing.T) {
	text, err := os.ReadFile("testdata/community.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		var proto, a, b int32
		var src, dst, want string
		if strings.HasPrefix(line, "#") {
			continue
		}
		if _, err := fmt.Sscan(line, &proto, &src, &dst, &a, &b, &want); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		rows := track([]schema.Packet{packetOf(proto, src, dst, a, b)})
		if len(rows) != 1 || rows[0].CommunityID != want {
			t.Errorf("%s is %s", strings.TrimSpace(line), rows[0].CommunityID)
		}
		n++
	}
	if n < 200 {
		t.Errorf("%d vectors", n)
	}
}

// TestKeys says which two packets are of one flow.
func TestKeys(t *testing.T) {
	const a, b, a6, b6 = "10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8::2"
	udp := func() schema.Packet { return packetOf(17, a, b, 1000, 53) }
	edit := func(p schema.Packet, with ...func(*schema.Packet)) schema.Packet {
		for _, w := range with {
			w(&p)
		}
		return p
	}
	vlan := func(id int32) func(*schema.Packet) {
		return func(p *schema.Packet) { p.Has, p.VLANID = p.Has|schema.HasVLAN, id }
	}
	inner := func(id int32) func(*schema.Packet) {
		return func(p *schema.Packet) { p.Has, p.InnerVLANID = p.Has|schema.HasInnerVLAN, id }
	}
	tunnel := func(id int64) func(*schema.Packet) {
		return func(p *schema.Packet) {
			p.Has, p.Tunnel, p.TunnelID = p.Has|schema.HasTunnel|schema.HasTunnelID, "vxlan", id
		}
	}
	id := func(n int32) func(*schema.Packet) {
		return func(p *schema.Packet) { p.Has, p.ICMPID = p.Has|schema.HasICMPID, n }
	}
	later := func(ident int64) func(*schema.Packet) {
		return func(p *schema.Packet) {
			p.Has, p.IPID, p.IPFragOffset = p.Has|schema.HasIPID|schema.HasIPFrag, ident, 1480
		}
	}
	resolved := func(p *schema.Packet) { p.Has, p.SrcPort, p.DstPort = p.Has|schema.HasPorts, 1000, 53 }
	echoed := func(p *schema.Packet) {
		p.Has, p.ICMPType, p.ICMPID = p.Has|schema.HasFirstICMP|schema.HasFirstICMPID, 8, 7
	}
	cases := []struct {
		name      string
		one, two  schema.Packet
		same      bool
		ignorance bool // of VLANs
	}{
		{"answer", udp(), packetOf(17, b, a, 53, 1000), true, false},
		{"ports the other way round", udp(), packetOf(17, a, b, 53, 1000), false, false},
		{"another port", udp(), packetOf(17, b, a, 53, 1001), false, false},
		{"another protocol", udp(), packetOf(6, b, a, 53, 1000), false, false},
		{"to itself", packetOf(17, a, a, 5, 9), packetOf(17, a, a, 9, 5), true, false},
		{"an IPv6 address of the same bytes", udp(), packetOf(17, "::10.0.0.1", "::10.0.0.2", 1000, 53), false, false},
		{"no ports", packetOf(50, a, b, -1, 0), packetOf(50, b, a, -1, 0), true, false},
		{"a tag", udp(), edit(udp(), vlan(0)), false, false},
		{"a tag, VLANs ignored", udp(), edit(udp(), vlan(0)), true, true},
		{"another tag", edit(udp(), vlan(1)), edit(udp(), vlan(2)), false, false},
		{"a second tag", edit(udp(), vlan(1)), edit(udp(), vlan(1), inner(1)), false, false},
		{"the same tags", edit(udp(), vlan(1), inner(2)), edit(packetOf(17, b, a, 53, 1000), vlan(1), inner(2)), true, false},
		{"another tunnel", edit(udp(), tunnel(1)), edit(udp(), tunnel(1<<32|1)), false, false},
		{"the same tunnel", edit(udp(), tunnel(1<<32)), edit(udp(), tunnel(1<<32)), true, false},
		{"echo", edit(packetOf(1, a, b, 8, 0), id(7)), edit(packetOf(1, b, a, 0, 0), id(7)), true, false},
		{"echo with another identifier", edit(packetOf(1, a, b, 8, 0), id(7)), edit(packetOf(1, b, a, 0, 0), id(8)), false, false},
		{"two that ask each other", edit(packetOf(1, a, b, 8, 0), id(7)), edit(packetOf(1, b, a, 8, 0), id(7)), false, false},
		{"errors of one kind", packetOf(1, a, b, 3, 1), packetOf(1, a, b, 3, 1), true, false},
		{"errors of another kind", packetOf(1, a, b, 3, 1), packetOf(1, a, b, 3, 3), false, false},
		{"errors both ways", packetOf(1, a, b, 3, 1), packetOf(1, b, a, 3, 1), false, false},
		{"type and code the other way round", packetOf(1, a, b, 11, 3), packetOf(1, b, a, 3, 11), false, false},
		{"echo over IPv6", edit(packetOf(58, a6, b6, 128, 0), id(7)), edit(packetOf(58, b6, a6, 129, 0), id(7)), true, false},
		{"neighbours", packetOf(58, a6, b6, 135, 0), packetOf(58, b6, a6, 136, 0), true, false},
		{"a later fragment of the same", udp(), edit(packetOf(17, a, b, -1, 0), later(5), resolved), true, false},
		{"a later fragment of an echo", edit(packetOf(1, a, b, 8, 0), id(7)), edit(packetOf(1, a, b, -1, 0), later(5), echoed), true, false},
		{"later fragments of one datagram", edit(packetOf(17, a, b, -1, 0), later(5)), edit(packetOf(17, a, b, -1, 0), later(5)), true, false},
		{"later fragments of two", edit(packetOf(17, a, b, -1, 0), later(5)), edit(packetOf(17, a, b, -1, 0), later(6)), false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.two.FrameNo = 2
			packets := []schema.Packet{c.one, c.two}
			rows := track(packets, func(t *flow.Tracker) { t.IgnoreVLAN = c.ignorance })
			if same := len(rows) == 1 && packets[1].FlowID == 1; same != c.same {
				t.Fatalf("flows %d and %d, %d rows", packets[0].FlowID, packets[1].FlowID, len(rows))
			}
			if rows[0].SrcIP != c.one.SrcIP || rows[0].DstIP != c.one.DstIP || rows[0].SrcPort != c.one.SrcPort || rows[0].HasPorts != (c.one.Has&schema.HasPorts != 0) {
				t.Errorf("the row has %s:%d to %s", rows[0].SrcIP, rows[0].SrcPort, rows[0].DstIP)
			}
			if c.two.Has&schema.HasIPFrag == 0 && (rows[0].FlowHash == rows[len(rows)-1].FlowHash) != c.same {
				t.Errorf("flow_hash %d and %d", rows[0].FlowHash, rows[len(rows)-1].FlowHash)
			}
		})
	}
}

// TestQuotes counts ICMP errors on the flow that they quote, whichever way the quoted packet went.
func TestQuotes(t *testing.T) {
	var tracker flow.Tracker
	tracker.Reset()
	there, back, other := packetOf(17, "10.0.0.1", "10.0.0.2", 9, 53), packetOf(17, "10.0.0.2", "10.0.0.1", 53, 9), packetOf(17, "10.0.0.1", "10.0.0.2", 9, 54)
	tracker.Track(&there)
	for i, quoted := range []*schema.Packet{&there, &back, &other} {
		e := packetOf(1, "10.0.0.2", "10.0.0.1", 3, int32(3+i))
		e.FrameNo = int64(2 + i)
		tracker.Track(&e)
		tracker.Quote(&e, quoted)
	}
	for tracker.Close() {
	}
	rows := tracker.Ended(nil)
	byID(rows)
	if len(rows) != 4 || rows[0].ICMPErrors != 2 || rows[0].ICMPErrorType != 3 || rows[0].ICMPErrorCode != 3 {
		t.Errorf("%d flows, %d errors of type %d, code %d", len(rows), rows[0].ICMPErrors, rows[0].ICMPErrorType, rows[0].ICMPErrorCode)
	}
	for _, f := range rows[1:] {
		if f.ICMPErrors != 0 || !f.HasICMP || f.Fwd.Packets != 1 {
			t.Errorf("flow %d: %+v", f.FlowID, f)
		}
	}
}
