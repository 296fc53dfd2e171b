package etl

import (
	"errors"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/schema"
)

// causes are why tshark counts otherwise.
type causes struct {
	fragments, tunnels, malformed map[talkers]bool
	extended                      map[netip.AddrPort]bool
	carried                       map[talkers]string // between addresses: why; nil until it is asked for
}

func newCauses(packets []schema.Packet) *causes {
	w := &causes{map[talkers]bool{}, map[talkers]bool{}, map[talkers]bool{}, map[netip.AddrPort]bool{}, nil}
	for i := range packets {
		p := &packets[i]
		w.note(p, p.IPProto, p.SrcPort, p.DstPort, p.OuterIPProto, p.OuterSrcPort, p.OuterDstPort)
		w.note(p, anyProtocol, 0, 0, anyProtocol, 0, 0)
	}
	return w
}

// note says what is special about a packet, whose ends and those of its outermost header are given.
func (w *causes) note(p *schema.Packet, proto, src, dst, outerProto, outerSrc, outerDst int32) {
	key, _ := talkersOf(proto, netip.AddrPortFrom(p.SrcIP, uint16(src)), netip.AddrPortFrom(p.DstIP, uint16(dst)))
	if p.Has&schema.HasIPFrag != 0 && (p.IPFragOffset > 0 || p.IPFlags&1 != 0) {
		w.fragments[key] = true
	}
	if p.Malformed != "" || p.CapLen < p.WireLen {
		w.malformed[key] = true
	}
	if p.IPVersion == 6 && p.IPOptionsCount > 0 || p.IPVersion == 4 && p.IPHdrLen > 20 {
		w.extended[netip.AddrPortFrom(p.SrcIP, uint16(src))] = true
	}
	if p.Has&schema.HasTunnel != 0 {
		w.tunnels[key] = true
		outer, _ := talkersOf(outerProto, netip.AddrPortFrom(p.OuterSrcIP, uint16(outerSrc)), netip.AddrPortFrom(p.OuterDstIP, uint16(outerDst)))
		w.tunnels[outer] = true
	}
}

func (w *causes) of(key talkers) string {
	switch {
	case w.tunnels[key]:
		return "in or around a tunnel, of which flows have the innermost header"
	case w.fragments[key]:
		return "fragments, of which flows count all, with the ports of the first"
	case w.extended[key.a], w.extended[key.b]:
		return "source routes and IPv6 routing headers, whose last address tshark takes for the receiver"
	case w.malformed[key]:
		return "malformed or cut"
	}
	return ""
}

// unread are layers whose packets decode takes for payload, as its own comparison with tshark says.
var unread = []string{"nsh", "6lowpan", "avsp"}

// carrier explains addresses that stand in another header than the one whose addresses the row of the frame has: around it, or in what decode takes
// for payload.
func (w *causes) carrier(t *testing.T, program, path string, packets []schema.Packet, key talkers) string {
	if w.carried == nil {
		w.carried = map[talkers]string{}
		out, err := exec.Command(program, "-n", "-r", path, "-T", "fields", "-E", "occurrence=a", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-e", "frame.number",
			"-e", "frame.protocols", "-e", "ip.src", "-e", "ipv6.src", "-e", "ip.dst", "-e", "ipv6.dst").Output()
		if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 2) {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			if cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(cells) == 6 {
				w.noteCarried(cells, packets)
			}
		}
	}
	pair, _ := talkersOf(anyProtocol, netip.AddrPortFrom(key.a.Addr(), 0), netip.AddrPortFrom(key.b.Addr(), 0))
	return w.carried[pair]
}

// noteCarried takes the cells of a frame.
func (w *causes) noteCarried(cells []string, packets []schema.Packet) {
	at := slices.IndexFunc(packets, func(p schema.Packet) bool { return p.FrameNo == atoi(cells[0]) })
	if at < 0 {
		return
	}
	p, layers := &packets[at], strings.Split(cells[1], ":")
	has := func(names ...string) bool {
		return slices.ContainsFunc(layers, func(layer string) bool { return slices.Contains(names, layer) })
	}
	sources, receivers := strings.Split(strings.Trim(cells[2]+","+cells[3], ","), ","), strings.Split(strings.Trim(cells[4]+","+cells[5], ","), ",")
	for i := range min(len(sources), len(receivers)) {
		a, b := endOf(sources[i], ""), endOf(receivers[i], "")
		pair, _ := talkersOf(anyProtocol, a, b)
		switch own := a.Addr() == p.SrcIP && b.Addr() == p.DstIP; {
		case own && has("icmp", "icmpv6") && p.IPProto != 1 && p.IPProto != 58:
			w.carried[pair] = "ICMP inside, for which the filter leaves the frame out"
		case !own && p.Malformed == schema.MalformedIPVersion:
			w.carried[pair] = "tshark believes IPv6 where IPv4 is announced"
		case !own && (len(sources) > 1 || has(unread...)):
			w.carried[pair] = "headers in another, which decode takes for payload, or around that of the row: NSH, 6LoWPAN, Arista, LISP, PIM, NHRP, OpenFlow"
		}
	}
}
