package decode

import "github.com/pcaplake/pcaplake/schema"

// ah goes on behind authentication headers (RFC 4302) over IPv4, in the way of the extension headers that they are over IPv6: ip_proto is
// what follows them.
func (d *Decoder) ah(l layer) {
	p := d.row
	for range maxExtensions {
		d.push(protoAH)
		if !d.has(l, 8, schema.MalformedTunnelShort) {
			d.payload(l)
			return
		}
		size := extensionSize(nextAH, l.b)
		if !d.has(l, size, schema.MalformedTunnelShort) {
			d.payload(l)
			return
		}
		next := l.b[0]
		p.IPProto, l = int32(next), l.skip(size)
		if next != nextAH {
			d.transport(next, l)
			return
		}
	}
	d.payload(l)
}
