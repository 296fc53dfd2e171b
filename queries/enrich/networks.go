package enrich

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"

	"gopkg.in/yaml.v3"
)

// defaultInternal is what counts as internal where no file says so: RFC 1918, RFC 4193 (ULA), and link-local addresses (RFC 3927, RFC 4291).
var defaultInternal = []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"}

// Networks is what a user declared of his networks. Its methods may be called at once; the addresses that they take are texts, as in a lake,
// and of several networks that hold one the narrowest counts.
type Networks struct {
	internal, names, sites, servers prefixes
	broadcasts                      map[netip.Addr]bool // of declared IPv4 networks
	source                          *Source             // nil: the defaults
	pseudonyms                      bool                // Pseudonyms: addresses stand for others
	internal4                       []network4          // those of internal that are of IPv4, if they are few; nil: look there
}

// networksFile is the form of networks.yaml.
type networksFile struct {
	Internal []string `yaml:"internal"` // CIDRs; in place of the defaults
	Networks []struct {
		CIDR string `yaml:"cidr"`
		Name string `yaml:"name"`
		Site string `yaml:"site"`
	} `yaml:"networks"`
	Servers []struct {
		Address string `yaml:"address"` // or CIDR
		Name    string `yaml:"name"`
		Site    string `yaml:"site"`
	} `yaml:"servers"`
}

// OpenNetworks reads a file of networks; "" gives the defaults.
func OpenNetworks(path string) (*Networks, error) {
	if path == "" {
		return ParseNetworks(nil)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read networks: %w", err)
	}
	n, err := ParseNetworks(text)
	if err != nil {
		return nil, fmt.Errorf("read networks %s: %w", path, err)
	}
	n.source = &Source{Kind: "networks", Name: path, Entries: n.names.n + n.servers.n}
	return n, nil
}

