package decode

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"strconv"

	"github.com/pcaplake/pcaplake/schema"
)

const (
	dhcpFixed   = 236 // bytes before the options (RFC 2131 2)
	dhcpCookie  = 0x63825363
	maxDHCPText = 1024 // bytes of a text or list
)

// dhcpTypes are the names of message types (IANA's registry, in lower case, without "DHCP").
var dhcpTypes = [...]string{
	"", "discover", "offer", "request", "decline", "ack", "nak", "release", "inform", "forcerenew", "leasequery", "leaseunassigned",
	"leaseunknown", "leaseactive", "bulkleasequery", "leasequerydone", "activeleasequery", "leasequerystatus", "tls",
}

// dhcpOptions are the options that are read. Of an option that occurs again the first one holds.
var dhcpOptions = [256]func(*dhcpReader, []byte) bool{
	3:  func(r *dhcpReader, b []byte) bool { return r.addresses(&r.row.Routers, b, 4) },
	6:  func(r *dhcpReader, b []byte) bool { return r.addresses(&r.row.DNSServers, b, 4) },
	12: func(r *dhcpReader, b []byte) bool { return r.text(&r.row.Hostname, b) },
	15: func(r *dhcpReader, b []byte) bool { return r.text(&r.row.Domain, b) },
	50: func(r *dhcpReader, b []byte) bool { return len(b) == 4 && r.addresses(&r.row.RequestedIPs, b, 4) },
	51: func(r *dhcpReader, b []byte) bool { return len(b) == 4 && r.lease(u32(b)) },
	53: func(r *dhcpReader, b []byte) bool { return len(b) == 1 && r.kind(int(b[0]), dhcpTypes[:]) },
	54: func(r *dhcpReader, b []byte) bool { return len(b) == 4 && r.addresses(&r.row.ServerID, b, 4) },
	55: func(r *dhcpReader, b []byte) bool { return r.codes(b, 1) },
	60: func(r *dhcpReader, b []byte) bool { return r.text(&r.row.VendorClass, b) },
	61: func(r *dhcpReader, b []byte) bool { return len(b) > 0 && r.hex(&r.row.ClientID, b) },
	81: func(r *dhcpReader, b []byte) bool { return len(b) >= 3 && r.fqdn(b[0]&4 != 0, b[3:]) },
}

// dhcpReader makes the row of the message at hand.
type dhcpReader struct {
	rows *Rows
	row  *schema.DHCP
}

// dhcp decodes a message of DHCP for IPv4 or of BOOTP (RFC 2131, RFC 951) when its fixed fields are what they can be.
func (d *Decoder) dhcp(l layer) bool {
	b := l.b
	if l.n < dhcpFixed || len(b) < 44 || b[0] < 1 || b[0] > 2 || b[2] > 16 || len(b) >= dhcpFixed+4 && u32(b[dhcpFixed:]) != dhcpCookie && b[1] != 1 {
		return false
	}
	d.push(protoDHCP)
	d.rows.DHCPs = append(d.rows.DHCPs, schema.DHCP{
		Message: schema.MessageOf(d.row), Version: 4, TransactionID: int64(u32(b[4:])), ClientIP: given(b[12:]), NextServer: given(b[20:]),
		Relay: given(b[24:]), Cut: !l.whole(),
	})
	r := d.leasesOf()
	if r.row.HasMAC = b[1] == 1 && b[2] == 6; r.row.HasMAC {
		r.row.ClientMAC = schema.MAC(b[28:34])
	}
	if given(b[16:]).IsValid() {
		r.addresses(&r.row.AssignedIPs, b[16:20], 4)
	}
	if len(b) >= dhcpFixed+4 && u32(b[dhcpFixed:]) == dhcpCookie && !r.options(b, l.n) {
		r.row.Malformed = schema.MalformedDHCPOption
		d.malformed(schema.MalformedDHCPOption)
	}
	return true
}

// leasesOf is the reader of the message whose row was appended last.
func (d *Decoder) leasesOf() *dhcpReader {
	d.leases = dhcpReader{d.rows, &d.rows.DHCPs[len(d.rows.DHCPs)-1]}
	return &d.leases
}

// given is an IPv4 address, invalid for 0.0.0.0.
func given(b []byte) netip.Addr {
	if u32(b) == 0 {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte(b))
}

// options reads those behind the cookie and, when one says so (RFC 2132 9.3), in the fields for the names of a file and of a server.
func (r *dhcpReader) options(b []byte, n int64) bool {
	overload, ok := r.area(b[dhcpFixed+4:], n-dhcpFixed-4)
	if overload&1 != 0 {
		_, fine := r.area(b[108:dhcpFixed], 128)
		ok = ok && fine
	}
	if overload&2 != 0 {
		_, fine := r.area(b[44:108], 64)
		ok = ok && fine
	}
	return ok
}

