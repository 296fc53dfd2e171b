package decode

import (
	"bytes"

	"github.com/pcaplake/pcaplake/schema"
)

// datagrams are the applications over UDP that a port suggests; the first whose message can be one holds. A port alone makes none: a
// function reports false, having changed nothing, for bytes that cannot be a message.
var datagrams = [...]struct {
	port int32 // of either side
	read func(*Decoder, layer) bool
}{
	{67, (*Decoder).dhcp},
	{68, (*Decoder).dhcp},
	{123, (*Decoder).ntp},
	{161, named(protoSNMP, isSNMP)},
	{162, named(protoSNMP, isSNMP)},
	{389, named(protoCLDAP, isCLDAP)},
	{546, (*Decoder).dhcpv6},
	{547, (*Decoder).dhcpv6},
	{1900, named(protoSSDP, isSSDP)},
	{11211, named(protoMemcache, isMemcache)},
}

// datagram goes on with what a UDP datagram carries. Of a first fragment, l.n is what the whole datagram declares.
func (d *Decoder) datagram(l layer) {
	p, before := d.row, d.chain.n
	if d.dnsByPort(l); d.chain.n > before || l.n <= 0 {
		return
	}
	for i := range datagrams {
		a := &datagrams[i]
		if (a.port == p.SrcPort || a.port == p.DstPort) && a.read(d, l) {
			return
		}
	}
	d.quic(l)
}

// named recognises an application that is named and not read further: those that answer with much more than they are asked, and so are
// made to send it to others.
func named(p proto, is func([]byte) bool) func(*Decoder, layer) bool {
	return func(d *Decoder, l layer) bool {
		ok := is(l.b)
		if ok {
			d.push(p)
		}
		return ok
	}
}

// isSNMP recognises a message of version 1, 2c or 3 (RFC 1157 4, RFC 1901 3, RFC 3412 6).
func isSNMP(b []byte) bool {
	body, ok := berSequence(b)
	return ok && len(body) >= 3 && body[0] == 2 && body[1] == 1 && (body[2] == 0 || body[2] == 1 || body[2] == 3)
}

// isCLDAP recognises a search of LDAP over UDP, an entry that it found, or its end (RFC 1798, RFC 4511 4.5).
func isCLDAP(b []byte) bool {
	body, ok := berSequence(b)
	if !ok || len(body) < 2 || body[0] != 2 || body[1] < 1 || body[1] > 4 || len(body) < 3+int(body[1]) {
		return false
	}
	operation := body[2+body[1]]
	return operation >= 0x63 && operation <= 0x65 // application 3, 4, 5
}

// berSequence returns the captured content of a SEQUENCE (X.690 8.9) that b begins with.
func berSequence(b []byte) ([]byte, bool) {
	if len(b) < 2 || b[0] != 0x30 {
		return nil, false
	}
	if b[1] < 0x80 {
		return b[2:], true
	}
	n := int(b[1] & 0x7f)
	return b[min(2+n, len(b)):], n >= 1 && n <= 4
}

// isSSDP recognises what UPnP Device Architecture 1.3 says.
func isSSDP(b []byte) bool {
	for _, begin := range [...]string{"M-SEARCH * HTTP/", "NOTIFY * HTTP/", "HTTP/1."} {
		if len(b) >= len(begin) && string(b[:len(begin)]) == begin {
			return true
		}
	}
	return false
}

// isMemcache recognises a text command or answer behind the header of memcached's UDP protocol: request, number, count, zero.
func isMemcache(b []byte) bool {
	if len(b) < 10 || u16(b[6:]) != 0 || u16(b[4:]) == 0 || u16(b[2:]) >= u16(b[4:]) {
		return false
	}
	if u16(b[2:]) > 0 { // goes on with an answer
		return true
	}
	word, _, _ := bytes.Cut(b[8:min(len(b), 24)], []byte{' '})
	word, _, _ = bytes.Cut(word, []byte{'\r'})
	switch string(word) {
	case "get", "gets", "set", "add", "replace", "append", "prepend", "cas", "delete", "incr", "decr", "stats", "version", "flush_all",
		"VALUE", "END", "STAT", "STORED", "NOT_STORED", "EXISTS", "NOT_FOUND", "DELETED", "OK", "ERROR", "CLIENT_ERROR", "SERVER_ERROR", "VERSION":
		return true
	}
	return false
}

// services are the applications over UDP that packets.protocol can name, each recognised in content.
var services = [...]proto{
	protoDNS, protoMDNS, protoLLMNR, protoDHCP, protoDHCPv6, protoNTP, protoQUIC, protoSNMP, protoCLDAP, protoSSDP, protoMemcache,
}

// Service returns the name of the application over UDP that was recognised in a packet, "" where there is none: what flows.service says of
// the packet's flow.
func Service(p *schema.Packet) string {
	if p.IPProto != ipUDP || p.Protocol == protoNames[protoUDP] {
		return ""
	}
	for _, s := range services {
		if p.Protocol == protoNames[s] {
			return p.Protocol
		}
	}
	return ""
}
