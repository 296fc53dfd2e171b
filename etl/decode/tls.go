package decode

import (
	"bytes"

	"github.com/pcaplake/pcaplake/schema"
)

// Types of TLS records and handshake messages (RFC 8446 B.1, B.3; RFC 5246 A.1, A.4).
const (
	tlsChange      = 20
	tlsAlert       = 21
	tlsHandshake   = 22
	tlsApplication = 23
	tlsHeartbeat   = 24

	tlsClientHello = 1
	tlsServerHello = 2
	tlsCertificate = 11
	tlsHelloDone   = 14

	tlsHeader    = 5
	maxTLSRecord = 1<<14 + 2048
)

// isTLS recognises a record of the handshake, an alert, a change of cipher, application data of a connection that began before the capture
// (RFC 8446 5.1), or a hello of SSL 2.0.
func isTLS(b []byte) belief {
	if len(b) < 6 {
		return min(open, has(len(b) < 1 || b[0]&0x80 != 0 || recordType(b[0]) && (len(b) < 2 || b[1] == 3)))
	}
	if sslHello(b) {
		return sure
	}
	n := int(u16(b[3:]))
	if !recordHead(b) {
		return no
	}
	switch b[0] {
	case tlsChange:
		return has(n == 1 && b[5] == 1)
	case tlsAlert:
		return has(n == 2 && b[5] <= 2 || n > 16 && n <= 64)
	case tlsHandshake:
		return has(b[5] <= 4 || b[5] >= 11 && b[5] <= 16 || b[5] >= 20 && b[5] <= 25)
	case tlsApplication:
		next := b[min(len(b), tlsHeader+n):]
		return has(n > 16 && (len(next) < tlsHeader || recordHead(next)))
	}
	return no
}

func recordType(c byte) bool { return c >= tlsChange && c <= tlsHeartbeat }

// recordHead reports whether b begins with the header of a record: type, version, length.
func recordHead(b []byte) bool {
	n := int(u16(b[3:]))
	return recordType(b[0]) && b[1] == 3 && b[2] <= 4 && n > 0 && n <= maxTLSRecord
}

// sslHello reports whether b begins with a ClientHello in the form of SSL 2.0 (RFC 5246 E.2).
func sslHello(b []byte) bool {
	if len(b) < 11 || b[0]&0x80 == 0 || b[2] != tlsClientHello || !(b[3] == 3 && b[4] <= 3 || b[3] == 0 && b[4] == 2) {
		return false
	}
	ciphers, session, challenge := int(u16(b[5:])), int(u16(b[7:])), int(u16(b[9:]))
	return ciphers > 0 && ciphers%3 == 0 && session <= 32 && challenge >= 16 && challenge <= 32 && int(u16(b)&0x7fff) == 9+ciphers+session+challenge
}

// tlsParser reads the handshake of a TLS connection, as far as it is in clear.
type tlsParser struct {
	c        *conversation
	sides    [2]tlsSide
	met      bool // a hello was seen
	name     string
	session  []byte // that the client asked to resume
	retried  bool   // the server's last hello asked for another one
	waiting  bool   // server is not given out yet: its certificate may follow
	server   schema.TLS
	serverOf int // side that sent it
	other    bool
}

type tlsSide struct {
	done    bool   // all that follows is encrypted
	lost    bool   // where the next record begins is not known
	partial bool   // where the next message begins is not known
	skip    int    // bytes of the record at hand that are of no interest
	version int32  // of the record in which the message at hand began
	message []byte // begun in earlier records
}

func newTLS(c *conversation) parser {
	c.keep(512)
	return &tlsParser{c: c}
}

