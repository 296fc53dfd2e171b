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
	mac("sender_mac", func(r *ARP) (MAC, bool) { return r.SenderMAC, true }, "hardware address of the sender", bloom, ws("arp.src.hw_mac")),
	addr("sender_ip", func(r *ARP) netip.Addr { return r.SenderIP }, "protocol address of the sender", bloom, ws("arp.src.proto_ipv4")),
	mac("target_mac", func(r *ARP) (MAC, bool) { return r.TargetMAC, true }, "hardware address of the target", bloom, ws("arp.dst.hw_mac")),
	addr("target_ip", func(r *ARP) netip.Addr { return r.TargetIP }, "protocol address of the target", bloom, ws("arp.dst.proto_ipv4")),
})

// DNSs is the table of DNS messages.
var DNSs = newRows("dns", "One row per DNS message (RFC 1035) over UDP, queries and responses alike.", []field[DNS]{
	str("capture_id", func(r *DNS) string { return r.CaptureID }, "as in packets", bloom),
	str("sensor", func(r *DNS) string { return r.Sensor }, "as in packets"),
	i64("frame_no", func(r *DNS) (int64, bool) { return r.FrameNo, true }, "as in packets", delta, ws("frame.number")),
	i64("flow_id", func(r *DNS) (int64, bool) { return r.FlowID, r.FlowID != 0 }, "as in packets", bloom, zeek("uid")),
	ts("ts", func(r *DNS) int64 { return r.TS }, "as in packets", delta, ws("frame.time_epoch"), zeek("ts"), ecs("@timestamp")),
	i32("ts_extra_ns", func(r *DNS) (int32, bool) { return r.TSExtraNS, r.TS != NoTime }, "as in packets", unit("ns")),
	addr("src_ip", func(r *DNS) netip.Addr { return r.SrcIP }, "sender of the message", bloom, ws("ip.src|ipv6.src"), ecs("source.ip")),
	addr("dst_ip", func(r *DNS) netip.Addr { return r.DstIP }, "receiver of the message", bloom, ws("ip.dst|ipv6.dst"), ecs("destination.ip")),
	i32("src_port", func(r *DNS) (int32, bool) { return r.SrcPort, true }, "source port", sorted(Plain), ws("udp.srcport"), ecs("source.port")),
	i32("dst_port", func(r *DNS) (int32, bool) { return r.DstPort, true }, "destination port", sorted(Plain), ws("udp.dstport"), ecs("destination.port")),
	str("transport", func(r *DNS) string { return r.Transport }, "udp", zeek("proto"), ecs("network.transport")),
	i32("dns_id", func(r *DNS) (int32, bool) { return r.ID, true }, "transaction identifier", ws("dns.id"), zeek("trans_id"), fix("dnsId"), ecs("dns.id")),
	tri("is_response", func(r *DNS) Tri { return TriOf(r.Response) }, "the QR bit: a response, not a query", ws("dns.flags.response"), fix("dnsQueryResponse")),
	i32("opcode", func(r *DNS) (int32, bool) { return r.Opcode, true }, "0 standard query, others as IANA numbers them", ws("dns.flags.opcode"), ecs("dns.op_code")),
	tri("aa", func(r *DNS) Tri { return TriOf(r.Authoritative) }, "authoritative answer", ws("dns.flags.authoritative"), zeek("AA")),
	tri("tc", func(r *DNS) Tri { return TriOf(r.Truncated) }, "the sender cut the message", ws("dns.flags.truncated"), zeek("TC")),
	tri("rd", func(r *DNS) Tri { return TriOf(r.RecursionDesired) }, "recursion desired", ws("dns.flags.recdesired"), zeek("RD")),
	tri("ra", func(r *DNS) Tri { return TriOf(r.RecursionAvail) }, "recursion available", ws("dns.flags.recavail"), zeek("RA")),
	i32("rcode", func(r *DNS) (int32, bool) { return r.Rcode, r.Response }, "response code of the header; NULL for queries", ws("dns.flags.rcode"), zeek("rcode"), ecs("dns.response_code")),
	i32("question_count", func(r *DNS) (int32, bool) { return r.QuestionCount, true }, "questions that the header declares", ws("dns.count.queries")),
	i32("answer_count", func(r *DNS) (int32, bool) { return r.AnswerCount, true }, "answers that the header declares", ws("dns.count.answers"), ecs("dns.answers_count")),
	i32("authority_count", func(r *DNS) (int32, bool) { return r.AuthorityCount, true }, "authority records that the header declares", ws("dns.count.auth_rr")),
	i32("additional_count", func(r *DNS) (int32, bool) { return r.AdditionalCount, true }, "additional records that the header declares", ws("dns.count.add_rr")),
	blob(String, "qname", func(r *DNS) ([]byte, bool) { return r.QName, r.HasQuestion }, "name of the first question in presentation form, without the final dot; \".\" is the root", bloom, ws("dns.qry.name"), zeek("query"), fix("dnsQName"), ecs("dns.question.name")),
	i32("qtype", func(r *DNS) (int32, bool) { return r.QType, r.HasQuestion }, "type of the first question, as IANA numbers them", ws("dns.qry.type"), zeek("qtype"), fix("dnsRRType"), ecs("dns.question.type")),
	i32("qclass", func(r *DNS) (int32, bool) { return r.QClass, r.HasQuestion }, "class of the first question", ws("dns.qry.class"), zeek("qclass"), ecs("dns.question.class")),
	i64("message_len", func(r *DNS) (int64, bool) { return r.MessageLen, true }, "length of the message as UDP declares it", unit("B")),
	i64("trailing_bytes", func(r *DNS) (int64, bool) { return r.TrailingBytes, r.HasTrailing }, "bytes of the message after the end of its last declared record; NULL when the records were not all captured or cannot be read", unit("B")),
	str("malformed", func(r *DNS) string { return r.Malformed }, "why the message could not be read to the end"),
}).in(byFlow())

