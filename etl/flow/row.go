package flow

import (
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

// row writes what a flow came to.
func (t *Tracker) row(r *record, why string, f *schema.Flow) {
	idle, _ := t.limits()
	k := &r.key
	f.CaptureID, f.Sensor = t.CaptureID, t.Sensor
	f.FlowID, f.FlowHash = r.id, t.publicHash(k)
	f.FirstTS, f.LastTS, f.FirstExtraNS, f.LastExtraNS = r.first, r.last, int32(r.firstExtra), int32(r.lastExtra)
	f.IPVersion = int32(k.meta >> metaVersionAt & 15)
	t.ends(r, f)
	f.HasIPProto, f.IPProto = k.meta&metaProto != 0, int32(k.meta>>metaProtoAt&255)
	f.HasVLAN, f.VLANID, f.HasInnerVLAN, f.InnerVLANID = r.vlan >= 0, int32(r.vlan), r.inner >= 0, int32(r.inner)
	f.HasSrcMAC, f.SrcMAC, f.HasDstMAC, f.DstMAC = r.macs[0], r.mac[0], r.macs[1], r.mac[1]
	f.Tunnel, f.HasTunnelID, f.TunnelID = t.names[r.tunnel], k.meta&metaTunnel != 0, int64(k.tunnel)
	f.OuterSrcIP, f.OuterDstIP = addrOf(r.outer[0], int32(r.outerVersion)), addrOf(r.outer[1], int32(r.outerVersion))
	f.SYNTS, f.SYNACKTS = r.synTS, r.synAckTS
	t.sideRow(r, true, &f.Fwd)
	t.sideRow(r, false, &f.Rev)
	f.FwdDataTS, f.RevDataTS = t.dataTS(r, true), t.dataTS(r, false)
	f.ICMPErrors, f.ICMPErrorType, f.ICMPErrorCode = int64(r.icmpErrors), int32(r.errorType), int32(r.errorCode)
	f.Service, f.History, f.EndReason = t.names[r.service], string(r.history[:r.letters]), why
	f.ConnState = ConnState(f)
	f.OpenAtStart = r.first == schema.NoTime || !t.started || r.first < t.start || apart(r.first, t.start) <= idle
	f.OpenAtEnd = why == schema.EndCapture
	f.Evicted = why == schema.EndEvicted
}

// ends writes addresses and ports, and what is made of them.
func (t *Tracker) ends(r *record, f *schema.Flow) {
	k := r.key
	if r.forwardHigh {
		k.low, k.high = k.high, k.low
		k.ports = k.ports<<16&(0xffff<<48) | k.ports>>16&(0xffff<<32) | k.ports&0xffffffff
	}
	f.SrcIP, f.DstIP = addrOf(k.low, f.IPVersion), addrOf(k.high, f.IPVersion)
	from, to := uint16(k.ports>>48), uint16(k.ports>>32)
	if k.meta&metaICMP != 0 {
		f.HasICMP, f.ICMPType, f.ICMPCode = true, int32(r.icmpType), int32(r.icmpCode)
		f.HasICMPID, f.ICMPID = k.meta&metaID != 0, int32(uint16(k.ports))
	} else if k.meta&metaPorts != 0 {
		f.HasPorts, f.SrcPort, f.DstPort = true, int32(from), int32(to)
	}
	src, dst := t.shown(f.SrcIP), t.shown(f.DstIP)
	f.CommunityID = communityID(src, dst, uint8(k.meta>>metaProtoAt), k.meta&metaPorts != 0, k.meta&metaOneWay != 0 && k.meta&metaICMP != 0, from, to)
}

// publicHash is the hash of a key that stands in the row.
func (t *Tracker) publicHash(k *tuple) int64 {
	if t.Pseudonym == nil {
		return int64(k.hash(public))
	}
	shown, version := *k, int32(k.meta>>metaVersionAt&15)
	shown.low, shown.high = words(t.shown(addrOf(k.low, version))), words(t.shown(addrOf(k.high, version)))
	shown.order()
	return int64(shown.hash(public))
}

// shown is what stands for an address in hashes.
func (t *Tracker) shown(a netip.Addr) netip.Addr {
	if t.Pseudonym == nil || !a.IsValid() {
		return a
	}
	return t.Pseudonym(a)
}

func (t *Tracker) dataTS(r *record, forward bool) int64 {
	if s := t.sideOf(r, forward); s != nil {
		return s.dataTS
	}
	return schema.NoTime
}

// sideRow writes one direction.
func (t *Tracker) sideRow(r *record, forward bool, f *schema.FlowSide) {
	f.FirstTS, f.LastTS = schema.NoTime, schema.NoTime
	s, other := t.sideOf(r, forward), t.sideOf(r, !forward)
	if s == nil {
		if f.TCP = other.tcp; f.TCP {
			t.streamRow(&side{}, other, f)
		}
		return
	}
	f.Packets, f.WireBytes, f.IPBytes, f.PayloadPackets, f.PayloadBytes = s.packets, s.wire, s.ip, s.payloads, s.payload
	f.DupPackets, f.Fragments, f.BadChecksums = int64(s.dups), int64(s.fragments), int64(s.bad)
	f.LenMin, f.LenMax, f.LenSquares, f.TTLMin, f.TTLMax = int64(s.lenMin), int64(s.lenMax), s.lenSquares, int32(s.ttlMin), int32(s.ttlMax)
	f.FirstTS, f.LastTS, f.IATCount = s.firstTS, s.lastTS, max(0, int64(s.timed)-1)
	f.IATMin, f.IATMax, f.IATSquares = s.iatMin, s.iatMax, s.iatSquares
	if f.TCP = s.tcp || other != nil && other.tcp; f.TCP {
		t.streamRow(s, other, f)
	}
}

// streamRow writes what one direction has of TCP. The other is nil where it has no packet.
func (t *Tracker) streamRow(s, other *side, f *schema.FlowSide) {
	f.TCPFlags, f.SYNs, f.SYNACKs, f.FINs, f.RSTs = int32(s.flags), int64(s.syns), int64(s.synAcks), int64(s.fins), int64(s.rsts)
	f.FirstWindow = int32(s.window)
	f.HasISN, f.ISN = s.has(sideISN), int64(uint32(s.isn))
	f.HasSeq, f.FirstSeq, f.NextSeq = s.has(sideSeq), int64(uint32(s.low)), int64(uint32(s.high))
	f.HasFIN, f.FINSeq = s.has(sideFIN), int64(uint32(s.fin))
	f.HasAck, f.FirstAck, f.MaxAck = s.has(sideAck), int64(uint32(s.ackFrom)), int64(uint32(s.ackTo))
	f.SegmentBytes, f.UniqueBytes = s.segments, s.unique
	f.RetransmittedPackets, f.OutOfOrder = int64(s.retransmitted), int64(s.outOfOrder)
	f.Islands = t.islands(s)
	start, known := s.begin()
	if known && s.has(sideSeq) {
		f.StreamBytes = s.high - start
	}
	f.MissedBytes = s.lost + t.missed(s, other, start, known)
}

// begin is the position where the stream of a side begins: after its SYN, or else with the first byte seen.
func (s *side) begin() (at int64, known bool) {
	if s.has(sideISN) {
		return s.isn + 1, true
	}
	return s.low, s.has(sideSeq)
}

// missed is how many bytes of a side the other acknowledged that were never seen. Without SYN and payload, it is those that it acknowledged after its
// first acknowledgement.
func (t *Tracker) missed(s, other *side, start int64, known bool) int64 {
	if other == nil || !other.has(sideAck) {
		return 0
	}
	if !s.has(sideAt) {
		return other.ackTo - other.ackFrom
	}
	end := next(s.end(), uint32(other.ackTo))
	if !known {
		start = end - (other.ackTo - other.ackFrom)
	}
	if s.has(sideFIN) {
		end = min(end, s.fin)
	}
	return max(0, end-start-t.covered(s, start, end))
}
