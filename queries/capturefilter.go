package queries

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// ErrCaptureFilter is the error of a capture filter that cannot be read, or that asks for what no column of packets tells.
var ErrCaptureFilter = errors.New("capture filter")

// CaptureFilter turns a capture filter as tcpdump takes it (pcap-filter(7)) into a condition on columns of packets. It goes by what the columns mean: addresses are those of
// the innermost headers or of the outermost, ports those of the innermost and of fragments too, whatever the link layer is. Host names are not resolved, and
// bytes at offsets are known only where a column has them (tcp[tcpflags], icmp[icmptype] and such).
func CaptureFilter(text string) (string, error) {
	p := &filterParser{tokens: filterTokens(text)}
	if len(p.tokens) == 0 {
		return "true", nil
	}
	sql, err := p.alternatives()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("%q is not understood", p.tokens[0])
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrCaptureFilter, err)
	}
	return sql, nil
}

// filterParser takes tokens off the front.
type filterParser struct {
	tokens []string
	last   qualifiers // of the primitive before: "tcp port 80 or 443"
}

// qualifiers stand before what a primitive is about.
type qualifiers struct {
	proto, dir, kind string
}

// next takes a token if it is one of the words; none given, any.
func (p *filterParser) next(words ...string) (string, bool) {
	if len(p.tokens) == 0 || len(words) > 0 && !slices.Contains(words, p.tokens[0]) {
		return "", false
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t, true
}

func (p *filterParser) peek() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

// alternatives reads terms with "and" and "or" between; both bind alike, to the left (pcap-filter(7)).
func (p *filterParser) alternatives() (string, error) {
	left, err := p.term()
	for err == nil {
		operator, ok := filterOperators[p.peek()]
		if !ok {
			return left, nil
		}
		p.next()
		var right string
		if right, err = p.term(); err == nil {
			left = "(" + left + operator + right + ")"
		}
	}
	return "", err
}

func (p *filterParser) term() (string, error) {
	if _, ok := p.next("not", "!"); ok {
		inner, err := p.term()
		return "(" + inner + ") IS NOT TRUE", err
	}
	if _, ok := p.next("("); !ok {
		return p.primitive()
	}
	inner, err := p.alternatives()
	if err != nil {
		return "", err
	}
	if _, ok := p.next(")"); !ok {
		return "", errors.New("a parenthesis is not closed")
	}
	return "(" + inner + ")", nil
}

// primitive reads one condition.
func (p *filterParser) primitive() (string, error) {
	if field, ok := p.field(); ok {
		return p.comparison(field)
	}
	switch p.peek() {
	case "less":
		p.next()
		n, err := p.number()
		return fmt.Sprintf("wire_len <= %d", n), err
	case "greater":
		p.next()
		n, err := p.number()
		return fmt.Sprintf("wire_len >= %d", n), err
	case "vlan":
		p.next()
		return p.tag("vlan_id")
	case "mpls":
		p.next()
		return p.tag("mpls_label")
	case "broadcast":
		p.next()
		return "dst_mac = 'ff:ff:ff:ff:ff:ff'", nil
	case "multicast":
		p.next()
		return groupMAC, nil
	case "proto":
		return p.protocol("")
	}
	return p.qualified()
}

const groupMAC = "substr(dst_mac, 2, 1) IN ('1', '3', '5', '7', '9', 'b', 'd', 'f')"

// tag is a VLAN or label, of a number or any.
func (p *filterParser) tag(column string) (string, error) {
	if n, err := strconv.ParseInt(p.peek(), 0, 64); err == nil {
		p.next()
		if column == "vlan_id" {
			return fmt.Sprintf("(vlan_id = %d OR inner_vlan_id = %[1]d)", n), nil
		}
		return fmt.Sprintf("%s = %d", column, n), nil
	}
	return column + " IS NOT NULL", nil
}

// qualified reads [proto] [dir] [kind] id, or a protocol alone.
func (p *filterParser) qualified() (string, error) {
	var q qualifiers
	if _, known := filterProtos[p.peek()]; known {
		q.proto, _ = p.next()
		switch p.peek() {
		case "proto":
			return p.protocol(q.proto)
		case "broadcast", "multicast":
			return p.group(q.proto)
		}
	}
	q.dir = p.direction()
	if kind, ok := p.next(filterKinds...); ok {
		q.kind = kind
	}
	if q.proto != "" && q.dir == "" && q.kind == "" {
		return "(" + filterProtos[q.proto] + ")", nil
	}
	if q == (qualifiers{}) { // an id alone goes on with the qualifiers before
		if q = p.last; q == (qualifiers{}) {
			q.kind = "host"
		}
	} else if q.kind == "" {
		q.kind = "host"
	}
	p.last = q
	id, ok := p.next()
	if !ok {
		return "", errors.New("it ends where an address or a port is expected")
	}
	return p.about(q, id)
}

// direction reads src, dst, "src or dst" and "src and dst".
func (p *filterParser) direction() string {
	dir, ok := p.next(filterDirs...)
	if !ok {
		return ""
	}
	if len(p.tokens) >= 2 && slices.Contains(filterDirs, p.tokens[1]) && p.tokens[1] != dir {
		switch p.tokens[0] {
		case "or", "||":
			p.tokens = p.tokens[2:]
			return ""
		case "and", "&&":
			p.tokens = p.tokens[2:]
			return "both"
		}
	}
	return dir
}

// group is "ether broadcast", "ip multicast" and such.
func (p *filterParser) group(proto string) (string, error) {
	kind, _ := p.next()
	switch {
	case proto == "ether" && kind == "multicast":
		return groupMAC, nil
	case proto == "ether" || proto == "ip" && kind == "broadcast":
		return "dst_mac = 'ff:ff:ff:ff:ff:ff'", nil
	case proto == "ip":
		return "ip_in('224.0.0.0/4', dst_ip)", nil
	case proto == "ip6" && kind == "multicast":
		return "ip_in('ff00::/8', dst_ip)", nil
	}
	return "", fmt.Errorf("%s %s is not understood", proto, kind)
}

// protocol is "ip proto 6", "ether proto 0x0800" and "proto tcp".
func (p *filterParser) protocol(proto string) (string, error) {
	p.next("proto")
	name, ok := p.next()
	if !ok {
		return "", errors.New("it ends where a protocol is expected")
	}
	name = strings.TrimPrefix(name, `\`)
	n, err := strconv.ParseInt(name, 0, 64)
	condition, known := filterProtos[name]
	switch {
	case err == nil && proto == "ether":
		return fmt.Sprintf("ether_type = %d", n), nil
	case err == nil:
		condition = fmt.Sprintf("ip_proto = %d", n)
	case !known:
		return "", fmt.Errorf("protocol %q is not known", name)
	}
	if proto == "ip" || proto == "ip6" {
		condition = filterProtos[proto] + " AND " + condition
	}
	return "(" + condition + ")", nil
}

// about is the condition on an address, a network or ports.
func (p *filterParser) about(q qualifiers, id string) (string, error) {
	var side func(string) string
	var err error
	switch q.kind {
	case "host", "net":
		side, err = p.addresses(&q, id)
	default:
		side, err = ports(&q, id)
	}
	if err != nil {
		return "", err
	}
	condition := ""
	switch q.dir {
	case "src", "dst":
		condition = side(q.dir)
	case "both":
		condition = side("src") + " AND " + side("dst")
	default:
		condition = "(" + side("src") + " OR " + side("dst") + ")"
	}
	if q.proto != "" && q.proto != "ether" {
		condition = "(" + filterProtos[q.proto] + " AND " + condition + ")"
	}
	return condition, nil
}

func (p *filterParser) addresses(q *qualifiers, id string) (func(string) string, error) {
	if q.proto == "ether" {
		mac := strings.ToLower(strings.NewReplacer("-", ":", ".", ":").Replace(id))
		if len(mac) != 17 || strings.Count(mac, ":") != 5 {
			return nil, fmt.Errorf("%q is no hardware address", id)
		}
		return func(dir string) string { return dir + "_mac = " + literal(mac) }, nil
	}
	if q.kind == "host" {
		a, err := netip.ParseAddr(id)
		if err != nil {
			return nil, fmt.Errorf("%q is no address: names are not resolved", id)
		}
		text := literal(a.String())
		return func(dir string) string { return fmt.Sprintf("(%s_ip = %s OR outer_%[1]s_ip = %[2]s)", dir, text) }, nil
	}
	network, err := p.network(id)
	if err != nil {
		return nil, err
	}
	text := literal(network.String())
	return func(dir string) string {
		return fmt.Sprintf("(ip_in(%s, %s_ip) OR ip_in(%[1]s, outer_%[2]s_ip))", text, dir)
	}, nil
}

// network is "192.0.2.0/24", "192.0.2.0 mask 255.255.255.0", "10.1" and "2001:db8::/32".
func (p *filterParser) network(id string) (netip.Prefix, error) {
	if _, ok := p.next("/"); ok {
		bits, _ := p.next()
		id += "/" + bits
	}
	if prefix, err := netip.ParsePrefix(id); err == nil {
		return prefix.Masked(), nil
	}
	parts := strings.Split(id, ".")
	bits := 8 * len(parts)
	for len(parts) < 4 {
		parts = append(parts, "0")
	}
	a, err := netip.ParseAddr(strings.Join(parts, "."))
	if v6, failed := netip.ParseAddr(id); failed == nil && v6.Is6() {
		a, err, bits = v6, nil, 128
	}
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is no network", id)
	}
	if _, ok := p.next("mask"); ok {
		text, _ := p.next()
		mask, err := netip.ParseAddr(text)
		if err != nil || !mask.Is4() || !a.Is4() {
			return netip.Prefix{}, fmt.Errorf("%q is no mask", text)
		}
		m, bits := mask.As4(), 0
		for bits < 32 && m[bits/8]>>(7-bits%8)&1 == 1 {
			bits++
		}
		return netip.PrefixFrom(a, bits).Masked(), nil
	}
	return netip.PrefixFrom(a, bits).Masked(), nil
}

// ports is the condition on a port or a range of them, which TCP, UDP and SCTP have.
func ports(q *qualifiers, id string) (func(string) string, error) {
	first, last, ok := id, id, true
	if q.kind == "portrange" {
		first, last, ok = strings.Cut(id, "-")
	}
	a, err1 := strconv.ParseUint(first, 10, 16)
	b, err2 := strconv.ParseUint(last, 10, 16)
	if !ok || err1 != nil || err2 != nil {
		return nil, fmt.Errorf("%q is no port: services have to be told by number", id)
	}
	return func(dir string) string { return fmt.Sprintf("%s_port BETWEEN %d AND %d", dir, a, b) }, nil
}
