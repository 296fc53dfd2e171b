package decode_test

import (
	"net/netip"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

// TestGopacket compares what gopacket makes of the captures in testdata with what decode makes of them, where neither tshark nor the
// collection is at hand.
func TestGopacket(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/*.pcap*")
	if err != nil || len(paths) == 0 {
		t.Fatalf("find testdata: %d captures, %v", len(paths), err)
	}
	compared := 0
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			r, err := capture.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			d, rows := decode.New(decode.Options{}), new(decode.Rows)
			for r.Scan() {
				f := r.Frame()
				rows.Reset()
				d.Decode(f, rows)
				theirs := gopacket.NewPacket(f.Data, layers.LinkType(f.LinkType), gopacket.DecodeOptions{Lazy: true, NoCopy: true})
				want := byGopacket(theirs)
				checkCells(t, schema.Packets, &rows.Packets[0], want)
				compared += len(want)
			}
		})
	}
	if compared < 50_000 {
		t.Errorf("%d cells were compared", compared)
	}
}

// byGopacket is what gopacket tells of a packet, as cells of packets.
func byGopacket(p gopacket.Packet) cells {
	c := cells{}
	number := func(column string, n int64) { c[column] = strconv.FormatInt(n, 10) }
	if eth, ok := p.LinkLayer().(*layers.Ethernet); ok {
		c["src_mac"], c["dst_mac"] = eth.SrcMAC.String(), eth.DstMAC.String()
	}
	if tag, ok := p.Layer(layers.LayerTypeDot1Q).(*layers.Dot1Q); ok {
		number("vlan_id", int64(tag.VLANIdentifier))
	}
	if ip, ok := p.Layer(layers.LayerTypeIPv4).(*layers.IPv4); ok {
		c["src_ip"], c["dst_ip"] = addrText(ip.SrcIP), addrText(ip.DstIP)
		number("ip_ttl", int64(ip.TTL))
		number("ip_id", int64(ip.Id))
		number("ip_tos", int64(ip.TOS))
		number("ip_proto", int64(ip.Protocol))
		number("ip_frag_offset", int64(ip.FragOffset)*8)
		number("ip_chksum", int64(ip.Checksum))
	}
	if ip, ok := p.Layer(layers.LayerTypeIPv6).(*layers.IPv6); ok {
		c["src_ip"], c["dst_ip"] = addrText(ip.SrcIP), addrText(ip.DstIP)
		number("ip_ttl", int64(ip.HopLimit))
		number("ip_flow_label", int64(ip.FlowLabel))
		number("ip_len", int64(ip.Length)+40)
	}
	if tcp, ok := p.Layer(layers.LayerTypeTCP).(*layers.TCP); ok {
		number("src_port", int64(tcp.SrcPort))
		number("dst_port", int64(tcp.DstPort))
		number("tcp_seq", int64(tcp.Seq))
		number("tcp_ack", int64(tcp.Ack))
		number("tcp_window", int64(tcp.Window))
		number("l4_chksum", int64(tcp.Checksum))
		number("payload_len", int64(len(tcp.Payload)))
	}
	if udp, ok := p.Layer(layers.LayerTypeUDP).(*layers.UDP); ok {
		number("src_port", int64(udp.SrcPort))
		number("dst_port", int64(udp.DstPort))
		number("udp_len", int64(udp.Length))
		number("l4_chksum", int64(udp.Checksum))
	}
	if icmp, ok := p.Layer(layers.LayerTypeICMPv4).(*layers.ICMPv4); ok {
		number("icmp_type", int64(icmp.TypeCode.Type()))
		number("icmp_code", int64(icmp.TypeCode.Code()))
		number("icmp_id", int64(icmp.Id))
		number("icmp_seq", int64(icmp.Seq))
	}
	return c
}

func addrText(b []byte) string {
	a, ok := netip.AddrFromSlice(b)
	if !ok {
		return ""
	}
	return a.String()
}
