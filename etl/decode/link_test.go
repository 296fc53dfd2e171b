package decode_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

var (
	ping  = sealed(ip4(1, octets("0800 0000 1111 0002 61626364")))
	ping6 = sealed(ip6(58, octets("8000 0000 1111 0002 61626364")))
)

func TestEthernet(t *testing.T) {
	testFrames(t, []frameCase{
		{"ip", 1, eth(0x0800, ping), 0, cells{
			"src_mac": "02:00:00:00:00:01", "dst_mac": "02:00:00:00:00:02", "ether_type": "2048", "vlan_id": "", "protocols": "eth:ip:icmp",
			"protocol": "icmp", "padding_len": "0", "malformed": "", "cap_len": "46", "wire_len": "46", "link_type": "1", "pkt_dir": "",
		}},
		{"802.1Q", 1, eth(0x8100, join(octets("6064 0800"), ping)), 0, cells{
			"vlan_id": "100", "inner_vlan_id": "", "ether_type": "2048", "protocols": "eth:vlan:ip:icmp",
		}},
		{"802.1ad", 1, eth(0x88a8, join(octets("0fff 8100 0001 86dd"), ping6)), 0, cells{
			"vlan_id": "4095", "inner_vlan_id": "1", "ether_type": "34525", "protocols": "eth:ieee8021ad:vlan:ipv6:icmpv6",
		}},
		{"QinQ of older switches", 1, eth(0x9100, join(octets("0002 8100 0003 8100 0004 0800"), ping)), 0, cells{
			"vlan_id": "2", "inner_vlan_id": "3", "ether_type": "2048", "protocols": "eth:vlan:vlan:vlan:ip:icmp",
		}},
		{"802.3", 1, eth(3, octets("424203 0000000000")), 0, cells{"ether_type": "", "protocols": "eth:llc", "malformed": ""}},
		{"802.3 length beyond the frame", 1, eth(9, octets("424203")), 0, cells{"protocols": "eth:llc", "malformed": "link-length"}},
		{"other EtherType", 1, eth(0x88cc, octets("0000")), 0, cells{"ether_type": "35020", "protocols": "eth:lldp"}},
		{"unknown EtherType", 1, eth(0x4242, nil), 0, cells{"ether_type": "16962", "protocols": "eth", "protocol": "eth", "malformed": ""}},
		{"snapped in the header", 1, octets("020000000002 02"), 60, cells{"dst_mac": "", "protocols": "eth", "malformed": ""}},
		{"short header", 1, octets("020000000002 02"), 0, cells{"dst_mac": "", "malformed": "link-short"}},
		{"short tag", 1, eth(0x8100, octets("00")), 0, cells{"vlan_id": "", "ether_type": "", "malformed": "vlan-short"}},
		{"snapped tag", 1, eth(0x8100, octets("00")), 60, cells{"vlan_id": "", "malformed": ""}},
		{"empty", 1, nil, 0, cells{"cap_len": "0", "malformed": "link-short"}},
		{"more captured than there was", 1, eth(0x0800, ping), 20, cells{"wire_len": "20", "cap_len": "46", "protocols": "eth:ip:icmp"}},
	})
}

