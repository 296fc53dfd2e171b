package capture

import "fmt"

const (
	pcapHeader = 24
	pcapRecord = 16
)

// pcap reads the records of a pcap file (draft-ietf-opsawg-pcap).
type pcap struct {
	order
	unit  int64 // nanoseconds of one tick of the second time field
	minor uint16
	fcs   int32
	limit int64
}

// openPcap returns the function that reads a pcap header of one byte order and resolution.
func openPcap(o order, resolution string, unit int64) func(*Reader, []byte) (format, error) {
	return func(r *Reader, head []byte) (format, error) {
		if len(head) < pcapHeader {
			return nil, fmt.Errorf("%w: its pcap header is cut off after %d bytes", ErrNotCapture, len(head))
		}
		p := &pcap{order: o, unit: unit, minor: o.u16(head[6:]), fcs: -1}
		major := o.u16(head[4:])
		if major != 2 {
			return nil, &UnsupportedError{What: fmt.Sprintf("pcap version %d.%d", major, p.minor)}
		}
		r.info.Variant = "pcap-" + resolution + "-" + o.name()
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
		r.w.skip(pcapHeader)
		return p, nil
	}
}

func (p *pcap) next(r *Reader) bool {
	offset := r.w.offset
	h := r.w.peek(pcapRecord)
	if len(h) < pcapRecord {
		if len(h) > 0 {
			r.info.Truncated = true
			r.info.damaged(offset, "the file ends inside a record header")
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
		r.info.Truncated = true
		r.info.damaged(offset, "a record announces %d bytes, more than a frame of link type %d can have; nothing behind it can be found", captured, r.frame.LinkType)
		return false
	}
	data := r.w.peek(pcapRecord + int(captured))
	if len(data) < pcapRecord+int(captured) {
		r.info.reject(RejectedCut)
		r.info.Truncated = true
		r.info.damaged(offset, "the file ends %d bytes into a frame of %d", len(data)-pcapRecord, captured)
		return false
	}
	f := &r.frame
	f.Offset, f.WireLen, f.Data = offset, wire, data[pcapRecord:]
	p.time(f, sec, fraction)
	r.w.consume(len(data))
	r.w.frameEnd = r.w.offset
	return true
}

// time takes a record's time. A sub-second part of a second or more is invalid: it is carried over and the frame marked.
func (p *pcap) time(f *Frame, sec uint32, fraction int64) {
	ns := fraction * p.unit
	setTime(f, uint64(sec), ns/1e9, ns%1e9)
	f.TSSuspect = f.TSSuspect || ns >= 1e9
}
