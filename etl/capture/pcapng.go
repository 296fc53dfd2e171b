package capture

import "fmt"

// Block types of pcapng (draft-ietf-opsawg-pcapng).
const (
	blockSection   = 0x0A0D0D0A
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockStats     = 5
	blockEnhanced  = 6
)

const (
	byteOrderMagic = 0x1A2B3C4D
	blockOverhead  = 12       // type, length, length again
	maxBlock       = 16 << 20 // Wireshark's limit, beyond the frame of the largest link types
)

// pcapng reads the blocks of a pcapng file.
type pcapng struct {
	order
	base   int // ordinal of the section's first interface over the whole capture
	clocks []clock
	fcs    []int32
	limit  int64
}

func openPcapng(r *Reader, head []byte) (format, error) {
	p := &pcapng{limit: maxBlock}
	o, _, err := sectionHeader(head)
	if err != nil {
		return nil, err
	}
	r.info.Variant = "pcapng-" + o.name()
	return p, nil
}

// sectionHeader reads the fixed part of a section header block: its byte order and length.
func sectionHeader(b []byte) (o order, length uint32, err error) {
	if len(b) < 28 {
		return o, 0, fmt.Errorf("%w: its section header is cut off", ErrNotCapture)
	}
	switch {
	case o.u32(b[8:]) == byteOrderMagic:
	case order{big: true}.u32(b[8:]) == byteOrderMagic:
		o.big = true
	default:
		return o, 0, fmt.Errorf("%w: its section header has no byte-order magic", ErrNotCapture)
	}
	// Minor versions keep the format readable; some writers say 1.2 and mean 1.0.
	if major, minor := o.u16(b[12:]), o.u16(b[14:]); major != 1 {
		return o, 0, &UnsupportedError{What: fmt.Sprintf("pcapng version %d.%d", major, minor)}
	}
	return o, o.u32(b[4:]), nil
}

// next reads blocks until one holds a frame.
func (p *pcapng) next(r *Reader) bool {
	for {
		typ, block, ok := p.block(r)
		if !ok {
			return false
		}
		body := block[8 : len(block)-4]
		offset := r.w.offset
		r.w.consume(len(block))
		found := false
		switch typ {
		case blockSection:
			p.section(r, body)
		case blockInterface:
			p.describe(r, offset, body)
		case blockStats:
			p.statistics(r, body)
		case blockEnhanced, blockPacket:
			found = p.packet(r, typ, offset, body)
		case blockSimple:
			found = p.simple(r, offset, body)
		}
		if found {
			r.w.frameEnd = r.w.offset
			return true
		}
	}
}

// block looks at the next block without consuming it.
func (p *pcapng) block(r *Reader) (typ uint32, block []byte, ok bool) {
	offset := r.w.offset
	h := r.w.peek(28)
	if len(h) == 0 {
		return 0, nil, false
	}
	if len(h) < blockOverhead {
		return 0, nil, p.stop(r, offset, "the file ends inside a block header")
	}
	typ = p.u32(h)
	length := p.u32(h[4:])
	if typ == blockSection { // the same in both byte orders
		o, n, err := sectionHeader(h)
		if err != nil {
			return 0, nil, p.stop(r, offset, "a section cannot be read: %v", err)
		}
		p.order, length = o, n
	}
	padded := (int64(length) + 3) &^ 3
	if padded < blockOverhead || padded > p.limit {
		p.lost(r, typ, RejectedLength)
		return 0, nil, p.stop(r, offset, "a block of type %d has the impossible length %d", typ, length)
	}
	block = r.w.peek(int(padded))
	if int64(len(block)) < padded {
		p.lost(r, typ, RejectedCut)
		return 0, nil, p.stop(r, offset, "the file ends %d bytes into a block of %d", len(block), padded)
	}
	if again := p.u32(block[padded-4:]); again != length {
		p.lost(r, typ, RejectedLength)
		return 0, nil, p.stop(r, offset, "a block says %d bytes at its start and %d at its end", length, again)
	}
	return typ, block, true
}

// lost counts the frame of a block that cannot be delivered.
func (p *pcapng) lost(r *Reader, typ uint32, reason string) {
	if typ == blockEnhanced || typ == blockPacket || typ == blockSimple {
		r.info.reject(reason)
	}
}

func (p *pcapng) stop(r *Reader, offset int64, format string, args ...any) bool {
	r.info.Truncated = true
	r.info.damaged(offset, format, args...)
	return false
}

func (p *pcapng) section(r *Reader, body []byte) {
	p.base = len(r.info.Interfaces)
	p.clocks, p.fcs = p.clocks[:0], p.fcs[:0]
	p.options(body[16:], func(code uint16, _ []byte) {
		if code == optComment {
			r.info.Comments++
		}
	})
}

