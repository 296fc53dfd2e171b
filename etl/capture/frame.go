package capture

// Direction says which way a frame went past the capturing host.
type Direction uint8

// Directions, as pcapng's epb_flags and the SLL packet type tell them.
const (
	DirUnknown Direction = iota
	DirIn
	DirOut
)

// Frame is one record of a capture. Data is borrowed: it belongs to the Reader and holds until the next Scan.
type Frame struct {
	No          int64 // from 1, over the whole capture, as Wireshark counts
	Offset      int64 // of the record (pcap record header, pcapng block) in the decompressed capture
	TS          int64 // microseconds since 1970-01-01 UTC, floor
	TSExtraNS   int32 // 0..999 nanoseconds beyond TS
	TSSuspect   bool  // the stamp was invalid and normalised
	HasTS       bool  // false: the record carries no time (pcapng simple packet block); TS is 0 then and TSSuspect set
	InterfaceID int32 // ordinal over the whole capture; 0 in pcap
	LinkType    int32 // LINKTYPE_ value of tcpdump.org's registry
	FCSLen      int32 // octets of frame check sequence at the end of the frame when the file declares it; -1 unknown
	Dir         Direction
	WireLen     int64 // bytes on the wire
	Data        []byte
}
