package schema

import "net/netip"

// DHCP is one row of table dhcp: one message of DHCP for IPv4 (RFC 2131), BOOTP included, or for IPv6 (RFC 8415). Texts lie in the Rows that
// hold the row; nil is none.
type DHCP struct {
	Message
	Version       int32 // 4 or 6
	TransactionID int64
	HasType       bool
	Type          int32
	TypeName      string
	HasMAC        bool
	ClientMAC     MAC
	ClientID      []byte
	ClientIP      netip.Addr
	AssignedIPs   []byte // list
	RequestedIPs  []byte // list
	ServerID      []byte
	NextServer    netip.Addr
	Relay         netip.Addr
	Hostname      []byte
	FQDN          []byte
	Domain        []byte
	VendorClass   []byte
	Routers       []byte // list
	DNSServers    []byte // list
	HasLease      bool
	LeaseTime     int64  // seconds
	Parameters    []byte // list
	Cut           bool
	Malformed     string
}

// DHCPs is the table of DHCP messages.
var DHCPs = newRows("dhcp", "One row per message of DHCP, for IPv4 (RFC 2131; BOOTP too) or IPv6 (RFC 8415). Of a message inside those of relays, the row is of the innermost one.",
	append(messageColumns(func(r *DHCP) *Message { return &r.Message }), []field[DHCP]{
		i32("dhcp_version", func(r *DHCP) (int32, bool) { return r.Version, true }, "4 or 6: of which IP"),
		i64("transaction_id", func(r *DHCP) (int64, bool) { return r.TransactionID, true }, "identifier that the client chose: 32 bits, 24 of IPv6", plain, ws("dhcp.id|dhcpv6.xid")),
		i32("message_type", func(r *DHCP) (int32, bool) { return r.Type, r.HasType }, "kind of message, as IANA numbers them for either version; NULL for BOOTP", ws("dhcp.option.dhcp|dhcpv6.msgtype")),
		str("message", func(r *DHCP) string { return r.TypeName }, "its name, in lower case, such as discover, request or solicit", zeek("msg_types")),
		mac("client_mac", func(r *DHCP) (MAC, bool) { return r.ClientMAC, r.HasMAC }, "hardware address of the client; of IPv6 as its DUID or a relay (RFC 6939) tells it", ws("dhcp.hw.mac_addr"), zeek("mac"), ecs("client.mac")),
		text("client_id", func(r *DHCP) []byte { return r.ClientID }, "client identifier (option 61) or DUID, in hex", bloom),
		addr("client_ip", func(r *DHCP) netip.Addr { return r.ClientIP }, "address that the client has (ciaddr); NULL for 0.0.0.0", ws("dhcp.ip.client"), zeek("client_addr")),
		text("assigned_ips", func(r *DHCP) []byte { return r.AssignedIPs }, "address that the server offers or assigns (yiaddr); of IPv6 all addresses, and prefixes with their length, of its answer; a list, commas between", ws("dhcp.ip.your"), zeek("assigned_addr")),
		text("requested_ips", func(r *DHCP) []byte { return r.RequestedIPs }, "address that the client asks for (option 50); of IPv6 all, as above; a list, commas between", ws("dhcp.option.requested_ip_address"), zeek("requested_addr")),
		text("server_id", func(r *DHCP) []byte { return r.ServerID }, "server identifier: an address (option 54), or a DUID in hex", ws("dhcp.option.dhcp_server_id")),
		addr("next_server", func(r *DHCP) netip.Addr { return r.NextServer }, "server to boot from (siaddr); NULL for 0.0.0.0", ws("dhcp.ip.server")),
		addr("relay_ip", func(r *DHCP) netip.Addr { return r.Relay }, "relay agent: giaddr, or the link address that the relay next to the client gives; NULL for none", ws("dhcp.ip.relay")),
		text("hostname", func(r *DHCP) []byte { return r.Hostname }, "name of the client (option 12)", bloom, ws("dhcp.option.hostname"), zeek("host_name"), ecs("client.domain")),
		text("fqdn", func(r *DHCP) []byte { return r.FQDN }, "name of the client for DNS (option 81, RFC 4702; option 39, RFC 4704), without the final dot", bloom, ws("dhcp.fqdn.name|dhcpv6.client_fqdn"), zeek("client_fqdn")),
		text("domain", func(r *DHCP) []byte { return r.Domain }, "domain for the client (option 15); of IPv6 the first to search (option 24)", ws("dhcp.option.domain_name"), zeek("domain")),
		text("vendor_class", func(r *DHCP) []byte { return r.VendorClass }, "class of the client's maker (option 60; of IPv6 the first string of option 16)", ws("dhcp.option.vendor_class_id")),
		text("routers", func(r *DHCP) []byte { return r.Routers }, "routers for the client (option 3); a list, commas between", ws("dhcp.option.router")),
		text("dns_servers", func(r *DHCP) []byte { return r.DNSServers }, "name servers for the client (option 6; of IPv6 23); a list, commas between", ws("dhcp.option.domain_name_server")),
		i64("lease_time", func(r *DHCP) (int64, bool) { return r.LeaseTime, r.HasLease }, "time of the lease (option 51; of IPv6 the valid lifetime of the first address); 4294967295 is for ever", unit("s"), ws("dhcp.option.ip_address_lease_time|dhcpv6.iaaddr.valid_lifetime"), zeek("lease_time")),
		text("parameter_list", func(r *DHCP) []byte { return r.Parameters }, "codes of the options that the client wishes, in its order, by which systems are told apart (option 55; of IPv6 6); a list, commas between", ws("dhcp.option.request_list_item|dhcpv6.requested_option_code")),
		tri("cut", func(r *DHCP) Tri { return TriOf(r.Cut) }, "bytes of the message were not captured, or a text is longer than is kept"),
		str("malformed", func(r *DHCP) string { return r.Malformed }, "why the message could not be read to the end"),
	}...))
