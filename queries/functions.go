package queries

import (
	"encoding/hex"
	"math"
	"net/netip"
	"strings"
	"sync/atomic"

	"github.com/pcaplake/pcaplake/queries/indicators"

	bindings "github.com/duckdb/duckdb-go-bindings"
	"golang.org/x/net/publicsuffix"
)

// networkFunctions are those of SQL that know addresses and names; docs/sql.md says what they mean. What cannot be said is NULL. Macros go on from them.
func networkFunctions() []*function {
	text, number, blob, double := bindings.Type(bindings.TypeVarchar), bindings.Type(bindings.TypeBigInt), bindings.Type(bindings.TypeBlob), bindings.Type(bindings.TypeDouble)
	var last atomic.Pointer[parsedPrefix]
	var wanted [3]atomic.Pointer[soleMatcher]
	return []*function{
		{name: "ip_in", params: []bindings.Type{text, text}, result: bindings.TypeBoolean, value: func(args []any) any {
			return ipIn(&last, args[0].(string), args[1].(string))
		}},
		{name: "is_private", params: []bindings.Type{text}, result: bindings.TypeBoolean, value: func(args []any) any { return isPrivate(args[0].(string)) }},
		{name: "ip_prefix_of", params: []bindings.Type{text, number}, result: text, value: func(args []any) any {
			return ipPrefix(args[0].(string), args[1].(int64))
		}},
		{name: "etld1", params: []bindings.Type{text}, result: text, value: func(args []any) any { return etld1(args[0].(string)) }},
		{name: "domain_in", params: []bindings.Type{text, text}, result: bindings.TypeBoolean, value: func(args []any) any {
			return meets(indicators.Domain, &wanted[0], args[0].(string), args[1].(string))
		}},
		{name: "url_of", params: []bindings.Type{text, text}, result: bindings.TypeBoolean, value: func(args []any) any {
			return meets(indicators.URL, &wanted[1], args[0].(string), args[1].(string))
		}},
		{name: "uri_in", params: []bindings.Type{text, text}, result: bindings.TypeBoolean, value: func(args []any) any {
			return meets(indicators.URI, &wanted[2], args[0].(string), args[1].(string))
		}},
		{name: "hexdump_of", params: []bindings.Type{blob}, result: text, value: func(args []any) any { return strings.TrimSuffix(hex.Dump(args[0].([]byte)), "\n") }},
		{name: "entropy_of", params: []bindings.Type{blob}, result: double, value: func(args []any) any { return entropy(args[0].([]byte)) }},
	}
}

// parsedPrefix is a network that was read; neighbouring rows ask for the same.
type parsedPrefix struct {
	text   string
	prefix netip.Prefix
	ok     bool
}

// ipIn reports whether an address lies in a network: CIDR, or one address. Nil: one of the two is none.
func ipIn(last *atomic.Pointer[parsedPrefix], cidr, ip string) any {
	p := last.Load()
	if p == nil || p.text != cidr {
		p = parsePrefix(cidr)
		last.Store(p)
	}
	a, err := netip.ParseAddr(ip)
	if !p.ok || err != nil {
		return nil
	}
	return p.prefix.Contains(a.Unmap().WithZone(""))
}

// sharedSpace is that of carriers (RFC 6598).
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// isPrivate reports whether no router of the Internet forwards an address: RFC 1918, RFC 6598, loopback, link-local and ULA. nil: it is none.
func isPrivate(ip string) any {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return nil
	}
	a = a.Unmap().WithZone("")
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || sharedSpace.Contains(a)
}

func parsePrefix(cidr string) *parsedPrefix {
	prefix, err := netip.ParsePrefix(cidr)
	if a, failed := netip.ParseAddr(cidr); failed == nil {
		prefix, err = netip.PrefixFrom(a, a.BitLen()), nil
	}
	return &parsedPrefix{strings.Clone(cidr), prefix.Masked(), err == nil}
}

// soleMatcher is that of one indicator; neighbouring rows ask for the same.
type soleMatcher struct {
	text string
	matcher
}

// meets reports whether a value is an instance of an indicator, as Hunt finds them.
func meets(kind indicators.Kind, last *atomic.Pointer[soleMatcher], indicator, value string) any {
	m := last.Load()
	if m == nil || m.text != indicator {
		m = &soleMatcher{strings.Clone(indicator), newMatcher(kind)}
		m.add(m.text, 0)
		last.Store(m)
	}
	return len(m.match(nil, value)) > 0
}

// ipPrefix is the network of so many bits that holds an address; nil where the address has not as many, or is none.
func ipPrefix(ip string, bits int64) any {
	a, err := netip.ParseAddr(ip)
	if err != nil || bits < 0 || bits > int64(a.BitLen()) {
		return nil
	}
	return netip.PrefixFrom(a.WithZone(""), int(bits)).Masked().String()
}

// etld1 is the registrable domain of a name: one label more than what the public suffix list says, in lower case and without a final dot. Nil: the name is a suffix
// itself, or an address.
func etld1(name string) any {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if _, err := netip.ParseAddr(name); err == nil {
		return nil
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return nil
	}
	return domain
}

// entropy is Shannon's, in bits per byte; nil without bytes.
func entropy(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	var counts [256]int
	for _, c := range b {
		counts[c]++
	}
	sum := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(b))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}