// describe takes an interface description block.
func (p *pcapng) describe(r *Reader, offset int64, body []byte) {
	if len(body) < 8 {
		r.info.damaged(offset, "an interface description is too short")
		return
	}
	i := Interface{LinkType: int32(p.u16(body)), SnapLen: int64(p.u32(body[4:]))}
	fcs, resolution, shift := int32(-1), byte(6), int64(0)
	p.options(body[8:], func(code uint16, v []byte) {
		switch {
		case code == optComment:
			r.info.Comments++
		case code == optIfName:
			i.Name = text(v)
		case code == optIfDescription:
			i.Description = text(v)
		case code == optIfFilter && len(v) > 1 && v[0] == 0:
			i.Filter = text(v[1:])
		case code == optIfOS:
			i.OS = text(v)
		case code == optIfResolution && len(v) >= 1:
			resolution = v[0]
		case code == optIfFCSLen && len(v) >= 1:
			fcs = int32(v[0])
		case code == optIfOffset && len(v) >= 8:
			shift = int64(p.u64(v))
		}
	})
	if len(r.info.Interfaces) >= maxInterfaces {
		r.info.damaged(offset, "more than %d interfaces; the rest is not described", maxInterfaces)
		return
	}
	p.limit = max(p.limit, maxFrame(i.LinkType)+maxBlock)
	p.clocks, p.fcs = append(p.clocks, newClock(resolution, shift)), append(p.fcs, fcs)
	r.info.Interfaces = append(r.info.Interfaces, i)
}

// maxInterfaces bounds what a hostile file can make us remember.
const maxInterfaces = 1 << 16

func (p *pcapng) statistics(r *Reader, body []byte) {
	if len(body) < 12 {
		return
	}
	id := int64(p.u32(body))
	if id >= int64(len(p.clocks)) {
		return
	}
	i := &r.info.Interfaces[p.base+int(id)]
	p.options(body[12:], func(code uint16, v []byte) {
		switch {
		case code == optComment:
			r.info.Comments++
		case code == optReceived && len(v) >= 8:
			i.Received = count(p.u64(v))
		case code == optDropped && len(v) >= 8:
			i.Dropped = count(p.u64(v))
		}
	})
}

func count(n uint64) *int64 {
	c := int64(min(n, 1<<62))
	return &c
}

// packet takes an enhanced packet block or its obsolete forerunner.
func (p *pcapng) packet(r *Reader, typ uint32, offset int64, body []byte) bool {
	const fixed = 20
	if len(body) < fixed {
		r.info.reject(RejectedLength)
		r.info.damaged(offset, "a packet block is too short")
		return false
	}
	id := int64(p.u32(body))
	if typ == blockPacket {
		id = int64(p.u16(body))
	}
	ticks := uint64(p.u32(body[4:]))<<32 | uint64(p.u32(body[8:]))
	captured := int64(p.u32(body[12:]))
	if !p.frame(r, offset, id, captured, int64(p.u32(body[16:])), body[fixed:]) {
		return false
	}
	f := &r.frame
	if p.clocks[id].set(f, ticks) {
		r.info.CutNS++
	}
	f.Dir = DirUnknown
	if options := (captured + 3) &^ 3; options < int64(len(body)-fixed) {
		p.packetOptions(r, body[fixed+options:])
	}
	return true
}

// packetOptions is apart from the other users of options so that frames cost no closure.
func (p *pcapng) packetOptions(r *Reader, b []byte) {
	for {
		code, v, rest, ok := p.option(b)
		if !ok {
			return
		}
		b = rest
		switch {
		case code == optComment:
			r.info.Comments++
		case code == optPacketFlags && len(v) >= 4:
			flags := p.u32(v)
			r.frame.Dir = Direction(flags & 3)
			if r.frame.Dir > DirOut {
				r.frame.Dir = DirUnknown
			}
			if n := int32(flags >> 5 & 15); n > 0 {
				r.frame.FCSLen = n
			}
		}
	}
}

// simple takes a simple packet block: a frame of the section's first interface, without a time.
func (p *pcapng) simple(r *Reader, offset int64, body []byte) bool {
	if len(body) < 4 {
		r.info.reject(RejectedLength)
		r.info.damaged(offset, "a simple packet block is too short")
		return false
	}
	wire := int64(p.u32(body))
	captured := min(wire, int64(len(body)-4))
	if len(p.clocks) > 0 {
		if snap := r.info.Interfaces[p.base].SnapLen; snap > 0 {
			captured = min(captured, snap)
		}
	}
	if !p.frame(r, offset, 0, captured, wire, body[4:]) {
		return false
	}
	r.frame.TS, r.frame.TSExtraNS, r.frame.HasTS, r.frame.TSSuspect, r.frame.Dir = 0, 0, false, true, DirUnknown
	return true
}

// frame fills what packet blocks of every kind have, or rejects the frame.
func (p *pcapng) frame(r *Reader, offset, id, captured, wire int64, data []byte) bool {
	if id >= int64(len(p.clocks)) {
		r.info.reject(RejectedNoInterface)
		r.info.damaged(offset, "a packet names interface %d of %d", id, len(p.clocks))
		return false
	}
	ordinal := p.base + int(id)
	link := r.info.Interfaces[ordinal].LinkType
	if captured > int64(len(data)) || captured > maxFrame(link) {
		r.info.reject(RejectedLength)
		r.info.damaged(offset, "a packet announces %d bytes, more than its block or a frame can have", captured)
		return false
	}
	f := &r.frame
	f.Offset, f.InterfaceID, f.LinkType, f.FCSLen = offset, int32(ordinal), link, p.fcs[id]
	f.WireLen, f.Data = wire, data[:captured]
	return true
}
