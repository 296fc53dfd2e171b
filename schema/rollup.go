package schema

import "net/netip"

// Rollup is one row of rollup_1m or rollup_1h: what packets of one minute or hour between two addresses add up to, in one capture or a part of it. Rows of one
// key are additive: packets, bytes and flows add up, first and last are the least and the greatest.
type Rollup struct {
	CaptureID, Sensor string
	TS                int64 // begin of the minute or hour, microseconds since 1970-01-01 UTC; NoTime: the packets have no time
	FirstTS, LastTS   int64 // least and greatest time of the packets; NoTime with TS
	SrcIP, DstIP      netip.Addr
	HasPort           bool
	DstPort           int32
	HasIPProto        bool
	IPProto           int32
	Service           string
	Packets, Bytes    int64
	Flows             int64
}

// RollupMinutes and RollupHours are the tables of sums.
var (
	RollupMinutes = newRollup("rollup_1m", "minute")
	RollupHours   = newRollup("rollup_1h", "hour")
)

func newRollup(name, span string) *Rows[Rollup] {
	return newRows(name, "What the packets of a "+span+" add up to, by the key of their flows: sensor, addresses, port, protocol and service. All packets count, those without an IP "+
		"header with NULL addresses. There may be several rows of one key: sum packets, bytes and flows, take the least first_ts and the greatest last_ts. "+
		"Over all rows of a capture packets are its rows of packets, and flows its rows of flows.", rollupFields(span)).
		in(Order{Ends: [2][]string{{"src_ip"}, {"dst_ip"}}, Key: []string{"dst_port", "ip_proto"}, Then: []string{"ts"}})
}

func rollupFields(span string) []field[Rollup] {
	return []field[Rollup]{
		str("capture_id", func(r *Rollup) string { return r.CaptureID }, "as in packets", bloom),
		str("sensor", func(r *Rollup) string { return r.Sensor }, "as in packets", ecs("observer.name")),
		ts("ts", func(r *Rollup) int64 { return r.TS }, "begin of the "+span+"; NULL when the packets have no time", delta),
		ts("first_ts", func(r *Rollup) int64 { return r.FirstTS }, "least time of the packets", delta),
		ts("last_ts", func(r *Rollup) int64 { return r.LastTS }, "greatest time of the packets", delta),
		addr("src_ip", func(r *Rollup) netip.Addr { return r.SrcIP }, "src_ip of the flow; NULL for packets without an IP header", ecs("source.ip")),
		addr("dst_ip", func(r *Rollup) netip.Addr { return r.DstIP }, "dst_ip of the flow", ecs("destination.ip")),
		i32("dst_port", func(r *Rollup) (int32, bool) { return r.DstPort, r.HasPort }, "dst_port of the flow; NULL as there", ecs("destination.port")),
		i32("ip_proto", func(r *Rollup) (int32, bool) { return r.IPProto, r.HasIPProto }, "protocol, as in packets", ecs("network.iana_number")),
		str("service", func(r *Rollup) string { return r.Service }, "service of the flow, as far as it was known when its packets of the "+span+" had come", ecs("network.protocol")),
		i64("packets", func(r *Rollup) (int64, bool) { return r.Packets, true }, "packets, both directions", fix("packetDeltaCount"), ecs("network.packets")),
		i64("bytes", func(r *Rollup) (int64, bool) { return r.Bytes, true }, "their wire_len", unit("B"), ecs("network.bytes")),
		i64("flows", func(r *Rollup) (int64, bool) { return r.Flows, true }, "flows that began with one of them"),
	}
}
