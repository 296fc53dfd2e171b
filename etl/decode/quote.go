package decode

import (
	"encoding/binary"
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

// quotes reports whether a message of ICMP or ICMPv6 is an error that quotes the packet it answers (RFC 1122 3.2.2, RFC 4443 2.1).
func quotes(p *schema.Packet) bool {
	if p.IPProto == ipICMPv6 {
		return p.ICMPType >= 1 && p.ICMPType <= 4
	}
	switch p.ICMPType {
	case 3, 4, 5, 11, 12: // unreachable, source quench, redirect, time exceeded, parameter problem
		return true
	}
	return false
}

// identified reports whether an ICMP or ICMPv6 message is a query or an answer with an identifier.
func identified(p *schema.Packet) bool {
	if p.IPProto == ipICMPv6 {
		return p.ICMPType == 128 || p.ICMPType == 129
	}
	return p.ICMPType == 0 || p.ICMPType == 8 || p.ICMPType >= 13 && p.ICMPType <= 18
}

// quote keeps what an ICMP error says of the packet that it quotes.
func (d *Decoder) quote(l layer) {
	e := d.row
	if !quotes(e) || len(l.b) <= icmpHeader {
		return
	}
	q := schema.Packet{
		Has:    e.Has&(schema.HasVLAN|schema.HasInnerVLAN|schema.HasTunnelID) | schema.HasIP,
		VLANID: e.VLANID, InnerVLANID: e.InnerVLANID, TunnelID: e.TunnelID,
	}
	if quotedIP(&q, l.b[icmpHeader:]) {
		d.rows.Quotes = append(d.rows.Quotes, schema.Quote{Row: len(d.rows.Packets) - 1, Packet: q})
	}
}

// quotedIP takes from a quoted packet what says which flow it is of. It reports false when that was not quoted, or is a later fragment.
func quotedIP(q *schema.Packet, b []byte) bool {
	q.Has |= schema.HasIPProto
	if len(b) == 0 {
		return false
	}
	switch b[0] >> 4 {
	case 4:
		header := int(b[0]&15) * 4
		if header < 20 || len(b) < header || binary.BigEndian.Uint16(b[6:])&0x1fff != 0 {
			return false
		}
		q.IPVersion, q.IPProto = 4, int32(b[9])
		q.SrcIP, q.DstIP = netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
		return quotedTransport(q, b[header:])
	case 6:
		if len(b) < 40 {
			return false
		}
		q.IPVersion = 6
		q.SrcIP, q.DstIP = netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
		return quotedExtensions(q, b[6], b[40:])
	}
	return false
}

// quotedExtensions passes over extension headers (RFC 8200 4).
func quotedExtensions(q *schema.Packet, next byte, b []byte) bool {
	for len(b) >= 8 {
		size := 8 + int(b[1])*8
		switch next {
		case 0, 43, 60: // hop-by-hop, routing, destination options
		case 44: // fragment
			if size = 8; binary.BigEndian.Uint16(b[2:])&^7 != 0 {
				return false
			}
		default:
			q.IPProto = int32(next)
			return quotedTransport(q, b)
		}
		if size > len(b) {
			return false
		}
		next, b = b[0], b[size:]
	}
	return false
}

// quotedTransport takes ports, or type and identifier: an error quotes at least 8 bytes of them.
func quotedTransport(q *schema.Packet, b []byte) bool {
	switch q.IPProto {
	case ipTCP, ipUDP, ipSCTP, ipDCCP, ipUDPLite:
		if len(b) < 4 {
			return false
		}
		q.Has |= schema.HasPorts
		q.SrcPort, q.DstPort = int32(u16(b)), int32(u16(b[2:]))
	case ipICMP, ipICMPv6:
		if len(b) < icmpHeader {
			return false
		}
		q.Has |= schema.HasICMP
		q.ICMPType, q.ICMPCode = int32(b[0]), int32(b[1])
		if identified(q) {
			q.ICMPID, q.Has = int32(u16(b[4:])), q.Has|schema.HasICMPID
		}
	}
	return true
}
