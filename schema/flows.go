package schema

import (
	"net/netip"
	"slices"
)

// Values of flows.end_reason.
const (
	EndIdle    = "idle"
	EndActive  = "active"
	EndNewSYN  = "new-syn"
	EndEvicted = "evicted"
	EndCapture = "capture-end"
)

// EndReasons is the closed list of flows.end_reason.
var EndReasons = []Reason{
	{EndIdle, "no packet for longer than the idle timeout; also when the clock went back by more than that"},
	{EndActive, "it had lasted as long as the active timeout; what came later is another flow"},
	{EndNewSYN, "a SYN began another connection with the same key: after FIN or RST, or with another initial sequence number"},
	{EndEvicted, "it had to make room: more flows were open than the configured maximum"},
	{EndCapture, "the capture ended"},
}

// Flows is the table of flows.
var Flows = newRows("flows", "One row per flow: packets of one key, both directions. The key is addresses, ports, protocol, VLANs and tunnel_id; of ICMP "+
	"the pair of request and reply types and the identifier. Every packet with an IP header belongs to exactly one flow. fwd_ columns are of the packets from "+
	"src_ip to dst_ip, rev_ columns of those back. Rows that are pieces of one flow (open_at_start, open_at_end, end_reason) merge to exactly what the whole would "+
	"be: counts, bytes and squares add up, least and greatest are those of all, inter-arrival times gain the gap between the pieces, islands unite; a column that does not merge says so.",
	slices.Concat(
		flowHead,
		flowSide("fwd", "src_ip", func(f *Flow) *FlowSide { return &f.Fwd }),
		tcpSide("fwd", func(f *Flow) *FlowSide { return &f.Fwd }),
		flowSide("rev", "dst_ip", func(f *Flow) *FlowSide { return &f.Rev }),
		tcpSide("rev", func(f *Flow) *FlowSide { return &f.Rev }),
		flowTail,
	)).over("first_ts", "last_ts").in(Order{Ends: [2][]string{{"flow_hash"}}, Then: []string{"first_ts", "flow_id"}}).inGroups(RowGroup / 4)

