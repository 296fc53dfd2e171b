package decode

import "github.com/pcaplake/pcaplake/schema"

// Rows collects what a chunk of frames becomes. Its slices grow to the size of a chunk once and are used again.
type Rows struct {
	Packets  []schema.Packet
	ARPs     []schema.ARP
	DNSs     []schema.DNS
	TLSs     []schema.TLS
	HTTPs    []schema.HTTP
	SSHs     []schema.SSH
	Payloads []schema.Payload
	QUICs    []schema.QUIC
	DHCPs    []schema.DHCP
	NTPs     []schema.NTP
	// Fragments are no rows of a table: they feed the resolving of fragments.
	Fragments []schema.Fragment
	// Segments are none either: they feed the reading of streams, and point into the buffers of the frames.
	Segments []schema.Segment
	// Quotes are none: they feed the counting of flows.
	Quotes []schema.Quote
	arena  []byte // behind the texts and bytes of rows
}

// Reset empties the rows and keeps their capacity; the bytes behind their texts are used again.
func (r *Rows) Reset() {
	r.Packets, r.ARPs, r.DNSs, r.Payloads = r.Packets[:0], r.ARPs[:0], r.DNSs[:0], r.Payloads[:0]
	clear(r.TLSs) // whose texts are not in the arena
	clear(r.HTTPs)
	clear(r.SSHs)
	clear(r.QUICs)
	r.QUICs = r.QUICs[:0]
	r.TLSs, r.HTTPs, r.SSHs = r.TLSs[:0], r.HTTPs[:0], r.SSHs[:0]
	r.Fragments, r.Segments, r.Quotes, r.arena = r.Fragments[:0], r.Segments[:0], r.Quotes[:0], r.arena[:0]
	r.DHCPs, r.NTPs = r.DHCPs[:0], r.NTPs[:0]
}

// keepText keeps a text that is built elsewhere; nil when it is empty.
func (r *Rows) keepText(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return r.keep(b)
}

// keep copies bytes that a row points to out of the frame.
func (r *Rows) keep(b []byte) []byte {
	at := len(r.arena)
	r.arena = append(r.arena, b...)
	return r.arena[at:len(r.arena):len(r.arena)]
}
