package decode

import (
	"net/netip"
	"slices"

	"github.com/pcaplake/pcaplake/schema"
)

// maxTunnels bounds the tunnels around one packet; what a deeper one carries is payload.
const maxTunnels = 8

// EtherTypes of what tunnels carry, beside those of packets.
const (
	etherPPP = 0x880b
)

// tunnel is one entry of the tables: what announces a tunnel, and how to read its header.
type tunnel struct {
	number  uint16 // protocol of IP, or port of UDP on either side
	version int32  // of the IP header around it; 0: any
	name    string // packets.tunnel
	proto   proto  // of its header; protoNone where it has none
	header  func(layer) (header, bool)
}

// header is what the header of a tunnel tells. Functions that read one report false for what is no packet in a tunnel, such as a control
// message. When bytes are missing they report true with the size that it takes to go on.
type header struct {
	size   int
	typ    uint16 // EtherType of what follows; 0: nothing that is decoded
	id     int64  // packets.tunnel_id
	hasID  bool
	name   string // of a tunnel within the tunnel's own header, such as ERSPAN in GRE; "" is that of the table
	proto  proto  // of that one
	padded bool   // bytes may follow the IP packet inside
}

// ipTunnels are the tunnels that IP announces. The number is the sender's word, so they are entered, and what is wrong inside is told.
var ipTunnels = []tunnel{
	{ipIPv4, 4, "ipip", protoNone, bare(etherIPv4)},
	{ipIPv4, 6, "4in6", protoNone, bare(etherIPv4)},
	{ipIPv6, 4, "6in4", protoNone, bare(etherIPv6)}, // SIT, 6rd and ISATAP too
	{ipIPv6, 6, "6in6", protoNone, bare(etherIPv6)},
	{ipGRE, 0, "gre", protoGRE, greHeader},
	{97, 0, "etherip", protoEtherIP, etherIPHeader},
	{ipPIM, 0, "pim", protoPIM, pimHeader},
	{115, 0, "l2tp", protoL2TP, l2tpv3Header},
	{137, 0, "mpls", protoNone, labelled},
	{143, 0, "ethernet", protoNone, bare(etherBridged)}, // RFC 8986 9.1
}

// udpTunnels are the tunnels that a port of UDP suggests. Any two hosts may use these ports for something else, so a tunnel is entered only
// when what it carries is believable.
var udpTunnels = []tunnel{
	{4789, 0, "vxlan", protoVXLAN, vxlanHeader},
	{8472, 0, "vxlan", protoVXLAN, vxlanHeader}, // what Linux uses unless told
	{4790, 0, "vxlan-gpe", protoNone, vxlanGPEHeader},
	{6081, 0, "geneve", protoGeneve, geneveHeader},
	{2152, 0, "gtp", protoGTP, gtpHeader},
	{3544, 0, "teredo", protoTeredo, teredoHeader},
	{1701, 0, "l2tp", protoL2TP, l2tpHeader},
	{4754, 0, "gre", protoGRE, greHeader},  // RFC 8086
	{6635, 0, "mpls", protoNone, labelled}, // RFC 7510
	{4341, 0, "lisp", protoLISP, lispHeader},
	{2268, 0, "amt", protoAMT, amtHeader},
}

// bare is the header of a tunnel that has none.
func bare(typ uint16) func(layer) (header, bool) {
	return func(layer) (header, bool) { return header{typ: typ}, true }
}

// ipTunnel goes on behind the protocol number of an IP header, inside if it is a tunnel's.
func (d *Decoder) ipTunnel(protocol byte, l layer) {
	i := slices.IndexFunc(ipTunnels, func(t tunnel) bool {
		return t.number == uint16(protocol) && (t.version == 0 || t.version == d.row.IPVersion)
	})
	if i < 0 {
		d.push(ipProto(protocol))
		d.payload(l)
		return
	}
	t := &ipTunnels[i]
	inAH := d.chain.n > 0 && d.chain.ids[d.chain.n-1] == protoAH
	d.push(t.proto)
	h, ok := t.header(l)
	if inAH && (protocol == ipIPv4 || protocol == ipIPv6) {
		h.name = "ah" // in tunnel mode
	}
	if !ok || d.row.TunnelDepth == maxTunnels || !d.has(l, h.size, schema.MalformedTunnelShort) || !d.enter(t, h, l.skip(h.size)) {
		d.payload(l)
	}
}

