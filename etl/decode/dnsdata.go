package decode

import (
	"encoding/hex"
	"net/netip"
	"strconv"
)

// Types and classes of DNS that more is known of than how their data are written.
const (
	typeA    = 1
	typeAAAA = 28
	typeOPT  = 41
	classIN  = 1
)

// dataForms tell how the data of types are written, one letter per part, as RFC 1035 5.1 and the RFC that defines the type have it:
//
//	4 IPv4 address   6 IPv6 address   n name   b s l number of 8, 16, 32 bits   c string of one length byte   t all strings that are left
//	g tag of CAA     v what is left, as one string   x what is left, in hex      p parameters of a service (RFC 9460)
var dataForms = map[uint16]string{
	typeA: "4", typeAAAA: "6",
	2: "n", 5: "n", 12: "n", 39: "n", // NS, CNAME, PTR, DNAME
	6:  "nnlllll", // SOA
	13: "cc", 15: "sn", 16: "t", 18: "sn", 33: "sssn", 35: "sscccn",
	43: "sbbx", 44: "bbx", 52: "bbbx", 59: "sbbx", // DS, SSHFP, TLSA, CDS
	64: "snp", 65: "snp", // SVCB, HTTPS
	99: "t", 257: "bgv", // SPF, CAA
}

// appendData appends the presentation form of the data of a record. It reports false when they are not what their type says; they, and
// those of other types and classes, are written as RFC 3597 5 has it.
func appendData(dst, b []byte, a dnsAnswer, classes uint16) ([]byte, bool) {
	form, ok := dataForms[a.typ]
	if !ok || a.class&classes != classIN {
		return appendUnknown(dst, b[a.data:a.end]), true
	}
	r, begin := dataReader{b: b[:a.end], at: a.data}, len(dst)
	for i := range len(form) {
		if i > 0 {
			dst = append(dst, ' ')
		}
		if dst, ok = r.part(dst, form[i]); !ok {
			break
		}
	}
	if !ok || r.at != a.end {
		return appendUnknown(dst[:begin], b[a.data:a.end]), false
	}
	if dst[len(dst)-1] == ' ' { // no parameters
		dst = dst[:len(dst)-1]
	}
	return dst, true
}

func appendUnknown(dst, data []byte) []byte {
	dst = strconv.AppendInt(append(dst, `\# `...), int64(len(data)), 10)
	if len(data) > 0 {
		dst = hex.AppendEncode(append(dst, ' '), data[:min(len(data), maxListText)])
	}
	return dst
}

// dataReader takes the data of a record apart, which end where b does; names in them lie anywhere before.
type dataReader struct {
	b  []byte
	at int
}

// take returns the next n bytes, or false when there are fewer.
func (r *dataReader) take(n int) ([]byte, bool) {
	if n > len(r.b)-r.at {
		return nil, false
	}
	r.at += n
	return r.b[r.at-n : r.at], true
}

// chars returns the next character-string (RFC 1035 3.3).
func (r *dataReader) chars() ([]byte, bool) {
	n, ok := r.take(1)
	if !ok {
		return nil, false
	}
	return r.take(int(n[0]))
}

func (r *dataReader) rest() []byte {
	b, _ := r.take(len(r.b) - r.at)
	return b
}

// part appends the next part of the data by its letter in dataForms.
func (r *dataReader) part(dst []byte, letter byte) ([]byte, bool) {
	switch letter {
	case '4':
		return r.address(dst, 4)
	case '6':
		return r.address(dst, 16)
	case 'b':
		return r.number(dst, 1)
	case 's':
		return r.number(dst, 2)
	case 'l':
		return r.number(dst, 4)
	case 'n':
		w := walker{b: r.b, n: int64(len(r.b)), at: r.at}
		if !w.name() {
			return dst, false
		}
		dst, ok := appendName(dst, r.b, r.at)
		r.at = w.at
		return dst, ok
	case 'c', 'g':
		s, ok := r.chars()
		if letter == 'g' {
			return appendLabel(dst, s), ok
		}
		return appendQuoted(dst, s), ok
	case 't':
		return r.strings(dst)
	case 'v':
		return appendQuoted(dst, r.rest()), true
	case 'p':
		return r.parameters(dst)
	}
	return hex.AppendEncode(dst, r.rest()), true
}

func (r *dataReader) address(dst []byte, n int) ([]byte, bool) {
	b, ok := r.take(n)
	if !ok {
		return dst, false
	}
	a, _ := netip.AddrFromSlice(b)
	return a.AppendTo(dst), true
}

func (r *dataReader) number(dst []byte, n int) ([]byte, bool) {
	b, ok := r.take(n)
	if !ok {
		return dst, false
	}
	value := uint64(0)
	for _, c := range b {
		value = value<<8 | uint64(c)
	}
	return strconv.AppendUint(dst, value, 10), true
}

// strings appends all strings that are left, at least one.
func (r *dataReader) strings(dst []byte) ([]byte, bool) {
	for first := true; first || r.at < len(r.b); first = false {
		s, ok := r.chars()
		if !ok {
			return dst, false
		}
		if !first {
			dst = append(dst, ' ')
		}
		dst = appendQuoted(dst, s)
	}
	return dst, true
}

// appendQuoted appends a character-string in quotes. Quotes and backslashes in it and bytes beyond printable ASCII are escaped.
func appendQuoted(dst, s []byte) []byte {
	dst = append(dst, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= ' ' && c < 0x7f:
			dst = append(dst, c)
		default:
			dst = append(dst, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
		}
	}
	return append(dst, '"')
}
