package schema

// Segment is what a packet carries of an application's bytes that more packets may go on with: the captured bytes behind the transport header.
// It is no row of a table: it feeds the reading of streams.
type Segment struct {
	Row  int    // of the packet, among those of its chunk
	Data []byte // captured bytes, fewer than payload_len where the frame was cut; owned by the buffer of the frame
}
