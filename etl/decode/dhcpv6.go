package decode

import (
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

// maxRelays bounds the relays that a message went through (RFC 8415 7.6: HOP_COUNT_LIMIT).
const maxRelays = 8

const (
	dhcpv6Header = 4
	dhcpv6Relay  = 34 // header of a relay's message (RFC 8415 9)
)

// dhcpv6Types are the names of message types (IANA's registry, in lower case).
var dhcpv6Types = [...]string{
	"", "solicit", "advertise", "request", "confirm", "renew", "rebind", "reply", "release", "decline", "reconfigure", "information-request",
	"relay-forw", "relay-repl", "leasequery", "leasequery-reply", "leasequery-done", "leasequery-data", "reconfigure-request",
	"reconfigure-reply", "dhcpv4-query", "dhcpv4-response", "activeleasequery", "starttls", "bndupd", "bndreply", "poolreq", "poolresp",
	"updreq", "updreqall", "upddone", "connect", "connectreply", "disconnect", "state", "contact", "addr-reg-inform", "addr-reg-reply",
}

// Messages that relays and servers send.
const (
	dhcpv6Advertise = 2
	dhcpv6Reply     = 7
	dhcpv6RelayForw = 12
	dhcpv6RelayRepl = 13
)

// dhcpv6 decodes a message of DHCP for IPv6 (RFC 8415) when its type is assigned.
func (d *Decoder) dhcpv6(l layer) bool {
	if l.n < dhcpv6Header || len(l.b) < dhcpv6Header || l.b[0] == 0 || int(l.b[0]) >= len(dhcpv6Types) {
		return false
	}
	d.push(protoDHCPv6)
	d.rows.DHCPs = append(d.rows.DHCPs, schema.DHCP{Message: schema.MessageOf(d.row), Version: 6, Cut: !l.whole()})
	r := d.leasesOf()
	if !r.message(l.b, l.whole()) {
		r.row.Malformed = schema.MalformedDHCPOption
		d.malformed(schema.MalformedDHCPOption)
	}
	return true
}

// message reads the innermost message.
func (r *dhcpReader) message(b []byte, whole bool) bool {
	for range maxRelays {
		if b[0] != dhcpv6RelayForw && b[0] != dhcpv6RelayRepl {
			break
		}
		if len(b) < dhcpv6Relay {
			r.kind(int(b[0]), dhcpv6Types[:])
			return !whole
		}
		r.row.Relay = netip.AddrFrom16([16]byte(b[2:18]))
		var inner []byte
		ok := eachOption(b[dhcpv6Relay:], func(code uint16, value []byte) bool {
			switch code {
			case 9: // relay message
				inner = value
			case 79: // RFC 6939
				r.linkAddress(value)
			}
			return true
		})
		if len(inner) < dhcpv6Header {
			r.kind(int(b[0]), dhcpv6Types[:])
			return ok || !whole
		}
		b = inner
	}
	r.kind(int(b[0]), dhcpv6Types[:])
	r.row.TransactionID = int64(u32(b) & 0xffffff)
	return r.v6options(b[dhcpv6Header:]) || !whole
}

// eachOption visits options of 16 bits' code and length. It reports false when one passes the end, or a visit does.
func eachOption(b []byte, visit func(code uint16, value []byte) bool) bool {
	ok := true
	for len(b) > 0 {
		if len(b) < 4 || len(b) < 4+int(u16(b[2:])) {
			return false
		}
		n := int(u16(b[2:]))
		ok = visit(u16(b), b[4:4+n]) && ok
		b = b[4+n:]
	}
	return ok
}

func (r *dhcpReader) v6options(b []byte) bool {
	addresses := len(r.rows.arena)
	ok := eachOption(b, func(code uint16, value []byte) bool {
		return code != 3 && code != 4 && code != 25 || r.association(code, value, addresses)
	})
	field := &r.row.RequestedIPs
	if r.row.Type == dhcpv6Advertise || r.row.Type == dhcpv6Reply {
		field = &r.row.AssignedIPs
	}
	r.set(field, addresses)
	return eachOption(b, r.v6option) && ok
}

// v6option reads an option (RFC 8415 21, RFC 3646, RFC 4704) that stands in the message itself.
func (r *dhcpReader) v6option(code uint16, b []byte) bool {
	switch code {
	case 1:
		r.linkOf(b)
		return len(b) > 2 && r.hex(&r.row.ClientID, b)
	case 2:
		return len(b) > 2 && r.hex(&r.row.ServerID, b)
	case 6:
		return r.codes(b, 2)
	case 16:
		if len(b) < 6 || len(b) < 6+int(u16(b[4:])) {
			return false
		}
		return r.text(&r.row.VendorClass, b[6:6+int(u16(b[4:]))])
	case 23:
		return r.addresses(&r.row.DNSServers, b, 16)
	case 24:
		return r.name(&r.row.Domain, b)
	case 39:
		return len(b) >= 1 && r.fqdn(true, b[1:])
	}
	return true
}

// association appends to the list in the arena what an identity association holds: IA_NA, IA_TA or IA_PD.
func (r *dhcpReader) association(code uint16, b []byte, list int) bool {
	header := 12
	if code == 4 {
		header = 4
	}
	if len(b) < header {
		return false
	}
	return eachOption(b[header:], func(inner uint16, value []byte) bool {
		room := len(r.rows.arena)-list < maxDHCPText
		switch {
		case (inner == 5 || inner == 26) && !room:
			r.row.Cut = true
		case inner == 5 && code != 25: // IAADDR
			if len(value) < 24 {
				return false
			}
			r.rows.arena = netip.AddrFrom16([16]byte(value)).AppendTo(r.separate(list))
			r.lease(u32(value[20:]))
		case inner == 26 && code == 25: // IAPREFIX
			if len(value) < 25 || value[8] > 128 {
				return false
			}
			r.rows.arena = netip.PrefixFrom(netip.AddrFrom16([16]byte(value[9:])), int(value[8])).AppendTo(r.separate(list))
			r.lease(u32(value[4:]))
		}
		return true
	})
}

// linkOf takes the hardware address out of a DUID that is made of one (RFC 8415 11.2, 11.4).
func (r *dhcpReader) linkOf(duid []byte) {
	switch {
	case len(duid) == 14 && u16(duid) == 1:
		r.hardware(u16(duid[2:]), duid[8:])
	case len(duid) == 10 && u16(duid) == 3:
		r.hardware(u16(duid[2:]), duid[4:])
	}
}

// linkAddress takes the hardware address that a relay tells.
func (r *dhcpReader) linkAddress(b []byte) {
	if len(b) == 8 {
		r.hardware(u16(b), b[2:])
	}
}

// hardware takes an Ethernet address; the one of a relay, which saw it, holds.
func (r *dhcpReader) hardware(kind uint16, b []byte) {
	if kind == 1 && !r.row.HasMAC {
		r.row.HasMAC, r.row.ClientMAC = true, schema.MAC(b)
	}
}
