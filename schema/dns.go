package schema

import "slices"

// DNS is one row of table dns: one DNS message (RFC 1035).
type DNS struct {
	Message
	Transport        string // "udp" or "tcp"
	ID               int32
	Response         bool
	Opcode           int32
	Authoritative    bool
	Truncated        bool // the TC bit
	RecursionDesired bool
	RecursionAvail   bool
	Z                bool
	Authentic        bool // the AD bit
	CheckingDisabled bool
	Rcode            int32
	QuestionCount    int32
	AnswerCount      int32
	AuthorityCount   int32
	AdditionalCount  int32

	HasQuestion bool   // QName, QType, QClass hold the first question
	QName       []byte // presentation form of RFC 1035 5.1 and RFC 4343, no final dot ("." for the root)
	QType       int32
	QClass      int32

	Answers, AnswerNames, AnswerTypes, AnswerTTLs []byte // lists of the same length
	AnswerIPs                                     []byte // list
	HasTTL                                        bool
	MinTTL                                        int64 // seconds

	HasEDNS      bool // the fields of EDNS hold
	EDNSVersion  int32
	EDNSSize     int32
	DNSSECOK     bool
	ExtRcode     int32
	EDNSOptions  []byte // list of codes
	ClientSubnet []byte
	HasError     bool // ErrorCode holds
	ErrorCode    int32
	ErrorText    []byte

	QueryFrameNo  int64 // 0: none
	HasLatency    bool
	LatencyNS     int64
	MessageLen    int64 // bytes of the message as the UDP length or the two bytes before it declare them
	HasTrailing   bool
	TrailingBytes int64
	Cut           bool
	Malformed     string
}

// Detach copies the texts of the row, which lie in the Rows that hold it, behind dst, so that the row outlives them. It returns dst.
func (r *DNS) Detach(dst []byte) []byte {
	texts := [...]*[]byte{
		&r.QName, &r.Answers, &r.AnswerNames, &r.AnswerTypes, &r.AnswerTTLs, &r.AnswerIPs, &r.EDNSOptions, &r.ClientSubnet, &r.ErrorText,
	}
	for _, t := range texts {
		if *t == nil {
			continue
		}
		at := len(dst)
		dst = append(dst, *t...)
		*t = slices.Clip(dst[at:])
	}
	return dst
}

