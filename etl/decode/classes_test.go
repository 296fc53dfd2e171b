package decode_test

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

// class is a kind of difference from tshark that is intended, with one frame that shows it.
type class struct {
	name  string
	cause string
	file  string
	frame int64
	match func(*difference) bool
}

// classify names the first class that a difference belongs to; "" is a defect.
func classify(d *difference) string {
	for _, k := range classes {
		if k.match(d) {
			return k.name
		}
	}
	return ""
}

const (
	tcpdump    = "the-tcpdump-group+tcpdump/tests/"
	regression = "seladb+PcapPlusPlus/Tests/Fuzzers/RegressionTests/regression_samples/"
)

// pseudoHeaders are the sizes of what class "pseudo-header" is of: SunATM, PPP with direction.
var pseudoHeaders = map[int32]int{123: 4, 204: 1}

// modifiedPcap is the capture whose records have more than frames' times and lengths.
const modifiedPcap = "rusticata+pcap-parser/assets/modified-format.pcap"

// guessedRecords are the files of class "guessed record".
var guessedRecords = []string{regression + "crash-exception-cast-constructed-record", regression + "igmplayer"}

var classes = []class{
	{
		"application", "what stands above TCP, UDP and ICMP is not decoded, DNS over UDP apart, so the chain ends there",
		tcpdump + "dns_tcp.pcap", 4,
		func(d *difference) bool {
			above, ok := d.above()
			return ok && isChain(d) && !slices.ContainsFunc(above, isNetwork)
		},
	},
	{
		"carrier", "packets inside IPComp, NHRP, NSH, Cisco's metadata, LLC in tunnels, and in pieces of frames that are not put together, are payload",
		"the-tcpdump-group+libpcap/tests/filter/AH-IPcomp-IPv4.pcap", 4,
		func(d *difference) bool {
			above, ok := d.above()
			return ok && !d.isICMP() && (isChain(d) || d.ours == "" || d.column == "payload_len") && slices.ContainsFunc(above, isNetwork)
		},
	},
	{
		"undissected", "what tshark does not read: some link types, such as SLIP, the end of a MACsec tag that was cut, the direction in a record of modified pcap",
		tcpdump + "cve2015-0261-ipv6.pcap", 1,
		func(d *difference) bool {
			chain := d.fields.chain()
			return isChain(d) && d.row.Protocol == "macsec" || d.column == "pkt_dir" && d.theirs == "" && d.file == modifiedPcap ||
				len(chain) == 1 && (chain[0] == "data" || chain[0] == "juniper" && d.column == "pkt_dir" && d.row.PktDir == "")
		},
	},
	{
		"carried link", "the link columns are those of the frame itself; tshark shows those of a frame that it carries",
		"seladb+PcapPlusPlus/Tests/Packet++Test/PacketExamples/MplsPackets.pcap", 2,
		func(d *difference) bool {
			return d.ours == "" && (d.column == "vlan_id" || d.column == "inner_vlan_id") && strings.Contains(d.row.Protocols, ":eth:vlan")
		},
	},
	{
		"quoted", "the packet that an ICMP error quotes, or a null register of PIM names, is payload",
		tcpdump + "afs.pcap", 29,
		func(d *difference) bool {
			above, ok := d.above()
			return ok && ((isChain(d) || d.ours == "") && d.isICMP() && slices.ContainsFunc(above, isNetwork) ||
				d.row.Protocol == "pim" && len(above) > 0 && isNetwork(above[0]))
		},
	},
	{
		"offload", "a checksum of a segment that the network card was to cut, or that it put together, is not judged; tshark calls it bad",
		"gopacket+gopacket/layers/testdata/linux_sll_oversized_addr.pcapng", 81,
		func(d *difference) bool {
			switch d.row.ChksumNote {
			case schema.ChksumOffloadPartial, schema.ChksumOffloadZero, schema.ChksumSuperframe:
				return strings.HasSuffix(d.column, "_chksum_ok") && d.ours == "" && d.theirs == "false"
			}
			return false
		},
	},
	{
		"judged", "a checksum is judged when all bytes that the lengths put under it were captured; tshark goes by the frame",
		tcpdump + "kday7.pcap", 10,
		func(d *difference) bool {
			return d.column == "l4_chksum_ok" && (d.ours == "" && d.row.ChksumNote == schema.ChksumSnapped || d.theirs == "" && d.row.CapLen < d.row.WireLen)
		},
	},
	{
		"TCP options", "tshark counts the bytes behind the end of the option list as more ends, and shows no kind of some options",
		"apache+drill/contrib/format-pcapng/src/test/resources/pcap/tcp-2.pcap", 1,
		func(d *difference) bool { return d.column == "tcp_options_count" },
	},
	{
		"record stamp", "an impossible fraction of a second is carried over, and a time that no TIMESTAMP holds is NULL",
		tcpdump + "timestamp_invalid_micro.pcap", 3,
		func(d *difference) bool {
			return d.row.TSSuspect && (strings.HasSuffix(d.column, "ts") || d.column == "ts_extra_ns")
		},
	},
	{
		"interface", "interfaces are numbered over the whole capture, tshark numbers them per section",
		"hadrielk+pcapng-test-generator/output_le/difficult/test202.pcapng", 4,
		func(d *difference) bool { return d.column == "interface_id" },
	},
	{
		"version", "a header of another version than 4 and 6, or of 802.11 than 0, is none; tshark shows its first fields, or another layer",
		"seladb+PcapPlusPlus/Tests/Packet++Test/PacketExamples/ipv4-malformed.pcap", 2,
		func(d *difference) bool {
			return d.row.Malformed == schema.MalformedIPVersion || d.row.Protocol == "wlan" && strings.HasSuffix(d.column, "_mac") && d.ours == ""
		},
	},
	{
		"cut header", "a header of which bytes are missing is none; tshark shows the fields before its end",
		tcpdump + "ipv6_39_byte_header.pcap", 1,
		func(d *difference) bool {
			return d.ours == "" && d.row.IPVersion == 0 && (d.row.Protocol == "ip" || d.row.Protocol == "ipv6")
		},
	},
	{
		"lengths", "a header whose lengths contradict each other is kept with its fields and marked, and payload ends with the packet; tshark stops, or believes",
		tcpdump + "babel_update_oobr.pcap", 52,
		func(d *difference) bool {
			switch d.row.Malformed {
			case schema.MalformedIPHeaderLength, schema.MalformedTCPHeaderLength, schema.MalformedUDPLength, schema.MalformedICMPShort:
				if d.theirs == "" || d.column == "payload_len" && d.ours == "" {
					return true
				}
			}
			return d.column == "payload_len" && int64(d.row.UDPLen) > d.row.PayloadLen+8
		},
	},
	{
		"length of 0", "a length of 0, of a jumbogram or before segmentation offload, is taken from the frame; tshark takes it as it is and stops",
		tcpdump + "bigtcp-ipv6-vxlan-ipv4.pcap", 1,
		func(d *difference) bool {
			zero := map[string]string{"4": "0", "6": "40"}[strconv.Itoa(int(d.row.IPVersion))]
			zeros := d.fields["udp.length"] == "0" || d.fields["ipv6.plen"] == "0"
			return zeros && d.row.TunnelDepth > 0 || d.row.ChksumNote == schema.ChksumSuperframe && (d.theirs == "" || d.column == "ip_len" && d.theirs == zero)
		},
	},
	{
		"IPv6 extension headers", "all are walked, up to sixteen; tshark stops at an option that it finds wrong, and goes on without end",
		"the-tcpdump-group+libpcap/tests/filter/ipv6_ext_headers.pcap", 1,
		func(d *difference) bool {
			theirs := strings.Join(d.fields.chain(), ":")
			return d.row.IPVersion == 6 && (d.row.Malformed == schema.MalformedIPv6Extension || isChain(d) && strings.HasPrefix(d.row.Protocols, theirs))
		},
	},
	{
		"source route", "dst_ip is the destination in the header; tshark shows the last address of a source route",
		"seladb+PcapPlusPlus/Tests/Packet++Test/PacketExamples/ipv4-options.pcap", 6,
		func(d *difference) bool { return d.column == "dst_ip" && d.row.IPHdrLen > 20 && d.row.IPVersion == 4 },
	},
	{
		"not DNS", "bytes on port 53 that cannot be a DNS header, or are only a part of one, are no row of dns; tshark goes by the port alone",
		"apache+drill/contrib/format-pcapng/src/test/resources/pcap/testv1.pcap", 1932,
		func(d *difference) bool {
			isDNS := d.row.Protocol != "udp" && d.row.CapLen == d.row.WireLen && d.row.Malformed == ""
			return d.ours == "" && strings.HasPrefix(d.column, "dns.") && !isDNS
		},
	},
	{
		"pseudo-header", "the bytes of a record are counted; of some link types tshark takes the first ones for itself",
		tcpdump + "atm-heapoverflow.pcap", 1,
		func(d *difference) bool {
			n, ok := pseudoHeaders[d.row.LinkType]
			return ok && (d.column == "cap_len" || d.column == "wire_len") && plus(d.theirs, n) == d.ours
		},
	},
	{
		"clamped length", "a length on the wire is told as the record has it; tshark keeps 31 bits of it",
		regression + "clusterfuzz-testcase-minimized-FuzzTarget-5165927376355328", 1,
		func(d *difference) bool {
			return d.column == "wire_len" && d.row.WireLen > math.MaxInt32 && d.theirs == "2147483647"
		},
	},
	{
		"guessed record", "tshark takes a file whose second record is damaged for one of another variant of pcap, whose records have longer headers",
		guessedRecords[0], 1,
		func(d *difference) bool { return slices.Contains(guessedRecords, d.file) },
	},
}

// plus is a decimal number and n.
func plus(number string, n int) string {
	m, err := strconv.Atoi(number)
	if err != nil {
		return number
	}
	return strconv.Itoa(m + n)
}

// above returns what tshark has above our chain, and whether ours is the beginning of theirs.
func (d *difference) above() ([]string, bool) {
	chain := d.fields.chain()
	if d.row.Protocols == "" {
		return chain, true
	}
	mine := strings.Split(d.row.Protocols, ":")
	if len(chain) < len(mine) || !slices.Equal(mine, chain[:len(mine)]) {
		return nil, false
	}
	return chain[len(mine):], true
}

func (d *difference) isICMP() bool { return strings.HasPrefix(d.row.Protocol, "icmp") }

func isChain(d *difference) bool { return d.column == "protocol" || d.column == "protocols" }

// isNetwork reports whether a layer is one of those that would fill columns, were it not inside another.
func isNetwork(layer string) bool {
	switch layer {
	case "eth", "vlan", "ieee8021ad", "ip", "ipv6", "arp", "tcp", "udp", "icmp", "icmpv6", "mpls", "llc", "ppp", "pppoes", "chdlc", "fr", "wlan":
		return true
	}
	return false
}
