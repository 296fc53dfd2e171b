package decode_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

// view names the part of a frame that a column tells of: where tunnels repeat layers, tshark gives each field once per layer.
type view int

const (
	whole view = iota
	frameLink
	outermost // network header and what is before the next one
	carrying  // the headers of the innermost tunnel
	innermost
	views
)

// viewOf goes by the group of a column in packets; the other tables tell of what is innermost.
func viewOf(prefix, name string) view {
	at := func(column string) int {
		return slices.IndexFunc(schema.Packets.Columns, func(c schema.Column) bool { return c.Name == column })
	}
	switch i := at(name); {
	case prefix != "", i >= at("ip_version") && i < at("protocol"):
		return innermost
	case strings.HasPrefix(name, "outer_"):
		return outermost
	case name == "tunnel_id":
		return carrying
	case i < at("tunnel"):
		return frameLink
	}
	return whole
}

// throughTunnels are the layers that decode goes on behind to a network header, besides those of the frame's link.
var throughTunnels = strings.Fields(`eth vlan ieee8021ad ip ipv6 ipv6.hopopts ipv6.routing ipv6.fraghdr ipv6.dstopts ah mipv6 hip shim6
	udp mpls ppp gre erspan vxlan nsh geneve gtp teredo l2tp etherip lisp-data amt pim`)

// networks are the places in a chain of the network headers that decode gets to.
func networks(chain []string) (at []int) {
	for i, layer := range chain {
		switch layer {
		case "ip", "ipv6", "arp":
			at = append(at, i)
		}
		if len(at) > 0 && !slices.Contains(throughTunnels, layer) {
			break
		}
	}
	return at
}

// views are the parts of a frame. Most have no tunnel, so all are the whole.
func (v theirs) views() (out [views]theirs) {
	chain := v.chain()
	nets := networks(chain)
	if len(nets) == 0 || len(nets) == 1 && !slices.ContainsFunc(chain[nets[0]:], isLink) {
		return [views]theirs{v, v, v, v, v}
	}
	first, last := nets[0], nets[len(nets)-1]
	out[whole], out[frameLink], out[innermost] = v, v.part(chain, 0, first), v.part(chain, last, len(chain))
	out[outermost], out[carrying] = v, v
	if len(nets) > 1 {
		out[outermost], out[carrying] = v.part(chain, 0, nets[1]), v.part(chain, nets[len(nets)-2], last)
	}
	return out
}

func isLink(layer string) bool {
	return layer == "eth" || layer == "vlan" || layer == "ieee8021ad" || layer == "mpls"
}

// part has only what the layers of a part of the chain say. Of a layer that repeats, each field is taken to occur once in each, and to be
// missing in the outer ones when it occurs less often.
func (v theirs) part(chain []string, from, to int) theirs {
	out := maps.Clone(v)
	out["frame.protocols"] = strings.Join(chain[from:to], ":")
	for field := range v {
		before, here, after := count(chain[:from], field), count(chain[from:to], field), count(chain[to:], field)
		values := v.all(field)
		switch {
		case before+after == 0:
		case here == 0:
			out[field] = ""
		default:
			begin := max(0, before-max(0, before+here+after-len(values)))
			out[field] = strings.Join(values[min(begin, len(values)):min(begin+here, len(values))], aggregator)
		}
	}
	return out
}

// count is the number of layers that have a field, by its name.
func count(chain []string, field string) (n int) {
	layer, _, _ := strings.Cut(field, ".")
	if strings.HasPrefix(field, "ipv6.fraghdr.") {
		layer = "ipv6.fraghdr"
	}
	for _, l := range chain {
		if l == layer || field == "ip.version" && l == "ipv6" { // which has this one too
			n++
		}
	}
	return n
}

// outer is a column of the outermost headers, which is told of packets in tunnels only.
func outer(text func(theirs) string, fields ...string) form {
	return form{append(fields, "frame.protocols"), func(v theirs) string {
		if len(networks(strings.Split(v[fullChain], ":"))) < 2 {
			return ""
		}
		return text(v)
	}}
}

// fullChain is the key of the frame's chain in every view of it.
const fullChain = "chain"

func tunnelDepth(v theirs) string {
	if n := len(networks(v.chain())); n > 1 {
		return strconv.Itoa(min(n-1, 8))
	}
	return ""
}

// tunnelIDs are the fields of tunnel_id by layer; of several layers the first one in this list names the tunnel.
var tunnelIDs = []struct{ layer, field string }{
	{"erspan", "erspan.spanid"},
	{"gre", "gre.key"},
	{"vxlan", "vxlan.vni"},
	{"geneve", "geneve.vni"},
	{"gtp", "gtp.teid"},
	{"mpls", "mpls.label"},
}

func tunnelID(v theirs) string {
	if len(networks(strings.Split(v[fullChain], ":"))) < 2 {
		return ""
	}
	chain := v.chain()
	for _, id := range tunnelIDs {
		if slices.Contains(chain, id.layer) {
			if v["gre.key.call_id"] != "" {
				return number(v.first("gre.key.call_id"))
			}
			return number(v.first(id.field))
		}
	}
	if slices.Contains(chain, "l2tp") || slices.Contains(chain, "nsh") || slices.Contains(chain, "lisp-data") {
		return unknown
	}
	return ""
}
