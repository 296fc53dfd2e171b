package decode

import "github.com/pcaplake/pcaplake/schema"

const udpHeader = 8

// udp decodes a UDP datagram (RFC 768, RFC 8200 8.1).
func (d *Decoder) udp(l layer) {
	d.push(protoUDP)
	if !d.ports(l, schema.MalformedUDPShort) || !d.header(l, udpHeader, schema.MalformedUDPShort) {
		return
	}
	p := d.row
	length := int64(u16(l.b[4:]))
	p.UDPLen, p.L4Chksum, p.Has = int32(length), int32(u16(l.b[6:])), p.Has|schema.HasUDPLen|schema.HasL4Chksum
	switch {
	case length == 0 && l.n > 0xffff: // a jumbogram (RFC 2675)
		length = l.n
	case length < udpHeader:
		d.malformed(schema.MalformedUDPLength)
		return
	case length > l.n && !d.fragment:
		d.malformed(schema.MalformedUDPLength)
	}
	data := l.limit(length).skip(udpHeader)
	if d.udpTunnel(data, length-udpHeader) {
		return
	}
	d.judgeUDP(l, length)
	d.payload(data)
	d.datagram(layer{data.b, length - udpHeader})
}

// judgeUDP judges the checksum over the whole datagram of length bytes.
func (d *Decoder) judgeUDP(l layer, length int64) {
	p := d.row
	switch {
	case p.L4Chksum != 0:
		d.judgeMessage(layer{l.limit(length).b, length}, pseudo(p.SrcIP, d.finalDst, ipUDP, length))
	case p.IPVersion == 4:
		d.note(schema.ChksumAbsent)
	default:
		d.malformed(schema.MalformedUDPChecksum)
	}
}
