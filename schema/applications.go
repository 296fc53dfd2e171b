package schema

import "net/netip"

// ARPs is the table of ARP messages.
var ARPs = newRows("arp", "One row per ARP message (RFC 826) for Ethernet and IPv4.", []field[ARP]{
	str("capture_id", func(r *ARP) string { return r.CaptureID }, "as in packets", bloom),
	str("sensor", func(r *ARP) string { return r.Sensor }, "as in packets"),
	i64("frame_no", func(r *ARP) (int64, bool) { return r.FrameNo, true }, "as in packets", delta, ws("frame.number")),
	ts("ts", func(r *ARP) int64 { return r.TS }, "as in packets", delta, ws("frame.time_epoch")),
	i32("ts_extra_ns", func(r *ARP) (int32, bool) { return r.TSExtraNS, r.TS != NoTime }, "as in packets", unit("ns")),
	i32("opcode", func(r *ARP) (int32, bool) { return r.Opcode, true }, "1 request, 2 reply, others as IANA numbers them", ws("arp.opcode")),
	mac("sender_mac", func(r *ARP) (MAC, bool) { return r.SenderMAC, true }, "hardware address of the sender", ws("arp.src.hw_mac")),
	addr("sender_ip", func(r *ARP) netip.Addr { return r.SenderIP }, "protocol address of the sender", ws("arp.src.proto_ipv4")),
	mac("target_mac", func(r *ARP) (MAC, bool) { return r.TargetMAC, true }, "hardware address of the target", ws("arp.dst.hw_mac")),
	addr("target_ip", func(r *ARP) netip.Addr { return r.TargetIP }, "protocol address of the target", ws("arp.dst.proto_ipv4")),
})

// Payloads is the table of kept payload bytes.
var Payloads = newRows("payloads", "One row per packet with payload, only when ingest was told to keep payloads.", []field[Payload]{
	str("capture_id", func(r *Payload) string { return r.CaptureID }, "as in packets", bloom),
	str("sensor", func(r *Payload) string { return r.Sensor }, "as in packets"),
	i64("frame_no", func(r *Payload) (int64, bool) { return r.FrameNo, true }, "as in packets", delta, ws("frame.number")),
	i64("flow_id", func(r *Payload) (int64, bool) { return r.FlowID, r.FlowID != 0 }, "as in packets", bloom, sorted(Delta), zeek("uid")),
	ts("ts", func(r *Payload) int64 { return r.TS }, "as in packets", delta, ws("frame.time_epoch")),
	i32("ts_extra_ns", func(r *Payload) (int32, bool) { return r.TSExtraNS, r.TS != NoTime }, "as in packets", unit("ns")),
	addr("src_ip", func(r *Payload) netip.Addr { return r.SrcIP }, "as in packets"),
	addr("dst_ip", func(r *Payload) netip.Addr { return r.DstIP }, "as in packets"),
	i32("src_port", func(r *Payload) (int32, bool) { return r.SrcPort, r.HasPorts }, "as in packets", sorted(Plain)),
	i32("dst_port", func(r *Payload) (int32, bool) { return r.DstPort, r.HasPorts }, "as in packets", sorted(Plain)),
	i64("payload_len", func(r *Payload) (int64, bool) { return r.PayloadLen, true }, "as in packets: bytes on the wire", unit("B")),
	blob(Binary, "payload", func(r *Payload) ([]byte, bool) { return r.Data, true }, "the first bytes of the payload, as many as ingest was told to keep", plain, ws("tcp.payload|udp.payload")),
})
