package main

import (
	"net"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// host is one end of a conversation. Addresses outside the site are from the ranges for documentation (RFC 5737, RFC 3849).
type host struct {
	mac net.HardwareAddr
	ip  net.IP
}

func newHost(last byte, ip string) host {
	return host{net.HardwareAddr{0x02, 0, 0, 0, 0, last}, net.ParseIP(ip)}
}

// The site: a gateway, through whose hardware address all outside is seen, a resolver, a server, clients.
var (
	gateway  = newHost(1, "10.20.0.1")
	resolver = newHost(2, "10.20.0.2")
	server   = newHost(3, "10.20.0.3")
	alice    = newHost(10, "10.20.0.10")
	bob      = newHost(11, "10.20.0.11")
	mallory  = newHost(66, "10.20.0.66")
)

// outside is a host behind the gateway.
func outside(ip string) host { return host{gateway.mac, net.ParseIP(ip)} }

// frame puts layers together, with lengths and checksums right.
func frame(ls ...gopacket.SerializableLayer) []byte {
	b := gopacket.NewSerializeBuffer()
	must(0, gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, ls...))
	return b.Bytes()
}

func ethernet(from, to host) *layers.Ethernet {
	typ := layers.EthernetTypeIPv4
	if from.ip.To4() == nil {
		typ = layers.EthernetTypeIPv6
	}
	return &layers.Ethernet{SrcMAC: from.mac, DstMAC: to.mac, EthernetType: typ}
}

// ident counts the packets that were made, as a system's IP identification does.
var ident uint16

func ip(from, to host, protocol layers.IPProtocol) gopacket.SerializableLayer {
	if from.ip.To4() == nil {
		return &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: protocol, SrcIP: from.ip, DstIP: to.ip}
	}
	ident++
	return &layers.IPv4{Version: 4, TTL: 64, Id: ident, Flags: layers.IPv4DontFragment, Protocol: protocol, SrcIP: from.ip.To4(), DstIP: to.ip.To4()}
}

// underIP tells a transport layer what its checksum covers.
func underIP(l gopacket.SerializableLayer) gopacket.NetworkLayer { return l.(gopacket.NetworkLayer) }

// datagram is a UDP frame.
func datagram(from, to host, sport, dport uint16, payload []byte) []byte {
	network := ip(from, to, layers.IPProtocolUDP)
	u := &layers.UDP{SrcPort: layers.UDPPort(sport), DstPort: layers.UDPPort(dport)}
	must(0, u.SetNetworkLayerForChecksum(underIP(network)))
	return frame(ethernet(from, to), network, u, gopacket.Payload(payload))
}

// segment is a TCP frame; set fills in flags and numbers.
func segment(from, to host, t *layers.TCP, payload []byte) []byte {
	network := ip(from, to, layers.IPProtocolTCP)
	must(0, t.SetNetworkLayerForChecksum(underIP(network)))
	return frame(ethernet(from, to), network, t, gopacket.Payload(payload))
}

// connection is a TCP connection from a client to a server.
type connection struct {
	t              *trace
	client, server host
	cport, sport   uint16
	cseq, sseq     uint32
	delay          time.Duration
}

// open makes the handshake.
func open(t *trace, client, server host, cport, sport uint16) *connection {
	c := &connection{t, client, server, cport, sport, uint32(cport) * 7919, uint32(cport) * 104729, 2 * time.Millisecond}
	options := []layers.TCPOption{
		{OptionType: layers.TCPOptionKindMSS, OptionLength: 4, OptionData: []byte{0x05, 0xb4}},
		{OptionType: layers.TCPOptionKindSACKPermitted, OptionLength: 2},
		{OptionType: layers.TCPOptionKindNop},
		{OptionType: layers.TCPOptionKindWindowScale, OptionLength: 3, OptionData: []byte{7}},
	}
	c.send(true, &layers.TCP{SYN: true, Options: options}, nil)
	c.send(false, &layers.TCP{SYN: true, ACK: true, Options: options}, nil)
	c.send(true, &layers.TCP{ACK: true}, nil)
	return c
}

// send adds one segment from the client or from the server and moves the numbers on.
func (c *connection) send(fromClient bool, t *layers.TCP, payload []byte) {
	t.Window = 64240
	length := uint32(len(payload))
	if t.SYN || t.FIN {
		length++
	}
	if fromClient {
		t.SrcPort, t.DstPort, t.Seq = layers.TCPPort(c.cport), layers.TCPPort(c.sport), c.cseq
		if t.ACK {
			t.Ack = c.sseq
		}
		c.t.add(c.delay, segment(c.client, c.server, t, payload))
		c.cseq += length
		return
	}
	t.SrcPort, t.DstPort, t.Seq = layers.TCPPort(c.sport), layers.TCPPort(c.cport), c.sseq
	if t.ACK {
		t.Ack = c.cseq
	}
	c.t.add(c.delay, segment(c.server, c.client, t, payload))
	c.sseq += length
}

// exchange sends a request and its answer in segments of at most 1,460 bytes.
func (c *connection) exchange(request, answer []byte) {
	c.send(true, &layers.TCP{ACK: true, PSH: true}, request)
	for len(answer) > 0 {
		n := min(len(answer), 1460)
		c.send(false, &layers.TCP{ACK: true, PSH: n == len(answer)}, answer[:n])
		answer = answer[n:]
	}
	c.send(true, &layers.TCP{ACK: true}, nil)
}

func (c *connection) close() {
	c.send(true, &layers.TCP{FIN: true, ACK: true}, nil)
	c.send(false, &layers.TCP{FIN: true, ACK: true}, nil)
	c.send(true, &layers.TCP{ACK: true}, nil)
}
