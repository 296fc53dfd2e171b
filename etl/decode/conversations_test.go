package decode_test

import (
	"net/netip"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

// tracker stands in for etl/flow: it tells connections apart by addresses, ports and initial sequence numbers.
type tracker map[connection]*tracked

type connection struct{ a, b netip.AddrPort }

type tracked struct {
	id      int64
	forward connection
	isn     map[bool]int64 // by direction
}

// track gives the packet its flow. A SYN with another sequence number begins a new one.
func (t tracker) track(p *schema.Packet, end func(id int64)) (forward bool) {
	key := connection{netip.AddrPortFrom(p.SrcIP, uint16(p.SrcPort)), netip.AddrPortFrom(p.DstIP, uint16(p.DstPort))}
	reverse := connection{key.b, key.a}
	f := t[key]
	if f == nil {
		f = t[reverse]
	}
	forward = f != nil && f.forward == key
	syn := p.TCPFlags&2 != 0
	if f != nil && syn {
		if isn, ok := f.isn[forward]; ok && isn != p.TCPSeq || !ok && p.TCPFlags&16 == 0 {
			end(f.id)
			f = nil
		}
	}
	if f == nil {
		f = &tracked{id: p.FrameNo, forward: key, isn: map[bool]int64{}}
		if p.TCPFlags&18 == 18 {
			f.forward = reverse
		}
		delete(t, reverse)
		t[key], forward = f, f.forward == key
	}
	if syn {
		f.isn[forward] = p.TCPSeq
	}
	p.FlowID, p.Has = f.id, p.Has|schema.HasFlowID
	return forward
}

// conversations reads all TCP streams of a capture, and says of how many packets they are.
func conversations(path string) (out *decode.Rows, packets int, err error) {
	r, err := capture.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer r.Close()
	d, frame, out := decode.New(decode.Options{CaptureID: "c", Sensor: "s"}), new(decode.Rows), new(decode.Rows)
	streams, flows := decode.NewStreams(), tracker{}
	for r.Scan() {
		frame.Reset()
		d.Decode(r.Frame(), frame)
		p := &frame.Packets[0]
		if p.Has&schema.HasTCP == 0 {
			continue
		}
		packets++
		forward := flows.track(p, func(id int64) { streams.End(id, out) })
		if p.TCPFlags&2 != 0 {
			streams.Open(p, forward)
		}
		for _, s := range frame.Segments {
			streams.Segment(p, forward, s.Data, out)
		}
	}
	streams.Close(out)
	return out, packets, nil
}
