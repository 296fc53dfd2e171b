package schema

// Place is where a frame lies in its capture, as its row of packets says. It is no row of a table: by it queries ask for what is in the frame.
type Place struct {
	CaptureID   string
	FrameOffset int64 // bytes, in the decompressed capture
	CapLen      int64 // bytes
	Stored      int64 // bytes of its payload that the lake has
}
