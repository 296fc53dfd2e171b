package capture

import (
	"encoding/binary"
	"fmt"
)

// Endace's extensible record format has no file header: a record begins with time, type, flags, length, loss counter and wire length.
const (
	erfHeader    = 16
	erfExtension = 8
	erfMoreBit   = 0x80 // of a type: an extension header follows
	erfPad       = 48
	erfMeta      = 27 // provenance records
	linkERF      = 197
)

// erfType is what a record type says of the record.
type erfType struct {
	link   int32 // LINKTYPE_ of the bytes behind the headers; linkHDLC: their first bytes tell; LINKTYPE_ERF: the whole record is the frame
	sub    int   // bytes of the header of its own between the extension headers and the frame
	colour bool  // a colour stands where others count losses
}

// linkHDLC stands for what is behind an HDLC record: Cisco HDLC or PPP.
const linkHDLC = -1

// erfTypes are the record types with a frame, by number (Endace ERF types, as the registry lists them for LINKTYPE_ERF).
var erfTypes = [128]erfType{
	1: {link: linkHDLC}, 10: {link: linkHDLC, colour: true}, 15: {link: linkHDLC, colour: true}, 19: {link: linkHDLC, colour: true},
	5: {link: linkHDLC, sub: 4}, 17: {link: linkHDLC, sub: 4, colour: true},
	2: {link: 1, sub: 2}, 11: {link: 1, sub: 2, colour: true}, 16: {link: 1, sub: 2, colour: true}, 20: {link: 1, sub: 2, colour: true},
	22: {link: 228}, 23: {link: 229}, 21: {link: 247},
	3: {link: linkERF}, 4: {link: linkERF}, 6: {link: linkERF}, 7: {link: linkERF}, 8: {link: linkERF}, 9: {link: linkERF}, 12: {link: linkERF},
	18: {link: linkERF}, 24: {link: linkERF}, 25: {link: linkERF}, 28: {link: linkERF}, 29: {link: linkERF},
	13: {link: linkERF}, 14: {link: linkERF}, 26: {link: linkERF}, erfMeta: {link: linkERF},
	erfPad: {},
}

// erfRecord is the fixed part of a record.
type erfRecord struct {
	erfType
	typ    byte
	ticks  uint64 // 2^-32 seconds since 1970
	port   byte   // capture interface, 0..3
	length int    // of the whole record
	lost   uint16
	wire   int64
}

// parseERF reads the fixed part of a record and reports whether it can be one. What types it does not know it takes as LINKTYPE_ERF.
func parseERF(h []byte) (e erfRecord, ok bool) {
	if len(h) < erfHeader {
		return e, false
	}
	e.typ = h[8] &^ erfMoreBit
	e.erfType = erfTypes[e.typ]
	e.ticks, e.port = binary.LittleEndian.Uint64(h), h[9]&3
	e.length, e.lost, e.wire = int(binary.BigEndian.Uint16(h[10:])), binary.BigEndian.Uint16(h[12:]), int64(binary.BigEndian.Uint16(h[14:]))
	if e.unknown() {
		e.link = linkERF
	}
	return e, e.length >= erfHeader
}

func (e *erfRecord) unknown() bool { return erfTypes[e.typ].link == 0 && e.typ != erfPad }

// frameAt is where the frame begins in a whole record, behind extension headers and the header of its type; false: the record is too short.
func (e *erfRecord) frameAt(record []byte) (int, bool) {
	at := erfHeader
	for more := record[8]&erfMoreBit != 0; more; at += erfExtension {
		if at+erfExtension > len(record) {
			return 0, false
		}
		more = record[at]&erfMoreBit != 0
	}
	at += e.sub
	return at, at <= len(record)
}

// What it takes to believe that bytes are ERF, since no magic says so.
const (
	peekERF       = 4 * (1 << 16) // more than the records that are looked at
	erfBelief     = 3             // whole records; fewer only where the file ends with them
	erfBackwards  = 1 << 32       // ticks: a second, by which records may be out of order
	erfTimeWindow = 366 * 24 * 3600 << 32
)