// area reads the options in n bytes, of which b were captured, and reports whether they can be read.
func (r *dhcpReader) area(b []byte, n int64) (overload byte, ok bool) {
	ok = true
	cut := int64(len(b)) < n
	for len(b) > 0 && b[0] != 255 {
		if b[0] == 0 { // padding
			b = b[1:]
			continue
		}
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return overload, ok && cut
		}
		code, value := b[0], b[2:2+int(b[1])]
		b = b[2+len(value):]
		if read := dhcpOptions[code]; read != nil {
			ok = read(r, value) && ok
		}
		if code == 52 && len(value) == 1 {
			overload = value[0]
		}
	}
	return overload, ok
}

// set gives a field what was appended to the arena behind at, unless it has something already.
func (r *dhcpReader) set(field *[]byte, at int) {
	if arena := r.rows.arena; *field == nil && len(arena) > at {
		*field = arena[at:len(arena):len(arena)]
	}
}

// text takes a text, without the zeros that some clients put behind it.
func (r *dhcpReader) text(field *[]byte, b []byte) bool {
	if *field == nil {
		*field = r.rows.keepUTF8(bytes.TrimRight(b, "\x00"))
	}
	return true
}

func (r *dhcpReader) hex(field *[]byte, b []byte) bool {
	at := len(r.rows.arena)
	if len(b) > maxDHCPText/2 {
		b, r.row.Cut = b[:maxDHCPText/2], true
	}
	r.rows.arena = hex.AppendEncode(r.rows.arena, b)
	r.set(field, at)
	return true
}

// addresses takes a list of addresses of size bytes.
func (r *dhcpReader) addresses(field *[]byte, b []byte, size int) bool {
	at := len(r.rows.arena)
	for rest := b; len(rest) >= size; rest = rest[size:] {
		if len(r.rows.arena)-at > maxDHCPText {
			r.row.Cut = true
			break
		}
		a, _ := netip.AddrFromSlice(rest[:size])
		r.rows.arena = a.AppendTo(r.separate(at))
	}
	r.set(field, at)
	return len(b)%size == 0 && len(b) > 0
}

// codes takes the list of options that the client wishes, in numbers of size bytes.
func (r *dhcpReader) codes(b []byte, size int) bool {
	at := len(r.rows.arena)
	for rest := b; len(rest) >= size; rest = rest[size:] {
		if len(r.rows.arena)-at > maxDHCPText {
			r.row.Cut = true
			break
		}
		code := uint64(rest[0])
		if size == 2 {
			code = uint64(u16(rest))
		}
		r.rows.arena = strconv.AppendUint(r.separate(at), code, 10)
	}
	r.set(&r.row.Parameters, at)
	return len(b)%size == 0 && len(b) > 0
}

// separate appends a comma to the arena when a list that begins at an offset of it has items.
func (r *dhcpReader) separate(at int) []byte {
	if len(r.rows.arena) > at {
		return append(r.rows.arena, ',')
	}
	return r.rows.arena
}

func (r *dhcpReader) kind(number int, names []string) bool {
	if r.row.HasType {
		return true
	}
	r.row.HasType, r.row.Type = true, int32(number)
	if number < len(names) {
		r.row.TypeName = names[number]
	}
	return true
}

func (r *dhcpReader) lease(seconds uint32) bool {
	if !r.row.HasLease {
		r.row.HasLease, r.row.LeaseTime = true, int64(seconds)
	}
	return true
}

// fqdn takes the name of a client, as text or as labels, which may lack the root when the name is not complete (RFC 4702 3.1, RFC 4704 4.2).
func (r *dhcpReader) fqdn(labels bool, b []byte) bool {
	if !labels {
		return r.text(&r.row.FQDN, bytes.TrimSuffix(bytes.TrimRight(b, "\x00"), []byte(".")))
	}
	return r.name(&r.row.FQDN, b)
}

func (r *dhcpReader) name(field *[]byte, b []byte) bool {
	at := len(r.rows.arena)
	for len(b) > 0 && b[0] != 0 {
		n := int(b[0])
		if n > 63 || n >= len(b) {
			return false
		}
		if len(r.rows.arena) > at {
			r.rows.arena = append(r.rows.arena, '.')
		}
		r.rows.arena = appendLabel(r.rows.arena, b[1:1+n])
		b = b[1+n:]
	}
	r.set(field, at)
	return true
}