func (t *tlsParser) read(d int, b []byte) int {
	all, s := len(b), &t.sides[d]
	for len(b) > 0 && !s.done && !t.c.over {
		n := min(s.skip, len(b))
		if s.skip, b = s.skip-n, b[n:]; len(b) == 0 {
			return all
		}
		if len(b) < 6 && !s.lost {
			return all - len(b)
		}
		if !t.met && sslHello(b) {
			if n := int(u16(b)&0x7fff) + 2; len(b) >= n {
				t.ssl(d, b[:n])
				b = b[n:]
				continue
			}
			return all - len(b)
		}
		if len(b) < 6 || !recordHead(b) {
			t.astray(d)
			return all
		}
		s.lost = false
		end := tlsHeader + int(u16(b[3:]))
		if b[0] == tlsApplication || b[0] == tlsHeartbeat {
			t.encrypted(d)
			return all
		}
		if len(b) < end {
			return all - len(b)
		}
		t.record(d, b[0], int32(u16(b[1:])), b[tlsHeader:end])
		b = b[end:]
	}
	return all
}

// astray is where a record should begin and does not.
func (t *tlsParser) astray(d int) {
	if s := &t.sides[d]; !s.lost {
		s.lost = true
		if t.waiting && t.serverOf == d {
			t.server.Malformed = schema.MalformedTLSRecord
		}
	}
}

// record reads a whole record.
func (t *tlsParser) record(d int, kind byte, version int32, b []byte) {
	switch s := &t.sides[d]; kind {
	case tlsChange:
		if !t.retried { // TLS 1.3 sends them for the middle boxes (RFC 8446 D.4)
			t.encrypted(d)
		}
	case tlsAlert:
		if len(b) == 2 {
			row := t.row(d, "alert", version)
			row.HasAlert, row.AlertLevel, row.Alert, row.ServerName = true, int32(b[0]), int32(b[1]), t.name
			t.give(&row)
		}
	case tlsHandshake:
		t.handshake(d, version, b)
		if s.done {
			t.encrypted(d)
		}
	}
}

// handshake reads what a record has of messages.
func (t *tlsParser) handshake(d int, version int32, b []byte) {
	s := &t.sides[d]
	if s.partial {
		if len(b) < 4 || b[0] != tlsClientHello && b[0] != tlsServerHello && b[0] != tlsCertificate {
			return
		}
		s.partial = false
	}
	kept := len(s.message) > 0
	if kept {
		s.message = append(t.c.streams.buffers.grow(s.message, len(b)), b...)
		b = s.message
	} else {
		s.version = version
	}
	for len(b) >= 4 && !s.done {
		end := 4 + int(u32(b)&0xffffff)
		if len(b) < end {
			if end > maxUnread {
				t.cut(d, b)
				return
			}
			break
		}
		t.said(d, b[0], b[4:end], false)
		b, s.version = b[end:], version
	}
	if kept {
		s.message = s.message[:copy(s.message, b)]
	} else if len(b) > 0 {
		s.message = append(t.c.streams.buffers.grow(nil, len(b)), b...)
	}
	if len(s.message) == 0 || s.done {
		t.forget(d)
	}
}

// forget gives up the message that a side has begun.
func (t *tlsParser) forget(d int) {
	t.c.streams.buffers.free(t.sides[d].message)
	t.sides[d].message = nil
}

// cut takes the beginning of a message whose rest is missing.
func (t *tlsParser) cut(d int, b []byte) {
	if s := &t.sides[d]; len(b) >= 4 && !s.partial {
		t.said(d, b[0], b[4:], true)
	}
	t.sides[d].partial = true
	t.forget(d)
}

// said takes a message of the handshake; cut says that it has more bytes than b.
func (t *tlsParser) said(d int, kind byte, b []byte, cut bool) {
	switch kind {
	case tlsClientHello:
		t.clientHello(d, b, cut)
	case tlsServerHello:
		t.serverHello(d, b, cut)
	case tlsCertificate:
		if t.waiting && t.serverOf == d {
			t.server.Resumed = schema.False
			t.server.Cut = t.server.Cut || cut
			if !readChain(b, &t.server) && !cut {
				t.server.Malformed = schema.MalformedTLSCertificate
			}
			t.flush()
		}
	default:
		t.other = true
		if kind == tlsHelloDone && t.serverOf == d {
			t.flush()
		}
	}
}

