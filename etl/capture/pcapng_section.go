package capture

// section begins a section: interfaces are numbered anew, the byte order may be another.
func (p *pcapng) section(r *Reader, body []byte) {
	p.base, p.nics = len(r.info.Interfaces), p.nics[:0]
	p.comments(r, ScopeSection, -1, body[16:])
}

// comments takes the comments out of an option list that holds nothing else for us.
func (p *pcapng) comments(r *Reader, scope Scope, id int32, b []byte) {
	p.options(b, func(code uint16, v []byte) {
		if code == optComment {
			r.comment(scope, id, v)
		}
	})
}

// maxInterfaces bounds what a hostile file can make us remember.
const maxInterfaces = 1 << 16

// describe takes an interface description block.
func (p *pcapng) describe(r *Reader, offset int64, body []byte) {
	if len(body) < 8 {
		r.info.damaged(offset, "an interface description is too short")
		return
	}
	if len(r.info.Interfaces) >= maxInterfaces {
		r.info.damaged(offset, "more than %d interfaces; the rest is not described", maxInterfaces)
		return
	}
	i := Interface{LinkType: int32(p.u16(body)), SnapLen: int64(p.u32(body[4:]))}
	fcs, resolution, shift := int32(-1), byte(6), int64(0)
	p.options(body[8:], func(code uint16, v []byte) {
		switch {
		case code == optComment:
			r.comment(ScopeInterface, int32(len(r.info.Interfaces)), v)
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
	p.limit = max(p.limit, maxFrame(i.LinkType)+maxBlock)
	p.nics = append(p.nics, nic{clock: newClock(resolution, shift), fcs: fcs})
	r.info.Interfaces = append(r.info.Interfaces, i)
}

// statistics takes an interface statistics block. Its counts are of the capture up to now, so that the last one holds.
func (p *pcapng) statistics(r *Reader, body []byte) {
	if len(body) < 12 {
		return
	}
	id := int64(p.u32(body))
	if id >= int64(len(p.nics)) {
		return
	}
	ordinal := p.base + int(id)
	i := &r.info.Interfaces[ordinal]
	var lost uint64
	told := false
	p.options(body[12:], func(code uint16, v []byte) {
		switch {
		case code == optComment:
			r.comment(ScopeInterface, int32(ordinal), v)
		case code == optReceived && len(v) >= 8:
			i.Received = count(p.u64(v))
		case (code == optDropped || code == optOSDropped) && len(v) >= 8:
			lost, told = lost+min(p.u64(v), maxCount), true
		}
	})
	if told {
		i.Dropped, p.nics[id].stated = count(lost), true
	}
}

const maxCount = 1 << 60

// count is a counter of a file within what sums of it can hold.
func count(n uint64) *int64 {
	c := int64(min(n, maxCount))
	return &c
}

// names counts the records of a name resolution block, which its options follow.
func (p *pcapng) names(r *Reader, body []byte) {
	const end = 0
	for len(body) >= 4 {
		typ, n := p.u16(body), int(p.u16(body[2:]))
		body = body[min(len(body), 4+(n+3)&^3):]
		if typ == end {
			break
		}
		r.info.Names++
	}
	p.comments(r, ScopeSection, -1, body)
}
