package etl

import (
	"errors"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/schema"
)

// A resolver completes the rows of a capture by what its other frames tell, between the decoder and the files. It takes the chunks in the
// order of the capture.
type resolver struct {
	parts      *parts
	duplicates *flow.Duplicates
	fragments  flow.Fragments
	decoder    *decode.Decoder // of datagrams that were put together; not the one of frames, which is at work elsewhere
	chunk      *decode.Rows    // at hand
}

func (l *load) newResolver(p *parts) *resolver {
	r := &resolver{parts: p, duplicates: &l.duplicates}
	r.duplicates.Reset()
	r.fragments.Amend = p.amend
	r.fragments.Datagram = func(packet *schema.Packet, datagram []byte) bool {
		if r.decoder == nil {
			r.decoder = l.newDecoder()
		}
		before := len(r.chunk.DNSs)
		r.decoder.Datagram(packet, datagram, r.chunk)
		return len(r.chunk.DNSs) > before
	}
	return r
}

// resolve completes the rows of a chunk and, in the files, what is still open of those before it.
func (r *resolver) resolve(chunk *decode.Rows) error {
	r.duplicates.Mark(chunk.Packets)
	r.chunk = chunk
	r.fragments.Resolve(&flow.Chunk{Packets: chunk.Packets, Fragments: chunk.Fragments, DNSs: &chunk.DNSs, Payloads: chunk.Payloads})
	return r.parts.appendLate(r.fragments.Late())
}

// close writes what waited for frames that did not come.
func (r *resolver) close() error {
	r.fragments.Flush()
	return r.parts.appendLate(r.fragments.Late())
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
			if w := q.payloads.writer; w != nil {
				w.Amend(to.FrameNo, &schema.Payload{HasPorts: to.Has&schema.HasPorts != 0, SrcPort: to.SrcPort, DstPort: to.DstPort}, resolvedPayloads)
			}
			return true
		}
	}
	return false
}

// appendLate writes rows of frames that were written before, to the parts of their own dates.
func (p *parts) appendLate(dnss []schema.DNS) error {
	var err error
	for i := range dnss {
		q, failed := p.part(dayOf(dnss[i].TS))
		if failed == nil {
			failed = q.dnss.append(q, schema.DNSs, dnss[i:i+1])
		}
		err = errors.Join(err, failed)
	}
	return err
}