var flowHead = []field[Flow]{
	str("capture_id", func(f *Flow) string { return f.CaptureID }, "as in packets", bloom),
	str("sensor", func(f *Flow) string { return f.Sensor }, "as in packets", ecs("observer.name")),
	i64("flow_id", func(f *Flow) (int64, bool) { return f.FlowID, true }, "frame_no of its first packet; with capture_id the key of the table", bloom, sorted(Delta), zeek("uid")),
	i64("flow_hash", func(f *Flow) (int64, bool) { return f.FlowHash, true }, "hash of the key, the same in both directions and in every capture: for finding, never for joins", bloom, plain),
	str("community_id", func(f *Flow) string { return f.CommunityID }, "community id, version 1, seed 0 (github.com/corelight/community-id-spec), over the innermost addresses and ports", bloom, zeek("community_id"), ecs("network.community_id")),
	ts("first_ts", func(f *Flow) int64 { return f.FirstTS }, "least time of its packets; NULL when none has a time", delta, zeek("ts"), fix("flowStartMicroseconds"), ecs("event.start")),
	i32("first_ts_extra_ns", func(f *Flow) (int32, bool) { return f.FirstExtraNS, f.FirstTS != NoTime }, "nanoseconds beyond first_ts, 0 to 999", unit("ns")),
	ts("last_ts", func(f *Flow) int64 { return f.LastTS }, "greatest time of its packets", delta, fix("flowEndMicroseconds"), ecs("event.end")),
	i32("last_ts_extra_ns", func(f *Flow) (int32, bool) { return f.LastExtraNS, f.LastTS != NoTime }, "nanoseconds beyond last_ts, 0 to 999", unit("ns")),
	i32("ip_version", func(f *Flow) (int32, bool) { return f.IPVersion, f.IPVersion != 0 }, "4 or 6", fix("ipVersion"), ecs("network.type")),
	addr("src_ip", func(f *Flow) netip.Addr { return f.SrcIP }, "sender of the first packet; a SYN makes its sender the forward one, a SYN with ACK as first packet its receiver", zeek("id.orig_h"), fix("sourceIPv4Address|sourceIPv6Address"), ecs("source.ip")),
	addr("dst_ip", func(f *Flow) netip.Addr { return f.DstIP }, "the other end", zeek("id.resp_h"), fix("destinationIPv4Address|destinationIPv6Address"), ecs("destination.ip")),
	i32("src_port", func(f *Flow) (int32, bool) { return f.SrcPort, f.HasPorts }, "port of src_ip; NULL for ICMP, and for fragments without their first one", zeek("id.orig_p"), fix("sourceTransportPort"), ecs("source.port")),
	i32("dst_port", func(f *Flow) (int32, bool) { return f.DstPort, f.HasPorts }, "port of dst_ip", zeek("id.resp_p"), fix("destinationTransportPort"), ecs("destination.port")),
	i32("ip_proto", func(f *Flow) (int32, bool) { return f.IPProto, f.HasIPProto }, "protocol, as in packets", zeek("proto"), fix("protocolIdentifier"), ecs("network.iana_number")),
	i32("icmp_type", func(f *Flow) (int32, bool) { return f.ICMPType, f.HasICMP }, "ICMP or ICMPv6 type of the first packet", fix("icmpTypeIPv4|icmpTypeIPv6")),
	i32("icmp_code", func(f *Flow) (int32, bool) { return f.ICMPCode, f.HasICMP }, "ICMP or ICMPv6 code of the first packet", fix("icmpCodeIPv4|icmpCodeIPv6")),
	i32("icmp_id", func(f *Flow) (int32, bool) { return f.ICMPID, f.HasICMPID }, "identifier of echo and other queries, part of the key"),
	i32("vlan_id", func(f *Flow) (int32, bool) { return f.VLANID, f.HasVLAN }, "VLAN identifier of the outermost tag of the first packet; part of the key unless ingest had --flow-vlan=off", zeek("vlan"), fix("dot1qVlanId"), ecs("network.vlan.id")),
	i32("inner_vlan_id", func(f *Flow) (int32, bool) { return f.InnerVLANID, f.HasInnerVLAN }, "VLAN identifier of the second tag, like vlan_id", zeek("inner_vlan"), fix("dot1qCustomerVlanId"), ecs("network.inner.vlan.id")),
	mac("src_mac", func(f *Flow) (MAC, bool) { return f.SrcMAC, f.HasSrcMAC }, "hardware address of src_ip's side in the first packet", zeek("orig_l2_addr"), fix("sourceMacAddress"), ecs("source.mac")),
	mac("dst_mac", func(f *Flow) (MAC, bool) { return f.DstMAC, f.HasDstMAC }, "hardware address of dst_ip's side in the first packet", zeek("resp_l2_addr"), fix("destinationMacAddress"), ecs("destination.mac")),
	str("tunnel", func(f *Flow) string { return f.Tunnel }, "innermost tunnel of the first packet, as in packets", zeek("tunnel_type")),
	i64("tunnel_id", func(f *Flow) (int64, bool) { return f.TunnelID, f.HasTunnelID }, "identifier of that tunnel, part of the key", fix("layer2SegmentId")),
	addr("outer_src_ip", func(f *Flow) netip.Addr { return f.OuterSrcIP }, "source address of the outermost IP header of the first packet of src_ip's side, when there is a tunnel"),
	addr("outer_dst_ip", func(f *Flow) netip.Addr { return f.OuterDstIP }, "destination address of the same"),
	ts("syn_ts", func(f *Flow) int64 { return f.SYNTS }, "time of the first SYN without ACK from src_ip"),
	ts("synack_ts", func(f *Flow) int64 { return f.SYNACKTS }, "time of the first SYN with ACK from dst_ip"),
	ts("fwd_data_ts", func(f *Flow) int64 { return f.FwdDataTS }, "time of the first packet with payload from src_ip"),
	ts("rev_data_ts", func(f *Flow) int64 { return f.RevDataTS }, "time of the first packet with payload from dst_ip"),
}

var flowTail = []field[Flow]{
	i64("icmp_errors", func(f *Flow) (int64, bool) { return f.ICMPErrors, true }, "ICMP errors that quote a packet of the flow, of either direction; the errors themselves are in flows of their own"),
	i32("icmp_error_type", func(f *Flow) (int32, bool) { return f.ICMPErrorType, f.ICMPErrors > 0 }, "type of the first of them"),
	i32("icmp_error_code", func(f *Flow) (int32, bool) { return f.ICMPErrorCode, f.ICMPErrors > 0 }, "code of the first of them"),
	str("conn_state", func(f *Flow) string { return f.ConnState }, "state of a TCP or UDP connection by Zeek's definitions: a function of the fwd_ and rev_ counts of SYN, SYN with ACK, FIN, RST, packets and payload, so that it can be computed for merged flows", zeek("conn_state")),
	str("history", func(f *Flow) string { return f.History }, "what happened, by Zeek's letters, at most 32 of them; it does not merge exactly: letters of a later piece come behind", zeek("history")),
	str("service", func(f *Flow) string { return f.Service }, "protocol recognised in the content, never by a port", zeek("service"), ecs("network.protocol")),
	str("end_reason", func(f *Flow) string { return f.EndReason }, "why the row ends: idle, active, new-syn, evicted or capture-end", fix("flowEndReason")),
	tri("open_at_start", func(f *Flow) Tri { return TriOf(f.OpenAtStart) }, "it begins less than the idle timeout after the capture did: an earlier capture may hold its beginning"),
	tri("open_at_end", func(f *Flow) Tri { return TriOf(f.OpenAtEnd) }, "the capture ended less than the idle timeout after its last packet: a later capture may go on"),
	tri("evicted", func(f *Flow) Tri { return TriOf(f.Evicted) }, "the row ended for want of memory (end_reason evicted)"),
}
