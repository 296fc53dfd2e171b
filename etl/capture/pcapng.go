package capture

import "fmt"

// Block types of pcapng (draft-ietf-opsawg-pcapng). All others are passed over: custom ones, decryption secrets, journal entries and those
// that nobody has registered.
const (
	blockSection   = 0x0A0D0D0A
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockNames     = 4
	blockStats     = 5
	blockEnhanced  = 6
)

const (
	byteOrderMagic = 0x1A2B3C4D
	blockOverhead  = 12       // type, length, length again
	sectionFixed   = 28       // the shortest section header block
	maxBlock       = 16 << 20 // Wireshark's limit, beyond the frame of the largest link types
)

// pcapng reads the blocks of a pcapng file.
type pcapng struct {
	order
	base  int   // ordinal of the section's first interface over the whole capture
	nics  []nic // of the section
	limit int64 // of a block's length
}

// nic is what the frames of an interface need.
type nic struct {
	clock  clock
	fcs    int32
	stated bool // interface statistics have told how many frames were lost
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
	if len(b) < sectionFixed {
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
		offset := r.w.offset
		r.w.consume(len(block))
		if p.take(r, typ, offset, block[8:len(block)-4]) {
			r.w.frameEnd = r.w.offset
			return true
		}
	}
}

// take takes a block for what it is and reports whether it holds a frame.
func (p *pcapng) take(r *Reader, typ uint32, offset int64, body []byte) bool {
	switch typ {
	case blockSection:
		p.section(r, body)
	case blockInterface:
		p.describe(r, offset, body)
	case blockStats:
		p.statistics(r, body)
	case blockNames:
		p.names(r, body)
	case blockEnhanced, blockPacket:
		return p.packet(r, typ, offset, body)
	case blockSimple:
		return p.simple(r, offset, body)
	}
	return false
}

// block looks at the next block that is whole without consuming it; what is damaged before it is consumed.
func (p *pcapng) block(r *Reader) (typ uint32, block []byte, ok bool) {
	for {
		h := r.w.peek(sectionFixed)
		if len(h) == 0 {
			return 0, nil, false
		}
		if len(h) < blockOverhead {
			r.info.cut(r.w.offset, "the file ends inside a block header")
			return 0, nil, false
		}
		typ = p.u32(h)
		length := p.u32(h[4:])
		if typ == blockSection { // the same in both byte orders
			o, n, err := sectionHeader(h)
			if err != nil {
				if !p.recover(r, true, fmt.Sprintf("a section cannot be read: %v", err)) {
					return 0, nil, false
				}
				continue
			}
			p.order, length = o, n
		}
		block, fault := p.whole(r, typ, length)
		if fault == "" {
			return typ, block, true
		}
		if !p.recover(r, false, fault) {
			return 0, nil, false
		}
	}
}

// whole returns the bytes of a block, or says why there is none; then the frame of the block is rejected.
func (p *pcapng) whole(r *Reader, typ, length uint32) (block []byte, fault string) {
	padded := (int64(length) + 3) &^ 3
	if padded < shortest(typ) || padded > p.limit {
		p.lost(r, typ, RejectedLength)
		return nil, fmt.Sprintf("a block of type %d has the impossible length %d", typ, length)
	}
	block = r.w.peek(int(padded))
	if int64(len(block)) < padded {
		p.lost(r, typ, RejectedCut)
		return nil, fmt.Sprintf("the file ends %d bytes into a block of %d", len(block), padded)
	}
	if again := p.u32(block[padded-4:]); again != length {
		p.lost(r, typ, RejectedLength)
		return nil, fmt.Sprintf("a block says %d bytes at its start and %d at its end", length, again)
	}
	return block, ""
}

func shortest(typ uint32) int64 {
	if typ == blockSection {
		return sectionFixed
	}
	return blockOverhead
}

// lost counts the frame of a block that cannot be delivered.
func (p *pcapng) lost(r *Reader, typ uint32, reason string) {
	if isPacket(typ) {
		r.info.reject(reason)
	}
}

func isPacket(typ uint32) bool {
	return typ == blockEnhanced || typ == blockPacket || typ == blockSimple
}
