package decode_test

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// unknown is the text of a value that tshark does not know in a frame.
const unknown = "?"

// form is how a column is read from tshark's fields.
type form struct {
	fields []string
	text   func(theirs) string
}

// special are the columns that tshark keeps in another form than ours, or in several fields.
var special = map[string]form{
	"ts":                  {[]string{"frame.time_epoch"}, stamp},
	"arp.ts":              {[]string{"frame.time_epoch"}, stamp},
	"dns.ts":              {[]string{"frame.time_epoch"}, stamp},
	"ts_extra_ns":         {[]string{"frame.time_epoch"}, stampNS},
	"interface_id":        where("frame.interface_id"), // of pcapng only
	"src_mac":             {[]string{"eth.src", "sll.src.eth", "wlan.sa", "tr.src", "fddi.src"}, source},
	"pkt_dir":             {directionFields(), direction},
	"ether_type":          {append([]string{"vlan.etype"}, etherTypeFields...), etherType},
	"vlan_id":             tag(0),
	"inner_vlan_id":       tag(1),
	"tunnel_depth":        {[]string{"frame.protocols"}, tunnelDepth},
	"tunnel_id":           {[]string{"erspan.spanid", "gre.key", "gre.key.call_id", "vxlan.vni", "geneve.vni", "gtp.teid", "mpls.label"}, tunnelID},
	"outer_src_ip":        outer(func(v theirs) string { return v.first("ip.src", "ipv6.src") }, "ip.src", "ipv6.src"),
	"outer_dst_ip":        outer(func(v theirs) string { return v.first("ip.dst", "ipv6.dst") }, "ip.dst", "ipv6.dst"),
	"outer_ip_proto":      outer(ipProtocol, "ip.proto", "ipv6.nxt"),
	"outer_src_port":      outer(func(v theirs) string { return v.first("udp.srcport") }, "udp.srcport"),
	"outer_dst_port":      outer(func(v theirs) string { return v.first("udp.dstport") }, "udp.dstport"),
	"ip_len":              {[]string{"ip.len", "ipv6.plen"}, ipLen},
	"ip_hdr_len":          {[]string{"ip.hdr_len"}, ipHeader},
	"ip_flags":            either("ip.flags", "ipv6.fraghdr.more"),
	"ip_frag_offset":      {[]string{"ip.frag_offset", "ipv6.fraghdr.offset"}, fragmentOffset},
	"ip_proto":            {[]string{"ip.proto", "ipv6.nxt"}, ipProtocol},
	"ip_chksum_ok":        judgedIP(),
	"l4_chksum_ok":        judgedL4(),
	"tcp_reserved":        bits("tcp.flags", 9, 7),
	"tcp_flags":           bits("tcp.flags", 0, 0x1ff),
	"tcp_options_count":   {[]string{"tcp.option_kind", "tcp.hdr_len"}, tcpOptions},
	"payload_len":         {[]string{"tcp.len", "udp.length", "ip.flags.mf", "ipv6.fraghdr.more"}, payloadLen},
	"protocol":            {[]string{"frame.protocols"}, func(v theirs) string { return last(v.known()) }},
	"protocols":           {[]string{"frame.protocols"}, func(v theirs) string { return strings.Join(v.known(), ":") }},
	"dns.aa":              where("dns.flags.authoritative"), // of responses only
	"dns.rd":              where("dns.flags.recdesired"),    // not of LLMNR
	"dns.ra":              where("dns.flags.recavail"),      // of responses only
	"dns.z":               where("dns.flags.z"),             // of unicast only
	"dns.ad":              where("dns.flags.authenticated"), // of responses only
	"dns.cd":              where("dns.flags.checkdisable"),  // of unicast only
	"dns.edns_options":    list("dns.opt.code"),
	"dns.query_frame_no":  none, // of other frames
	"dns.latency_ns":      none,
	"dns.question_count":  either("dns.count.queries", "dns.count.zones"),
	"dns.answer_count":    either("dns.count.answers", "dns.count.prerequisites"),
	"dns.authority_count": either("dns.count.auth_rr", "dns.count.updates"),
	"dns.qname":           {[]string{"dns.qry.name"}, questionName},
}

