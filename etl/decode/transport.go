package decode

import "github.com/pcaplake/pcaplake/schema"

// Protocols above IP, as IANA numbers them.
const (
	ipICMP    = 1
	ipIGMP    = 2
	ipIPv4    = 4
	ipTCP     = 6
	ipUDP     = 17
	ipDCCP    = 33
	ipIPv6    = 41
	ipGRE     = 47
	ipICMPv6  = 58
	ipEIGRP   = 88
	ipOSPF    = 89
	ipPIM     = 103
	ipIPComp  = 108
	ipVRRP    = 112
	ipSCTP    = 132
	ipUDPLite = 136
)

// transport goes on by the protocol number of IP. l.n is what the IP header declares; of a first fragment it is only a part.
func (d *Decoder) transport(protocol byte, l layer) {
	switch protocol {
	case ipTCP:
		d.tcp(l)
	case ipUDP:
		d.udp(l)
	case ipICMP:
		d.icmp(l)
	case ipICMPv6:
		d.icmpv6(l)
	case ipUDPLite:
		d.push(protoUDPLite)
		d.ported(l, 8)
	case ipSCTP:
		d.push(protoSCTP)
		d.ported(l, 12)
	case ipDCCP:
		d.push(protoDCCP)
		d.dccp(l)
	case nextAH: // over IPv4; over IPv6 it is an extension header
		d.ah(l)
	default:
		d.ipTunnel(protocol, l)
	}
}

// ipProto names what is recognised and not decoded further.
func ipProto(protocol byte) proto {
	switch protocol {
	case ipIGMP:
		return protoIGMP
	case nextESP:
		return protoESP
	case ipIPComp:
		return protoIPComp
	case ipEIGRP:
		return protoEIGRP
	case ipOSPF:
		return protoOSPF
	case ipVRRP:
		return protoVRRP
	}
	return protoNone
}

// ports takes the two ports that TCP and its kin begin with.
func (d *Decoder) ports(l layer, reason string) bool {
	if !d.header(l, 4, reason) {
		return false
	}
	p := d.row
	p.SrcPort, p.DstPort, p.Has = int32(u16(l.b)), int32(u16(l.b[2:])), p.Has|schema.HasPorts
	return true
}

// ported decodes the ports of a transport whose header has a fixed size.
func (d *Decoder) ported(l layer, header int) {
	if !d.ports(l, schema.MalformedPortsShort) {
		return
	}
	if l.n < int64(header) {
		d.malformed(d.short(schema.MalformedPortsShort))
		return
	}
	d.payload(layer{l.b[min(header, len(l.b)):], l.n - int64(header)})
}

// dccp decodes the ports and the length of a DCCP header (RFC 4340 5.1).
func (d *Decoder) dccp(l layer) {
	if !d.ports(l, schema.MalformedPortsShort) || !d.has(l, 12, d.short(schema.MalformedPortsShort)) {
		return
	}
	header := int(l.b[4]) * 4
	if header < 12 || int64(header) > l.n {
		d.malformed(schema.MalformedPortsShort)
		return
	}
	d.payload(layer{l.b[min(header, len(l.b)):], l.n - int64(header)})
}
