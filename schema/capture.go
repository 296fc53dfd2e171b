package schema

import (
	"iter"
	"maps"
)

// Capture is one row of captures: what the lake knows of one capture, taken from its manifest (never from Parquet).
type Capture struct {
	CaptureID      string
	Source         string
	Sensor         string
	Format         string
	Compression    string
	LinkTypes      []int32
	Interfaces     []Interface
	Frames         int64
	Rows           int64
	Rejected       int64
	RejectedBy     map[string]int64
	Malformed      int64
	MalformedBy    map[string]int64
	Truncated      bool
	Damage         []string // what is wrong with the file and where, one sentence each
	Snapped        int64
	Duplicates     int64
	OutOfOrder     int64
	Evicted        int64  // datagrams in fragments that were given up for room
	Unresolved     int64  // rows of later fragments without the ports of their first
	FlowsEvicted   int64  // rows of flows that ended to make room
	StreamsEvicted int64  // TCP connections whose reading was given up for room
	Comments       int64  // in the capture: on frames, interfaces and sections
	CutNS          int64  // frames whose time was finer than a nanosecond, and was cut
	Dropped        *int64 // as the capture's own statistics say; nil: they say nothing
	LossRatio      *float64
	OneWay         *bool
	FirstTS        *int64 // microseconds since 1970-01-01 UTC
	LastTS         *int64
	Bytes          int64  // of the decompressed capture
	StoredBytes    int64  // as the file lay on disk
	ContentHash    string // BLAKE3 of the decompressed bytes
	SHA256         string // of the stored bytes; "": not asked for
	Options        string // fingerprint
	Settings       map[string]string
	Status         string // "ok" or "failed"
	Error          string
	ToolVersion    string
	SchemaVersion  int32
	Rewritten      []Rewritten
}

// Rewritten is one address pair whose wrong checksums are all off by one same amount in IP and L4:
// an address was rewritten after capture (semantics.md, Checksums).
type Rewritten struct {
	A       string `json:"a"` // the lower address of the pair
	B       string `json:"b"`
	Packets int64  `json:"packets"` // of the pair, both ways, that are off by Offset
	Offset  int32  `json:"offset"`  // stored minus computed, ones' complement
}

// File is one live Parquet file of the lake, as readers need it.
type File struct {
	Table         string
	Path          string // to be opened by DuckDB
	Name          string // within the lake, slash-separated
	Sensor        string
	Date          string // partition, YYYY-MM-DD or "" for the default partition
	Rows          int64
	Bytes         int64
	MinTS, MaxTS  int64 // microseconds; NoTime when no row has a time
	SchemaVersion int32
	BLAKE3        string // of its bytes, 64 hex digits

	// Whose rows it has: of one capture, by its id, or of several, by theirs with how many. Neither: it is not told.
	Capture  string
	Captures map[string]int64
}

// Told reports whether the file says of which captures its rows are.
func (f *File) Told() bool { return f.Capture != "" || f.Captures != nil }

// Has reports whether the file has rows of a capture, as far as it says.
func (f *File) Has(captureID string) bool { return f.Capture == captureID || f.Captures[captureID] > 0 }

// CaptureIDs are the captures that the file has rows of, in no order.
func (f *File) CaptureIDs() iter.Seq[string] {
	if f.Captures != nil {
		return maps.Keys(f.Captures)
	}
	return func(yield func(string) bool) { _ = f.Capture == "" || yield(f.Capture) }
}

// Interface is one interface of a capture.
type Interface struct {
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	Filter      string `json:"filter,omitempty"` // that the frames passed
	OS          string `json:"os,omitempty"`
	LinkType    int32  `json:"link_type"`          // LINKTYPE_ value
	SnapLen     int64  `json:"snap_len"`           // bytes kept of a frame; 0: all
	Received    *int64 `json:"received,omitempty"` // frames, as the capture's statistics say; nil: they say nothing
	Dropped     *int64 `json:"dropped,omitempty"`
}
