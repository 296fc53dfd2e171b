package flow

import (
	"encoding/binary"
	"math/bits"
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

// A tuple is the key of a flow, the same for both directions: what the lower end and the higher have, by address and port.
type tuple struct {
	low, high [2]uint64 // addresses; those of IPv4 in the last 4 bytes
	ports     uint64    // of low << 48 | of high << 32 | identifier of ICMP queries, or of a datagram whose first fragment did not come
	tunnel    uint64
	meta      uint64 // see below
}

// What meta holds.
const (
	metaPorts    = 1 << iota // the ports count; of ICMP they are types and codes
	metaICMP                 // they are a type and its reply's, or of a oneWay flow type and code
	metaOneWay               // low is the sender: no packet can answer
	metaID                   // the identifier counts
	metaFragment             // the identifier is that of a datagram
	metaTunnel               // the tunnel_id counts
	metaProto                // the protocol counts

	metaVersionAt = 8  // 4 bits: 4, 6, or 0 without addresses
	metaProtoAt   = 12 // 8 bits
	metaVLANAt    = 20 // 13 bits: 0 none, else the VLAN identifier plus 1
	metaInnerAt   = 34
)

const (
	protoICMP   = 1
	protoTCP    = 6
	protoUDP    = 17
	protoICMPv6 = 58
)

// tupleOf returns the key of a packet, and whether its sender is the high end.
func tupleOf(p *schema.Packet, vlans bool) (k tuple, high bool) {
	k.meta = endsOf(p, &k)
	if p.SrcIP.IsValid() && p.DstIP.IsValid() {
		k.meta |= uint64(p.IPVersion&15) << metaVersionAt
	}
	if p.Has&schema.HasIPProto != 0 {
		k.meta |= metaProto | uint64(uint8(p.IPProto))<<metaProtoAt
	}
	if p.Has&schema.HasTunnelID != 0 {
		k.tunnel, k.meta = uint64(p.TunnelID), k.meta|metaTunnel
	}
	if vlans && p.Has&schema.HasVLAN != 0 {
		k.meta |= uint64(p.VLANID&0xfff+1) << metaVLANAt
		if p.Has&schema.HasInnerVLAN != 0 {
			k.meta |= uint64(p.InnerVLANID&0xfff+1) << metaInnerAt
		}
	}
	return k, k.order()
}

// endsOf puts the addresses and ports of the sender in low and those of the receiver in high.
func endsOf(p *schema.Packet, k *tuple) (meta uint64) {
	k.low, k.high = words(p.SrcIP), words(p.DstIP)
	switch {
	case p.Has&schema.HasPorts != 0:
		k.ports = uint64(uint16(p.SrcPort))<<48 | uint64(uint16(p.DstPort))<<32
		return metaPorts
	case p.Has&(schema.HasICMP|schema.HasFirstICMP) != 0:
		meta = metaPorts | metaICMP
		peer, paired := icmpPeer(p.IPProto, p.ICMPType)
		if !paired {
			peer, meta = p.ICMPCode, meta|metaOneWay
		}
		k.ports = uint64(uint16(p.ICMPType))<<48 | uint64(uint16(peer))<<32
		if paired && p.Has&(schema.HasICMPID|schema.HasFirstICMPID) != 0 {
			k.ports |= uint64(uint16(p.ICMPID))
			meta |= metaID
		}
		return meta
	case orphan(p):
		k.ports = uint64(uint32(p.IPID))
		return metaFragment | metaID | metaOneWay
	}
	return 0
}

// orphan reports whether the packet is a later fragment of which the first is not known.
func orphan(p *schema.Packet) bool {
	return p.Has&schema.HasIPFrag != 0 && p.IPFragOffset > 0 && p.Has&(schema.HasPorts|schema.HasICMP|schema.HasFirstICMP) == 0 &&
		p.Has&schema.HasIPID != 0
}

// order swaps the ends unless they are in order, and reports whether it did.
func (k *tuple) order() bool {
	if k.meta&metaOneWay != 0 {
		return false
	}
	a, b := k.ports>>48, k.ports>>32&0xffff
	switch {
	case k.low[0] != k.high[0]:
		if k.low[0] < k.high[0] {
			return false
		}
	case k.low[1] != k.high[1]:
		if k.low[1] < k.high[1] {
			return false
		}
	case a <= b:
		return false
	}
	k.low, k.high = k.high, k.low
	k.ports = b<<48 | a<<32 | k.ports&0xffffffff
	return true
}

func words(a netip.Addr) [2]uint64 {
	if !a.IsValid() {
		return [2]uint64{}
	}
	if a.Is4() {
		b := a.As4()
		return [2]uint64{0, uint64(binary.BigEndian.Uint32(b[:]))}
	}
	b := a.As16()
	return [2]uint64{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// addrOf is the reverse of words, by the version of IP.
func addrOf(w [2]uint64, version int32) netip.Addr {
	switch version {
	case 4:
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], uint32(w[1]))
		return netip.AddrFrom4(b)
	case 6:
		var b [16]byte
		binary.BigEndian.PutUint64(b[:8], w[0])
		binary.BigEndian.PutUint64(b[8:], w[1])
		return netip.AddrFrom16(b)
	}
	return netip.Addr{}
}

// hash depends on a secret, so that senders cannot choose places.
func (k *tuple) hash(secret [4]uint64) uint64 {
	h := mix(k.low[0]^secret[0], k.low[1]^secret[1]) ^ mix(k.high[0]^secret[2], k.high[1]^secret[3])
	h ^= mix(k.ports^secret[1], k.meta^secret[2])
	return mix(h^secret[0], k.tunnel^secret[3])
}

// mix folds a product of 128 bits.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// public are the numbers by which flow_hash is made: any, but the same for ever.
var public = [4]uint64{0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb, 0xd6e8feb86659fd93}

// icmpPeer returns the type that answers, or is answered by, an ICMP or ICMPv6 type, as Zeek and the community id pair them.
func icmpPeer(proto, typ int32) (int32, bool) {
	pairs := icmpPairs
	if proto == protoICMPv6 {
		pairs = icmpv6Pairs
	}
	for _, p := range pairs {
		switch typ {
		case p[0]:
			return p[1], true
		case p[1]:
			return p[0], true
		}
	}
	return 0, false
}

var (
	icmpPairs   = [][2]int32{{8, 0}, {13, 14}, {15, 16}, {17, 18}, {10, 9}}                          // echo, timestamp, information, mask, router
	icmpv6Pairs = [][2]int32{{128, 129}, {133, 134}, {135, 136}, {130, 131}, {139, 140}, {144, 145}} // echo, router, neighbour, listener, node, home agent
)
