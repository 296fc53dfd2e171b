package etl

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"maps"
	"net/netip"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

// talkers are the ends of what tshark calls a conversation, in order.
type talkers struct {
	proto int32 // anyProtocol: between addresses, whatever the ports
	a, b  netip.AddrPort
}

// volume is what went each way.
type volume struct{ packets, bytes [2]int64 }

func talkersOf(proto int32, a, b netip.AddrPort) (talkers, bool) {
	if c := cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Port(), b.Port())); c > 0 {
		return talkers{proto, b, a}, true
	}
	return talkers{proto, a, b}, false
}

const anyProtocol = -1

// conversationTables are those of tshark -z conv, by their titles, and how their lines begin.
var conversationTables = []struct {
	title string
	proto int32
	ends  *regexp.Regexp
}{
	{"TCP Conversations", 6, withPorts},
	{"UDP Conversations", 17, withPorts},
	{"IPv4 Conversations", anyProtocol, withoutPorts},
	{"IPv6 Conversations", anyProtocol, withoutPorts},
}

// What came back stands first. Bytes are rounded down to units when there are many.
var (
	withPorts    = regexp.MustCompile(`^(\S+):(\d+) +<-> (\S+):(\d+)` + conversationCounts)
	withoutPorts = regexp.MustCompile(`^(\S+)() +<-> (\S+)()` + conversationCounts)
)

const conversationCounts = ` +(\d+) (\d+) ?(bytes|kB|MB) +(\d+) (\d+) ?(bytes|kB|MB) `

// conversations has tshark count. ICMP errors are left out: the packets that they quote are no packets of the capture.
func conversations(program, path string) (map[talkers]volume, map[talkers]int64, error) {
	args := []string{
		"-n", "-q", "-r", path, "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-d", "udp.port==8472,vxlan",
	}
	for _, table := range []string{"tcp", "udp", "ip", "ipv6"} {
		args = append(args, "-z", "conv,"+table+",!icmp && !icmpv6")
	}
	out, err := exec.Command(program, args...).Output()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 2) {
		return nil, nil, err
	}
	volumes, units := map[talkers]volume{}, map[talkers]int64{}
	table := conversationTables[0]
	for line := range bytes.Lines(out) {
		for _, next := range conversationTables {
			if bytes.HasPrefix(line, []byte(next.title)) {
				table = next
			}
		}
		m := table.ends.FindStringSubmatch(string(line))
		if m == nil {
			continue
		}
		key, swapped := talkersOf(table.proto, endOf(m[1], m[2]), endOf(m[3], m[4]))
		back, there := sideOf(swapped), 1-sideOf(swapped) // "<-" is what b sent
		v := volumes[key]
		v.packets[1-back] += atoi(m[5])
		v.packets[1-there] += atoi(m[8])
		v.bytes[1-back] += atoi(m[6]) * unit(m[7])
		v.bytes[1-there] += atoi(m[9]) * unit(m[10])
		units[key] += unit(m[7]) + unit(m[10]) - 2
		volumes[key] = v
	}
	return volumes, units, nil
}

func sideOf(swapped bool) int {
	if swapped {
		return 1
	}
	return 0
}

func unit(name string) int64 { return map[string]int64{"bytes": 1, "kB": 1000, "MB": 1_000_000}[name] }