func TestCooked(t *testing.T) {
	testFrames(t, []frameCase{
		{"sll in", 113, join(octets("0000 0001 0006 020000000001 0000 0800"), ping), 0, cells{
			"pkt_dir": "in", "src_mac": "02:00:00:00:00:01", "dst_mac": "", "ether_type": "2048", "protocols": "sll:ip:icmp",
		}},
		{"sll out, no address", 113, join(octets("0004 0200 0000 0000000000000000 86dd"), ping6), 0, cells{
			"pkt_dir": "out", "src_mac": "", "protocols": "sll:ipv6:icmpv6",
		}},
		{"sll between others", 113, join(octets("0003 0001 0006 020000000001 0000 8100 0007 0800"), ping), 0, cells{
			"pkt_dir": "", "vlan_id": "7", "protocols": "sll:vlan:ip:icmp",
		}},
		{"sll netlink", 113, octets("0004 0338 0000 0000000000000000 0004 00"), 0, cells{"ether_type": "", "protocols": "sll:netlink", "malformed": ""}},
		{"sll LLC", 113, octets("0000 0001 0006 020000000001 0000 0004 424203"), 0, cells{"ether_type": "", "protocols": "sll:llc"}},
		{"sll short", 113, octets("0000 0001"), 0, cells{"pkt_dir": "", "malformed": "link-short"}},
		{"sll2 out", 276, join(octets("0800 0000 00000003 0001 04 06 0200000000010000"), ping), 0, cells{
			"pkt_dir": "out", "src_mac": "02:00:00:00:00:01", "ether_type": "2048", "protocols": "sll:ip:icmp",
		}},
		{"sll2 short", 276, octets("0800 0000 00000003 0001 04 06"), 0, cells{"malformed": "link-short"}},
		{"sll2 snapped", 276, octets("0800 0000 00000003 0001 04 06"), 64, cells{"malformed": ""}},
	})
}

func TestBareIP(t *testing.T) {
	v4, v6 := cells{"ip_version": "4", "protocols": "raw:ip:icmp", "malformed": ""}, cells{"ip_version": "6", "protocols": "raw:ipv6:icmpv6", "malformed": ""}
	null4, null6 := cells{"ip_version": "4", "protocols": "null:ip:icmp"}, cells{"ip_version": "6", "protocols": "null:ipv6:icmpv6"}
	testFrames(t, []frameCase{
		{"raw 12", 12, ping, 0, v4},
		{"raw 14", 14, ping6, 0, v6},
		{"raw 101 of IPv4", 101, ping, 0, v4},
		{"raw 101 of IPv6", 101, ping6, 0, v6},
		{"raw of neither", 101, octets("00"), 0, cells{"ip_version": "", "malformed": "ip-version"}},
		{"raw empty", 101, nil, 0, cells{"malformed": "link-short"}},
		{"ipv4", 228, ping, 0, cells{"protocols": "ip:icmp", "link_type": "228"}},
		{"ipv4 holds IPv6", 228, ping6, 0, cells{"ip_version": "", "malformed": "ip-version"}},
		{"ipv6", 229, ping6, 0, cells{"protocols": "ipv6:icmpv6"}},
		{"ipv6 holds IPv4", 229, ping, 0, cells{"ip_version": "", "malformed": "ip-version"}},
		{"null, little endian", 0, join(octets("02000000"), ping), 0, null4},
		{"null, big endian", 0, join(octets("00000002"), ping), 0, null4},
		{"null of Linux", 0, join(octets("0a000000"), ping6), 0, null6},
		{"null of Windows", 0, join(octets("17000000"), ping6), 0, null6},
		{"null of OpenBSD", 0, join(octets("00000018"), ping6), 0, null6},
		{"null of FreeBSD", 0, join(octets("1c000000"), ping6), 0, null6},
		{"null of Darwin", 0, join(octets("1e000000"), ping6), 0, null6},
		{"null, other family", 0, octets("07000000 00"), 0, cells{"protocols": "null", "malformed": ""}},
		{"null short", 0, octets("020000"), 0, cells{"malformed": "link-short"}},
		{"loop", 108, join(octets("00000002"), ping), 0, null4},
		{"loop of IPv6", 108, join(octets("00000018"), ping6), 0, null6},
		{"loop short", 108, octets("0000"), 0, cells{"malformed": "link-short"}},
	})
}

func TestOtherLinkTypes(t *testing.T) {
	testFrames(t, []frameCase{
		{"known by name", 127, octets("0000"), 0, cells{"link_type": "127", "protocol": "radiotap", "protocols": "radiotap", "malformed": "", "cap_len": "2"}},
		{"unknown", 4711, octets("0000"), 70, cells{"link_type": "4711", "protocol": "", "protocols": "", "malformed": "", "wire_len": "70"}},
	})
}

