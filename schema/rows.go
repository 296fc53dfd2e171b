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
