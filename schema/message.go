package schema

import "net/netip"

// Message is what every row of an application says first: the packet in which its message was complete, and who sent it to whom.
type Message struct {
	CaptureID, Sensor string
	FrameNo           int64
	FlowID            int64 // 0: none
	TS                int64 // microseconds since 1970-01-01 UTC
	TSExtraNS         int32
	SrcIP, DstIP      netip.Addr
	SrcPort, DstPort  int32
}

// MessageOf returns what a row of an application takes from its packet.
func MessageOf(p *Packet) Message {
	return Message{
		CaptureID: p.CaptureID, Sensor: p.Sensor, FrameNo: p.FrameNo, FlowID: p.FlowID, TS: p.TS, TSExtraNS: p.TSExtraNS,
		SrcIP: p.SrcIP, DstIP: p.DstIP, SrcPort: p.SrcPort, DstPort: p.DstPort,
	}
}

// Head returns the message itself; it gives every row that embeds one the same way to it.
func (m *Message) Head() *Message { return m }

// messageColumns declares the columns of Message, which stand first in the table of an application over TCP or UDP.
func messageColumns[R any](of func(*R) *Message) []field[R] {
	return []field[R]{
		str("capture_id", func(r *R) string { return of(r).CaptureID }, "as in packets", bloom),
		str("sensor", func(r *R) string { return of(r).Sensor }, "as in packets"),
		i64("frame_no", func(r *R) (int64, bool) { return of(r).FrameNo, true }, "number of the frame in which the message was complete, as in packets", delta, ws("frame.number")),
		i64("flow_id", func(r *R) (int64, bool) { m := of(r); return m.FlowID, m.FlowID != 0 }, "as in packets", bloom, sorted(Delta), zeek("uid")),
		ts("ts", func(r *R) int64 { return of(r).TS }, "as in packets", delta, ws("frame.time_epoch"), zeek("ts"), ecs("@timestamp")),
		i32("ts_extra_ns", func(r *R) (int32, bool) { m := of(r); return m.TSExtraNS, m.TS != NoTime }, "as in packets", unit("ns")),
		addr("src_ip", func(r *R) netip.Addr { return of(r).SrcIP }, "sender of the message", ws("ip.src|ipv6.src"), ecs("source.ip")),
		addr("dst_ip", func(r *R) netip.Addr { return of(r).DstIP }, "receiver of the message", ws("ip.dst|ipv6.dst"), ecs("destination.ip")),
		i32("src_port", func(r *R) (int32, bool) { return of(r).SrcPort, true }, "source port", sorted(Plain), ws("tcp.srcport|udp.srcport"), ecs("source.port")),
		i32("dst_port", func(r *R) (int32, bool) { return of(r).DstPort, true }, "destination port", sorted(Plain), ws("tcp.dstport|udp.dstport"), ecs("destination.port")),
	}
}
