package etl

import (
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/schema"
)

// A resolver completes the rows of a capture by what its other frames tell, between the decoders and the files. It takes the chunks in the
// order of the capture.
type resolver struct {
	*pipeline
	parts     *parts
	fragments flow.Fragments
	decoder   *decode.Decoder // of datagrams that were put together; nil until there is one
	chunk     *chunk          // at hand
}

func (l *load) newResolver(p *parts) *resolver {
	r := &resolver{pipeline: l.pipeline, parts: p}
	r.duplicates.Reset()
	r.rewritten.Reset()
	r.fragments.Amend = p.amend
	r.fragments.Datagram = func(packet *schema.Packet, datagram []byte) bool {
		if r.decoder == nil {
			r.decoder = decode.New(l.decodeOptions())
		}
		before := len(r.chunk.DNSs)
		r.decoder.Datagram(packet, datagram, &r.chunk.Rows)
		return len(r.chunk.DNSs) > before
	}
	return r
}

// resolve completes the rows of a chunk and, in the files, what is still open of those before it.
func (r *resolver) resolve(c *chunk) {
	r.duplicates.Mark(c.Packets)
	r.rewritten.Watch(c.Packets)
	r.chunk = c
	r.fragments.Resolve(&flow.Chunk{Packets: c.Packets, Fragments: c.Fragments, DNSs: &c.DNSs, Payloads: c.Payloads})
	c.late = r.fragments.Late()
}

// close writes what waited for frames that did not come.
func (r *resolver) close() error {
	r.fragments.Flush()
	return r.parts.append(&chunk{late: r.fragments.Late()})
}

// What a fragment takes from the first of its datagram, by table.
var (
	resolvedPackets  = schema.Packets.Indexes(flow.Resolved...)
	resolvedPayloads = schema.Payloads.Indexes("src_port", "dst_port")
)

// amend gives a fragment, whose row was appended before, what it takes from its first. It reports false when the row is written already.
func (p *parts) amend(to *schema.Packet) bool {
	for _, q := range p.all() {
		if w := q.packets.writer; w != nil && w.Amend(to.FrameNo, to, resolvedPackets) {
			if w := payloads.sink(q).writer; w != nil {
				w.Amend(to.FrameNo, &schema.Payload{HasPorts: to.Has&schema.HasPorts != 0, SrcPort: to.SrcPort, DstPort: to.DstPort}, resolvedPayloads)
			}
			return true
		}
	}
	return false
}