func atoi(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func endOf(addr, port string) netip.AddrPort {
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(a.WithZone(""), uint16(atoi(cmp.Or(port, "0"))))
}

var everyConversation = flag.Bool("all", false, "compare conversations with tshark on the whole collection, not on a twentieth of it (ten minutes)")

// decodedOtherwise are captures that tshark and decode read by different rules.
var decodedOtherwise = map[string]string{
	tcpdump + "LINKTYPE_IPV4_invalid.pcap":                         "tshark believes IPv6 behind LINKTYPE_IPV4",
	tcpdump + "LINKTYPE_USER2_PKTAP.pcap":                          "tshark takes LINKTYPE_USER2 for PKTAP",
	tcpdump + "bigtcp-ipv6.pcap":                                   "tshark 4.0 does not know lengths of 0 without a jumbogram",
	tcpdump + "mptcp-dss-oobr.pcap":                                "tshark 4.0 stops in a malformed option of MPTCP before it counts",
	"the-tcpdump-group+libpcap/tests/filter/ipv6_ext_headers.pcap": "frame 1: more than sixteen extension headers are not walked",
	regressionSamples + "crash-exception-cast-constructed-record":  "frame 1: tshark takes the damaged file for another variant of pcap",
}

const (
	tcpdump           = "the-tcpdump-group+tcpdump/tests/"
	regressionSamples = "seladb+PcapPlusPlus/Tests/Fuzzers/RegressionTests/regression_samples/"
)

// TestConversations sums flows by their ends and compares with tshark -z conv,tcp, udp, ip and ipv6 on the collection. Differences are told by cause; what
// has none is a defect.
func TestConversations(t *testing.T) {
	program := shared.Tool(t, "tshark")
	captures, compared, found := 0, 0, map[string]int{}
	for i, c := range shared.Captures(t) {
		if !*everyConversation && i%20 != 0 && decodedOtherwise[c.Rel] == "" {
			continue
		}
		if !inReach(c.Format) || c.Note != "" && c.Capinfos < 0 {
			continue
		}
		want, rounding, err := conversations(program, c.Path)
		if err != nil {
			t.Logf("%s: tshark: %v", c.Rel, err)
			continue
		}
		packets, flows := flowsOf(t, c.Path)
		got := volumesOf(flows)
		captures++
		why := newCauses(packets)
		for key := range union(got, want) {
			g, w := got[key], want[key]
			if g.packets == w.packets && near(g.bytes, w.bytes, rounding[key]) {
				compared++
				continue
			}
			cause := cmp.Or(decodedOtherwise[c.Rel], why.of(key))
			if cause == "" {
				cause = why.carrier(t, program, c.Path, packets, key)
			}
			found[cause]++
			if cause == "" {
				t.Errorf("%s: %v: flows have %v, tshark %v", c.Rel, key, g, w)
			}
		}
	}
	shared.Report(t, "%d captures, %d conversations of TCP, UDP, IPv4 and IPv6 are those of tshark", captures, compared)
	for _, cause := range slices.Sorted(maps.Keys(found)) {
		shared.Report(t, "%7d conversations differ: %s", found[cause], cause)
	}
}

// volumesOf sums flows by their ends, and by their addresses. ICMP is left out.
func volumesOf(flows []schema.Flow) map[talkers]volume {
	got := map[talkers]volume{}
	for i := range flows {
		f := &flows[i]
		if f.HasIPProto && (f.IPProto == 1 || f.IPProto == 58) {
			continue
		}
		ends := []talkers{{anyProtocol, netip.AddrPortFrom(f.SrcIP, 0), netip.AddrPortFrom(f.DstIP, 0)}}
		if f.HasPorts && (f.IPProto == 6 || f.IPProto == 17) {
			ends = append(ends, talkers{f.IPProto, netip.AddrPortFrom(f.SrcIP, uint16(f.SrcPort)), netip.AddrPortFrom(f.DstIP, uint16(f.DstPort))})
		}
		for _, e := range ends {
			key, swapped := talkersOf(e.proto, e.a, e.b)
			there := sideOf(swapped)
			back := 1 - there
			if key.a == key.b {
				back = there // tshark tells no directions
			}
			v := got[key]
			v.packets[there] += f.Fwd.Packets
			v.packets[back] += f.Rev.Packets
			v.bytes[there] += f.Fwd.WireBytes
			v.bytes[back] += f.Rev.WireBytes
			got[key] = v
		}
	}
	return got
}

func near(a, b [2]int64, rounding int64) bool {
	return a == b || rounding > 0 && a[0] >= b[0] && a[1] >= b[1] && a[0]+a[1]-b[0]-b[1] <= rounding+2
}

func union[K comparable, V any](a, b map[K]V) map[K]bool {
	all := map[K]bool{}
	for k := range a {
		all[k] = true
	}
	for k := range b {
		all[k] = true
	}
	return all
}
