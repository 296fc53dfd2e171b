package decode

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/pcaplake/pcaplake/schema"
)

const (
	maxPairs      = 1 << 16 // pairs watched at a time, which whoever sends the packets can make many
	leastRewrites = 2       // one packet alone may be damaged by chance
)

// rewritten watches the wrong checksums of each pair of addresses.
type rewritten map[[2]netip.Addr]*rewrites

type rewrites struct {
	offset  uint16 // 0: they differ, so nothing was rewritten
	packets int64
}

// add takes a packet. A rewritten address is in the header and in the pseudo-header, so it puts both sums off by the same amount.
func (r rewritten) add(p *schema.Packet) {
	if p.IPChksumOff == 0 && p.L4ChksumOff == 0 {
		return
	}
	pair := [2]netip.Addr{p.SrcIP, p.DstIP}
	if pair[1].Less(pair[0]) {
		pair[0], pair[1] = pair[1], pair[0]
	}
	seen := r[pair]
	if seen == nil {
		if len(r) == maxPairs {
			return
		}
		seen = &rewrites{offset: p.IPChksumOff}
		r[pair] = seen
	}
	same := p.IPChksumOff == seen.offset && (p.L4ChksumOff == seen.offset || p.L4ChksumOK == schema.Unknown)
	if !same {
		seen.offset = 0
	}
	seen.packets++
}

// Rewritten returns the address pairs of the frames so far all of whose wrong checksums are off by one same amount in IP and in the
// transport: one of the two addresses was rewritten after capture. By address.
func (d *Decoder) Rewritten() []schema.Rewritten {
	var out []schema.Rewritten
	for pair, seen := range d.rewritten {
		if seen.offset != 0 && seen.packets >= leastRewrites {
			out = append(out, schema.Rewritten{A: pair[0].String(), B: pair[1].String(), Packets: seen.packets, Offset: int32(seen.offset)})
		}
	}
	slices.SortFunc(out, func(a, b schema.Rewritten) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return out
}
