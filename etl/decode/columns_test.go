package decode_test

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

// ours is what decode made of one frame; the rows of applications are nil where there are none.
type ours struct {
	packet *schema.Packet
	arp    *schema.ARP
	dns    *schema.DNS
	dhcp   *schema.DHCP
	ntp    *schema.NTP
}

// theirs is what tshark made of one frame: per field its occurrences, outermost first.
type theirs map[string]string

func (v theirs) all(field string) []string {
	if v[field] == "" {
		return nil
	}
	return strings.Split(v[field], aggregator)
}

// first is the first occurrence of the first field that the outermost layer of several has.
func (v theirs) first(fields ...string) string {
	best, depth := "", 1<<20
	for _, f := range fields {
		if v[f] == "" {
			continue
		}
		layer, _, _ := strings.Cut(f, ".")
		at := slices.Index(v.chain(), layer)
		if at < 0 {
			at = 1<<20 - 1
		}
		if at < depth {
			best, depth = v.all(f)[0], at
		}
	}
	return best
}

// chain is the protocols without "ethertype", which is no protocol.
func (v theirs) chain() []string {
	return slices.DeleteFunc(strings.Split(v["frame.protocols"], ":"), func(p string) bool { return p == "ethertype" })
}

// named are the layers that decode has a name for.
var named = decode.Protocols()

// known is the chain up to the first layer that decode has no name for.
func (v theirs) known() []string {
	chain := v.chain()
	for i, layer := range chain {
		if _, ok := slices.BinarySearch(named, layer); !ok {
			return chain[:i]
		}
	}
	return chain
}

func last(chain []string) string {
	if len(chain) == 0 {
		return ""
	}
	return chain[len(chain)-1]
}

// column is a column that both know; absent values are "".
type column struct {
	name   string
	view   view
	fields []string
	ours   func(*ours) string
	theirs func(theirs) string
}

// columns are all columns of three tables that tshark knows.
func columns() []column {
	out := columnsOf("", schema.Packets, func(o *ours) *schema.Packet { return o.packet }, func(theirs) bool { return true })
	out = append(out, columnsOf("arp.", schema.ARPs, func(o *ours) *schema.ARP { return o.arp },
		func(v theirs) bool { return v["arp.src.hw_mac"] != "" && v["arp.src.proto_ipv4"] != "" })...)
	return append(out, columnsOf("dns.", schema.DNSs, func(o *ours) *schema.DNS { return o.dns }, overUDP)...)
}

// overUDP reports whether there is DNS over UDP in the packet itself.
func overUDP(v theirs) bool { return above(v, "dns", "mdns", "llmnr") && v["dns.id"] != "" }

// above reports whether one of some protocols is over UDP in the packet itself.
func above(v theirs, names ...string) bool {
	chain := v.chain()
	i := slices.Index(chain, "udp")
	return i > 0 && i+1 < len(chain) && slices.Contains(names, chain[i+1]) && !slices.Contains(chain[:i], "icmp") && !slices.Contains(chain[:i], "icmpv6")
}

func columnsOf[R any](prefix string, table *schema.Rows[R], row func(*ours) *R, present func(theirs) bool) []column {
	var out []column
	for i, c := range table.Columns {
		read, ok := special[prefix+c.Name]
		if !ok && c.Wireshark == "" {
			continue
		}
		if !ok {
			read = either(strings.Split(c.Wireshark, "|")...)
		}
		out = append(out, column{
			name: prefix + c.Name, view: viewOf(prefix, c.Name), fields: read.fields,
			ours: func(o *ours) string {
				r := row(o)
				if r == nil {
					return ""
				}
				text, _ := table.Text(r, i, nil)
				return string(text)
			},
			theirs: func(v theirs) string {
				if !present(v) {
					return ""
				}
				if c.Type == schema.Bool {
					return truth(read.text(v))
				}
				return read.text(v)
			},
		})
	}
	return out
}

// number brings a number or a boolean of tshark to decimal; other values stay as they are.
func number(value string) string {
	switch n, err := strconv.ParseInt(value, 0, 64); {
	case value == "True":
		return "1"
	case value == "False":
		return "0"
	case err != nil:
		return value
	default:
		return strconv.FormatInt(n, 10)
	}
}

// truth brings 0 and 1 to what a boolean column says.
func truth(value string) string {
	switch number(value) {
	case "0":
		return "false"
	case "1":
		return "true"
	}
	return value
}
