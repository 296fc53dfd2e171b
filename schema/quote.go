package schema

// Quote is the packet that an ICMP error quotes (RFC 792, RFC 4443 3): of its fields those that say which flow it is of. VLANs and tunnel are those of the
// error. It is no row of a table: it feeds the counting of flows.
type Quote struct {
	Row    int // of the error, among the packets of its chunk
	Packet Packet
}
