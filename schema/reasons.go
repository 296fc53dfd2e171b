package schema

// Reason is one value of a closed list, with what it means.
type Reason struct{ Name, Doc string }

// Values of malformed, of packets and of applications. A header cut off by the capture's snapshot length is not malformed: what is missing is NULL.
const (
	MalformedLinkShort       = "link-short"
	MalformedVLANShort       = "vlan-short"
	MalformedLinkLength      = "link-length"
	MalformedMPLS            = "mpls-stack"
	MalformedARPShort        = "arp-short"
	MalformedIPVersion       = "ip-version"
	MalformedIPShort         = "ip-short"
	MalformedIPHeaderLength  = "ip-header-length"
	MalformedIPTotalLength   = "ip-total-length"
	MalformedIPOptions       = "ip-options"
	MalformedFragmentOverlap = "ip-fragment-overlap"
	MalformedFragmentTiny    = "ip-fragment-tiny"
	MalformedIPv6Short       = "ipv6-short"
	MalformedIPv6Payload     = "ipv6-payload-length"
	MalformedIPv6Extension   = "ipv6-extension"
	MalformedTunnelShort     = "tunnel-short"
	MalformedTCPShort        = "tcp-short"
	MalformedTCPHeaderLength = "tcp-header-length"
	MalformedTCPOptions      = "tcp-options"
	MalformedUDPShort        = "udp-short"
	MalformedUDPLength       = "udp-length"
	MalformedUDPChecksum     = "udp-checksum-zero"
	MalformedPortsShort      = "ports-short"
	MalformedICMPShort       = "icmp-short"
	MalformedDNSShort        = "dns-short"
	MalformedDNSName         = "dns-name"
	MalformedDNSRecord       = "dns-record"
	MalformedTLSRecord       = "tls-record"
	MalformedTLSHello        = "tls-hello"
	MalformedTLSCertificate  = "tls-certificate"
	MalformedHTTPStart       = "http-start-line"
	MalformedHTTPField       = "http-field"
	MalformedHTTPLength      = "http-length"
	MalformedHTTPChunk       = "http-chunk"
	MalformedSSHVersion      = "ssh-version"
	MalformedSSHPacket       = "ssh-packet"
	MalformedDNSData         = "dns-data"
	MalformedDHCPOption      = "dhcp-option"
	MalformedQUIC            = "quic-header"
)

// MalformedReasons is the closed list of malformed, of packets and of applications.
var MalformedReasons = []Reason{
	{MalformedLinkShort, "the frame ends inside its link-layer header"},
	{MalformedVLANShort, "the frame ends inside a VLAN tag"},
	{MalformedLinkLength, "a length in the link-layer header passes the end of the frame"},
	{MalformedMPLS, "the frame ends inside a stack of MPLS labels, or the stack has too many"},
	{MalformedARPShort, "the frame ends inside the ARP message"},
	{MalformedIPVersion, "the version of the IP header is not the one the link layer announced"},
	{MalformedIPShort, "the frame ends inside the IPv4 header"},
	{MalformedIPHeaderLength, "the IPv4 header length is below 20 or passes the total length"},
	{MalformedIPTotalLength, "the IPv4 total length passes the end of the frame"},
	{MalformedIPOptions, "an IPv4 option has an impossible length"},
	{MalformedFragmentOverlap, "the fragment overlaps an earlier one of its datagram and is no retransmission of it (RFC 1858, RFC 5722)"},
	{MalformedFragmentTiny, "a first fragment that ends inside the transport header, or a TCP fragment at offset 8, which could overwrite its flags (RFC 1858, RFC 3128, RFC 7112)"},
	{MalformedIPv6Short, "the frame ends inside the IPv6 header"},
	{MalformedIPv6Payload, "the IPv6 payload length passes the end of the frame"},
	{MalformedIPv6Extension, "an IPv6 extension header passes the end of the packet, or there are too many"},
	{MalformedTunnelShort, "the packet ends inside the header of a tunnel that its IP header announces, or inside an authentication header over IPv4"},
	{MalformedTCPShort, "the packet ends inside the TCP header"},
	{MalformedTCPHeaderLength, "the TCP data offset is below 20 bytes or passes the end of the packet"},
	{MalformedTCPOptions, "a TCP option has an impossible length"},
	{MalformedUDPShort, "the packet ends inside the UDP header"},
	{MalformedUDPLength, "the UDP length is below 8 or passes the end of the packet"},
	{MalformedUDPChecksum, "a UDP checksum of zero over IPv6 (RFC 8200 8.1)"},
	{MalformedPortsShort, "the packet ends inside the header of another transport with ports"},
	{MalformedICMPShort, "the packet ends inside the ICMP or ICMPv6 header"},
	{MalformedDNSShort, "the DNS message ends inside its header"},
	{MalformedDNSName, "a DNS name is too long, loops, or passes the end of the message"},
	{MalformedDNSRecord, "a DNS record passes the end of the message"},
	{MalformedTLSRecord, "a TLS record has an impossible type, version or length"},
	{MalformedTLSHello, "a length within a TLS hello passes the end of what it lies in"},
	{MalformedTLSCertificate, "a TLS certificate message or the certificate in it cannot be read"},
	{MalformedHTTPStart, "the target of an HTTP request holds a space, or a response has no status code of three digits"},
	{MalformedHTTPField, "a line of an HTTP head is no field"},
	{MalformedHTTPLength, "Content-Length is no number, or stands there with other values or beside chunks (RFC 9112 6.3)"},
	{MalformedHTTPChunk, "an HTTP chunk does not begin with its size or does not end where that says"},
	{MalformedSSHVersion, "an SSH identification is longer than 255 bytes or has bytes that cannot be printed"},
	{MalformedSSHPacket, "an SSH packet has an impossible length, or its lists pass its end"},
	{MalformedDNSData, "the data of a DNS answer are not what their type says"},
	{MalformedDHCPOption, "an option of DHCP passes the end of the message, or has a length that its kind cannot have"},
	{MalformedQUIC, "a length in the header of a QUIC packet passes the end of the datagram"},
}

// Values of packets.chksum_note: why a checksum was not judged.
const (
	ChksumSnapped        = "snapped"
	ChksumFragment       = "fragment"
	ChksumAbsent         = "absent"
	ChksumOffloadPartial = "offload-partial"
	ChksumOffloadZero    = "offload-zero"
	ChksumSuperframe     = "superframe"
)

// ChksumNotes is the closed list of packets.chksum_note.
var ChksumNotes = []Reason{
	{ChksumSnapped, "bytes under the checksum were not captured"},
	{ChksumFragment, "the checksum covers a datagram of which this is one fragment"},
	{ChksumAbsent, "the sender computed none: UDP over IPv4 with checksum 0 (RFC 768)"},
	{ChksumOffloadPartial, "the stored value is the sum of the pseudo-header alone: the network card was to finish it (transmit offload)"},
	{ChksumOffloadZero, "the stored value is 0 where it cannot be: the network card was to compute it (transmit offload)"},
	{ChksumSuperframe, "a segment larger than the wire carries, before TSO or after GRO: no such packet was sent"},
}