// udpTunnel goes on inside a datagram whose port suggests a tunnel, and reports false, having changed nothing, when what is there is not
// believable. Of a first fragment, n is what the whole datagram declares.
func (d *Decoder) udpTunnel(l layer, n int64) bool {
	p := d.row
	for i := range udpTunnels {
		t := &udpTunnels[i]
		if port := int32(t.number); port != p.SrcPort && port != p.DstPort || p.TunnelDepth == maxTunnels {
			continue
		}
		h, ok := t.header(layer{l.b, n})
		if ok && len(l.b) >= h.size && believable(h, layer{l.b, n}.skip(h.size)) {
			d.push(t.proto)
			return d.enter(t, h, l.skip(h.size))
		}
	}
	return false
}

// enter decodes what a tunnel carries and reports whether there was a network header, which then has the row; else the row stays that of
// the packet around the tunnel. The columns of the link layer stay those of the frame's own.
func (d *Decoder) enter(t *tunnel, h header, l layer) bool {
	before := d.row.TunnelDepth
	if h.name == "" {
		h.name = t.name
	}
	d.tunnel, d.inner = h, true // the link columns stay those of the frame
	d.push(h.proto)
	switch {
	case h.typ == etherBridged:
		d.push(protoEth)
		d.ethernet(l)
	case h.typ == etherPPP:
		d.ppp(l)
	case h.typ >= etherMin:
		d.etherType(h.typ, l)
	}
	d.tunnel = header{}
	return d.row.TunnelDepth > before
}

// arrive is called before a network header that can be read fills its columns. If it is the first one inside a tunnel, the columns of the
// headers around it make room, and the outermost addresses are kept aside. Reasons in malformed stay; so does what makes checksums
// further in impossible to judge: fragment, superframe, overrun.
func (d *Decoder) arrive() {
	if d.tunnel.name == "" {
		return
	}
	p := d.row
	if p.TunnelDepth == 0 {
		p.OuterSrcIP, p.OuterDstIP, p.OuterIPProto, p.OuterSrcPort, p.OuterDstPort = p.SrcIP, p.DstIP, p.IPProto, p.SrcPort, p.DstPort
		if p.Has&schema.HasIPProto != 0 {
			p.Has |= schema.HasOuterProto
		}
		if p.Has&schema.HasPorts != 0 {
			p.Has |= schema.HasOuterPorts
		}
	}
	const stay = schema.HasIP - 1 | schema.HasPadding // groups are declared in the order of columns: frame, link, tunnel, network …
	p.Has = p.Has&stay&^schema.HasTunnelID | schema.HasTunnel
	p.Tunnel, p.TunnelID, p.TunnelDepth = d.tunnel.name, d.tunnel.id, p.TunnelDepth+1
	if d.tunnel.hasID {
		p.Has |= schema.HasTunnelID
	}
	p.SrcIP, p.DstIP, p.IPChksumOK, p.IPChksumOff = netip.Addr{}, netip.Addr{}, schema.Unknown, 0
	p.L4ChksumOK, p.L4ChksumOff, p.TCPSACKOK, p.ChksumNote = schema.Unknown, 0, schema.Unknown, ""
	d.tunnel, d.fcs = header{}, 0
}

// labelled is the header of MPLS in IP or UDP (RFC 4023, RFC 7510), which has none; it is told by its outermost label.
func labelled(l layer) (header, bool) {
	h := header{typ: etherMPLSUnicast}
	if len(l.b) >= 4 {
		h.id, h.hasID = int64(u32(l.b)>>12), true
	}
	return h, true
}
