package flow

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"net/netip"
	"slices"

	"github.com/pcaplake/pcaplake/schema"
)

const (
	maxPairs      = 1 << 16 // pairs with wrong sums that are watched; whoever sends the packets can make them many
	rightBits     = 1 << 20
	leastRewrites = 2 // one packet alone may be damaged by chance
)

// Rewritten finds pairs of addresses of which one was rewritten after capture: by the checksums of their packets, in bounded memory. The zero
// value is ready to use.
type Rewritten struct {
	wrong map[[2]netip.Addr]*rewrites
	right [rightBits / 64]uint64 // one bit per hash of a pair that had a right sum; a pair lost to a collision is only not told
}

// rewrites is what is known of a pair with wrong sums.
type rewrites struct {
	offset  uint16 // of the first packet; 0: they differ, so nothing was rewritten
	packets int64
	both    int64 // of these, whose two sums were judged
}

// Reset forgets all pairs, for the next capture.
func (r *Rewritten) Reset() {
	clear(r.wrong)
	clear(r.right[:])
}

// Watch takes packets. A rewritten address is in the header and in the pseudo-header, so it puts both sums off by the same amount.
func (r *Rewritten) Watch(packets []schema.Packet) {
	for i := range packets {
		r.watch(&packets[i])
	}
}

func (r *Rewritten) watch(p *schema.Packet) {
	if p.IPChksumOK == schema.Unknown && p.L4ChksumOK == schema.Unknown {
		return
	}
	if p.IPChksumOK != schema.False || p.L4ChksumOK == schema.True {
		bit := pairHash(p.SrcIP, p.DstIP) % rightBits
		r.right[bit/64] |= 1 << (bit % 64)
		return
	}
	pair := [2]netip.Addr{p.SrcIP, p.DstIP}
	if pair[1].Less(pair[0]) {
		pair[0], pair[1] = pair[1], pair[0]
	}
	seen := r.wrong[pair]
	if seen == nil {
		if len(r.wrong) == maxPairs {
			return
		}
		if r.wrong == nil {
			r.wrong = make(map[[2]netip.Addr]*rewrites)
		}
		seen = &rewrites{offset: p.IPChksumOff}
		r.wrong[pair] = seen
	}
	if p.L4ChksumOK == schema.False {
		seen.both++
	}
	if p.IPChksumOff != seen.offset || p.L4ChksumOK == schema.False && p.L4ChksumOff != seen.offset {
		seen.offset = 0
	}
	seen.packets++
}

// pairHash is the same both ways, and the same in every run.
func pairHash(a, b netip.Addr) uint64 { return addrHash(a) + addrHash(b) }

func addrHash(a netip.Addr) uint64 {
	b := a.As16()
	hi, lo := bits.Mul64(binary.BigEndian.Uint64(b[:8])^0x9e3779b97f4a7c15, binary.BigEndian.Uint64(b[8:])^0xd1b54a32d192ed03)
	return hi ^ lo
}

// Pairs returns, by address, the pairs of the packets so far all of whose checksums are off by one same amount in IP and in the
// transport: one of the two addresses was rewritten after capture.
func (r *Rewritten) Pairs() []schema.Rewritten {
	var pairs [][2]netip.Addr
	for pair, seen := range r.wrong {
		bit := pairHash(pair[0], pair[1]) % rightBits
		if seen.offset != 0 && seen.both >= leastRewrites && r.right[bit/64]>>(bit%64)&1 == 0 {
			pairs = append(pairs, pair)
		}
	}
	slices.SortFunc(pairs, func(a, b [2]netip.Addr) int { return cmp.Or(a[0].Compare(b[0]), a[1].Compare(b[1])) })
	var out []schema.Rewritten
	for _, pair := range pairs {
		seen := r.wrong[pair]
		out = append(out, schema.Rewritten{A: pair[0].String(), B: pair[1].String(), Packets: seen.packets, Offset: int32(seen.offset)})
	}
	return out
}
