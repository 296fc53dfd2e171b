package schema

import (
	"math"
	"net/netip"
)

// Tri is a boolean of three values: a column that nobody can judge is NULL, not false.
type Tri int8

// The values of Tri; the zero value is unknown, so a row starts with nothing claimed.
const (
	Unknown Tri = iota
	True
	False
)

// TriOf returns True or False.
func TriOf(b bool) Tri {
	if b {
		return True
	}
	return False
}

// TriIf returns True or False where that is known, else Unknown.
func TriIf(known, b bool) Tri {
	if !known {
		return Unknown
	}
	return TriOf(b)
}

// NoTime stands in a row's TS when the record carries no time (pcapng simple packet blocks): ts is NULL.
const NoTime int64 = math.MinInt64

// MAC is an EUI-48 hardware address (IEEE 802) in transmission order.
type MAC [6]byte

// Has is the set of optional groups of fields that a Packet carries; a group that is absent is NULL in every column of it.
type Has uint64

// One bit per group of Packet fields that are present or absent together. Addresses need none: an invalid netip.Addr is NULL.
const (
	HasFlowID       Has = 1 << iota // FlowID
	HasInterface                    // InterfaceID
	HasDup                          // DupOfFrame
	HasSrcMAC                       // SrcMAC
	HasDstMAC                       // DstMAC
	HasEtherType                    // EtherType
	HasVLAN                         // VLANID
	HasInnerVLAN                    // InnerVLANID
	HasMPLS                         // MPLSLabel
	HasTunnel                       // Tunnel, TunnelDepth
	HasTunnelID                     // TunnelID
	HasOuterProto                   // OuterIPProto
	HasOuterPorts                   // OuterSrcPort, OuterDstPort
	HasIP                           // IPVersion, IPHdrLen, IPTOS, IPLen, IPTTL
	HasIPID                         // IPID: IPv4, or IPv6 with a fragment header
	HasIPFrag                       // IPFlags, IPFragOffset: IPv4, or IPv6 with a fragment header
	HasIPProto                      // IPProto
	HasIPFlowLabel                  // IPFlowLabel: IPv6
	HasIPChksum                     // IPChksum: IPv4
	HasIPOptions                    // IPOptionsCount
	HasPorts                        // SrcPort, DstPort
	HasTCP                          // TCPSeq … TCPWindow, TCPUrgent
	HasTCPOptions                   // TCPOptionsCount
	HasTCPMSS                       // TCPMSS
	HasTCPWScale                    // TCPWScale
	HasTCPTimestamp                 // TCPTSVal, TCPTSEcr
	HasL4Chksum                     // L4Chksum
	HasUDPLen                       // UDPLen
	HasICMP                         // ICMPType, ICMPCode
	HasICMPID                       // ICMPID, ICMPSeq: echo and its kin
	HasPayload                      // PayloadLen
	HasPadding                      // PaddingLen
	HasFirstICMP                    // ICMPType, ICMPCode are of the first fragment of the datagram: no columns, they say which flow it is of
	HasFirstICMPID                  // ICMPID likewise
)

// Packet is one row of table packets: one frame of a capture. What a column means is said at its declaration in packets.go.
// Strings are constants or interned by the decoder, never views of a borrowed buffer.
type Packet struct {
	Has Has

	CaptureID   string
	Sensor      string
	FrameNo     int64
	FrameOffset int64
	FlowID      int64
	TS          int64 // microseconds since 1970-01-01 UTC, floor; or NoTime
	TSExtraNS   int32 // 0..999
	TSSuspect   bool
	InterfaceID int32
	LinkType    int32
	PktDir      string // "in", "out" or "" (unknown)
	CapLen      int64
	WireLen     int64
	DupOfFrame  int64

	SrcMAC, DstMAC      MAC
	EtherType           int32
	VLANID, InnerVLANID int32
	MPLSLabel           int32
	Tunnel              string
	TunnelID            int64
	TunnelDepth         int32
	OuterSrcIP          netip.Addr
	OuterDstIP          netip.Addr
	OuterIPProto        int32
	OuterSrcPort        int32
	OuterDstPort        int32

	IPVersion      int32
	IPHdrLen       int32
	IPTOS          int32
	IPLen          int64
	IPID           int64
	IPFlags        int32
	IPFragOffset   int32
	IPTTL          int32
	IPProto        int32
	IPFlowLabel    int32
	IPChksum       int32
	IPChksumOK     Tri
	IPOptionsCount int32
	SrcIP, DstIP   netip.Addr

	SrcPort, DstPort   int32
	TCPSeq, TCPAck     int64
	TCPHdrLen          int32
	TCPReserved        int32
	TCPFlags           int32
	TCPWindow          int32
	L4Chksum           int32
	L4ChksumOK         Tri
	TCPUrgent          int32
	TCPOptionsCount    int32
	TCPMSS             int32
	TCPWScale          int32
	TCPSACKOK          Tri // True, or Unknown when the option is absent or there is no TCP: see the column
	TCPTSVal, TCPTSEcr int64
	UDPLen             int32
	ICMPType, ICMPCode int32
	ICMPID, ICMPSeq    int32

	PayloadLen int64
	PaddingLen int64
	ChksumNote string // "" or one of ChksumNotes
	Protocol   string
	Protocols  string
	Malformed  string // "" or one of MalformedReasons

	// IPChksumOff and L4ChksumOff are how far a wrong checksum is off: stored minus computed in ones' complement
	// (RFC 1071), 0 when right or not judged. Not columns: they feed the search for rewritten addresses.
	IPChksumOff, L4ChksumOff uint16

	// IPHash is a 64-bit hash of the captured bytes of the outermost IP packet, TTL or hop limit and IPv4 header checksum aside; 0: none.
	// Not a column: it feeds the search for duplicates. Two other packets share it once in 2^64.
	IPHash uint64
}
