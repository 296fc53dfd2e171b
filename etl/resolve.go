package etl

import (
	"cmp"
	"slices"
	"sort"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/schema"
)

// A resolver completes the rows of a capture by what its other frames tell, between the decoders and the files. It takes the chunks in the
// order of the capture.
type resolver struct {
	*pipeline
	fragments flow.Fragments
	dialogues flow.Dialogues
	decoder   *decode.Decoder // of datagrams that were put together; nil until there is one
	chunk     *chunk          // at hand
	sequences sequences
}

func (l *load) newResolver() *resolver {
	r := &resolver{pipeline: l.pipeline, sequences: sequences{key: l.o.Anonymize}}
	r.duplicates.Reset()
	r.rewritten.Reset()
	r.resetFlows(l)
	r.streams.Reset()
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

func (r *resolver) resetFlows(l *load) {
	f := &r.flows
	f.CaptureID, f.Sensor, f.Pseudonym = l.id, l.o.Sensor, l.o.pseudonym()
	f.Idle, f.Active, f.MaxOpen, f.IgnoreVLAN = l.o.FlowIdle.Microseconds(), l.o.FlowActive.Microseconds(), l.o.FlowMax, l.o.FlowIgnoreVLAN
	f.Reset()
}

// all completes the rows of a capture, and gives the chunks on in its order. Where reading failed, what is open is left.
func (r *resolver) all(in *frames, give func(*chunk)) {
	for c := range in.ordered {
		<-c.decoded
		r.resolve(c)
		give(c)
	}
	if in.err == nil {
		r.rest(give)
	}
}

// resolve completes the rows of a chunk, and tells what becomes of those before it.
func (r *resolver) resolve(c *chunk) {
	r.duplicates.Mark(c.Packets)
	r.rewritten.Watch(c.Packets)
	r.chunk = c
	r.fragments.Resolve(&flow.Chunk{Packets: c.Packets, Fragments: c.Fragments, DNSs: &c.DNSs, Payloads: c.Payloads})
	c.amended, c.late = r.fragments.Amended(c.amended), r.fragments.Late(c.late)
	r.track(c)
	r.pair(c)
	r.sequences.shift(c)
}

// pair names the queries of DNS responses. Messages over TCP and over UDP come from two hands, each in the order of frames.
func (r *resolver) pair(c *chunk) {
	byFrame := func(a, b schema.DNS) int { return cmp.Compare(a.FrameNo, b.FrameNo) }
	if !slices.IsSortedFunc(c.DNSs, byFrame) {
		slices.SortStableFunc(c.DNSs, byFrame)
	}
	earlier := len(c.DNSs) // messages that were open when their flow ended, of frames of earlier chunks
	if len(c.Packets) > 0 {
		earlier = sort.Search(len(c.DNSs), func(i int) bool { return c.DNSs[i].FrameNo >= c.Packets[0].FrameNo })
	}
	c.late = append(c.late, c.DNSs[:earlier]...)
	c.DNSs = slices.Delete(c.DNSs, 0, earlier)
	r.dialogues.Pair(c.late)
	r.dialogues.Pair(c.DNSs)
}

// track finds the flows of a chunk's packets, reads what they carry, and names them in the rows beside.
func (r *resolver) track(c *chunk) {
	quotes, segments := c.Quotes, c.Segments
	for i := range c.Packets {
		if i%lookAhead == 0 {
			r.flows.Look(c.Packets[i:min(i+lookAhead, len(c.Packets))])
		}
		p := &c.Packets[i]
		forward := r.flows.Track(p)
		if service := decode.Service(p); service != "" {
			r.flows.Serve(p, service)
		}
		for ; len(quotes) > 0 && quotes[0].Row == i; quotes = quotes[1:] {
			r.flows.Quote(p, &quotes[0].Packet)
		}
		if p.Has&schema.HasTCP != 0 && p.TCPFlags&tcpSYN != 0 {
			r.streams.Open(p, forward)
		}
		for ; len(segments) > 0 && segments[0].Row == i; segments = segments[1:] {
			if service := r.streams.Segment(p, forward, segments[0].Data, &c.Rows); service != "" {
				r.flows.Serve(p, service)
			}
		}
	}
	r.ended(c)
	c.minutes, c.hours = r.flows.Sums(false)
	nameFlows(c.Packets, c.DNSs, func(m *schema.DNS) (int64, *int64) { return m.FrameNo, &m.FlowID })
	nameFlows(c.Packets, c.late, func(m *schema.DNS) (int64, *int64) { return m.FrameNo, &m.FlowID })
	nameFlows(c.Packets, c.DHCPs, func(m *schema.DHCP) (int64, *int64) { return m.FrameNo, &m.FlowID })
	nameFlows(c.Packets, c.NTPs, func(m *schema.NTP) (int64, *int64) { return m.FrameNo, &m.FlowID })
	nameFlows(c.Packets, c.Payloads, func(m *schema.Payload) (int64, *int64) { return m.FrameNo, &m.FlowID })
	r.fragments.NameFlows(c.Packets, c.Fragments)
}

// nameFlows gives rows of a chunk's frames the flows of these. Rows of other frames stay as they are.
func nameFlows[R any](packets []schema.Packet, rows []R, of func(*R) (frame int64, flow *int64)) {
	for i := range rows {
		frame, flow := of(&rows[i])
		at := sort.Search(len(packets), func(i int) bool { return packets[i].FrameNo >= frame })
		if at < len(packets) && packets[at].FrameNo == frame {
			*flow = packets[at].FlowID
		}
	}
}

const (
	tcpSYN    = 2
	lookAhead = 64 // packets
)

// ended hands the flows that ended to a chunk, with the messages that were open in them.
func (r *resolver) ended(c *chunk) {
	c.flows = r.flows.Ended(c.flows)
	for i := range c.flows {
		r.streams.End(c.flows[i].FlowID, &c.Rows)
	}
}

// rest gives out, in empty chunks, what waited for frames that did not come and the flows that were open.
func (r *resolver) rest(give func(*chunk)) {
	c := r.empty()
	r.fragments.Flush()
	c.late = r.fragments.Late(c.late)
	r.pair(c)
	give(c)
	for c = r.empty(); r.flows.Close(); c = r.empty() {
		r.ended(c)
		r.pair(c)
		r.sequences.shift(c)
		c.minutes, c.hours = r.flows.Sums(false)
		give(c)
	}
	c.minutes, c.hours = r.flows.Sums(true)
	give(c)
}