// looksLikeERF reports whether records follow each other at the head of a file: of known types, none shorter than its headers, in times that
// go on from record to record by less than a year.
func looksLikeERF(head []byte) bool {
	var before uint64
	for n := 0; ; n++ {
		if n == erfBelief || n > 0 && len(head) == 0 {
			return true
		}
		e, ok := parseERF(head)
		if cut := len(head) < erfHeader || ok && len(head) < e.length; cut || !ok || e.unknown() {
			return cut && n == erfBelief-1
		}
		if _, ok := e.frameAt(head[:e.length]); !ok || e.typ != erfPad && e.ticks == 0 {
			return false
		}
		if n > 0 && (e.ticks+erfBackwards < before || e.ticks > before+erfTimeWindow) {
			return false
		}
		before, head = e.ticks, head[e.length:]
	}
}

// erf reads the records of an ERF file. Its interfaces are the pairs of capture interface and link type, in the order of appearance.
type erf struct {
	ids map[erfInterface]int32
}

type erfInterface struct {
	port byte
	link int32
}

func newERF() *erf { return &erf{ids: map[erfInterface]int32{}} }

func (p *erf) next(r *Reader) bool {
	for {
		offset := r.w.offset
		h := r.w.peek(erfHeader)
		if len(h) == 0 {
			return false
		}
		if len(h) < erfHeader {
			r.info.cut(offset, "the file ends inside a record header")
			return false
		}
		e, ok := parseERF(h)
		if !ok {
			r.info.reject(RejectedLength)
			r.info.cut(offset, "a record has the impossible length %d; nothing behind it can be found", e.length)
			return false
		}
		record := r.w.peek(e.length)
		if len(record) < e.length {
			r.info.reject(RejectedCut)
			r.info.cut(offset, "the file ends %d bytes into a record of %d", len(record), e.length)
			return false
		}
		r.w.consume(e.length)
		if e.typ != erfPad && p.frame(r, &e, offset, record) {
			r.w.frameEnd = r.w.offset
			return true
		}
	}
}

// frame takes the frame of a whole record, or rejects it.
func (p *erf) frame(r *Reader, e *erfRecord, offset int64, record []byte) bool {
	at, ok := e.frameAt(record)
	if !ok {
		r.info.reject(RejectedLength)
		r.info.damaged(offset, "a record of type %d and %d bytes is shorter than its headers", e.typ, e.length)
		return false
	}
	f := &r.frame
	if e.link == linkERF {
		f.LinkType, f.Data, f.WireLen = linkERF, record, max(int64(at)+e.wire, int64(len(record)))
	} else {
		data := record[at:]
		f.LinkType, f.WireLen, f.Data = linkOf(e.link, data), e.wire, data[:min(int64(len(data)), e.wire)] // what is beyond is padding
	}
	f.Offset, f.Dir, f.FCSLen = offset, DirUnknown, -1
	f.InterfaceID = p.id(r, erfInterface{e.port, f.LinkType})
	if !e.colour && e.lost > 0 {
		i := &r.info.Interfaces[f.InterfaceID]
		if i.Dropped == nil {
			i.Dropped = new(int64)
		}
		*i.Dropped += int64(e.lost)
	}
	if erfClock.set(f, e.ticks) {
		r.info.CutNS++
	}
	return true
}

// erfClock ticks 2^32 times a second.
var erfClock = newClock(0x80|32, 0)

// linkOf tells what is in an HDLC record: PPP begins with address and control 0xff03 (RFC 1662), Cisco's frames with 0x0f or 0x8f.
func linkOf(link int32, data []byte) int32 {
	const pppHDLC, ciscoHDLC = 50, 104
	switch {
	case link != linkHDLC:
		return link
	case len(data) >= 2 && data[0] == 0xff && data[1] == 0x03:
		return pppHDLC
	}
	return ciscoHDLC
}

// id is the ordinal of an interface; there are four for each of a handful of link types.
func (p *erf) id(r *Reader, key erfInterface) int32 {
	id, known := p.ids[key]
	if !known {
		id = int32(len(r.info.Interfaces))
		p.ids[key] = id
		r.info.Interfaces = append(r.info.Interfaces, Interface{Name: fmt.Sprintf("port %d", key.port), LinkType: key.link})
	}
	return id
}
