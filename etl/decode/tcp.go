package decode

import "github.com/pcaplake/pcaplake/schema"

// Kinds of TCP options (IANA).
const (
	tcpMSS           = 2
	tcpWindowScale   = 3
	tcpSACKPermitted = 4
	tcpTimestamps    = 8
)

// tcp decodes a TCP segment (RFC 9293).
func (d *Decoder) tcp(l layer) {
	d.push(protoTCP)
	if !d.ports(l, schema.MalformedTCPShort) || !d.header(l, 20, schema.MalformedTCPShort) {
		return
	}
	p, b := d.row, l.b
	header := int64(b[12]>>4) * 4
	p.Has |= schema.HasTCP | schema.HasL4Chksum
	p.TCPSeq, p.TCPAck, p.TCPHdrLen = int64(u32(b[4:])), int64(u32(b[8:])), int32(header)
	p.TCPReserved, p.TCPFlags = int32(b[12]>>1&7), int32(b[12]&1)<<8|int32(b[13])
	p.TCPWindow, p.L4Chksum, p.TCPUrgent = int32(u16(b[14:])), int32(u16(b[16:])), int32(u16(b[18:]))
	d.judgeL4(l, pseudo(p.SrcIP, d.finalDst, ipTCP, l.n))
	if header < 20 || header > l.n && !d.fragment {
		d.malformed(schema.MalformedTCPHeaderLength)
		return
	}
	if header > l.n {
		d.malformed(schema.MalformedFragmentTiny)
	}
	if int64(len(b)) >= header {
		d.tcpOptions(b[20:header])
		d.payload(layer{b[header:], l.n - header})
		d.segment(b[header:])
	} else {
		d.payload(layer{nil, l.n - header})
	}
}

// tcpOptions takes the options that connections are set up with, and timestamps.
func (d *Decoder) tcpOptions(b []byte) {
	p := d.row
	p.TCPSACKOK = schema.False
	n, ok := countOptions(b, d.tcpOption)
	if !ok {
		d.malformed(schema.MalformedTCPOptions)
	}
	p.TCPOptionsCount, p.Has = n, p.Has|schema.HasTCPOptions
}

func (d *Decoder) tcpOption(kind byte, v []byte) {
	p := d.row
	switch {
	case kind == tcpMSS && len(v) == 2:
		p.TCPMSS, p.Has = int32(u16(v)), p.Has|schema.HasTCPMSS
	case kind == tcpWindowScale && len(v) == 1:
		p.TCPWScale, p.Has = int32(v[0]), p.Has|schema.HasTCPWScale
	case kind == tcpSACKPermitted && len(v) == 0:
		p.TCPSACKOK = schema.True
	case kind == tcpTimestamps && len(v) == 8:
		p.TCPTSVal, p.TCPTSEcr, p.Has = int64(u32(v)), int64(u32(v[4:])), p.Has|schema.HasTCPTimestamp
	}
}