// TestLinkTypes: the table is in order, which look-ups rely on, and its decoded entries are those that the tests above feed.
func TestLinkTypes(t *testing.T) {
	var decoded []int32
	types := decode.LinkTypes()
	if !slices.IsSortedFunc(types, func(a, b decode.LinkType) int { return cmp.Compare(a.Number, b.Number) }) {
		t.Error("not in order")
	}
	for _, l := range types {
		if l.Name == "" {
			t.Errorf("%d has no name", l.Number)
		}
		if l.Decoded {
			decoded = append(decoded, l.Number)
		}
	}
	if want := []int32{0, 1, 9, 12, 14, 101, 108, 113, 228, 229, 276}; !slices.Equal(decoded, want) {
		t.Errorf("decoded %v, want %v", decoded, want)
	}
}

// TestRecord: what the record says of a frame stands in the row whatever the frame holds; link types change from frame to frame.
func TestRecord(t *testing.T) {
	d, rows := decode.New(decode.Options{CaptureID: "c1", Sensor: "s1"}), new(decode.Rows)
	for _, f := range []capture.Frame{
		{No: 7, Offset: 24, TS: 1, TSExtraNS: 2, HasTS: true, InterfaceID: 3, LinkType: 1, Dir: capture.DirIn, WireLen: 46, Data: eth(0x0800, ping)},
		{No: 8, Offset: 99, TSSuspect: true, LinkType: 101, Dir: capture.DirOut, WireLen: 32, Data: ping},
	} {
		d.Decode(&f, rows)
	}
	for i, want := range []cells{
		{
			"capture_id": "c1", "sensor": "s1", "frame_no": "7", "frame_offset": "24", "ts": "1970-01-01T00:00:00.000001", "ts_extra_ns": "2",
			"ts_suspect": "false", "interface_id": "3", "pkt_dir": "in", "protocols": "eth:ip:icmp", "flow_id": "", "dup_of_frame": "", "tunnel": "",
		},
		{"frame_no": "8", "ts": "", "ts_extra_ns": "", "ts_suspect": "true", "interface_id": "0", "pkt_dir": "out", "protocols": "raw:ip:icmp"},
	} {
		checkCells(t, schema.Packets, &rows.Packets[i], want)
	}
}

func TestARP(t *testing.T) {
	request := octets("0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002")
	testFrames(t, []frameCase{
		{"request", 1, eth(0x0806, join(request, make([]byte, 18))), 0, cells{
			"protocols": "eth:arp", "src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "ether_type": "2054", "ip_version": "", "padding_len": "", "payload_len": "",
		}},
		{"of other hardware", 1, eth(0x0806, octets("0007 0800 01 04 0001 01 0a000001 02 0a000002")), 0, cells{"src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "malformed": ""}},
		{"of ATM", 1, eth(0x0806, octets("0013 0800 06 04 0001 000000000000 00000000 000000000000 00000000")), 0, cells{"src_ip": "", "malformed": ""}},
		{"of other addresses", 1, eth(0x0806, octets("0001 86dd 06 10 0001 00000000")), 0, cells{"protocols": "eth:arp", "src_ip": "", "malformed": ""}},
		{"short", 1, eth(0x0806, request[:20]), 0, cells{"protocols": "eth:arp", "src_ip": "", "malformed": "arp-short"}},
		{"snapped", 1, eth(0x0806, request[:20]), 60, cells{"src_ip": "", "malformed": ""}},
	})
	rows := decodeFrame(frameCase{link: 1, data: eth(0x0806, request)}, decode.Options{CaptureID: "c1"})
	if len(rows.ARPs) != 1 {
		t.Fatalf("%d rows of arp", len(rows.ARPs))
	}
	checkCells(t, schema.ARPs, &rows.ARPs[0], cells{
		"capture_id": "c1", "frame_no": "1", "opcode": "1", "sender_mac": "02:00:00:00:00:01", "sender_ip": "10.0.0.1",
		"target_mac": "00:00:00:00:00:00", "target_ip": "10.0.0.2",
	})
}
