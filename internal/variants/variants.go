// Package variants makes other captures of a labelled one: the same attacks at other rates, addresses and families, and as other sensors would have
// seen them. What is found in the one is to be found in the others.
package variants

import (
	"fmt"
	"net/netip"

	"github.com/pcaplake/pcaplake/etl/capture"
)

// A Variant is one way to rewrite a capture. The same input gives the same bytes.
type Variant struct {
	Name    string
	Doc     string
	Stretch int64                                             // by how much times are drawn apart, from the first frame on; 0: not at all
	Address func(netip.Addr) netip.Addr                       // what an address becomes, in labels too; nil: itself
	Frame   func(f *capture.Frame, emit func(*capture.Frame)) // what becomes of a frame, whose data may be changed; nil: itself
}

// All are the variants, in the order in which they are reported.
func All() []Variant {
	all := []Variant{{Name: "as-is", Doc: "nothing is changed"}}
	for _, n := range []int64{20, 60, 600} {
		all = append(all, Variant{Name: fmt.Sprintf("stretch-%d", n), Doc: fmt.Sprintf("everything takes %d times as long", n), Stretch: n})
	}
	return append(all,
		Variant{Name: "among-known", Doc: "attackers and bots have addresses of the prefix of usual visitors and sites", Address: amongKnown, Frame: mapped(amongKnown)},
		Variant{Name: "ipv6", Doc: "IPv6 in the place of IPv4", Address: SixFor, Frame: sixthVersion},
		Variant{Name: "vlan", Doc: "an 802.1Q tag in every frame", Frame: tagged},
		Variant{Name: "span", Doc: "every frame twice, as a mirror port gives it", Frame: doubled},
		Variant{Name: "loss-5", Doc: "one frame of twenty is missing", Frame: lossy(20)},
		Variant{Name: "snaplen-96", Doc: "96 bytes of each frame", Frame: cut(96)},
		Variant{Name: "offload", Doc: "checksums of TCP and UDP are not filled in yet", Frame: offloaded},
		Variant{Name: "one-way-in", Doc: "only what is sent to the servers' network", Frame: oneWay(true)},
		Variant{Name: "one-way-out", Doc: "all but what is sent to the servers' network", Frame: oneWay(false)},
	)
}

// servers is the network of the servers in lab/A.
var servers = netip.MustParsePrefix("10.20.2.0/24")

// amongKnown puts the attackers of lab/A into the prefixes of its sites and visitors, beyond their addresses.
func amongKnown(a netip.Addr) netip.Addr {
	if !a.Is4() {
		return a
	}
	b := a.As4()
	switch [3]byte(b[:3]) {
	case [3]byte{198, 51, 100}:
		return netip.AddrFrom4([4]byte{203, 0, 113, 128 + b[3]/2})
	case [3]byte{100, 64, 7}:
		return netip.AddrFrom4([4]byte{203, 0, 112, b[3]})
	}
	return a
}

// tagged puts an 802.1Q tag behind the addresses of Ethernet.
func tagged(f *capture.Frame, emit func(*capture.Frame)) {
	if len(f.Data) >= 14 {
		data := append([]byte{}, f.Data[:12]...)
		f.Data = append(append(data, 0x81, 0x00, 0x00, 0x2a), f.Data[12:]...)
		f.WireLen += 4
	}
	emit(f)
}

// doubled gives every frame again 10 us later.
func doubled(f *capture.Frame, emit func(*capture.Frame)) {
	emit(f)
	again := *f
	again.TS += 10
	emit(&again)
}

// lossy leaves one frame of n out, which one depends on its number alone.
func lossy(n uint64) func(*capture.Frame, func(*capture.Frame)) {
	return func(f *capture.Frame, emit func(*capture.Frame)) {
		x := uint64(f.No) * 0x9e3779b97f4a7c15
		x ^= x >> 31
		if x*0xbf58476d1ce4e5b9>>33%n != 0 {
			emit(f)
		}
	}
}

// cut keeps the first n bytes.
func cut(n int) func(*capture.Frame, func(*capture.Frame)) {
	return func(f *capture.Frame, emit func(*capture.Frame)) {
		f.Data = f.Data[:min(n, len(f.Data))]
		emit(f)
	}
}

// oneWay keeps the frames that go to the servers' network, or all others.
func oneWay(in bool) func(*capture.Frame, func(*capture.Frame)) {
	return func(f *capture.Frame, emit func(*capture.Frame)) {
		if p := packetOf(f.Data); p == nil || servers.Contains(netip.AddrFrom4([4]byte(p[16:20]))) == in {
			emit(f)
		}
	}
}

// packetOf is the IPv4 packet of an Ethernet frame; nil: it is none.
func packetOf(frame []byte) []byte {
	if len(frame) < 34 || frame[12] != 0x08 || frame[13] != 0x00 || frame[14]>>4 != 4 || frame[14]&15 < 5 || 14+4*int(frame[14]&15) > len(frame) {
		return nil
	}
	return frame[14:]
}
