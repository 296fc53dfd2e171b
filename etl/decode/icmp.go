package decode

import "github.com/pcaplake/pcaplake/schema"

const icmpHeader = 8

// icmp decodes ICMP (RFC 792). What an error quotes is payload, never a packet of its own.
func (d *Decoder) icmp(l layer) {
	d.push(protoICMP)
	if !d.icmpTypes(l) {
		return
	}
	d.judgeL4(l, 0)
	switch d.row.ICMPType {
	case 0, 8, 13, 14, 15, 16, 17, 18: // echo, timestamp, information, address mask
		d.icmpQuery(l)
	case 42, 43: // extended echo (RFC 8335)
		d.icmpExtended(l)
	}
	d.quote(l)
	d.icmpPayload(l, icmpHeader)
}

// icmpv6 decodes ICMPv6 (RFC 4443). Its header has four bytes; echo and errors have four more before their data.
func (d *Decoder) icmpv6(l layer) {
	d.push(protoICMPv6)
	if !d.icmpTypes(l) {
		return
	}
	p := d.row
	var pseudoSum uint64
	if p.IPVersion == 6 {
		pseudoSum = pseudo(p.SrcIP, d.finalDst, ipICMPv6, l.n)
	}
	d.judgeL4(l, pseudoSum)
	header := 4
	switch p.ICMPType {
	case 128, 129:
		d.icmpQuery(l)
		header = icmpHeader
	case 160, 161: // extended echo (RFC 8335)
		d.icmpExtended(l)
		header = icmpHeader
	case 1, 2, 3, 4:
		header = icmpHeader
		d.quote(l)
	}
	d.icmpPayload(l, header)
}

func (d *Decoder) icmpTypes(l layer) bool {
	if !d.header(l, 4, schema.MalformedICMPShort) {
		return false
	}
	p := d.row
	p.ICMPType, p.ICMPCode, p.L4Chksum = int32(l.b[0]), int32(l.b[1]), int32(u16(l.b[2:]))
	p.Has |= schema.HasICMP | schema.HasL4Chksum
	return true
}

func (d *Decoder) icmpQuery(l layer) {
	if len(l.b) >= icmpHeader {
		p := d.row
		p.ICMPID, p.ICMPSeq, p.Has = int32(u16(l.b[4:])), int32(u16(l.b[6:])), p.Has|schema.HasICMPID
	}
}

// icmpExtended is icmpQuery for extended echo, whose sequence number has one byte.
func (d *Decoder) icmpExtended(l layer) {
	if d.icmpQuery(l); d.row.Has&schema.HasICMPID != 0 {
		d.row.ICMPSeq >>= 8
	}
}

func (d *Decoder) icmpPayload(l layer, header int) {
	if l.n < int64(header) {
		d.malformed(schema.MalformedICMPShort)
		return
	}
	d.payload(layer{l.b[min(header, len(l.b)):], l.n - int64(header)})
}
