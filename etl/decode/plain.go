package decode

// maxPlain bounds the segments of a connection in which a change to TLS is looked for.
const maxPlain = 64

// plainParser looks, in a protocol that is only named, for the ClientHello with which it goes over to TLS: STARTTLS (RFC 3207, RFC 2595,
// RFC 4217, RFC 4511 4.14), and what databases and RDP do in its place. A segment begins with it.
type plainParser struct {
	c    *conversation
	seen int
}

func newPlain(c *conversation) parser { return &plainParser{c: c} }

func (p *plainParser) read(_ int, b []byte) int {
	if p.seen++; p.seen > maxPlain {
		p.c.over = true
		return len(b)
	}
	if p.seen > 1 && len(b) > tlsHeader && recordHead(b) && b[0] == tlsHandshake && b[5] == tlsClientHello {
		p.c.restart()
		return 0
	}
	return len(b)
}

func (p *plainParser) lost(int, []byte, int64) {}

func (p *plainParser) end() {}