// DNSs is the table of DNS messages.
var DNSs = newRows("dns", "One row per DNS message (RFC 1035) over UDP or TCP, queries and responses alike. "+
	"Lists of answers have one item per answer, in the order of the message, and end early (cut) beyond 4 KiB; "+
	`regexp_extract_all(answers, '(?:[^,\\]|\\.)+') takes one apart.`, append(messageColumns(func(r *DNS) *Message { return &r.Message }), []field[DNS]{
	str("transport", func(r *DNS) string { return r.Transport }, "udp or tcp", zeek("proto"), ecs("network.transport")),
	i32("dns_id", func(r *DNS) (int32, bool) { return r.ID, true }, "transaction identifier", ws("dns.id"), zeek("trans_id"), fix("dnsId"), ecs("dns.id")),
	tri("is_response", func(r *DNS) Tri { return TriOf(r.Response) }, "the QR bit: a response, not a query", ws("dns.flags.response"), fix("dnsQueryResponse")),
	i32("opcode", func(r *DNS) (int32, bool) { return r.Opcode, true }, "0 standard query, others as IANA numbers them", ws("dns.flags.opcode"), ecs("dns.op_code")),
	tri("aa", func(r *DNS) Tri { return TriOf(r.Authoritative) }, "authoritative answer", ws("dns.flags.authoritative"), zeek("AA")),
	tri("tc", func(r *DNS) Tri { return TriOf(r.Truncated) }, "the sender cut the message", ws("dns.flags.truncated"), zeek("TC")),
	tri("rd", func(r *DNS) Tri { return TriOf(r.RecursionDesired) }, "recursion desired", ws("dns.flags.recdesired"), zeek("RD")),
	tri("ra", func(r *DNS) Tri { return TriOf(r.RecursionAvail) }, "recursion available", ws("dns.flags.recavail"), zeek("RA")),
	tri("z", func(r *DNS) Tri { return TriOf(r.Z) }, "the reserved bit", ws("dns.flags.z"), zeek("Z")),
	tri("ad", func(r *DNS) Tri { return TriOf(r.Authentic) }, "authentic data (RFC 4035)", ws("dns.flags.authenticated")),
	tri("cd", func(r *DNS) Tri { return TriOf(r.CheckingDisabled) }, "checking disabled (RFC 4035)", ws("dns.flags.checkdisable")),
	i32("rcode", func(r *DNS) (int32, bool) { return r.Rcode, r.Response }, "response code of the header; NULL for queries", ws("dns.flags.rcode"), zeek("rcode"), ecs("dns.response_code")),
	i32("question_count", func(r *DNS) (int32, bool) { return r.QuestionCount, true }, "questions that the header declares", ws("dns.count.queries")),
	i32("answer_count", func(r *DNS) (int32, bool) { return r.AnswerCount, true }, "answers that the header declares", ws("dns.count.answers"), ecs("dns.answers_count")),
	i32("authority_count", func(r *DNS) (int32, bool) { return r.AuthorityCount, true }, "authority records that the header declares", ws("dns.count.auth_rr")),
	i32("additional_count", func(r *DNS) (int32, bool) { return r.AdditionalCount, true }, "additional records that the header declares", ws("dns.count.add_rr")),
	blob(String, "qname", func(r *DNS) ([]byte, bool) { return r.QName, r.HasQuestion }, "name of the first question in presentation form, without the final dot; \".\" is the root", bloom, ws("dns.qry.name"), zeek("query"), fix("dnsQName"), ecs("dns.question.name")),
	i32("qtype", func(r *DNS) (int32, bool) { return r.QType, r.HasQuestion }, "type of the first question, as IANA numbers them", ws("dns.qry.type"), zeek("qtype"), fix("dnsRRType"), ecs("dns.question.type")),
	i32("qclass", func(r *DNS) (int32, bool) { return r.QClass, r.HasQuestion }, "class of the first question", ws("dns.qry.class"), zeek("qclass"), ecs("dns.question.class")),
	text("answers", func(r *DNS) []byte { return r.Answers }, "data of the answers in presentation form (RFC 1035 5.1, RFC 9460 2.1), names without the final dot; of types without one here as RFC 3597 writes them (\\# length hex)"+listDoc, zeek("answers"), ecs("dns.answers.data")),
	text("answer_names", func(r *DNS) []byte { return r.AnswerNames }, "names of the answers"+listDoc, ecs("dns.answers.name")),
	text("answer_types", func(r *DNS) []byte { return r.AnswerTypes }, "types of the answers, as IANA numbers them; a list, commas between", ecs("dns.answers.type")),
	text("answer_ttls", func(r *DNS) []byte { return r.AnswerTTLs }, "times to live of the answers; a list, commas between", unit("s"), zeek("TTLs"), fix("dnsTTL"), ecs("dns.answers.ttl")),
	text("answer_ips", func(r *DNS) []byte { return r.AnswerIPs }, "addresses of the answers of type A and AAAA; a list, commas between", ecs("dns.resolved_ip")),
	i64("min_ttl", func(r *DNS) (int64, bool) { return r.MinTTL, r.HasTTL }, "least time to live of the answers", unit("s")),
	i32("edns_version", func(r *DNS) (int32, bool) { return r.EDNSVersion, r.HasEDNS }, "version of EDNS (RFC 6891); NULL without it, as in all columns of EDNS", ws("dns.resp.edns0_version")),
	i32("edns_udp_size", func(r *DNS) (int32, bool) { return r.EDNSSize, r.HasEDNS }, "largest UDP payload that the sender takes", unit("B"), ws("dns.rr.udp_payload_size")),
	tri("edns_do", func(r *DNS) Tri { return TriIf(r.HasEDNS, r.DNSSECOK) }, "DNSSEC answer OK (RFC 3225)", ws("dns.resp.z.do")),
	i32("ext_rcode", func(r *DNS) (int32, bool) { return r.ExtRcode, r.HasEDNS && r.Response }, "response code of header and EDNS together, such as 16 BADVERS"),
	text("edns_options", func(r *DNS) []byte { return r.EDNSOptions }, "codes of the options; a list, commas between", ws("dns.opt.code")),
	text("edns_client_subnet", func(r *DNS) []byte { return r.ClientSubnet }, "network of the client that a resolver asks for (RFC 7871), with its source prefix length"),
	i32("edns_error", func(r *DNS) (int32, bool) { return r.ErrorCode, r.HasError }, "code of the first extended error (RFC 8914)", ws("dns.opt.ext_error.info_code")),
	text("edns_error_text", func(r *DNS) []byte { return r.ErrorText }, "text of that error", ws("dns.opt.ext_error.extra_text")),
	i64("query_frame_no", func(r *DNS) (int64, bool) { return r.QueryFrameNo, r.QueryFrameNo != 0 }, "of a response, frame_no of its query: of the same addresses, ports, identifier and question; of a query that was repeated, the first one", ws("dns.response_to")),
	i64("latency_ns", func(r *DNS) (int64, bool) { return r.LatencyNS, r.HasLatency }, "time from that query to this response; NULL where the clock went back", unit("ns"), zeek("rtt"), ws("dns.time")),
	i64("message_len", func(r *DNS) (int64, bool) { return r.MessageLen, true }, "length of the message as UDP, or over TCP the two bytes before it, declare it", unit("B")),
	i64("trailing_bytes", func(r *DNS) (int64, bool) { return r.TrailingBytes, r.HasTrailing }, "bytes of the message after the end of its last declared record; NULL when the records were not all captured or cannot be read", unit("B")),
	tri("cut", func(r *DNS) Tri { return TriOf(r.Cut) }, "bytes of the message were not captured, or a list is longer than is kept"),
	str("malformed", func(r *DNS) string { return r.Malformed }, "why the message could not be read to the end"),
}...))
