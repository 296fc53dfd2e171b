package decode

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/pcaplake/pcaplake/schema"
)

// Bounds on the memory of QUIC connections that open.
const (
	maxQUICFlows = 4096     // the youngest are known
	maxQUICHello = 16 << 10 // bytes of a ClientHello
	maxQUICHeld  = 8 << 20  // bytes of all that are not complete
	maxQUICGaps  = 64       // runs of bytes of one
)

// quicFlows read the ClientHellos of QUIC, of which the pieces may come in any order in several packets and datagrams.
type quicFlows struct {
	flows   map[int64]*quicFlow
	ring    [maxQUICFlows]int64 // flows in the order in which they began
	next    int                 // in ring: the oldest
	held    int                 // bytes of all
	evicted int64               // since the datagram at hand came
	scratch []byte
	hello   hello
}

// A quicFlow is the client's side of a connection.
type quicFlow struct {
	forward bool   // the client is the forward sender of the flow
	dcid    []byte // of its first packet
	keys    quicKeys
	google  bool   // of Google's versions, which have another type of frame for CRYPTO
	base    int    // bytes of CRYPTO frames that were read
	data    []byte // of those behind
	runs    []run  // which of these came, in order, with gaps between
	given   bool   // beyond the bounds: nothing more is read
}

// run is the bytes from, up to to.
type run struct{ from, to int }

// datagram takes a datagram that begins with a long packet and appends the rows of the long packets in it. It returns how many flows were
// given up for room.
func (q *quicFlows) datagram(p *schema.Packet, forward bool, b []byte, rows *Rows) int64 {
	q.evicted = 0
	missing := max(0, p.PayloadLen-int64(len(b)))
	for len(b) >= 7 && b[0]&0x80 != 0 {
		if _, known := quicVersion(u32(b[1:])); !known && u32(b[1:]) != 0 {
			break
		}
		row := schema.QUIC{Message: schema.MessageOf(p)}
		packet, rest := nextQUIC(b, missing, &row, rows)
		if packet.number > 0 && packet.kind() == quicInitial {
			q.initial(p.FlowID, forward, &packet, &row)
		}
		rows.QUICs = append(rows.QUICs, row)
		b = rest
	}
	return q.evicted
}

// initial reads an Initial packet, if it is a client's.
func (q *quicFlows) initial(flow int64, forward bool, p *quicPacket, row *schema.QUIC) {
	f := q.flows[flow]
	if f != nil && f.forward != forward {
		return
	}
	var payload []byte
	if f != nil {
		payload = f.keys.open(p.bytes, p.number, &q.scratch)
	}
	if payload == nil { // the first one, or one after a retry, or of another connection
		if f != nil && bytes.Equal(f.dcid, p.dcid) {
			return
		}
		keys, err := newQUICKeys(p.version, p.dcid)
		if err != nil {
			return
		}
		if payload = keys.open(p.bytes, p.number, &q.scratch); payload == nil {
			return
		}
		q.drop(flow)
		f = q.begin(flow)
		f.forward, f.dcid, f.keys = forward, bytes.Clone(p.dcid), keys
		f.google = p.version == quicT050 || p.version == quicT051
	}
	if f.given {
		return
	}
	before := cap(f.data)
	ok := f.frames(payload)
	q.held += cap(f.data) - before
	switch message := f.message(); {
	case !ok || q.held > maxQUICHeld:
		row.Cut, f.given = true, true
		q.free(f)
	case message != nil:
		q.tell(message, row)
		f.base += 4 + len(message) // a second one may follow, when the server asks for it
		q.free(f)
	}
}

// tell puts into a row what a ClientHello says.
func (q *quicFlows) tell(message []byte, row *schema.QUIC) {
	h := &q.hello
	if !parseClientHello(message, h) {
		row.Malformed = schema.MalformedTLSHello
	}
	row.ServerName, row.ALPN, row.ECH, row.JA4 = text(h.name), string(names(h.alpn)), schema.TriOf(h.encrypted), h.ja4('q')
}

