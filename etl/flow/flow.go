// Package flow resolves what the row of a packet owes to other packets of its capture: fragments take the ports and the protocol of the
// first of their datagram, copies of a packet name the frame that they repeat.
//
// All of it runs in the order of the capture, between decoding, which looks at one frame alone and may run in parallel, and writing. State
// is bounded whatever the frames are, and what is given up for that is counted. The same rows in the same chunks give the same result.
package flow

import "github.com/pcaplake/pcaplake/schema"

// A Chunk holds the rows of consecutive frames in the order of the capture. They are changed in place and not kept.
type Chunk struct {
	Packets   []schema.Packet
	Fragments []schema.Fragment
	DNSs      *[]schema.DNS // a pointer, since messages that were in fragments come and go
	Payloads  []schema.Payload
}
