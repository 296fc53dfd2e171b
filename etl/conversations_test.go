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
	proto int32
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

// conversationLine is one line of tshark -z conv: what came back stands first. Bytes are rounded down to units when there are many.
var conversationLine = regexp.MustCompile(`^(\S+):(\d+) +<-> (\S+):(\d+) +(\d+) (\d+) ?(bytes|kB|MB) +(\d+) (\d+) ?(bytes|kB|MB) `)

// conversations has tshark count. ICMP errors are left out: the packets that they quote are no packets of the capture.
func conversations(program, path string) (map[talkers]volume, map[talkers]int64, error) {
	args := []string{
		"-n", "-q", "-r", path, "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-d", "udp.port==8472,vxlan",
		"-z", "conv,tcp,!icmp && !icmpv6", "-z", "conv,udp,!icmp && !icmpv6",
	}
	out, err := exec.Command(program, args...).Output()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 2) {
		return nil, nil, err
	}
	volumes, units := map[talkers]volume{}, map[talkers]int64{}
	proto := int32(0)
	for line := range bytes.Lines(out) {
		switch {
		case bytes.HasPrefix(line, []byte("TCP Conv")):
			proto = 6
		case bytes.HasPrefix(line, []byte("UDP Conv")):
			proto = 17
		}
		m := conversationLine.FindStringSubmatch(string(line))
		if m == nil {
			continue
		}
		a, b := endOf(m[1], m[2]), endOf(m[3], m[4])
		key, swapped := talkersOf(proto, a, b)
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
	return netip.AddrPortFrom(a.WithZone(""), uint16(atoi(port)))
}

var everyConversation = flag.Bool("all", false, "compare conversations with tshark on the whole collection, not on a twentieth of it (ten minutes)")

// decodedOtherwise are captures that tshark and decode read by different rules.
var decodedOtherwise = map[string]string{
	"the-tcpdump-group+tcpdump/tests/LINKTYPE_IPV4_invalid.pcap": "tshark believes IPv6 behind LINKTYPE_IPV4",
	"the-tcpdump-group+tcpdump/tests/LINKTYPE_USER2_PKTAP.pcap":  "tshark takes LINKTYPE_USER2 for PKTAP",
	"the-tcpdump-group+tcpdump/tests/bigtcp-ipv6.pcap":           "tshark 4.0 does not know lengths of 0 without a jumbogram",
	"the-tcpdump-group+tcpdump/tests/mptcp-dss-oobr.pcap":        "tshark 4.0 stops in a malformed option of MPTCP before it counts",
}

// TestConversations sums flows by their ends and compares with tshark -z conv on the collection. Differences are told by cause; what
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
		got := map[talkers]volume{}
		for i := range flows {
			f := &flows[i]
			if !f.HasPorts || f.IPProto != 6 && f.IPProto != 17 {
				continue
			}
			key, swapped := talkersOf(f.IPProto, netip.AddrPortFrom(f.SrcIP, uint16(f.SrcPort)), netip.AddrPortFrom(f.DstIP, uint16(f.DstPort)))
			v := got[key]
			v.packets[sideOf(swapped)] += f.Fwd.Packets
			v.packets[1-sideOf(swapped)] += f.Rev.Packets
			v.bytes[sideOf(swapped)] += f.Fwd.WireBytes
			v.bytes[1-sideOf(swapped)] += f.Rev.WireBytes
			got[key] = v
		}
		captures++
		why := newCauses(packets)
		for key := range union(got, want) {
			g, w := got[key], want[key]
			if g.packets == w.packets && near(g.bytes, w.bytes, rounding[key]) {
				compared++
				continue
			}
			cause := cmp.Or(decodedOtherwise[c.Rel], why.of(key))
			found[cause]++
			if cause == "" {
				t.Errorf("%s: %v: flows have %v, tshark %v", c.Rel, key, g, w)
			}
		}
	}
	shared.Report(t, "%d captures, %d conversations of TCP and UDP are those of tshark", captures, compared)
	for _, cause := range slices.Sorted(maps.Keys(found)) {
		shared.Report(t, "%7d conversations differ: %s", found[cause], cause)
	}
}

// causes are why tshark counts otherwise.
type causes struct {
	fragments, tunnels, malformed map[talkers]bool
	extended                      map[netip.AddrPort]bool
}

func newCauses(packets []schema.Packet) *causes {
	w := &causes{map[talkers]bool{}, map[talkers]bool{}, map[talkers]bool{}, map[netip.AddrPort]bool{}}
	for i := range packets {
		p := &packets[i]
		key, _ := talkersOf(p.IPProto, netip.AddrPortFrom(p.SrcIP, uint16(p.SrcPort)), netip.AddrPortFrom(p.DstIP, uint16(p.DstPort)))
		if p.Has&schema.HasIPFrag != 0 && (p.IPFragOffset > 0 || p.IPFlags&1 != 0) {
			w.fragments[key] = true
		}
		if p.Malformed != "" || p.CapLen < p.WireLen {
			w.malformed[key] = true
		}
		if p.IPVersion == 6 && p.IPOptionsCount > 0 {
			w.extended[netip.AddrPortFrom(p.SrcIP, uint16(p.SrcPort))] = true
		}
		if p.Has&schema.HasTunnel != 0 {
			w.tunnels[key] = true
			outer, _ := talkersOf(p.OuterIPProto, netip.AddrPortFrom(p.OuterSrcIP, uint16(p.OuterSrcPort)), netip.AddrPortFrom(p.OuterDstIP, uint16(p.OuterDstPort)))
			w.tunnels[outer] = true
		}
	}
	return w
}

func (w *causes) of(key talkers) string {
	switch {
	case w.tunnels[key]:
		return "in or around a tunnel, where tshark counts every header and flows the innermost"
	case w.fragments[key]:
		return "fragments, of which tshark counts the first and flows all"
	case w.extended[key.a], w.extended[key.b]:
		return "IPv6 routing headers, whose last address tshark takes for the receiver"
	case w.malformed[key]:
		return "malformed or cut"
	}
	return ""
}

func near(a, b [2]int64, rounding int64) bool {
	return a == b || rounding > 0 && a[0] >= b[0] && a[1] >= b[1] && a[0]+a[1]-b[0]-b[1] <= rounding+2
}

func union(a, b map[talkers]volume) map[talkers]bool {
	all := map[talkers]bool{}
	for k := range a {
		all[k] = true
	}
	for k := range b {
		all[k] = true
	}
	return all
}
