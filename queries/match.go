package queries

import (
	"net/netip"
	"strings"

	"github.com/pcaplake/pcaplake/queries/indicators"
)

// A matcher finds the indicators of one kind that a value of the lake is an instance of.
type matcher interface {
	// add takes the value of an indicator, of which n is the number.
	add(value string, n int)
	// match appends the numbers of those that a value meets.
	match(to []int, value string) []int
	// exact are the values that alone can match, and false where others can.
	exact() ([]string, bool)
}

// newMatcher makes the matcher of a kind.
func newMatcher(kind indicators.Kind) matcher {
	switch kind {
	case indicators.Address:
		return &networks{at: map[netip.Prefix]int{}, bits: map[int]bool{}}
	case indicators.Domain:
		return domains{}
	case indicators.URL:
		return &targets{at: map[string][]int{}, key: requestKey, wantedKey: urlKey}
	case indicators.URI:
		return &targets{at: map[string][]int{}, key: func(uri string) string { return uri }, wantedKey: func(uri string) string { return uri }, paths: true}
	}
	return exactly{}
}

// exactly match themselves.
type exactly map[string]int

func (m exactly) add(value string, n int) { m[value] = n }

func (m exactly) match(to []int, value string) []int {
	if n, ok := m[value]; ok {
		to = append(to, n)
	}
	return to
}

func (m exactly) exact() ([]string, bool) {
	values := make([]string, 0, len(m))
	for value := range m {
		values = append(values, value)
	}
	return values, true
}

// networks match the addresses in them.
type networks struct {
	at   map[netip.Prefix]int
	bits map[int]bool // lengths that occur
}

func (m *networks) add(value string, n int) {
	p, err := netip.ParsePrefix(value)
	if a, single := netip.ParseAddr(value); single == nil {
		p, err = netip.PrefixFrom(a, a.BitLen()), nil
	}
	if err == nil {
		m.at[p] = n
		m.bits[p.Bits()] = true
	}
}

func (m *networks) match(to []int, value string) []int {
	a, err := netip.ParseAddr(value)
	if err != nil {
		return to
	}
	a = a.Unmap().WithZone("")
	for bits := range m.bits {
		if bits > a.BitLen() {
			continue
		}
		if n, ok := m.at[netip.PrefixFrom(a, bits).Masked()]; ok {
			to = append(to, n)
		}
	}
	return to
}

func (m *networks) exact() ([]string, bool) {
	var values []string
	for p := range m.at {
		if !p.IsSingleIP() {
			return nil, false
		}
		values = append(values, p.Addr().String())
	}
	return values, true
}

// domains match their names and those below, in any case; a port behind a name, and what stands before it in the data of a record, are passed over.
type domains map[string]int

func (m domains) add(value string, n int) { m[value] = n }

func (m domains) match(to []int, value string) []int {
	for _, word := range strings.Fields(value) {
		eachParent(word, func(name string) {
			if n, ok := m[name]; ok {
				to = append(to, n)
			}
		})
	}
	return to
}

func (m domains) exact() ([]string, bool) { return nil, false }

// eachParent calls do with a name in lower case and all above it. A dot behind a backslash is no end of a label (RFC 1035 5.1).
func eachParent(name string, do func(string)) {
	name, _, _ = strings.Cut(strings.ToLower(name), ":")
	name = strings.TrimSuffix(name, ".")
	do(name)
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++
		case '.':
			do(name[i+1:])
		}
	}
}

// mask is what stands for secrets in request targets.
const mask = "***"

// targets match request targets. One in which secrets are masked matches what they may have been.
type targets struct {
	at             map[string][]int
	keys           []string // those in at
	key, wantedKey func(string) string
	paths          bool // a target without its query counts as well
}

func (m *targets) add(value string, n int) {
	key := m.wantedKey(value)
	if m.at[key] == nil {
		m.keys = append(m.keys, key)
	}
	m.at[key] = append(m.at[key], n)
}

func (m *targets) match(to []int, value string) []int {
	key := m.key(value)
	to = append(to, m.at[key]...)
	if path, query, ok := strings.Cut(key, "?"); ok && m.paths && query != "" {
		to = append(to, m.at[path]...)
	}
	if !strings.Contains(key, mask) {
		return to
	}
	for _, wanted := range m.keys {
		if wanted != key && unmasks(key, wanted) {
			to = append(to, m.at[wanted]...)
		}
	}
	return to
}

func (m *targets) exact() ([]string, bool) { return nil, false }

// unmasks reports whether a target is what another may have been before its secrets were masked.
func unmasks(masked, target string) bool {
	parts := strings.Split(masked, mask)
	if !strings.HasPrefix(target, parts[0]) {
		return false
	}
	target = target[len(parts[0]):]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(target, part)
		if i < 0 {
			return false
		}
		target = target[i+len(part):]
	}
	return strings.HasSuffix(target, parts[len(parts)-1])
}

// urlKey is host and target of an indicator that is a URL. Its scheme does not count: what is seen in clear may have been wrapped in TLS elsewhere.
func urlKey(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	return rest
}

// requestKey is that of a request, by requestURL.
func requestKey(value string) string {
	host, uri, _ := strings.Cut(value, "\n")
	if scheme, rest, ok := strings.Cut(uri, "://"); ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")) { // absolute, as proxies get it
		slash := strings.IndexAny(rest, "/?")
		if slash < 0 {
			slash = len(rest)
		}
		host, uri = rest[:slash], rest[slash:]
		if at := strings.LastIndexByte(host, '@'); at >= 0 {
			host = host[at+1:]
		}
	}
	if uri == "" || uri[0] == '?' {
		uri = "/" + uri
	}
	host = strings.ToLower(host)
	for _, port := range []string{":80", ":443"} {
		host = strings.TrimSuffix(host, port)
	}
	return strings.TrimSuffix(host, ".") + uri
}

// listItems are the items of a list of the schema: commas between, a comma within an item as \, — other escapes stay.
func listItems(list string) []string {
	var items []string
	var item strings.Builder
	for i := 0; i < len(list); i++ {
		switch {
		case list[i] == ',':
			items = append(items, item.String())
			item.Reset()
			continue
		case list[i] == '\\' && i+1 < len(list):
			if list[i+1] != ',' {
				item.WriteByte(list[i])
			}
			i++
		}
		item.WriteByte(list[i])
	}
	return append(items, item.String())
}
