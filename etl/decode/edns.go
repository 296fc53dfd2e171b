package decode

import (
	"net/netip"
	"strconv"
	"unicode/utf8"

	"github.com/pcaplake/pcaplake/schema"
)

// Options of EDNS that are read.
const (
	optionClientSubnet = 8  // RFC 7871
	optionError        = 15 // RFC 8914
)

// edns reads the OPT record of a message (RFC 6891 6.1), whose class and TTL fields have other meanings.
func (r *dnsReader) edns(m *schema.DNS, a dnsAnswer, data []byte, rows *Rows) {
	m.HasEDNS, m.EDNSSize = true, int32(a.class)
	m.ExtRcode, m.EDNSVersion, m.DNSSECOK = int32(a.ttl>>24<<4)|m.Rcode, int32(a.ttl>>16&0xff), a.ttl&0x8000 != 0
	r.codes = r.codes[:0]
	options := dataReader{b: data}
	for options.at < len(data) {
		head, ok := options.take(4)
		if !ok {
			break
		}
		value, ok := options.take(int(u16(head[2:])))
		if !ok {
			break
		}
		code := u16(head)
		if len(r.codes) < maxListText {
			r.codes = strconv.AppendUint(separated(r.codes), uint64(code), 10)
		} else {
			m.Cut = true
		}
		switch {
		case code == optionClientSubnet && m.ClientSubnet == nil:
			m.ClientSubnet = rows.clientSubnet(value)
		case code == optionError && len(value) >= 2 && !m.HasError:
			m.HasError, m.ErrorCode = true, int32(u16(value))
			m.ErrorText = rows.keepUTF8(value[2:])
		}
	}
	m.EDNSOptions = rows.keepText(r.codes)
}

// clientSubnet keeps the text of the network that a resolver asks for; nil is one that cannot be read.
func (r *Rows) clientSubnet(value []byte) []byte {
	if len(value) < 4 {
		return nil
	}
	var whole [16]byte
	size := 0
	switch u16(value) { // IANA's address families
	case 1:
		size = 4
	case 2:
		size = 16
	}
	bits, prefix := int(value[2]), value[4:]
	if len(prefix) > size || bits > 8*size || len(prefix) != (bits+7)/8 {
		return nil
	}
	copy(whole[:], prefix)
	a, ok := netip.AddrFromSlice(whole[:size])
	if !ok {
		return nil
	}
	at := len(r.arena)
	r.arena = netip.PrefixFrom(a, bits).AppendTo(r.arena)
	return r.arena[at:len(r.arena):len(r.arena)]
}

// keepUTF8 keeps at most maxListText bytes of a text in which bytes that are none become U+FFFD; nil when it is empty.
func (r *Rows) keepUTF8(b []byte) []byte {
	at := len(r.arena)
	for len(b) > 0 && len(r.arena)-at < maxListText {
		c, n := utf8.DecodeRune(b)
		r.arena = utf8.AppendRune(r.arena, c)
		b = b[n:]
	}
	if len(r.arena) == at {
		return nil
	}
	return r.arena[at:len(r.arena):len(r.arena)]
}
