package decode

import (
	"encoding/base64"
	"strconv"
)

// serviceKeys are the parameters of SVCB and HTTPS records by their numbers (RFC 9460 14.3, RFC 9461, RFC 9540), and the letter of their values:
// k list of keys, l list of strings, 0 none, s number of 16 bits, 4 and 6 list of addresses, e base64, v string.
var serviceKeys = [...]struct {
	name  string
	value byte
}{
	{"mandatory", 'k'},
	{"alpn", 'l'},
	{"no-default-alpn", '0'},
	{"port", 's'},
	{"ipv4hint", '4'},
	{"ech", 'e'},
	{"ipv6hint", '6'},
	{"dohpath", 'v'},
	{"ohttp", '0'},
}

// parameters appends those of a service in presentation form (RFC 9460 2.1), spaces between.
func (r *dataReader) parameters(dst []byte) ([]byte, bool) {
	for first := true; r.at < len(r.b); first = false {
		head, ok := r.take(4)
		if !ok {
			return dst, false
		}
		value, ok := r.take(int(u16(head[2:])))
		if !ok {
			return dst, false
		}
		if !first {
			dst = append(dst, ' ')
		}
		key := u16(head)
		dst = appendServiceKey(dst, key)
		form := byte('v')
		if int(key) < len(serviceKeys) {
			form = serviceKeys[key].value
		}
		if len(value) == 0 {
			continue
		}
		v := dataReader{b: value}
		if dst, ok = v.parameter(append(dst, '='), form); !ok || v.at != len(value) {
			return dst, false
		}
	}
	return dst, true
}

func appendServiceKey(dst []byte, key uint16) []byte {
	if int(key) < len(serviceKeys) {
		return append(dst, serviceKeys[key].name...)
	}
	return strconv.AppendUint(append(dst, "key"...), uint64(key), 10)
}

// parameter appends a value by its letter.
func (r *dataReader) parameter(dst []byte, form byte) ([]byte, bool) {
	switch form {
	case 'k', '4', '6', 'l':
		for first := true; r.at < len(r.b); first = false {
			if !first {
				dst = append(dst, ',')
			}
			var ok bool
			if dst, ok = r.element(dst, form); !ok {
				return dst, false
			}
		}
		return dst, true
	case 's':
		return r.number(dst, 2)
	case 'e':
		return base64.StdEncoding.AppendEncode(dst, r.rest()), true
	case '0':
		return dst, false
	}
	return appendQuoted(dst, r.rest()), true
}

// element appends one of a list of values.
func (r *dataReader) element(dst []byte, form byte) ([]byte, bool) {
	switch form {
	case '4':
		return r.address(dst, 4)
	case '6':
		return r.address(dst, 16)
	case 'k':
		key, ok := r.take(2)
		if !ok {
			return dst, false
		}
		return appendServiceKey(dst, u16(key)), true
	}
	s, ok := r.chars()
	return appendLabel(dst, s), ok
}