// ParseNetworks reads the text of a file of networks: YAML with the keys internal, networks and servers; others are an error.
func ParseNetworks(text []byte) (*Networks, error) {
	var f networksFile
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	n := &Networks{broadcasts: map[netip.Addr]bool{}}
	if f.Internal == nil {
		f.Internal = defaultInternal
	} else {
		f.Internal = slices.Clone(f.Internal)
	}
	for _, cidr := range f.Internal {
		if err := n.internal.add(cidr, "internal"); err != nil {
			return nil, err
		}
	}
	n.internal4 = n.internal.few4()
	for _, w := range f.Networks {
		if err := errors.Join(n.names.add(w.CIDR, w.Name), n.sites.add(w.CIDR, w.Site)); err != nil {
			return nil, err
		}
		n.broadcast(w.CIDR)
	}
	for _, s := range f.Servers {
		if err := errors.Join(n.servers.add(s.Address, s.Name), n.sites.add(s.Address, s.Site)); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// broadcast notes the last address of an IPv4 network that has one for all its hosts (RFC 919; not of /31 and /32, RFC 3021).
func (n *Networks) broadcast(cidr string) {
	p, err := parsePrefix(cidr)
	if err != nil || !p.Addr().Is4() || p.Bits() > 30 {
		return
	}
	b := p.Masked().Addr().As4()
	for i := p.Bits(); i < 32; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	n.broadcasts[netip.AddrFrom4(b)] = true
}

// Scopes are the values of Scope.
var Scopes = []string{"internal", "external", "multicast", "broadcast", "loopback", "unspecified"}

// Pseudonyms are the same networks for addresses that stand for others: Crypto-PAn changes the leading bits too, so that a host's may look like one of a group, or of this
// host itself, and the other way round. Scope then says external of what would be no host's.
func (n *Networks) Pseudonyms() *Networks {
	out := *n
	out.pseudonyms = true
	return &out
}

// Scope says where an address belongs, by one of Scopes; "" when the text is no address.
func (n *Networks) Scope(ip string) string {
	if scope := n.scope(ip); !n.pseudonyms || scope == "" || scope == "internal" {
		return scope
	}
	return "external"
}

func (n *Networks) scope(ip string) string {
	if quad, ok := parseIPv4(ip); ok && n.internal4 != nil {
		return n.scope4(quad)
	}
	a, ok := parseAddr(ip)
	switch {
	case !ok:
		return ""
	case a.IsUnspecified():
		return "unspecified"
	case a.IsLoopback():
		return "loopback"
	case a.IsMulticast():
		return "multicast"
	case a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) || n.broadcasts[a]:
		return "broadcast"
	case n.internal.find(a) != "":
		return "internal"
	}
	return "external"
}

// scope4 is scope of what most addresses are, which detectors ask of every flow.
func (n *Networks) scope4(quad [4]byte) string {
	a := binary.BigEndian.Uint32(quad[:])
	switch {
	case a == 0:
		return "unspecified"
	case a>>24 == 127:
		return "loopback"
	case a>>28 == 14:
		return "multicast"
	case a == 1<<32-1 || len(n.broadcasts) > 0 && n.broadcasts[netip.AddrFrom4(quad)]:
		return "broadcast"
	}
	for i := range n.internal4 {
		if a&n.internal4[i].mask == n.internal4[i].base {
			return "internal"
		}
	}
	return "external"
}

// Name is the name of the network that holds an address; "" where none is declared.
func (n *Networks) Name(ip string) string { return n.names.text(ip) }

// Site is where an address is, as declared of its server or network; "" where none is.
func (n *Networks) Site(ip string) string { return n.sites.text(ip) }

// Server is the name of the server that has an address; "" where none is declared.
func (n *Networks) Server(ip string) string { return n.servers.text(ip) }

// Sources is the file that the networks were read from, if they were.
func (n *Networks) Sources() []Source {
	if n.source == nil {
		return nil
	}
	return []Source{*n.source}
}

// prefixes are texts by the networks that they belong to.
type prefixes struct {
	lengths []int // those there are, the longest first; a table for each
	tables  []map[netip.Prefix]string
	n       int64
}

// add takes a network or an address; an empty text adds nothing.
func (p *prefixes) add(cidr, text string) error {
	prefix, err := parsePrefix(cidr)
	if err != nil {
		return fmt.Errorf("%q is no network: a CIDR such as 192.0.2.0/24 or an address is expected", cidr)
	}
	if text == "" {
		return nil
	}
	at, found := slices.BinarySearchFunc(p.lengths, prefix.Bits(), func(a, b int) int { return b - a })
	if !found {
		p.lengths = slices.Insert(p.lengths, at, prefix.Bits())
		p.tables = slices.Insert(p.tables, at, map[netip.Prefix]string{})
	}
	if old, twice := p.tables[at][prefix]; twice && old != text {
		return fmt.Errorf("network %s is declared twice", prefix)
	}
	p.tables[at][prefix] = text
	p.n++
	return nil
}

// network4 is a network of IPv4.
type network4 struct{ base, mask uint32 }

// few4 are the networks of IPv4, an empty list where there are none; nil when they are so many that a table is faster.
func (p *prefixes) few4() []network4 {
	out := []network4{}
	for _, table := range p.tables {
		for prefix := range table {
			if prefix.Addr().Is4() {
				base := prefix.Addr().As4()
				out = append(out, network4{binary.BigEndian.Uint32(base[:]), ^uint32(0) << (32 - prefix.Bits())})
			}
		}
	}
	if len(out) > 16 {
		return nil
	}
	return out
}

func (p *prefixes) find(a netip.Addr) string {
	for i, bits := range p.lengths {
		if prefix, err := a.Prefix(bits); err == nil {
			if text, ok := p.tables[i][prefix]; ok {
				return text
			}
		}
	}
	return ""
}

func (p *prefixes) text(ip string) string {
	if a, ok := parseAddr(ip); ok {
		return p.find(a)
	}
	return ""
}

// parsePrefix reads a CIDR, or an address as the network of itself alone; bits beyond the mask are cut.
func parsePrefix(s string) (netip.Prefix, error) {
	if a, ok := parseAddr(s); ok {
		return a.Prefix(a.BitLen())
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err
}

// parseAddr reads an address; IPv4 mapped into IPv6 is IPv4, and a zone is cut.
func parseAddr(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a.Unmap().WithZone(""), err == nil
}

// parseIPv4 reads an address of IPv4 in dotted decimal, as netip does.
func parseIPv4(s string) (quad [4]byte, ok bool) {
	part, value, digits := 0, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9' && digits < 3 && (digits == 0 || value > 0):
			value, digits = 10*value+int(c-'0'), digits+1
		case c == '.' && digits > 0 && value < 256 && part < 3:
			quad[part] = byte(value)
			part, value, digits = part+1, 0, 0
		default:
			return quad, false
		}
	}
	if part != 3 || digits == 0 || value > 255 {
		return quad, false
	}
	quad[3] = byte(value)
	return quad, true
}
