package decode_test

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// special are the columns that tshark keeps in another form than ours, or in several fields.
var special = map[string]struct {
	fields []string
	text   func(theirs) string
}{
	"ts":                  {[]string{"frame.time_epoch"}, stamp},
	"arp.ts":              {[]string{"frame.time_epoch"}, stamp},
	"dns.ts":              {[]string{"frame.time_epoch"}, stamp},
	"ts_extra_ns":         {[]string{"frame.time_epoch"}, stampNS},
	"interface_id":        {[]string{"frame.interface_id"}, known("frame.interface_id")}, // of pcapng only
	"pkt_dir":             {[]string{"sll.pkttype", "frame.packet_flags_direction"}, direction},
	"vlan_id":             {[]string{"ieee8021ad.id", "vlan.id"}, func(v theirs) string { return tag(v, 0) }},
	"inner_vlan_id":       {[]string{"ieee8021ad.id", "vlan.id"}, func(v theirs) string { return tag(v, 1) }},
	"ip_len":              {[]string{"ip.len", "ipv6.plen"}, ipLen},
	"ip_hdr_len":          {[]string{"ip.hdr_len"}, ipv4Only("ip.hdr_len")},
	"ether_type":          {[]string{"eth.type", "vlan.etype", "sll.etype"}, etherType},
	"ip_flags":            {[]string{"ip.flags", "ipv6.fraghdr.more"}, func(v theirs) string { return integer(v.first("ip.flags", "ipv6.fraghdr.more")) }},
	"ip_frag_offset":      {[]string{"ip.frag_offset", "ipv6.fraghdr.offset"}, fragmentOffset},
	"ip_proto":            {[]string{"ip.proto", "ipv6.nxt"}, ipProtocol},
	"ip_chksum_ok":        {[]string{"ip.checksum.status"}, judged("ip.checksum.status")},
	"l4_chksum_ok":        {l4Status, judged(l4Status...)},
	"tcp_flags":           {[]string{"tcp.flags"}, func(v theirs) string { return bits(v.first("tcp.flags"), 0, 0x1ff) }},
	"tcp_options_count":   {[]string{"tcp.option_kind", "tcp.hdr_len"}, tcpOptions},
	"payload_len":         {[]string{"tcp.len", "udp.length", "ip.flags.mf"}, payloadLen},
	"padding_len":         {[]string{"eth.padding", "eth.trailer", "eth.fcs", "ip.version", "ipv6.version"}, padding},
	"protocol":            {[]string{"frame.protocols"}, func(v theirs) string { chain := v.chain(); return chain[len(chain)-1] }},
	"protocols":           {[]string{"frame.protocols"}, func(v theirs) string { return strings.Join(v.chain(), ":") }},
	"tcp_reserved":        {[]string{"tcp.flags"}, func(v theirs) string { return bits(v.first("tcp.flags"), 9, 7) }},
	"dns.aa":              {[]string{"dns.flags.authoritative"}, known("dns.flags.authoritative")}, // of responses only
	"dns.ra":              {[]string{"dns.flags.recavail"}, known("dns.flags.recavail")},           // of responses only
	"dns.question_count":  {[]string{"dns.count.queries", "dns.count.zones"}, of("dns.count.queries", "dns.count.zones")},
	"dns.answer_count":    {[]string{"dns.count.answers", "dns.count.prerequisites"}, of("dns.count.answers", "dns.count.prerequisites")},
	"dns.authority_count": {[]string{"dns.count.auth_rr", "dns.count.updates"}, of("dns.count.auth_rr", "dns.count.updates")},
	"dns.qname":           {[]string{"dns.qry.name"}, questionName},
}

var l4Status = []string{"tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status", "icmpv6.checksum.status"}

