package capture

import "fmt"

// pcapVariant is what the magic number says of a pcap file beside its byte order.
type pcapVariant struct {
	name   string
	unit   int64 // nanoseconds of one tick of the second time field
	header int   // bytes before the first record
	record int   // bytes of a record header
}

// The variants of pcap: the two of draft-ietf-opsawg-pcap; Kuznetsov's, whose record headers go on with interface index, protocol, packet
// type and a pad; and Ixia's lcap, whose file header goes on with the length of all records.
var (
	pcapMicro    = pcapVariant{"us", 1000, pcapHeader, 16}
	pcapNano     = pcapVariant{"ns", 1, pcapHeader, 16}
	pcapModified = pcapVariant{"mod", 1000, pcapHeader, 24}
	pcapIxia     = pcapVariant{"ixia", 1000, pcapHeader + 4, 16}
)

const pcapHeader = 24

// pcap reads the records of a pcap file (draft-ietf-opsawg-pcap).
type pcap struct {
	order
	pcapVariant
	minor uint16
	fcs   int32
	limit int64
}

// openPcap returns the function that reads a pcap header of one byte order and variant.
func openPcap(o order, v pcapVariant) func(*Reader, []byte) (format, error) {
	return func(r *Reader, head []byte) (format, error) {
		if len(head) < v.header {
			return nil, fmt.Errorf("%w: its pcap header is cut off after %d bytes", ErrNotCapture, len(head))
		}
		p := &pcap{order: o, pcapVariant: v, minor: o.u16(head[6:]), fcs: -1}
		major := o.u16(head[4:])
		if major != 2 {
			return nil, &UnsupportedError{What: fmt.Sprintf("pcap version %d.%d", major, p.minor)}
		}
		r.info.Variant = "pcap-" + v.name + "-" + o.name()
		if p.minor != 4 {
			r.info.Variant += fmt.Sprintf("-v2.%d", p.minor)
		}
		// The link type has 16 bits; above it stand the FCS length in units of 16 bits, if bit 26 says so, and bits to be ignored.
		network := o.u32(head[20:])
		link := int32(network & 0xffff)
		if network&(1<<26) != 0 {
			p.fcs = int32(network>>28) * 2
		}
		p.limit = maxFrame(link)
		r.info.Interfaces = []Interface{{LinkType: link, SnapLen: int64(o.u32(head[16:]))}}
		r.frame.LinkType, r.frame.FCSLen = link, p.fcs
		r.w.skip(int64(v.header))
		return p, nil
	}
}

func (p *pcap) next(r *Reader) bool {
	offset := r.w.offset
	h := r.w.peek(p.record)
	if len(h) < p.record {
		if len(h) > 0 {
			r.info.cut(offset, "the file ends inside a record header")
		}
		return false
	}
	sec, fraction := p.u32(h), int64(p.u32(h[4:]))
	captured, wire := int64(p.u32(h[8:])), int64(p.u32(h[12:]))
	// Before version 2.3 the two lengths stood the other way round; writers of 2.3 did either (libpcap, savefile format).
	if p.minor < 3 || p.minor == 3 && captured > wire {
		captured, wire = wire, captured
	}
	if captured > p.limit {
		r.info.reject(RejectedLength)
		r.info.cut(offset, "a record announces %d bytes, more than a frame of link type %d can have; nothing behind it can be found", captured, r.frame.LinkType)
		return false
	}
	data := r.w.peek(p.record + int(captured))
	if len(data) < p.record+int(captured) {
		r.info.reject(RejectedCut)
		r.info.cut(offset, "the file ends %d bytes into a frame of %d", len(data)-p.record, captured)
		return false
	}
	f := &r.frame
	f.Offset, f.WireLen, f.Data = offset, wire, data[p.record:]
	setRecordTime(f, sec, fraction*p.unit)
	if p.record == pcapModified.record {
		f.Dir = packetTypeDirection(data[22])
	}
	r.w.consume(len(data))
	r.w.frameEnd = r.w.offset
	return true
}

// packetTypeDirection tells the direction by Linux's packet types, as LINKTYPE_LINUX_SLL numbers them too: 0 to us, 1 broadcast, 2 multicast,
// 3 to another host, 4 sent by us.
func packetTypeDirection(typ byte) Direction {
	switch typ {
	case 0, 1, 2:
		return DirIn
	case 4:
		return DirOut
	}
	return DirUnknown
}
