package etl

import (
	"bytes"
	"cmp"
	"maps"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

// way is what one end of TCP or UDP sends another.
type way struct {
	proto    int32
	src, dst netip.AddrPort
}

// sent are packets and bytes of one way.
type sent struct{ packets, bytes int64 }

func (s sent) plus(packets, bytes string) sent {
	return sent{s.packets + atoi(packets), s.bytes + atoi(bytes)}
}

// transports are the protocols that collectors are compared in, as these write them.
var transports = map[string]int32{"tcp": 6, "udp": 17, "6": 6, "17": 17}

// collectors are programs that make flows of captures. Their timeouts are their own, so what is compared are sums over the flows of one way.
var collectors = []struct {
	name   string
	needs  []string
	bytes  func(*schema.FlowSide) int64 // what the program counts
	script string                       // of sh; $1 is the capture, $2 an empty folder
	fields int
	add    func(cells []string, to map[way]sent)
}{
	{
		"nfpcapd",
		[]string{"nfpcapd", "nfdump"},
		func(s *schema.FlowSide) int64 { return s.IPBytes },
		`nfpcapd -r "$1" -l "$2" -s 65535 >/dev/null 2>&1 && nfdump -R "$2" -N -6 -q -o fmt:%pr,%sa,%sp,%da,%dp,%pkt,%byt`,
		7,
		func(c []string, to map[way]sent) {
			w := way{transports[c[0]], endOf(c[1], c[2]), endOf(c[3], c[4])}
			to[w] = to[w].plus(c[5], c[6])
		},
	},
	{
		"argus",
		[]string{"argus", "ra"},
		func(s *schema.FlowSide) int64 { return s.WireBytes },
		`argus -F /dev/null -r "$1" -w - 2>/dev/null | ra -F /dev/null -r - -n -u -c , -s proto saddr sport daddr dport spkts dpkts sbytes dbytes 2>/dev/null`,
		9,
		func(c []string, to map[way]sent) {
			w := way{transports[c[0]], endOf(c[1], c[2]), endOf(c[3], c[4])}
			to[w] = to[w].plus(c[5], c[7])
			back := way{w.proto, w.dst, w.src}
			to[back] = to[back].plus(c[6], c[8])
		},
	},
}

// believed are captures of damaged headers that argus believes, and tshark as little as decode.
var believed = map[string]string{
	"ITI+ICS-Security-Tools/pcaps/bro/modbus/fuzz-1011.pcap":                         "frame 2: a damaged header that argus believes",
	regressionSamples + "clusterfuzz-testcase-minimized-FuzzTarget-6223613626941440": "frame 1: a damaged header that argus believes",
}

// TestCollectors compares packets and bytes of every way with those of programs that make flows. Captures of which these tell no flow are counted.
func TestCollectors(t *testing.T) {
	for _, c := range collectors {
		t.Run(c.name, func(t *testing.T) {
			for _, program := range c.needs {
				shared.Tool(t, program)
			}
			var files []shared.Capture
			for i, file := range shared.Captures(t) {
				if (*everyConversation || i%20 == 0) && inReach(file.Format) && (file.Note == "" || file.Capinfos >= 0) {
					files = append(files, file)
				}
			}
			tally := &collection{t: t, name: c.name, found: map[string]int{}}
			for i, want := range collectedAll(t, files, func(path string) map[way]sent { return collected(t, c.script, path, c.fields, c.add) }) {
				if len(want) == 0 {
					tally.unread++
					continue
				}
				packets, flows := flowsOf(t, files[i].Path)
				tally.compare(files[i].Rel, waysOf(flows, c.bytes), want, packets)
			}
			tally.report()
		})
	}
}

// collectedAll asks for many captures at a time: argus sleeps for a second before it ends.
func collectedAll(t *testing.T, files []shared.Capture, of func(path string) map[way]sent) []map[way]sent {
	t.Helper()
	all, slots := make([]map[way]sent, len(files)), make(chan struct{}, 16)
	var asked sync.WaitGroup
	for i := range files {
		slots <- struct{}{}
		asked.Go(func() {
			all[i] = of(files[i].Path)
			<-slots
		})
	}
	asked.Wait()
	return all
}

// collection is what the comparison with a program came to.
type collection struct {
	t                          *testing.T
	name                       string
	captures, compared, unread int
	found                      map[string]int // ways that differ, by cause
}

func (c *collection) compare(rel string, got, want map[way]sent, packets []schema.Packet) {
	c.captures++
	why := newCauses(packets)
	for w := range union(got, want) {
		if got[w] == want[w] {
			c.compared++
			continue
		}
		key, _ := talkersOf(w.proto, w.src, w.dst)
		cause := cmp.Or(believed[rel], why.of(key), collectorCause(w, got[w], want[w], packets))
		back := way{w.proto, w.dst, w.src}
		switch {
		case cause != "":
		case got[w].packets+got[back].packets == want[w].packets+want[back].packets:
			cause = "packets that it gives to the other direction"
		case c.name == "argus" && crossed(got, want, w):
			cause = "ports that argus gives to the other address"
		case c.name == "argus" && want[w].packets < got[w].packets:
			cause = "packets that argus leaves out; flows have as many as tshark -z conv"
		default:
			c.t.Errorf("%s: %v: flows have %v, %s %v", rel, w, got[w], c.name, want[w])
		}
		c.found[cause]++
	}
}

// crossed reports whether a way that flows do not have is one of theirs, or its way back, with the ports changed over, which the program does not have.
func crossed(got, want map[way]sent, w way) bool {
	src, dst := netip.AddrPortFrom(w.src.Addr(), w.dst.Port()), netip.AddrPortFrom(w.dst.Addr(), w.src.Port())
	forth, back := way{w.proto, src, dst}, way{w.proto, dst, src}
	return got[w].packets == 0 && (got[forth].packets == want[w].packets && want[forth].packets == 0 || got[back].packets == want[w].packets && want[back].packets == 0)
}

// collectorCause explains what a program does otherwise by the packets between two addresses.
func collectorCause(w way, got, want sent, packets []schema.Packet) string {
	if less := got.bytes - want.bytes; got.packets == want.packets && packets[0].LinkType != 1 && (less == 4*got.packets || less == 16*got.packets) {
		return "argus counts no header of link types other than Ethernet"
	}
	first := packets[0].LinkType
	mixed := slices.ContainsFunc(packets, func(p schema.Packet) bool { return p.LinkType != first })
	for i := range packets {
		p := &packets[i]
		switch forth := p.SrcIP == w.src.Addr() && p.DstIP == w.dst.Addr(); {
		case !forth:
		case p.Malformed != "":
			return "malformed or cut"
		case p.ChksumNote == schema.ChksumSuperframe:
			return "a length of 0 before segmentation offload, which flows take from the frame"
		case want.packets == got.packets && p.WireLen > 1522:
			return "frames of more than 1,522 bytes, of which nfpcapd counts none"
		case want.packets > got.packets && p.IPFragOffset > 0:
			return "later fragments, of which argus takes the first bytes for ports"
		case want.packets > got.packets && p.IPVersion == 6 && p.IPOptionsCount > 0:
			return "IPv6 extension headers, more than sixteen or ESP, behind which argus believes ports"
		case want.packets < got.packets && mixed:
			return "several link types, of which libpcap reads the first"
		case want.packets < got.packets && !slices.Contains([]string{"eth", "eth:vlan", "raw", ""}, belowIP(p)):
			return "headers below IP, of which it reads none or only some: " + belowIP(p)
		}
	}
	return ""
}

// belowIP is what stands below IP in the chain of a packet.
func belowIP(p *schema.Packet) string {
	layers := strings.Split(p.Protocols, ":")
	at := slices.IndexFunc(layers, func(layer string) bool { return layer == "ip" || layer == "ipv6" })
	return strings.Join(layers[:max(at, 0)], ":")
}

func (c *collection) report() {
	shared.Report(c.t, "%s: %d captures (of %d it tells no flow of TCP and UDP), %d ways are the same", c.name, c.captures, c.unread, c.compared)
	for _, cause := range slices.Sorted(maps.Keys(c.found)) {
		shared.Report(c.t, "%7d ways differ: %s", c.found[cause], cause)
	}
}

// collected has a program make flows of a capture.
func collected(t *testing.T, script, path string, fields int, add func([]string, map[way]sent)) map[way]sent {
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("sh", "-c", script, "sh", path, dir).Output()
	if err != nil {
		return nil // it does not read the link type, or the format
	}
	ways := map[way]sent{}
	for line := range bytes.Lines(out) {
		cells := strings.Split(string(line), ",")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) == fields && transports[cells[0]] != 0 {
			add(cells, ways)
		}
	}
	maps.DeleteFunc(ways, func(_ way, s sent) bool { return s.packets == 0 })
	return ways
}

func waysOf(flows []schema.Flow, bytes func(*schema.FlowSide) int64) map[way]sent {
	ways := map[way]sent{}
	for i := range flows {
		f := &flows[i]
		if !f.HasPorts || f.IPProto != 6 && f.IPProto != 17 {
			continue
		}
		w := way{f.IPProto, netip.AddrPortFrom(f.SrcIP, uint16(f.SrcPort)), netip.AddrPortFrom(f.DstIP, uint16(f.DstPort))}
		for _, s := range []*schema.FlowSide{&f.Fwd, &f.Rev} {
			if s.Packets > 0 {
				ways[w] = sent{ways[w].packets + s.Packets, ways[w].bytes + bytes(s)}
			}
			w.src, w.dst = w.dst, w.src
		}
	}
	return ways
}