// begin makes room for a flow, if need be in the place of the oldest.
func (q *quicFlows) begin(flow int64) *quicFlow {
	if q.flows == nil {
		q.flows = make(map[int64]*quicFlow)
	}
	oldest := q.ring[q.next]
	if f := q.flows[oldest]; f != nil {
		if len(f.runs) > 0 {
			q.evicted++
		}
		q.drop(oldest)
	}
	q.ring[q.next], q.next = flow, (q.next+1)%maxQUICFlows
	f := new(quicFlow)
	q.flows[flow] = f
	return f
}

// free gives up the bytes of a flow.
func (q *quicFlows) free(f *quicFlow) {
	q.held -= cap(f.data)
	f.data, f.runs = nil, nil
}

// reset forgets all flows.
func (q *quicFlows) reset() { *q = quicFlows{scratch: q.scratch} }

// drop forgets a flow, which may not be known.
func (q *quicFlows) drop(flow int64) {
	if f := q.flows[flow]; f != nil {
		q.free(f)
		delete(q.flows, flow)
	}
}

// Frames that Initial packets hold (RFC 9000 12.4).
const (
	framePadding = 0
	framePing    = 1
	frameACK     = 2
	frameACKECN  = 3
	frameCrypto  = 6
	frameGoogle  = 8 // CRYPTO in T050 and T051
)

// frames takes the CRYPTO frames of a payload. It reports false when they go beyond the bounds.
func (f *quicFlow) frames(payload []byte) bool {
	for s := (span{b: payload}); len(s.b) > 0; {
		kind := s.varint()
		if f.google && kind == frameGoogle {
			kind = frameCrypto
		}
		switch kind {
		case framePadding, framePing:
		case frameACK, frameACKECN:
			s.acknowledgement(kind == frameACKECN)
		case frameCrypto:
			offset, n := s.varint(), s.varint()
			if offset+n > int64(f.base+maxQUICHello) {
				return false
			}
			if data := s.take(int(n)); !s.short && !f.put(int(offset)-f.base, data) {
				return false
			}
		default: // CONNECTION_CLOSE, and what has no place here
			return true
		}
		if s.short {
			return true
		}
	}
	return true
}

// acknowledgement moves over the rest of an ACK frame (RFC 9000 19.3).
func (s *span) acknowledgement(counts bool) {
	s.varint()
	s.varint()
	ranges := s.varint()
	s.varint()
	for i := int64(0); i < 2*ranges && !s.short; i++ {
		s.varint()
	}
	for i := 0; i < 3 && counts; i++ {
		s.varint()
	}
}

// put places bytes at an offset; those that came before hold. It reports false when there are too many gaps.
func (f *quicFlow) put(offset int, b []byte) bool {
	if offset < 0 { // read before
		offset, b = 0, b[min(-offset, len(b)):]
	}
	if len(b) == 0 {
		return true
	}
	end := offset + len(b)
	if end > len(f.data) {
		f.data = append(f.data, make([]byte, end-len(f.data))...)
	}
	first, _ := slices.BinarySearchFunc(f.runs, offset, func(r run, at int) int { return cmp.Compare(r.to, at) })
	all, at, next := run{offset, end}, offset, first
	for ; next < len(f.runs) && f.runs[next].from <= end; next++ {
		r := f.runs[next]
		if at < r.from {
			copy(f.data[at:r.from], b[at-offset:])
		}
		at = max(at, r.to)
		all = run{min(all.from, r.from), max(all.to, r.to)}
	}
	if at < end {
		copy(f.data[at:end], b[at-offset:])
	}
	f.runs = slices.Replace(f.runs, first, next, all)
	return len(f.runs) <= maxQUICGaps
}

// message is the body of the ClientHello when all of it came, else nil.
func (f *quicFlow) message() []byte {
	if len(f.runs) == 0 || f.runs[0].from > 0 || f.runs[0].to < 4 {
		return nil
	}
	b := f.data[:f.runs[0].to]
	n := 4 + int(u32(b)&0xffffff)
	if b[0] != tlsClientHello || len(b) < n {
		return nil
	}
	return b[4:n]
}
