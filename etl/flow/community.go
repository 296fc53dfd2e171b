package flow

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
)

// communityID returns the community id, version 1, seed 0 (github.com/corelight/community-id-spec) of a flow between two ends; "" without
// addresses. Of ICMP the ports are type and reply's type or, where nothing answers, type and code. The ends are ordered by address, then port, but
// for flows that nothing answers.
func communityID(src, dst netip.Addr, proto uint8, hasPorts, oneWay bool, srcPort, dstPort uint16) string {
	if !src.IsValid() || !dst.IsValid() {
		return ""
	}
	if c := src.Compare(dst); !oneWay && (c > 0 || c == 0 && srcPort > dstPort) {
		src, dst, srcPort, dstPort = dst, src, dstPort, srcPort
	}
	var room [64]byte
	b := append(room[:0], 0, 0) // the seed
	b = append(append(b, src.AsSlice()...), dst.AsSlice()...)
	b = append(b, proto, 0)
	if hasPorts {
		b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, srcPort), dstPort)
	}
	sum := sha1.Sum(b)
	out := append(make([]byte, 0, 32), "1:"...)
	return string(base64.StdEncoding.AppendEncode(out, sum[:]))
}