// none is a column that tshark has to be asked for in another way.
var none = form{nil, func(theirs) string { return unknown }}

// list is all occurrences of a field.
func list(field string) form {
	return form{[]string{field}, func(v theirs) string { return strings.Join(v.all(field), ",") }}
}

// either is the first of several fields that a frame has.
func either(fields ...string) form {
	return form{fields, func(v theirs) string { return number(v.first(fields...)) }}
}

// where is a field that tshark does not give in every frame in which we have a value.
func where(field string) form {
	return form{[]string{field}, func(v theirs) string {
		if v[field] == "" {
			return unknown
		}
		return v.first(field)
	}}
}

// bits are some bits of a field.
func bits(field string, shift int, mask int64) form {
	return form{[]string{field}, func(v theirs) string {
		n, err := strconv.ParseInt(v.first(field), 0, 64)
		if err != nil {
			return v.first(field)
		}
		return strconv.FormatInt(n>>shift&mask, 10)
	}}
}

// judged tells right and wrong from "not verified" and "not present".
func judged(fields ...string) form {
	return form{fields, func(v theirs) string {
		switch v.first(fields...) {
		case "0":
			return "false"
		case "1":
			return "true"
		}
		return ""
	}}
}

// tag is the nth VLAN identifier; a frame has its ISL header outside its 802.1ad tags, and those outside its 802.1Q tags.
func tag(n int) form {
	return form{[]string{"isl.vlan_id", "ieee8021ad.id", "vlan.id"}, func(v theirs) string {
		if tags := slices.Concat(v.all("isl.vlan_id"), v.all("ieee8021ad.id"), v.all("vlan.id")); n < len(tags) {
			return tags[n]
		}
		return ""
	}}
}

