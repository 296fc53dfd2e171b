package capture

// Bounds on the search for the next block after damage: it is linear in the bytes behind the damage.
const (
	recoverWindow = windowSize
	recoverBlock  = recoverWindow / 2 // longer blocks are not found again
)

// recover notes damage at the next block and consumes bytes up to a block behind it that is believed; false: there is none. In a section that
// cannot be read, only another section is.
func (p *pcapng) recover(r *Reader, sectionsOnly bool, fault string) bool {
	damage := r.w.offset
	if p.cutShort(r) {
		r.info.cut(damage, "%s", fault)
		return false
	}
	for from := 1; ; {
		b := r.w.peek(recoverWindow)
		ends := len(b) < recoverWindow
		until := len(b) - recoverBlock - sectionFixed
		if ends {
			until = len(b)
		}
		for at := from; at < until; at++ {
			if p.believed(b[at:], sectionsOnly, ends) {
				r.w.consume(at)
				r.info.damaged(damage, "%s; reading goes on at byte %d", fault, r.w.offset)
				return true
			}
		}
		if ends {
			break
		}
		r.w.consume(until)
		from = 0
	}
	r.info.cut(damage, "%s; no block is found behind it", fault)
	return false
}

// cutShort reports whether what is left is the head of a packet block that is right in itself: then the file ends here, and what looks like
// blocks inside are the frame's own bytes, such as a capture that someone downloads.
func (p *pcapng) cutShort(r *Reader) bool {
	h := r.w.peek(blockOverhead + 20)
	if len(h) < blockOverhead+20 {
		return true
	}
	typ, length := p.u32(h), int64(p.u32(h[4:]))
	if typ != blockEnhanced && typ != blockPacket || length > p.limit || int64(len(r.w.peek(int(length)))) == length {
		return false
	}
	captured := int64(p.u32(h[20:]))
	return length%4 == 0 && blockOverhead+20+captured <= length && length <= blockOverhead+20+captured+maxOptions
}

// maxOptions is more than the options of nearly all packets need.
const maxOptions = 1 << 10

// believed reports whether b begins with a block: of a known type, its length the same at both ends, of sense to its type, and followed by
// another such header or, where b goes to the end of the file, by nothing.
func (p *pcapng) believed(b []byte, sectionsOnly, ends bool) bool {
	if len(b) < blockOverhead {
		return false
	}
	o, length := p.order, p.u32(b[4:])
	switch typ := p.u32(b); typ {
	case blockSection:
		var err error
		if o, length, err = sectionHeader(b); err != nil {
			return false
		}
	case blockInterface, blockPacket, blockSimple, blockNames, blockStats, blockEnhanced:
		if sectionsOnly {
			return false
		}
	default:
		return false
	}
	n := int64(length)
	if n%4 != 0 || n < shortest(o.u32(b)) || n > recoverBlock || n > int64(len(b)) || o.u32(b[n-4:]) != length {
		return false
	}
	if o.u32(b) == blockEnhanced && (n < blockOverhead+20 || int64(o.u32(b[20:])) > n-blockOverhead-20 || int(o.u32(b[8:])) >= len(p.nics)) {
		return false
	}
	rest := b[n:]
	if len(rest) < 8 {
		return ends && len(rest) == 0
	}
	next := int64(o.u32(rest[4:]))
	return o.u32(rest) == blockSection || next%4 == 0 && next >= blockOverhead && next <= p.limit
}
