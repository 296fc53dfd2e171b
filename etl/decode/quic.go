package decode

import (
	"encoding/hex"
	"strconv"

	"github.com/pcaplake/pcaplake/schema"
)

// Versions of QUIC that are numbers of their own; drafts are 0xff000000 and their number.
const (
	quicV1    = 1
	quicV2    = 0x6b3343cf
	quicDraft = 0xff000000
	quicT050  = 0x54303530
	quicT051  = 0x54303531
	maxCID    = 20 // bytes of a connection id (RFC 9000 17.2)
)

// Types of long packets in version 1 (RFC 9000 17.2); those of version 2 are one further (RFC 9369 3.2).
const (
	quicInitial = iota
	quicZeroRTT
	quicHandshake
	quicRetry
)

var quicTypes = [...]string{quicInitial: "initial", quicZeroRTT: "0-rtt", quicHandshake: "handshake", quicRetry: "retry"}

// quicVersion names a version whose packets are read: 1, 2, the drafts with the same long header, Google's with TLS, and Meta's, which are drafts too.
func quicVersion(v uint32) (string, bool) {
	switch draft := v &^ quicDraft; {
	case v == quicV1:
		return "1", true
	case v == quicV2:
		return "2", true
	case v&quicDraft == quicDraft && draft >= 22 && draft <= 34:
		return "draft-" + draftNames[draft-22], true
	case v == quicT050:
		return "T050", true
	case v == quicT051:
		return "T051", true
	case v == 0xfaceb001:
		return "mvfst-1", true
	case v == 0xfaceb002:
		return "mvfst-2", true
	}
	return "", false
}

var draftNames = [...]string{"22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34"}

// isQUIC recognises a datagram that begins with a long packet of a known version, or with a negotiation that offers one.
func isQUIC(b []byte) bool {
	if len(b) < 7 || b[0]&0x80 == 0 {
		return false
	}
	version := u32(b[1:])
	if _, known := quicVersion(version); !known && version != 0 || known && b[0]&0x40 == 0 {
		return false
	}
	h, ok := quicHead(b)
	if !ok || version != 0 {
		return ok
	}
	for rest := h.rest; len(rest) >= 4; rest = rest[4:] {
		if _, known := quicVersion(u32(rest)); known && len(h.rest)%4 == 0 {
			return true
		}
	}
	return false
}

// quic recognises QUIC by content, whatever the ports are, and hands the datagram on to where flows are known.
func (d *Decoder) quic(l layer) {
	if !isQUIC(l.b) {
		return
	}
	d.push(protoQUIC)
	d.segment(l.b)
}

// head is what versions have in common of long headers (RFC 8999 5.1).
type quicHeader struct {
	first      byte
	version    uint32
	dcid, scid []byte
	rest       []byte // of the datagram, behind
}

func quicHead(b []byte) (h quicHeader, ok bool) {
	s := span{b: b}
	h.first, h.version = byte(s.number(1)), uint32(s.number(4))
	h.dcid = s.vector(1)
	h.scid = s.vector(1)
	h.rest = s.b
	return h, !s.short && len(h.dcid) <= maxCID && len(h.scid) <= maxCID
}

// kind is the type of a long packet, as version 1 numbers them.
func (h *quicHeader) kind() int {
	kind := int(h.first >> 4 & 3)
	if h.version == quicV2 {
		kind = (kind + 3) & 3
	}
	return kind
}

// varint is a number of variable length (RFC 9000 16), at most 2^62-1.
func (s *span) varint() int64 {
	if len(s.b) == 0 {
		s.short = true
		return 0
	}
	n := 1 << (s.b[0] >> 6)
	v := int64(s.number(n))
	return v & (1<<(8*n-2) - 1)
}

// A quicPacket is a long packet in a datagram.
type quicPacket struct {
	quicHeader
	bytes  []byte // header and what the header's length declares
	number int    // where in them the packet number is; 0: it has none
}

// nextQUIC reads the long packet that b begins with into a row and returns it and what follows; nil where that cannot be told. Missing are
// the bytes of the datagram that were not captured.
func nextQUIC(b []byte, missing int64, row *schema.QUIC, rows *Rows) (p quicPacket, rest []byte) {
	h, ok := quicHead(b)
	p.quicHeader = h
	row.Version = int64(h.version)
	row.VersionName, _ = quicVersion(h.version)
	row.DCID, row.SCID = rows.hexText(h.dcid[:min(len(h.dcid), maxCID)]), rows.hexText(h.scid[:min(len(h.scid), maxCID)])
	if h.version == 0 {
		row.Type, row.Offered, row.Cut = "version-negotiation", rows.offered(h.rest), missing > 0
		return p, nil
	}
	kind, s := h.kind(), span{b: h.rest}
	row.Type = quicTypes[kind]
	if kind == quicRetry {
		const tag = 16 // RFC 9001 5.8
		row.HasToken, row.TokenLen, row.Cut = true, int64(len(h.rest))+missing-tag, missing > 0
		if row.TokenLen < 0 {
			row.HasToken, row.Malformed = false, schema.MalformedQUIC
		}
		return p, nil
	}
	if kind == quicInitial {
		row.HasToken, row.TokenLen = true, s.varint()
		s.take(int(min(row.TokenLen, int64(len(s.b))+1)))
	}
	row.HasLength, row.Length = true, s.varint()
	if s.short || !ok {
		row.HasLength = false
	}
	switch beyond := row.Length - int64(len(s.b)); {
	case (s.short || !ok || beyond > 0) && missing > 0:
		row.Cut = true
	case s.short || !ok || beyond > 0:
		row.Malformed = schema.MalformedQUIC
	default:
		p.number = len(b) - len(s.b)
		end := p.number + int(row.Length)
		p.bytes, rest = b[:end], b[end:]
	}
	return p, rest
}

// hexText keeps bytes as hex; nil when there are none.
func (r *Rows) hexText(b []byte) []byte {
	at := len(r.arena)
	r.arena = hex.AppendEncode(r.arena, b)
	if len(b) == 0 {
		return nil
	}
	return r.arena[at:len(r.arena):len(r.arena)]
}

// offered keeps a list of versions, at most 64.
func (r *Rows) offered(b []byte) []byte {
	at := len(r.arena)
	for b = b[:min(len(b), 4*64)]; len(b) >= 4; b = b[4:] {
		if len(r.arena) > at {
			r.arena = append(r.arena, ',')
		}
		r.arena = strconv.AppendUint(r.arena, uint64(u32(b)), 10)
	}
	return r.arena[at:len(r.arena):len(r.arena)]
}
