package pseudonym

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// appendName appends what stands for a host: an address for an address, with its port if it has one, the name of an address for such a name (in-addr.arpa, ip6.arpa), and
// else one word for each label. The word depends on the labels behind it as well, as do prefixes of addresses, and on no letter's case.
// A suffix under which the public registers names (publicsuffix.org, ICANN's section) is kept, and so is the root.
func (k *Key) appendName(dst, text []byte) []byte {
	if out, ok := k.appendAddress(dst, text); ok {
		return out
	}
	name := bytes.ToLower(text)
	if host, port, ok := cutPort(name); ok {
		return append(k.appendName(dst, host), port...)
	}
	if out, ok := k.appendReverse(dst, name); ok {
		return out
	}
	labels := split(name, '.')
	known := publicLabels(labels)
	at := 0
	for i, label := range labels {
		if i > 0 {
			dst = append(dst, '.')
		}
		if i >= len(labels)-known || len(label) == 0 {
			dst = append(dst, label...)
		} else {
			dst = k.appendWord(dst, forName, bytes.TrimSuffix(name[at:], []byte(".")))
		}
		at += len(label) + 1
	}
	return dst
}

// appendAddress appends what stands for an address, an address with a port, or a network; false: the text is none.
func (k *Key) appendAddress(dst, text []byte) ([]byte, bool) {
	if len(text) == 0 || len(text) > 64 || bytes.IndexByte(text, '.') < 0 && bytes.IndexByte(text, ':') < 0 {
		return dst, false
	}
	s := string(text)
	bare := strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	if a, err := netip.ParseAddr(bare); err == nil {
		a = k.Addr(a.WithZone(""))
		if bare != s {
			return append(a.AppendTo(append(dst, '[')), ']'), true
		}
		return a.AppendTo(dst), true
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return k.prefix(p).AppendTo(dst), true
	}
	if p, err := netip.ParseAddrPort(s); err == nil {
		return netip.AddrPortFrom(k.Addr(p.Addr().WithZone("")), p.Port()).AppendTo(dst), true
	}
	return dst, false
}

// cutPort cuts ":80" from a name.
func cutPort(name []byte) (host, port []byte, ok bool) {
	at := bytes.LastIndexByte(name, ':')
	if at <= 0 || len(name)-at > len(":65535") {
		return nil, nil, false
	}
	if _, err := strconv.ParseUint(string(name[at+1:]), 10, 16); err != nil {
		return nil, nil, false
	}
	return name[:at], name[at:], true
}

// split cuts a text at a byte, but not behind a backslash.
func split(text []byte, at byte) (parts [][]byte) {
	begin := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case at:
			parts = append(parts, text[begin:i])
			begin = i + 1
		}
	}
	return append(parts, text[begin:])
}

// publicLabels is how many of the last labels are of a public suffix.
func publicLabels(labels [][]byte) int {
	n := len(labels)
	for n > 0 && len(labels[n-1]) == 0 {
		n-- // the dot of the root
	}
	suffix, icann := publicsuffix.PublicSuffix(string(bytes.Join(labels[:n], []byte("."))))
	if !icann {
		return 0
	}
	return strings.Count(suffix, ".") + 1 + len(labels) - n
}

// A zone is one of the two in which addresses are names, back to front.
type zone struct {
	suffix string
	digits int // hex digits of a label; 0: it is decimal
	bytes  int // of an address
}

var zones = []zone{{".in-addr.arpa", 0, 4}, {".ip6.arpa", 1, 16}}

// appendReverse appends what stands for the name of an address, or of a network; false: the name is none. Labels before those of the address, as RFC 2317 has them,
// become words.
func (k *Key) appendReverse(dst, name []byte) ([]byte, bool) {
	for _, z := range zones {
		rest, ok := bytes.CutSuffix(bytes.TrimSuffix(name, []byte(".")), []byte(z.suffix))
		if !ok {
			continue
		}
		labels := split(rest, '.')
		address := make([]byte, z.bytes)
		n := 0 // labels of the address, from the last
		for n < len(labels) && n < z.labels() && z.set(address, n, labels[len(labels)-1-n]) {
			n++
		}
		if n == 0 {
			return dst, false
		}
		for i := range len(labels) - n {
			dst = append(k.appendWord(dst, forName, bytes.Join(labels[i:], []byte("."))), '.')
		}
		a, _ := netip.AddrFromSlice(address)
		mapped := k.Addr(a).AsSlice()
		for i := n - 1; i >= 0; i-- {
			dst = z.append(dst, mapped, i)
			if i > 0 {
				dst = append(dst, '.')
			}
		}
		return append(dst, z.suffix...), true
	}
	return dst, false
}

// labels is how many of them an address has.
func (z *zone) labels() int { return z.bytes << z.digits }

// set puts label i of an address, counted from its front, in its place; false: it is none.
func (z *zone) set(address []byte, i int, label []byte) bool {
	if z.digits == 0 {
		n, err := strconv.ParseUint(string(label), 10, 8)
		if err != nil {
			return false
		}
		address[i] = byte(n)
		return true
	}
	n, err := strconv.ParseUint(string(label), 16, 4)
	if err != nil || len(label) != 1 {
		return false
	}
	address[i/2] |= byte(n) << (4 * (1 - i%2))
	return true
}

// append appends label i.
func (z *zone) append(dst, address []byte, i int) []byte {
	if z.digits == 0 {
		return strconv.AppendUint(dst, uint64(address[i]), 10)
	}
	var pair [2]byte
	hex.Encode(pair[:], address[i/2:i/2+1])
	return append(dst, pair[i%2])
}
