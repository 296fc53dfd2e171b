// Package decode turns frames into rows.
package decode

import (
	"net/netip"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/schema"
)

// Options are what the rows of a capture depend on beside its frames.
type Options struct {
	CaptureID string
	Sensor    string
	Payload   int // bytes of payload kept per packet: 0 none, -1 all
}

// Decoder turns frames into rows, each by itself: several decoders may share the frames of a capture. It is not for concurrent use.
type Decoder struct {
	options  Options
	links    []link // the table
	link     link   // of the frame before, since they hardly ever differ
	chains   chains
	messages dnsReader
	leases   dhcpReader

	// Of the frame at hand.
	row        *schema.Packet
	rows       *Rows
	chain      chain
	tunnel     header     // of the tunnel whose inside is being decoded, until a network header is found there
	fcs        int64      // bytes of frame check sequence at the end of the frame
	finalDst   netip.Addr // destination in the pseudo-header: behind a routing header another than dst_ip
	fragment   bool       // first fragment of several: transport lengths and sums are those of the whole datagram
	superframe bool       // larger than what the wire carried (TSO, GRO)
	overrun    bool       // the IP header declares more than the frame had
	part       part       // of its datagram, in a fragment
	inner      bool       // what is at hand is a frame that this one carries: the link columns are filled
	nested     bool       // a header that names a link type was there
}

// New returns a decoder of a capture.
func New(o Options) *Decoder {
	return &Decoder{options: o, links: links, link: findLink(links, 0), chains: make(chains)}
}

// Reset makes the decoder one of another capture.
func (d *Decoder) Reset(o Options) { d.options = o }

// Decode appends the frame's packet and what rows of applications it gives. Of the frame's buffer it keeps only views, in Segments.
func (d *Decoder) Decode(f *capture.Frame, rows *Rows) {
	rows.Packets = append(rows.Packets, schema.Packet{
		Has: schema.HasInterface, CaptureID: d.options.CaptureID, Sensor: d.options.Sensor, FrameNo: f.No, FrameOffset: f.Offset,
		TS: f.TS, TSExtraNS: f.TSExtraNS, TSSuspect: f.TSSuspect, InterfaceID: f.InterfaceID, LinkType: f.LinkType,
		CapLen: int64(len(f.Data)), WireLen: f.WireLen,
	})
	d.rows, d.row = rows, &rows.Packets[len(rows.Packets)-1]
	if !f.HasTS {
		d.row.TS = schema.NoTime
	}
	switch f.Dir {
	case capture.DirIn:
		d.row.PktDir = "in"
	case capture.DirOut:
		d.row.PktDir = "out"
	}
	d.chain, d.fragment, d.superframe, d.overrun, d.finalDst, d.part = chain{}, false, false, false, netip.Addr{}, part{}
	d.inner, d.nested = false, false
	d.fcs, d.tunnel = int64(max(0, f.FCSLen)), header{}
	// Some captures hold more bytes of a frame than they say it had.
	l := layer{b: f.Data, n: max(f.WireLen, int64(len(f.Data)))}
	if d.link.number != f.LinkType {
		d.link = findLink(d.links, f.LinkType)
	}
	d.push(d.link.proto)
	if d.link.decode != nil {
		d.link.decode(d, l)
	}
	d.row.Protocol, d.row.Protocols = d.chains.names(&d.chain)
	d.handOver()
	d.row, d.rows = nil, nil
}

// layer is what is left of a frame at some depth: the captured bytes, and how many there were on the wire.
type layer struct {
	b []byte
	n int64
}

// skip is the layer behind the first n bytes, which must be captured.
func (l layer) skip(n int) layer { return layer{l.b[n:], l.n - int64(n)} }

// limit is the layer cut to n bytes on the wire.
func (l layer) limit(n int64) layer {
	return layer{l.b[:min(int64(len(l.b)), n)], min(l.n, n)}
}

// whole reports whether all bytes were captured.
func (l layer) whole() bool { return int64(len(l.b)) >= l.n }

// has reports whether the first n bytes were captured. If they were not on the wire either, the frame is malformed.
func (d *Decoder) has(l layer, n int, reason string) bool {
	if len(l.b) >= n {
		return true
	}
	if l.n < int64(n) {
		d.malformed(reason)
	}
	return false
}

// header is has for a transport header, whose checksum cannot be judged when it is not all there.
func (d *Decoder) header(l layer, n int, reason string) bool {
	ok := d.has(l, n, d.short(reason))
	switch {
	case ok:
	case d.fragment:
		d.note(schema.ChksumFragment)
	case d.overrun || l.n >= int64(n):
		d.note(schema.ChksumSnapped)
	}
	return ok
}

// malformed notes the first reason why the frame could not be decoded to the end.
func (d *Decoder) malformed(reason string) {
	if d.row.Malformed == "" {
		d.row.Malformed = reason
	}
}

// note says why a checksum was not judged; the first reason stays.
func (d *Decoder) note(why string) {
	if d.row.ChksumNote == "" {
		d.row.ChksumNote = why
	}
}

func (d *Decoder) push(p proto) { d.chain.push(p) }

// payload notes what stands behind the transport header.
func (d *Decoder) payload(l layer) {
	d.row.Has |= schema.HasPayload
	d.row.PayloadLen = max(0, l.n)
	keep := d.options.Payload
	if keep == 0 || len(l.b) == 0 {
		return
	}
	b := l.b
	if keep > 0 {
		b = b[:min(len(b), keep)]
	}
	p := d.row
	d.rows.Payloads = append(d.rows.Payloads, schema.Payload{
		CaptureID: p.CaptureID, Sensor: p.Sensor, FrameNo: p.FrameNo, TS: p.TS, TSExtraNS: p.TSExtraNS, SrcIP: p.SrcIP, DstIP: p.DstIP,
		HasPorts: p.Has&schema.HasPorts != 0, SrcPort: p.SrcPort, DstPort: p.DstPort, PayloadLen: p.PayloadLen, Data: d.rows.keep(b),
	})
}

// segment hands on the captured payload of a packet that belongs to a stream.
func (d *Decoder) segment(b []byte) {
	if len(b) > 0 && !d.fragment {
		d.rows.Segments = append(d.rows.Segments, schema.Segment{Row: len(d.rows.Packets) - 1, Data: b})
	}
}

func u16(b []byte) uint16 { return uint16(b[0])<<8 | uint16(b[1]) }

func u32(b []byte) uint32 { return uint32(u16(b))<<16 | uint32(u16(b[2:])) }
