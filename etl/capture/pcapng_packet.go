package capture

// packet takes an enhanced packet block or its obsolete forerunner.
func (p *pcapng) packet(r *Reader, typ uint32, offset int64, body []byte) bool {
	const fixed = 20
	if len(body) < fixed {
		r.info.reject(RejectedLength)
		r.info.damaged(offset, "a packet block is too short")
		return false
	}
	id, drops := int64(p.u32(body)), uint64(0)
	if typ == blockPacket {
		id, drops = int64(p.u16(body)), uint64(p.u16(body[2:]))
		if drops == 0xffff { // not told
			drops = 0
		}
	}
	ticks := uint64(p.u32(body[4:]))<<32 | uint64(p.u32(body[8:]))
	captured := int64(p.u32(body[12:]))
	if !p.frame(r, offset, id, captured, int64(p.u32(body[16:])), body[fixed:]) {
		return false
	}
	f := &r.frame
	if p.nics[id].clock.set(f, ticks) {
		r.info.CutNS++
	}
	f.Dir = DirUnknown
	p.dropped(r, drops)
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
			r.comment(ScopeFrame, r.frame.InterfaceID, v)
		case code == optPacketFlags && len(v) >= 4:
			flags := p.u32(v)
			r.frame.Dir = Direction(flags & 3)
			if r.frame.Dir > DirOut {
				r.frame.Dir = DirUnknown
			}
			if n := int32(flags >> 5 & 15); n > 0 {
				r.frame.FCSLen = n
			}
		case code == optPacketDrops && len(v) >= 8:
			p.dropped(r, p.u64(v))
		}
	}
}

// dropped adds what was lost between the frame before and this one on its interface. Interface statistics, which count from the start of the
// capture, take the place of these.
func (p *pcapng) dropped(r *Reader, n uint64) {
	id := int(r.frame.InterfaceID)
	if n == 0 || p.nics[id-p.base].stated {
		return
	}
	i := &r.info.Interfaces[id]
	if i.Dropped == nil {
		i.Dropped = new(int64)
	}
	*i.Dropped = min(*i.Dropped+*count(n), maxCount)
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
	if len(p.nics) > 0 {
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
	if id >= int64(len(p.nics)) {
		r.info.reject(RejectedNoInterface)
		r.info.damaged(offset, "a packet names interface %d of %d", id, len(p.nics))
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
	f.Offset, f.InterfaceID, f.LinkType, f.FCSLen = offset, int32(ordinal), link, p.nics[id].fcs
	f.WireLen, f.Data = wire, data[:captured]
	return true
}
