package schema

import "net/netip"

// Flow is one row of table flows: the packets of one key (addresses, ports, protocol, VLANs, tunnel) in one capture, both directions, until a
// timeout, another connection on the same key, or the end of the capture. What a column means is said at its declaration in flows.go.
type Flow struct {
	CaptureID, Sensor string
	FlowID            int64 // frame_no of its first packet
	FlowHash          int64
	CommunityID       string // "": the flow has no addresses
	FirstTS, LastTS   int64  // microseconds since 1970-01-01 UTC: least and greatest time of its packets; NoTime when none has one
	FirstExtraNS      int32  // of FirstTS, 0..999
	LastExtraNS       int32  // of LastTS, 0..999

	IPVersion              int32
	SrcIP, DstIP           netip.Addr
	HasPorts               bool
	SrcPort, DstPort       int32
	HasIPProto             bool
	IPProto                int32
	HasICMP                bool // ICMPType, ICMPCode
	ICMPType, ICMPCode     int32
	HasICMPID              bool
	ICMPID                 int32
	HasVLAN, HasInnerVLAN  bool
	VLANID, InnerVLANID    int32
	HasSrcMAC, HasDstMAC   bool
	SrcMAC, DstMAC         MAC
	Tunnel                 string
	HasTunnelID            bool
	TunnelID               int64
	OuterSrcIP, OuterDstIP netip.Addr
	SYNTS, SYNACKTS        int64 // NoTime: there is none
	FwdDataTS, RevDataTS   int64 // NoTime: there is none
	Fwd, Rev               FlowSide
	ICMPErrors             int64
	ICMPErrorType          int32 // of the first, when ICMPErrors > 0
	ICMPErrorCode          int32
	ConnState, History     string
	Service                string
	EndReason              string // one of EndReasons
	OpenAtStart, OpenAtEnd bool
	Evicted                bool
}

// FlowSide is what one direction of a flow adds up to. Counts are of packets; bytes are those on the wire.
type FlowSide struct {
	Packets, WireBytes, IPBytes int64
	PayloadPackets              int64
	PayloadBytes                int64
	DupPackets                  int64
	Fragments                   int64
	BadChecksums                int64
	LenMin, LenMax              int64 // when Packets > 0
	LenSquares                  Wide  // of wire lengths
	TTLMin, TTLMax              int32 // when Packets > 0
	FirstTS, LastTS             int64 // of its first and last packet in the order of the capture that has a time; NoTime when none has
	IATCount                    int64 // inter-arrival times: packets with a time, the first aside
	IATMin, IATMax              int64 // microseconds, when IATCount > 0; negative where the clock went back
	IATSquares                  Wide  // of inter-arrival times

	TCP                  bool // what follows is of TCP, and NULL otherwise
	TCPFlags             int32
	SYNs, SYNACKs        int64 // SYN without ACK, SYN with ACK
	FINs, RSTs           int64
	FirstWindow          int32 // when Packets > 0
	HasISN               bool
	ISN                  int64 // sequence number of the SYN
	HasSeq               bool  // FirstSeq, NextSeq
	FirstSeq, NextSeq    int64 // sequence number of the first byte seen, and of the one after the last
	HasFIN               bool
	FINSeq               int64 // sequence number of the FIN
	HasAck               bool  // FirstAck, MaxAck
	FirstAck, MaxAck     int64 // least and greatest acknowledgement number that this side sent
	StreamBytes          int64
	SegmentBytes         int64
	UniqueBytes          int64
	MissedBytes          int64
	RetransmittedPackets int64
	OutOfOrder           int64
	Islands              string // "": no hole
}