func stamp(v theirs) string {
	seconds, fraction, _ := strings.Cut(v["frame.time_epoch"], ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	ns, err2 := strconv.ParseInt(fraction, 10, 64)
	if err != nil || err2 != nil {
		return v["frame.time_epoch"]
	}
	return time.Unix(s, ns).UTC().Format("2006-01-02T15:04:05.000000")
}

func stampNS(v theirs) string {
	_, fraction, ok := strings.Cut(v["frame.time_epoch"], ".")
	if !ok {
		return ""
	}
	n, _ := strconv.Atoi(fraction)
	return strconv.Itoa(n % 1000)
}

// directions are the fields that tell a frame's direction, those of link headers first: of the bits under the mask, which say in and out.
var directions = []struct {
	field   string
	mask    int64
	in, out []int64
}{
	{"sll.pkttype", 0xffff, []int64{0, 1, 2}, []int64{4}},
	{"ipnet.htype", 0xffff, []int64{0}, []int64{1, 0x100}}, // in either byte order
	{"nflog.hook", 0xff, []int64{0, 1}, []int64{3, 4}},
	{"pflog.dir", 0xff, []int64{1}, []int64{2}},
	{"pktap.flags", 3, []int64{1}, []int64{2}},
	{"juniper.direction", 0xff, []int64{1}, []int64{0}},
	{"frame.p2p_dir", 0xff, []int64{1}, []int64{0}},
	{"frame.packet_flags_direction", 3, []int64{1}, []int64{2}},
}

// source is the sender's hardware address, which tshark does not show of NFLOG.
func source(v theirs) string {
	if v.chain()[0] == "nflog" {
		return unknown
	}
	return v.first("eth.src", "sll.src.eth", "wlan.sa", "tr.src", "fddi.src")
}

func directionFields() []string {
	out := make([]string, len(directions))
	for i, d := range directions {
		out[i] = d.field
	}
	return out
}

// direction is what the first of the fields says. tshark has none for SunATM.
func direction(v theirs) string {
	for _, d := range directions {
		n, err := strconv.ParseInt(v.first(d.field), 0, 64)
		switch {
		case err != nil:
			continue
		case slices.Contains(d.in, n&d.mask):
			return "in"
		case slices.Contains(d.out, n&d.mask):
			return "out"
		}
		return ""
	}
	if v.chain()[0] == "atm" {
		return unknown
	}
	return ""
}

// etherTypeFields are the EtherTypes of link layers, tags apart.
var etherTypeFields = []string{"eth.type", "sll.etype", "llc.type", "ipoib.type", "ap1394.type", "fr.snaptype"}

// etherType is that of the innermost of the frame's own tags, or that of its link layer. tshark does not tell the type behind some tags, and
// Cisco's serial lines have numbers beside EtherTypes.
func etherType(v theirs) string {
	chain := v.chain()
	tags, last := 0, ""
	for tags+1 < len(chain) && (chain[tags+1] == "vlan" || chain[tags+1] == "ieee8021ad") {
		tags++
		last = chain[tags]
	}
	types := v.all("vlan.etype")
	switch {
	case chain[0] == "null", slices.Contains(chain, "chdlc"), chain[0] == "fr" && v["fr.snaptype"] == "", chain[0] == "sll" && v["sll.etype"] == "":
		return unknown
	case last == "ieee8021ad", slices.ContainsFunc(chain, isOtherTag):
		return unknown
	case tags+1 < len(chain) && chain[tags+1] == "llc" && v["llc.type"] != "":
		return number(v.first("llc.type"))
	case tags == 0:
		return number(v.first(etherTypeFields...))
	case len(types) == 0: // a length
		return ""
	}
	return number(types[min(tags, len(types))-1])
}

func isOtherTag(layer string) bool {
	return slices.Contains([]string{"cmd", "vntag", "etag", "hsr", "ieee8021cb", "macsec"}, layer)
}

// isIPv6 reports whether the outermost IP header is of version 6.
func isIPv6(v theirs) bool {
	chain := v.chain()
	v6, v4 := slices.Index(chain, "ipv6"), slices.Index(chain, "ip")
	return v6 >= 0 && (v4 < 0 || v6 < v4)
}

func ipHeader(v theirs) string {
	if isIPv6(v) {
		return unknown
	}
	return v.first("ip.hdr_len")
}

func ipLen(v theirs) string {
	if !isIPv6(v) {
		return v.first("ip.len")
	}
	n, err := strconv.Atoi(v.first("ipv6.plen"))
	if err != nil {
		return ""
	}
	return strconv.Itoa(n + 40)
}

// fragmentOffset is printed in units of eight bytes.
func fragmentOffset(v theirs) string {
	n, err := strconv.Atoi(v.first("ip.frag_offset", "ipv6.fraghdr.offset"))
	if err != nil {
		return ""
	}
	return strconv.Itoa(n * 8)
}

// ipProtocol is the protocol behind IPv4 without AH, or behind an IPv6 header without extensions.
func ipProtocol(v theirs) string {
	if !isIPv6(v) {
		if protocol := v.first("ip.proto"); protocol != "51" {
			return protocol
		}
		return unknown
	}
	switch next := v.first("ipv6.nxt"); next {
	case "0", "43", "44", "51", "60", "135", "139", "140":
		return unknown
	default:
		return next
	}
}

func tcpOptions(v theirs) string {
	if v["tcp.hdr_len"] == "" {
		return ""
	}
	return strconv.Itoa(len(v.all("tcp.option_kind")))
}

// payloadLen is known of TCP, and of UDP in one piece, behind nothing but layers that we decode.
func payloadLen(v theirs) string {
	for _, layer := range v.chain() {
		switch layer {
		case "eth", "vlan", "ieee8021ad", "sll", "null", "raw", "ip", "ipv6", "ah", "ipv6.hopopts", "ipv6.routing", "ipv6.fraghdr", "ipv6.dstopts":
			continue
		case "tcp":
			if v["tcp.len"] == "" {
				return unknown
			}
			return v.first("tcp.len")
		case "udp":
			n, err := strconv.Atoi(v.first("udp.length"))
			if err == nil && n >= 8 && number(v.first("ip.flags.mf", "ipv6.fraghdr.more")) != "1" {
				return strconv.Itoa(n - 8)
			}
		}
		return unknown
	}
	return unknown
}

// questionName is a name as decode writes it, where it has nothing to escape.
func questionName(v theirs) string {
	name := v.first("dns.qry.name")
	if strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }) {
		return unknown
	}
	if name == "<Root>" {
		return "."
	}
	return name
}
