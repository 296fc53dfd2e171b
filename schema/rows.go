package schema

import "net/netip"

// ARP is one row of table arp: one ARP message (RFC 826) of Ethernet and IPv4 shape; others are only rows of packets.
type ARP struct {
	CaptureID, Sensor string
	FrameNo           int64
	TS                int64 // microseconds since 1970-01-01 UTC
	TSExtraNS         int32
	Opcode            int32
	SenderMAC         MAC
	SenderIP          netip.Addr
	TargetMAC         MAC
	TargetIP          netip.Addr
}

// DNS is one row of table dns: one DNS message (RFC 1035).
type DNS struct {
	CaptureID, Sensor string
	FrameNo           int64
	FlowID            int64 // 0: none yet
	TS                int64 // microseconds since 1970-01-01 UTC
	TSExtraNS         int32
	SrcIP, DstIP      netip.Addr
	SrcPort, DstPort  int32
	Transport         string // "udp"
	ID                int32
	Response          bool
	Opcode            int32
	Authoritative     bool
	Truncated         bool // the TC bit
	RecursionDesired  bool
	RecursionAvail    bool
	Rcode             int32
	QuestionCount     int32
	AnswerCount       int32
	AuthorityCount    int32
	AdditionalCount   int32
	HasQuestion       bool   // QName, QType, QClass hold the first question
	QName             []byte // presentation form of RFC 1035 5.1 and RFC 4343, no final dot ("." for the root); owned by the Rows that hold it
	QType             int32
	QClass            int32
	MessageLen        int64 // bytes of the message as the UDP length declares them
	HasTrailing       bool
	TrailingBytes     int64
	Malformed         string
}

// Payload is one row of table payloads: the first bytes after the transport header of one packet, kept on request.
type Payload struct {
	CaptureID, Sensor string
	FrameNo           int64
	FlowID            int64 // 0: none yet
	TS                int64 // microseconds since 1970-01-01 UTC
	TSExtraNS         int32
	SrcIP, DstIP      netip.Addr
	HasPorts          bool
	SrcPort, DstPort  int32
	PayloadLen        int64  // bytes on the wire, as in packets
	Data              []byte // kept bytes; owned by the Rows that hold them
}