func stamp(v theirs) string {
	seconds, fraction, _ := strings.Cut(v["frame.time_epoch"], ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	ns, err2 := strconv.ParseInt(fraction, 10, 64)
	if err != nil || err2 != nil {
		return v["frame.time_epoch"]
	}
	if strings.HasPrefix(seconds, "-") {
		ns = -ns
	}
	return time.Unix(s, ns).UTC().Truncate(time.Microsecond).Format("2006-01-02T15:04:05.000000")
}

func stampNS(v theirs) string {
	_, fraction, _ := strings.Cut(v["frame.time_epoch"], ".")
	return strings.TrimLeft(fraction[min(6, len(fraction)):], "0") + map[bool]string{true: "0"}[strings.Trim(fraction[min(6, len(fraction)):], "0") == ""]
}

func direction(v theirs) string {
	switch v.first("sll.pkttype") {
	case "0", "1", "2":
		return "in"
	case "4":
		return "out"
	}
	switch bits(v.first("frame.packet_flags_direction"), 0, 3) {
	case "1":
		return "in"
	case "2":
		return "out"
	}
	return ""
}

// tag is the nth VLAN identifier; a frame has its 802.1ad tags outside its 802.1Q tags.
func tag(v theirs, n int) string {
	if tags := append(v.all("ieee8021ad.id"), v.all("vlan.id")...); n < len(tags) {
		return tags[n]
	}
	return ""
}

// isIPv6 reports whether the outermost IP header is of version 6.
func isIPv6(v theirs) bool {
	chain := v.chain()
	v6, v4 := slices.Index(chain, "ipv6"), slices.Index(chain, "ip")
	return v6 >= 0 && (v4 < 0 || v6 < v4)
}

func ipv4Only(field string) func(theirs) string {
	return func(v theirs) string {
		if isIPv6(v) {
			return unknown
		}
		return v.first(field)
	}
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
	if n, err := strconv.Atoi(v.first("ip.frag_offset", "ipv6.fraghdr.offset")); err == nil {
		return strconv.Itoa(n * 8)
	}
	return ""
}

// ipProtocol is the protocol behind IPv4, or behind an IPv6 header without extensions.
func ipProtocol(v theirs) string {
	if !isIPv6(v) {
		return v.first("ip.proto")
	}
	switch next := v.first("ipv6.nxt"); next {
	case "0", "43", "44", "51", "60", "135", "139", "140":
		return unknown
	default:
		return next
	}
}

// judged tells right and wrong from "not verified" and "not present".
func judged(fields ...string) func(theirs) string {
	return func(v theirs) string {
		switch v.first(fields...) {
		case "0":
			return "false"
		case "1":
			return "true"
		}
		return ""
	}
}

// integer is a number in decimal, which tshark may print in hex.
func integer(value string) string { return bits(value, 0, -1) }

// bits are some bits of a number.
func bits(value string, shift int, mask int64) string {
	switch n, err := strconv.ParseInt(value, 0, 64); {
	case value == "True":
		return "true"
	case value == "False":
		return "false"
	case err != nil:
		return value
	default:
		return strconv.FormatInt(n>>shift&mask, 10)
	}
}

// of is the first of several fields.
func of(fields ...string) func(theirs) string {
	return func(v theirs) string { return integer(v.first(fields...)) }
}

// known is a boolean or number that tshark gives only where it can.
func known(field string) func(theirs) string {
	return func(v theirs) string {
		switch value := v.first(field); {
		case value == "":
			return unknown
		case field == "frame.interface_id":
			return value
		default:
			return strconv.FormatBool(isTrue(value))
		}
	}
}

// etherType is that of the innermost of the frame's own tags.
func etherType(v theirs) string {
	chain := v.chain()
	tags := 0
	for tags+1 < len(chain) && (chain[tags+1] == "vlan" || chain[tags+1] == "ieee8021ad") {
		tags++
	}
	types := v.all("vlan.etype")
	switch {
	case chain[0] == "null", chain[0] == "sll" && v["sll.etype"] == "":
		return unknown
	case tags > 0 && tags <= len(types):
		return integer(types[tags-1])
	}
	return integer(v.first("eth.type", "sll.etype"))
}

// fragmentOffset is in bytes; IPv4's is printed in units of eight.
func fragmentOffset(v theirs) string {
	if isIPv6(v) {
		return integer(v.first("ipv6.fraghdr.offset"))
	}
	if n, err := strconv.Atoi(v.first("ip.frag_offset")); err == nil {
		return strconv.Itoa(n * 8)
	}
	return ""
}

// ipProtocol is the protocol behind IPv4, or behind an IPv6 header without extensions.
func ipProtocol(v theirs) string {
	if !isIPv6(v) {
		return v.first("ip.proto")
	}
	switch next := v.first("ipv6.nxt"); next {
	case "0", "43", "44", "51", "60", "135", "139", "140":
		return unknown
	default:
		return next
	}
}

// judged tells right and wrong from "not verified" and "not present".
func judged(fields ...string) func(theirs) string {
	return func(v theirs) string {
		switch v.first(fields...) {
		case "0":
			return "false"
		case "1":
			return "true"
		}
		return ""
	}
}

// integer is a number in decimal, which tshark may print in hex.
func integer(value string) string { return bits(value, 0, -1) }

// bits are some bits of a number.
func bits(value string, shift int, mask int64) string {
	switch n, err := strconv.ParseInt(value, 0, 64); {
	case value == "True":
		return "true"
	case value == "False":
		return "false"
	case err != nil:
		return value
	default:
		return strconv.FormatInt(n>>shift&mask, 10)
	}
}

// of is the first of several fields.
func of(fields ...string) func(theirs) string {
	return func(v theirs) string { return integer(v.first(fields...)) }
}

// known is a boolean or number that tshark gives only where it can.
func known(field string) func(theirs) string {
	return func(v theirs) string {
		switch value := v.first(field); {
		case value == "":
			return unknown
		case field == "frame.interface_id":
			return value
		default:
			return strconv.FormatBool(isTrue(value))
		}
	}
}

// etherType is that of the innermost tag.
func etherType(v theirs) string {
	if v.chain()[0] == "null" {
		return unknown
	}
	if tags := v.all("vlan.etype"); len(tags) > 0 {
		return integer(tags[len(tags)-1])
	}
	return integer(v.first("eth.type", "sll.etype"))
}

func tcpOptions(v theirs) string {
	if v.first("tcp.hdr_len") == "" {
		return ""
	}
	return strconv.Itoa(len(v.all("tcp.option_kind")))
}

// payloadLen is known of TCP, and of UDP in one piece, when only link and network layers stand before.
func payloadLen(v theirs) string {
	for _, layer := range v.chain() {
		switch layer {
		case "eth", "vlan", "ieee8021ad", "sll", "null", "raw", "ip", "ipv6", "ah", "ipv6.hopopts", "ipv6.routing", "ipv6.fraghdr", "ipv6.dstopts":
			continue
		case "tcp":
			return v.first("tcp.len")
		case "udp":
			n, err := strconv.Atoi(v.first("udp.length"))
			if err != nil || n < 8 || isTrue(v.first("ip.flags.mf", "ipv6.fraghdr.more")) {
				return unknown
			}
			return strconv.Itoa(n - 8)
		}
		return unknown
	}
	return unknown
}

func isTrue(value string) bool { return value == "1" || value == "True" }

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

// unknown is the text of a value that tshark does not know in this frame.
const unknown = "?"
