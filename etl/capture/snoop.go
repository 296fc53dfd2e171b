package capture

import (
	"encoding/binary"
	"fmt"
)

const (
	snoopHeader = 16
	snoopRecord = 24
	snoopPad    = 16 << 10 // more padding than this is none: Wireshark's limit
)

// snoopLinks maps the datalink types of RFC 1761 and of IANA's registry, which goes on with Solaris's DLPI media, to LINKTYPE_ values,
// where both have the same bytes.
var snoopLinks = map[uint32]int32{
	0:  1,   // IEEE 802.3: LINKTYPE_ETHERNET
	2:  6,   // IEEE 802.5 token ring: LINKTYPE_IEEE802_5
	4:  1,   // Ethernet
	5:  104, // HDLC: LINKTYPE_C_HDLC
	8:  10,  // FDDI: LINKTYPE_FDDI
	9:  0,   // other, by which loopback is meant: LINKTYPE_NULL
	10: 107, // frame relay: LINKTYPE_FRELAY
	14: 0,   // software loopback
	16: 122, // Fibre Channel: LINKTYPE_IP_OVER_FC
	18: 123, // ATM: LINKTYPE_SUNATM
	22: 1,   // 100VG-AnyLAN Ethernet
	23: 6,   // 100VG-AnyLAN token ring
	24: 1,   // ISO 8802-3 and Ethernet
	25: 1,   // 100BASE-T
}

// snoop reads the records of a snoop capture, version 2 (RFC 1761). All numbers are big-endian.
type snoop struct {
	limit int64
	drops uint32 // cumulative, up to the last record
}

func openSnoop(r *Reader, head []byte) (format, error) {
	if len(head) < snoopHeader {
		return nil, fmt.Errorf("%w: its snoop header is cut off after %d bytes", ErrNotCapture, len(head))
	}
	if version := binary.BigEndian.Uint32(head[8:]); version != 2 {
		return nil, &UnsupportedError{What: fmt.Sprintf("snoop version %d", version)}
	}
	datalink := binary.BigEndian.Uint32(head[12:])
	link, known := snoopLinks[datalink]
	if !known {
		return nil, &UnsupportedError{What: fmt.Sprintf("snoop with datalink type %d", datalink)}
	}
	r.info.Variant = "snoop-v2"
	r.info.Interfaces = []Interface{{LinkType: link}}
	r.frame.LinkType, r.frame.FCSLen = link, -1
	r.w.skip(snoopHeader)
	return &snoop{limit: maxFrame(link)}, nil
}

func (s *snoop) next(r *Reader) bool {
	offset := r.w.offset
	h := r.w.peek(snoopRecord)
	if len(h) < snoopRecord {
		if len(h) > 0 {
			r.info.cut(offset, "the file ends inside a record header")
		}
		return false
	}
	be := binary.BigEndian
	wire, captured, record := int64(be.Uint32(h)), int64(be.Uint32(h[4:])), int64(be.Uint32(h[8:]))
	drops, sec, micros := be.Uint32(h[12:]), be.Uint32(h[16:]), int64(be.Uint32(h[20:]))
	if pad := record - snoopRecord - captured; captured > s.limit || pad < 0 || pad > snoopPad {
		r.info.reject(RejectedLength)
		r.info.cut(offset, "a record of %d bytes announces a frame of %d; nothing behind it can be found", record, captured)
		return false
	}
	data := r.w.peek(int(record)) // the pad of the last one may be missing
	if int64(len(data)) < snoopRecord+captured {
		r.info.reject(RejectedCut)
		r.info.cut(offset, "the file ends %d bytes into a frame of %d", len(data)-snoopRecord, captured)
		return false
	}
	if drops > s.drops {
		s.drops = drops
		r.info.Interfaces[0].Dropped = count(uint64(drops))
	}
	f := &r.frame
	f.Offset, f.WireLen, f.Data = offset, wire, data[snoopRecord:snoopRecord+captured]
	setRecordTime(f, sec, micros*1000)
	r.w.consume(len(data))
	r.w.frameEnd = r.w.offset
	return true
}
