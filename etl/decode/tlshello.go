package decode

import (
	"fmt"
	"slices"

	"github.com/pcaplake/pcaplake/schema"
)

// Types of TLS extensions (IANA) that are read.
const (
	extServerName   = 0
	extGroups       = 10
	extPointFormats = 11
	extSignatures   = 13
	extALPN         = 16
	extTicket       = 35
	extPreSharedKey = 41
	extVersions     = 43
	extKeyShare     = 51
	extESNI         = 65486
	extECH          = 65037
)

// A hello is a ClientHello or ServerHello of TLS (RFC 8446 4.1, RFC 5246 7.4.1). Its fields lie in the message.
type hello struct {
	client     bool
	version    uint16
	random     []byte
	session    []byte
	ciphers    []byte // numbers of 16 bits; of a server, one
	extensions []byte // types in order, 16 bits each
	name       []byte // of the server, of extension server_name
	hasName    bool   // the extension is there
	alpn       []byte // protocols, each with its length before it
	versions   []byte // 16 bits each
	groups     []byte // 16 bits each
	formats    []byte
	signatures []byte // 16 bits each
	shares     []byte // groups, 16 bits each
	preShared  bool
	ticket     bool
	encrypted  bool // an encrypted hello is in it
}

// parseClientHello reads the body of a ClientHello, as TLS over TCP and QUIC carry it, into h. It reports false where a length passes the
// end of the message; h has what stands before that.
func parseClientHello(b []byte, h *hello) bool {
	*h = hello{client: true}
	s := span{b: b}
	h.version, h.random = uint16(s.number(2)), s.take(32)
	h.session, h.ciphers = s.vector(1), s.vector(2)
	s.vector(1) // compression
	return h.extend(&s)
}

// parseServerHello reads the body of a ServerHello, likewise.
func parseServerHello(b []byte, h *hello) bool {
	*h = hello{}
	s := span{b: b}
	h.version, h.random = uint16(s.number(2)), s.take(32)
	h.session, h.ciphers = s.vector(1), s.take(2)
	s.take(1)
	return h.extend(&s)
}

// extend reads the extensions, which older hellos do not have.
func (h *hello) extend(s *span) bool {
	if s.short || len(s.b) == 0 {
		return !s.short
	}
	all := span{b: s.vector(2)}
	for len(all.b) >= 4 {
		h.extensions = append(h.extensions, all.b[:2]...)
		kind := all.number(2)
		h.extension(kind, span{b: all.vector(2)})
	}
	return !s.short && !all.short && len(all.b) == 0
}

// extension reads the body of one. What is inside is believed as far as it goes: a wrong length there is no error of the hello.
func (h *hello) extension(kind int, s span) {
	switch kind {
	case extServerName:
		h.hasName = true
		for list := (span{b: s.vector(2)}); len(list.b) > 3 && h.name == nil; {
			if kind, name := list.number(1), list.vector(2); kind == 0 {
				h.name = name
			}
		}
	case extGroups:
		h.groups = s.vector(2)
	case extPointFormats:
		h.formats = s.vector(1)
	case extSignatures:
		h.signatures = s.vector(2)
	case extALPN:
		h.alpn = s.vector(2)
	case extVersions:
		if h.versions = s.b; h.client {
			h.versions = s.vector(1)
		}
	case extKeyShare:
		h.keyShares(s)
	case extPreSharedKey:
		h.preShared = true
	case extTicket:
		h.ticket = true
	case extECH, extESNI:
		h.encrypted = true
	}
}

func (h *hello) keyShares(s span) {
	if !h.client {
		h.shares = s.take(2)
		return
	}
	for list := (span{b: s.vector(2)}); len(list.b) >= 4; {
		h.shares = append(h.shares, list.take(2)...)
		list.vector(2)
	}
}

// retryRandom is the random of a ServerHello that is a HelloRetryRequest (RFC 8446 4.1.3).
const retryRandom = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

func (h *hello) retry() bool { return string(h.random) == retryRandom }

// chosen is the version that a server chose, or the highest that a client offers.
func (h *hello) chosen() uint16 {
	best := uint16(0)
	for b := h.versions; len(b) >= 2; b = b[2:] {
		if v := u16(b); !grease(v) {
			best = max(best, v)
		}
	}
	if best == 0 {
		best = h.version
	}
	return best
}

// grease reports whether a number is reserved to be ignored (RFC 8701).
func grease(n uint16) bool { return n&0x0f0f == 0x0a0a && n>>8 == n&0xff }

// fill sets what a row of tls says of the hello.
func (h *hello) fill(row *schema.TLS) {
	row.HelloVersion, row.Version = int32(h.version), tlsVersion(h.chosen())
	row.Versions = string(listed(h.versions, ',', true))
	row.ALPN = string(names(h.alpn))
	row.Extensions, row.Groups = string(listed(h.extensions, ',', true)), string(listed(h.groups, ',', true))
	row.KeyShares, row.PointFormats = string(listed(h.shares, ',', true)), string(octetList(h.formats, ','))
	if h.client {
		row.ServerName = text(h.name)
		row.Ciphers, row.Signatures = string(listed(h.ciphers, ',', true)), string(listed(h.signatures, ',', true))
		row.ECH = schema.TriOf(h.encrypted)
		row.JA3, row.JA4 = h.ja3(), h.ja4('t')
		return
	}
	if row.HasCipher = len(h.ciphers) == 2; row.HasCipher {
		row.Cipher = int32(u16(h.ciphers))
	}
	row.Retry, row.JA3S = schema.TriOf(h.retry()), h.ja3s()
}

// names is a list of names that have their lengths before them.
func names(b []byte) (list []byte) {
	for s := (span{b: b}); len(s.b) > 1; {
		list = appendItem(list, []byte(text(s.vector(1))))
	}
	return list
}

// octetList is a list of the numbers of 8 bits.
func octetList(b []byte, between byte) (list []byte) {
	for i, c := range b {
		if i > 0 {
			list = append(list, between)
		}
		list = fmt.Append(list, c)
	}
	return list
}

// tlsVersion names a version of TLS; others stand as numbers.
func tlsVersion(v uint16) string {
	if name, ok := tlsVersions[v]; ok {
		return name
	}
	return fmt.Sprintf("%#04x", v)
}

var tlsVersions = map[uint16]string{
	0x0002: "SSL 2.0", 0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3",
}

// sorted is a copy of numbers of 16 bits in order.
func sorted(b []byte, leave ...uint16) []uint16 {
	var out []uint16
	for ; len(b) >= 2; b = b[2:] {
		if n := u16(b); !grease(n) && !slices.Contains(leave, n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}