// Payloads is the table of kept payload bytes.
var Payloads = newRows("payloads", "One row per packet with payload, only when ingest was told to keep payloads.", []field[Payload]{
	str("capture_id", func(r *Payload) string { return r.CaptureID }, "as in packets", bloom),
	str("sensor", func(r *Payload) string { return r.Sensor }, "as in packets"),
	i64("frame_no", func(r *Payload) (int64, bool) { return r.FrameNo, true }, "as in packets", delta, ws("frame.number")),
	i64("flow_id", func(r *Payload) (int64, bool) { return r.FlowID, r.FlowID != 0 }, "as in packets", bloom, zeek("uid")),
	ts("ts", func(r *Payload) int64 { return r.TS }, "as in packets", delta, ws("frame.time_epoch")),
	i32("ts_extra_ns", func(r *Payload) (int32, bool) { return r.TSExtraNS, r.TS != NoTime }, "as in packets", unit("ns")),
	addr("src_ip", func(r *Payload) netip.Addr { return r.SrcIP }, "as in packets", bloom),
	addr("dst_ip", func(r *Payload) netip.Addr { return r.DstIP }, "as in packets", bloom),
	i32("src_port", func(r *Payload) (int32, bool) { return r.SrcPort, r.HasPorts }, "as in packets", sorted(Plain)),
	i32("dst_port", func(r *Payload) (int32, bool) { return r.DstPort, r.HasPorts }, "as in packets", sorted(Plain)),
	i64("payload_len", func(r *Payload) (int64, bool) { return r.PayloadLen, true }, "as in packets: bytes on the wire", unit("B")),
	blob(Binary, "payload", func(r *Payload) ([]byte, bool) { return r.Data, true }, "the first bytes of the payload, as many as ingest was told to keep", plain, ws("tcp.payload|udp.payload")),
}).in(byFlow())
