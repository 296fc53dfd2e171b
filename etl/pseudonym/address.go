package pseudonym

import (
	"crypto/aes"
	"encoding/binary"
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

// Addr returns what stands for an IP address, of the same family: by Crypto-PAn, over 32 bits or, in the same way, over 128. A zone is not kept.
func (k *Key) Addr(a netip.Addr) netip.Addr {
	switch {
	case a.Is4():
		b := a.As4()
		w := k.pan([2]uint64{uint64(binary.BigEndian.Uint32(b[:])) << 32, 0}, 32)
		binary.BigEndian.PutUint32(b[:], uint32(w[0]>>32))
		return netip.AddrFrom4(b)
	case a.Is6():
		b := a.As16()
		w := k.pan([2]uint64{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}, 128)
		binary.BigEndian.PutUint64(b[:8], w[0])
		binary.BigEndian.PutUint64(b[8:], w[1])
		return netip.AddrFrom16(b)
	}
	return a
}

// pan replaces the leading bits of an address: bit i changes by the first bit of AES over the i bits before it, and the padding behind them.
func (k *Key) pan(addr [2]uint64, bits int) (out [2]uint64) {
	blocks := new([2][aes.BlockSize]byte) // the cipher, an interface, lets it escape: once for all bits
	in, sum := blocks[0][:], blocks[1][:]
	pad := [2]uint64{binary.BigEndian.Uint64(k.pad[:8]), binary.BigEndian.Uint64(k.pad[8:])}
	out = addr
	for i := range bits {
		hi, lo := leading(i)
		binary.BigEndian.PutUint64(in, addr[0]&hi|pad[0]&^hi)
		binary.BigEndian.PutUint64(in[8:], addr[1]&lo|pad[1]&^lo)
		k.block.Encrypt(sum, in)
		out[i/64] ^= uint64(sum[0]>>7) << (63 - i%64)
	}
	return out
}

// leading is a mask of the first n of 128 bits.
func leading(n int) (hi, lo uint64) {
	if n < 64 {
		return ^uint64(0) << (64 - n), 0
	}
	return ^uint64(0), ^uint64(0) << (128 - n)
}

// prefix returns what stands for a network: the leading bits of what stands for its addresses.
func (k *Key) prefix(p netip.Prefix) netip.Prefix {
	return netip.PrefixFrom(k.Addr(p.Addr()), p.Bits()).Masked()
}

const (
	groupBit = 1 // of the first octet (IEEE 802): the address is of a group
	localBit = 2 // it was not given by a maker
)

// MAC returns what stands for a hardware address: a locally administered one, of a group if it was. The broadcast address and zeros stand for nobody and are kept.
func (k *Key) MAC(m schema.MAC) schema.MAC {
	if m == (schema.MAC{}) || m == (schema.MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}) {
		return m
	}
	var out schema.MAC
	k.hash(forMAC, out[:], m[:])
	out[0] = out[0]&^groupBit | m[0]&groupBit | localBit
	return out
}

// Sequence returns the amount by which the sequence numbers of TCP are moved that one end of a connection sends to the other.
func (k *Key) Sequence(src, dst netip.Addr, srcPort, dstPort int32) uint32 {
	var room [64]byte
	text := append(append(append(room[:0], byte(len(src.AsSlice()))), src.AsSlice()...), dst.AsSlice()...)
	text = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(text, uint32(srcPort)), uint32(dstPort))
	var sum [4]byte
	k.hash(forSequence, sum[:], text)
	return binary.BigEndian.Uint32(sum[:])
}