func (t *tlsParser) clientHello(d int, b []byte, cut bool) {
	var h hello
	whole := parseClientHello(b, &h)
	row := t.row(d, "client", t.sides[d].version)
	h.fill(&row)
	row.Cut = cut
	if cut || !whole { // a fingerprint is of all of it
		row.JA3, row.JA4 = "", ""
	}
	if !whole && !cut {
		row.Malformed = schema.MalformedTLSHello
	}
	t.met, t.name, t.session, t.retried = true, row.ServerName, bytes.Clone(h.session), false
	t.give(&row)
}

func (t *tlsParser) serverHello(d int, b []byte, cut bool) {
	t.flush()
	var h hello
	whole := parseServerHello(b, &h)
	t.server, t.serverOf, t.waiting, t.other = t.row(d, "server", t.sides[d].version), d, true, false
	h.fill(&t.server)
	t.server.ServerName, t.server.Cut = t.name, cut
	if cut || !whole {
		t.server.JA3S = ""
	}
	if !whole && !cut {
		t.server.Malformed = schema.MalformedTLSHello
	}
	asked := t.met
	t.met, t.retried = true, h.retry()
	switch {
	case t.retried:
		t.flush()
	case h.chosen() >= 0x0304 && !cut:
		t.server.Resumed = schema.TriOf(h.preShared)
		t.flush()
		t.sides[d].done = true
		t.sides[1-d].done = t.sides[1-d].done || asked
	case asked && len(h.session) > 0 && bytes.Equal(h.session, t.session):
		t.server.Resumed = schema.True
	}
}

// encrypted says that nothing of a side can be read from now on.
func (t *tlsParser) encrypted(d int) {
	t.sides[d].done = true
	t.forget(d)
	if t.waiting && t.serverOf == d {
		if !t.other && !t.server.Cut && !t.sides[d].partial { // straight to the new keys: no certificate was needed
			t.server.Resumed = schema.True
		}
		t.flush()
	}
	if !t.met || t.sides[1-d].done {
		t.c.over = true
	}
}

func (t *tlsParser) lost(d int, b []byte, n int64) {
	s := &t.sides[d]
	if s.done {
		return
	}
	if int64(s.skip) >= n && n > 0 && len(b) == 0 {
		s.skip -= int(n)
		return
	}
	left := int64(-1) // of the record, behind b
	if len(b) >= tlsHeader && recordHead(b) && s.skip == 0 && !s.lost {
		if left = tlsHeader + int64(u16(b[3:])) - int64(len(b)); b[0] == tlsHandshake {
			t.begin(d, b)
		}
	} else if len(s.message) > 0 {
		t.cut(d, s.message)
	}
	s.partial, s.skip = true, 0
	if n > 0 && left >= n {
		s.skip = int(left - n)
	} else {
		s.lost = true
	}
}

// begin takes what there is of a record of the handshake.
func (t *tlsParser) begin(d int, b []byte) {
	s := &t.sides[d]
	t.handshake(d, int32(u16(b[1:])), b[tlsHeader:])
	if len(s.message) > 0 {
		t.cut(d, s.message)
	}
}

func (t *tlsParser) end() {
	for d := range t.sides {
		if s := &t.sides[d]; len(s.message) > 0 {
			t.cut(d, s.message)
		}
	}
	t.flush()
}

func (t *tlsParser) row(d int, kind string, version int32) schema.TLS {
	return schema.TLS{Message: t.c.message(d, t.c.now(d)), Kind: kind, RecordVersion: version}
}

// flush gives out the server's row.
func (t *tlsParser) flush() {
	if t.waiting {
		t.waiting = false
		t.give(&t.server)
		t.server = schema.TLS{}
	}
}

func (t *tlsParser) give(row *schema.TLS) { t.c.rows.TLSs = append(t.c.rows.TLSs, *row) }

// ssl reads a ClientHello in the form of SSL 2.0.
func (t *tlsParser) ssl(d int, b []byte) {
	row := t.row(d, "client", 0)
	version := u16(b[3:])
	row.HelloVersion, row.Version = int32(version), tlsVersion(version)
	row.Ciphers = string(list24(b[11 : 11+u16(b[5:])]))
	t.met = true
	t.give(&row)
}
