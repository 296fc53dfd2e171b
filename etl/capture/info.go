package capture

import (
	"errors"
	"fmt"
)

// What a file is that is refused.
var (
	// ErrEmpty is the error of a file without a byte.
	ErrEmpty = errors.New("the file is empty")
	// ErrNotCapture is the error of a file that is none of the formats this package knows by name.
	ErrNotCapture = errors.New("not a packet capture")
)

// UnsupportedError is the error of a file that is a capture, or may hold one, but that this package does not read.
type UnsupportedError struct{ What string }

// Error says what the file is and what to do about it.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("%s is not supported: convert it to pcap or pcapng", e.What)
}

// Reasons for which a record is counted as a frame and not delivered: the keys of Info.Rejected.
const (
	RejectedCut         = "cut"          // the file ends before the bytes that the record announces
	RejectedLength      = "length"       // the length is impossible: larger than any frame of the link type, or than its block
	RejectedNoInterface = "no-interface" // the record names an interface that its section does not describe
)

// Rejections is the closed list of reasons.
func Rejections() []string { return []string{RejectedCut, RejectedLength, RejectedNoInterface} }

// Info is what is known of a capture once it was read to its end.
type Info struct {
	Format      string  // "pcap", "pcapng", "snoop" or "erf"
	Variant     string  // format, resolution, byte order and unusual versions, such as "pcap-us-le" or "pcapng-be"
	Compression string  // "gzip", "zstd", "xz", "bzip2", "lz4" or ""
	Points      []Point // where gzip and zstd can be read from, beside the beginning
	Interfaces  []Interface
	Frames      int64            // whole record headers, rejected ones included
	Rejected    map[string]int64 // reason -> count
	Truncated   bool             // the file ends too early or breaks off; what was whole was delivered
	Damage      []string         // what is wrong and where, one sentence each, at most maxDamage
	Bytes       int64            // of the decompressed capture
	ContentHash string           // BLAKE3 of the decompressed bytes, 64 hex digits
	HeadHash    string           // BLAKE3 of the first MiB of them
	PrefixEnd   int64            // offset after the last whole frame, 0 without one
	PrefixHash  string           // BLAKE3 up to there
	Dropped     *int64           // frames lost at capture as the capture's statistics say; nil: they say nothing
	CutNS       int64            // frames whose time was finer than a nanosecond, and was cut
	Comments    int64            // comments in the capture, on frames, interfaces and sections; Reader.Comments has them
	Names       int64            // records of pcapng name resolution blocks: they are counted and not kept
}

// Interface is one interface of a capture; a pcap or snoop file has exactly one, an ERF file one for each number and link type that occur.
type Interface struct {
	Name        string
	Description string
	Filter      string
	OS          string
	LinkType    int32 // LINKTYPE_ value
	SnapLen     int64 // 0: no limit
	Received    *int64
	Dropped     *int64
}

const maxDamage = 20

// damaged notes what is wrong at an offset.
func (i *Info) damaged(offset int64, format string, args ...any) {
	switch {
	case len(i.Damage) < maxDamage:
		i.Damage = append(i.Damage, fmt.Sprintf("at byte %d, after frame %d: ", offset, i.Frames)+fmt.Sprintf(format, args...))
	case len(i.Damage) == maxDamage:
		i.Damage = append(i.Damage, "and more")
	}
}

// cut notes that the capture breaks off at an offset.
func (i *Info) cut(offset int64, format string, args ...any) {
	i.Truncated = true
	i.damaged(offset, format, args...)
}

func (i *Info) reject(reason string) {
	i.Frames++
	if i.Rejected == nil {
		i.Rejected = make(map[string]int64)
	}
	i.Rejected[reason]++
}
