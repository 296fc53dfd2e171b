package schema

// Fragment is what can be told of one fragment of an IP datagram (RFC 791 3.2, RFC 8200 4.5) beyond its row of packets, which has
// addresses, identification, offset and flags. It is no row of a table: it feeds the resolving of fragments.
type Fragment struct {
	Row       int    // of the packet, among those of its chunk
	Len       int64  // bytes of the datagram that it carries on the wire, behind the IPv4 header or the fragment header
	Transport int64  // of a first fragment: where in them the transport header begins, behind extension headers
	Hash      uint64 // of the captured ones
	Data      []byte // the captured ones of what may be UDP, else nil; owned by the rows that hold the fragment
}
