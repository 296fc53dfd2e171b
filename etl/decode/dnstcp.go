package decode

// dnsPrefix is the length before every message over TCP (RFC 1035 4.2.2, RFC 7766 8).
const dnsPrefix = 2

// isDNS recognises a message with its length before it: a header that can be one, and a whole first question of a common class.
func isDNS(b []byte) belief {
	if len(b) < dnsPrefix+dnsHeader {
		return min(open, has(len(b) < dnsPrefix || u16(b) >= dnsHeader+dnsQuestion))
	}
	n, m := int64(u16(b)), b[dnsPrefix:]
	if n < dnsHeader+dnsQuestion || !plausible(m, n) || u16(m[4:]) != 1 || m[3]&0x40 != 0 {
		return no
	}
	w := walker{b: m[:min(int64(len(m)), n)], n: n, at: dnsHeader}
	if !w.name() || !w.skip(4) {
		return min(open, has(w.reason == ""))
	}
	switch u16(w.b[w.at-2:]) {
	case classIN, 3, 4, 254, 255: // CH, HS, NONE, ANY
		return sure
	}
	return no
}

// dnsParser reads the messages of a connection.
type dnsParser struct {
	c     *conversation
	skip  [2]int  // bytes of a message that was given out cut
	stray [2]bool // where the next message begins is not known
}

func newDNS(c *conversation) parser { return &dnsParser{c: c} }

func (p *dnsParser) read(d int, b []byte) int {
	all := len(b)
	for len(b) > 0 && !p.stray[d] {
		if n := min(p.skip[d], len(b)); n > 0 {
			p.skip[d], b = p.skip[d]-n, b[n:]
			continue
		}
		if len(b) < dnsPrefix+dnsHeader {
			return all - len(b)
		}
		end := dnsPrefix + int(u16(b))
		if end < dnsPrefix+dnsHeader || !plausible(b[dnsPrefix:], int64(end-dnsPrefix)) {
			p.astray(d)
			break
		}
		if len(b) < end {
			return all - len(b)
		}
		p.message(d, layer{b[dnsPrefix:end], int64(end - dnsPrefix)})
		b = b[end:]
	}
	return all
}

func (p *dnsParser) message(d int, l layer) {
	head := p.c.message(d, p.c.now(d))
	p.c.streams.messages.read(&head, l, "tcp", protoDNS, p.c.rows)
}

// astray gives up a side; without both the connection is of no interest.
func (p *dnsParser) astray(d int) {
	p.stray[d] = true
	p.c.over = p.stray[1-d]
}

func (p *dnsParser) lost(d int, b []byte, n int64) {
	left := int64(p.skip[d]) // of the message at hand, behind b
	if len(b) >= dnsPrefix && left == 0 && !p.stray[d] {
		length := int64(u16(b))
		if left = dnsPrefix + length - int64(len(b)); len(b) >= dnsPrefix+dnsHeader && plausible(b[dnsPrefix:], length) {
			p.message(d, layer{b[dnsPrefix:], length})
		}
	}
	if n == 0 || left < n {
		p.astray(d)
		return
	}
	p.skip[d] = int(left - n)
}

func (p *dnsParser) end() {}
